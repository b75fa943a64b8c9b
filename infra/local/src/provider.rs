//! What the stand-ins for Twilio and Telnyx have in common: whose numbers are whose, and what a test may tell them.
//!
//! Under the path of each: `PUT` and `DELETE .../opted-out/{number}`, `PUT .../failures/{count}` (429: nothing has left),
//! `PUT .../delay/{milliseconds}`, `PUT .../silent/{count}` (a text is taken, and no answer comes), and
//! `PUT .../answers/{status}/{code}` (the next text is answered with this error, and not taken).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::put;
use consent::facility::Provider;
use consent::id::PhoneNumber;
use consent_store::Store;
use tokio::time::sleep;

use crate::clock;
use crate::outbox::{Outbox, Text};

/// Which numbers the account at a provider has.
#[derive(Debug, Clone)]
pub enum Numbers {
    /// Those of the facilities whose texts the provider carries.
    OfFacilities(Store),
    /// This one.
    One(PhoneNumber),
}

impl Numbers {
    async fn contain(&self, number: &str, provider: Provider) -> bool {
        let Ok(number) = PhoneNumber::parse_e164(number) else {
            return false;
        };
        match self {
            Self::OfFacilities(store) => {
                let facility = store.facility_with_number(&number).await;
                matches!(facility, Ok(facility) if facility.provider == provider)
            }
            Self::One(one) => *one == number,
        }
    }
}

/// A provider's stand-in, without its interface.
#[derive(Debug, Clone)]
pub(crate) struct StandIn {
    provider: Provider,
    numbers: Numbers,
    outbox: Outbox,
    told: Arc<Mutex<Told>>,
}

/// What a test told it.
#[derive(Debug, Default)]
struct Told {
    opted_out: HashSet<String>,
    failures_to_come: u32,
    silences_to_come: u32,
    answer_to_come: Option<(u16, u32)>,
    delay: Duration,
    taken: u64,
}

/// A text as somebody asks a provider to send it.
pub(crate) struct Asked {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) body: Option<String>,
}

/// A text that was taken.
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) body: String,
    /// Which of the provider's texts it is, from 1.
    pub(crate) number: u64,
}

/// Why a text was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// `to` is missing, or no number.
    To,
    /// `from` is missing, or not a number of the account.
    From,
    /// There is no text.
    Empty,
    /// The text is too long.
    TooLong,
    /// The number has opted out.
    OptedOut,
    /// The stand-in was told to say so.
    TooMany,
    /// The stand-in was told to say so.
    Told { status: u16, code: u32 },
}

impl StandIn {
    pub(crate) fn new(provider: Provider, numbers: Numbers, outbox: Outbox) -> Self {
        Self {
            provider,
            numbers,
            outbox,
            told: Arc::default(),
        }
    }

    /// What a test may tell it.
    pub(crate) fn controls(self) -> Router {
        let at = |control: &str| format!("/{}/{control}", self.provider.as_str());
        Router::new()
            .route(&at("opted-out/{number}"), put(opt_out).delete(opt_in))
            .route(&at("failures/{count}"), put(fail))
            .route(&at("silent/{count}"), put(be_silent))
            .route(&at("delay/{milliseconds}"), put(delay))
            .route(&at("answers/{status}/{code}"), put(answer))
            .with_state(self)
    }

    /// Takes a text of at most `most_characters`. It checks what the real providers check, and in the end waits as it
    /// was told.
    pub(crate) async fn take(&self, asked: Asked, most_characters: usize) -> Result<Taken, NotTaken> {
        let told = self.told(|told| told.delay);
        sleep(told).await;
        if let Some((status, code)) = self.told(|told| told.answer_to_come.take()) {
            return Err(NotTaken::Told { status, code });
        }
        if self.told(|told| count_down(&mut told.failures_to_come)) {
            return Err(NotTaken::TooMany);
        }
        let to = asked.to.filter(|to| PhoneNumber::parse_e164(to).is_ok());
        let to = to.ok_or(NotTaken::To)?;
        let from = asked.from.ok_or(NotTaken::From)?;
        if !self.numbers.contain(&from, self.provider).await {
            return Err(NotTaken::From);
        }
        let body = asked
            .body
            .filter(|body| !body.is_empty())
            .ok_or(NotTaken::Empty)?;
        if body.chars().count() > most_characters {
            return Err(NotTaken::TooLong);
        }
        if self.told(|told| told.opted_out.contains(&to)) {
            return Err(NotTaken::OptedOut);
        }
        self.outbox.take(Text {
            to: to.clone(),
            from: Some(from.clone()),
            body: body.clone(),
            at: clock::now(),
            via: self.provider,
        });
        if self.told(|told| count_down(&mut told.silences_to_come)) {
            std::future::pending::<()>().await;
        }
        let number = self.told(|told| {
            told.taken += 1;
            told.taken
        });
        Ok(Taken {
            from,
            to,
            body,
            number,
        })
    }

    fn told<R>(&self, change: impl FnOnce(&mut Told) -> R) -> R {
        // A request that panicked cannot have left it half changed: every change is one statement.
        let mut told: MutexGuard<'_, Told> = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut told)
    }
}

/// Counts down, and tells whether there was something left to count.
fn count_down(to_come: &mut u32) -> bool {
    let is_now = *to_come > 0;
    *to_come = to_come.saturating_sub(1);
    is_now
}

async fn opt_out(State(stand_in): State<StandIn>, Path(number): Path<String>) -> StatusCode {
    stand_in.told(|told| told.opted_out.insert(number));
    StatusCode::NO_CONTENT
}

async fn opt_in(State(stand_in): State<StandIn>, Path(number): Path<String>) -> StatusCode {
    stand_in.told(|told| told.opted_out.remove(&number));
    StatusCode::NO_CONTENT
}

