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
                matches!(facility, Ok(Some(facility)) if facility.provider == provider)
            }
            Self::One(one) => *one == number,
        }
    }
}

/// A provider's stand-in, without its interface.
#[derive(Debug, Clone)]
pub(crate) struct Carrier {
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

impl Carrier {
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

    /// Takes a text of at most so many characters. It checks what the real providers check, and in the end waits as it
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

/// Whether one of so many to come is now.
fn count_down(to_come: &mut u32) -> bool {
    let is_now = *to_come > 0;
    *to_come = to_come.saturating_sub(1);
    is_now
}

async fn opt_out(State(carrier): State<Carrier>, Path(number): Path<String>) -> StatusCode {
    carrier.told(|told| told.opted_out.insert(number));
    StatusCode::NO_CONTENT
}

async fn opt_in(State(carrier): State<Carrier>, Path(number): Path<String>) -> StatusCode {
    carrier.told(|told| told.opted_out.remove(&number));
    StatusCode::NO_CONTENT
}

async fn fail(State(carrier): State<Carrier>, Path(count): Path<u32>) -> StatusCode {
    carrier.told(|told| told.failures_to_come = count);
    StatusCode::NO_CONTENT
}

async fn be_silent(State(carrier): State<Carrier>, Path(count): Path<u32>) -> StatusCode {
    carrier.told(|told| told.silences_to_come = count);
    StatusCode::NO_CONTENT
}

async fn delay(State(carrier): State<Carrier>, Path(milliseconds): Path<u64>) -> StatusCode {
    carrier.told(|told| told.delay = Duration::from_millis(milliseconds));
    StatusCode::NO_CONTENT
}

async fn answer(State(carrier): State<Carrier>, Path(answer): Path<(u16, u32)>) -> StatusCode {
    carrier.told(|told| told.answer_to_come = Some(answer));
    StatusCode::NO_CONTENT
}