async fn fail(State(stand_in): State<StandIn>, Path(count): Path<u32>) -> StatusCode {
    stand_in.told(|told| told.failures_to_come = count);
    StatusCode::NO_CONTENT
}

async fn be_silent(State(stand_in): State<StandIn>, Path(count): Path<u32>) -> StatusCode {
    stand_in.told(|told| told.silences_to_come = count);
    StatusCode::NO_CONTENT
}

async fn delay(State(stand_in): State<StandIn>, Path(milliseconds): Path<u64>) -> StatusCode {
    stand_in.told(|told| told.delay = Duration::from_millis(milliseconds));
    StatusCode::NO_CONTENT
}

async fn answer(State(stand_in): State<StandIn>, Path(answer): Path<(u16, u32)>) -> StatusCode {
    stand_in.told(|told| told.answer_to_come = Some(answer));
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use anyhow::Result;
    use axum::http::Request;
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    use super::*;
    use crate::{http, telnyx, twilio};

    const OURS: &str = "+15125550100";
    const THEIRS: &str = "+15125550142";

    /// Both stand-ins, for an account that has one number.
    async fn stand_ins() -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let outbox = Outbox::default();
        let numbers = Numbers::One(PhoneNumber::parse_e164(OURS)?);
        let router = twilio::router("token".to_owned(), numbers.clone(), outbox.clone())
            .merge(telnyx::router(numbers, outbox.clone()))
            .merge(outbox.router());
        tokio::spawn(async { axum::serve(listener, router).await });
        Ok(base)
    }

    async fn send(request: Request<http::Body>) -> Result<(u16, Value)> {
        let answer = http::send(&http::client(), request).await?;
        let body = serde_json::from_slice(answer.body()).unwrap_or_default();
        Ok((answer.status().as_u16(), body))
    }

    /// The status and the code of the error, 0 where there is none.
    async fn by_twilio(base: &str, proof: &str, form: &[(&str, &str)]) -> Result<(u16, u64)> {
        let path = format!(
            "/twilio/2010-04-01/Accounts/{}/Messages.json",
            twilio::ACCOUNT_SID
        );
        let request = Request::post(format!("{base}{path}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", format!("Basic {}", STANDARD.encode(proof)))
            .body(http::Body::from(serde_urlencoded::to_string(form)?))?;
        let (status, body) = send(request).await?;
        Ok((status, body["code"].as_u64().unwrap_or_default()))
    }

    async fn by_telnyx(base: &str, key: &str, message: Value) -> Result<(u16, u64)> {
        let request = Request::post(format!("{base}/telnyx/v2/messages"))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {key}"))
            .body(http::Body::from(message.to_string()))?;
        let (status, body) = send(request).await?;
        let code = body["errors"][0]["code"].as_str().map(str::parse).transpose()?;
        Ok((status, code.unwrap_or_default()))
    }

    #[tokio::test]
    async fn they_check_what_the_real_ones_check() -> Result<()> {
        let base = stand_ins().await?;
        let proof = format!("{}:token", twilio::ACCOUNT_SID);
        let longer = "x".repeat(1_601);
        let check = async |from: &str, to: &str, body: &str, twilio: (u16, u64), telnyx: (u16, u64)| {
            let form = [("From", from), ("To", to), ("Body", body)];
            assert_eq!(by_twilio(&base, &proof, &form).await?, twilio, "{from} {to}");
            let message = json!({"from": from, "to": to, "text": body});
            let said = by_telnyx(&base, telnyx::API_KEY, message).await?;
            assert_eq!(said, telnyx, "{from} {to}");
            anyhow::Ok(())
        };
        check(OURS, THEIRS, "hello", (201, 0), (200, 0)).await?;
        check("+15125550101", THEIRS, "hello", (400, 21_606), (400, 40_305)).await?;
        check(OURS, "512-555-0142", "hello", (400, 21_211), (400, 40_310)).await?;
        check(OURS, THEIRS, "", (400, 21_602), (422, 10_004)).await?;
        check(OURS, THEIRS, &longer, (400, 21_617), (400, 40_302)).await?;
        for wrong in ["AC:token", "", &format!("{}:other", twilio::ACCOUNT_SID)] {
            let form = [("From", OURS), ("To", THEIRS), ("Body", "hello")];
            assert_eq!(by_twilio(&base, wrong, &form).await?, (401, 20_003));
        }
        let message = json!({"from": OURS, "to": THEIRS, "text": "hello"});
        assert_eq!(by_telnyx(&base, "other", message).await?, (401, 10_009));
        let (_, outbox) = send(Request::get(format!("{base}/outbox")).body(http::Body::default())?).await?;
        let via = outbox.as_array().into_iter().flatten().map(|text| &text["via"]);
        assert_eq!(via.collect::<Vec<_>>(), ["twilio", "telnyx"]);
        Ok(())
    }

    #[tokio::test]
    async fn they_fail_as_told() -> Result<()> {
        let base = stand_ins().await?;
        let message = || json!({"from": OURS, "to": THEIRS, "text": "hello"});
        let said = async |control: &str| {
            let request = Request::put(format!("{base}/telnyx{control}")).body(http::Body::default())?;
            send(request).await?;
            by_telnyx(&base, telnyx::API_KEY, message()).await
        };
        assert_eq!(said("/failures/1").await?, (429, 10_011));
        assert_eq!(said("/answers/500/10007").await?, (500, 10_007));
        assert_eq!(said("/failures/0").await?, (200, 0));
        assert_eq!(said(&format!("/opted-out/{THEIRS}")).await?, (400, 40_300));
        Ok(())
    }
}
