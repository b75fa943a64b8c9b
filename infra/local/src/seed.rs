//! Fills the demo facility through the HTTP interface, the way that the facility software, tenants and Twilio
//! would: so each of its tenants has the records that belong to their state.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request, Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::http;
use crate::people::{NUMBER, PEOPLE, Person, Step};
use crate::tokens::{Claims, Keys};

/// The demo facility.
pub(crate) const FACILITY: &str = "demo";

/// The outside world of the demo facility.
struct World {
    client: http::Client,
    api: String,
    keys: Keys,
    staff: String,
}

/// Makes the demo facility, unless the store has it already.
pub(crate) async fn demo(api: &str, keys: &Keys) -> Result<()> {
    let staff = keys.sign(&Claims::for_all_facilities("front-desk@example.com"))?;
    let world = Arc::new(World {
        client: http::client(),
        api: api.to_owned(),
        keys: keys.clone(),
        staff,
    });
    let facility = format!("/v1/facilities/{FACILITY}");
    let there = world.send(Method::GET, &facility, &world.staff, None).await?;
    match there.status() {
        StatusCode::OK => return Ok(()),
        StatusCode::NOT_FOUND => {}
        _ => bail!("cannot look for the demo facility: {}", described(&there)),
    }
    let about = json!({
        "name": "Demo Self Storage, Austin",
        "two_way_texting": {"enabled": true, "number": NUMBER},
        "help_contact": "call 512-555-0199 or write to office@example.com",
    });
    world.put(&facility, &world.staff, &about).await?;
    // Everybody is registered before anything happens: a text concerns all who share its number.
    let mut registered = JoinSet::new();
    for person in PEOPLE {
        let world = Arc::clone(&world);
        registered.spawn(async move { world.register(person).await });
    }
    all_done(registered).await?;
    let mut lived = JoinSet::new();
    for (index, person) in PEOPLE.iter().enumerate() {
        let world = Arc::clone(&world);
        lived.spawn(async move { world.live(index, person).await });
    }
    all_done(lived).await
}

async fn all_done(mut tasks: JoinSet<Result<()>>) -> Result<()> {
    while let Some(done) = tasks.join_next().await {
        done.context("seeding itself failed")?
            .context("cannot seed the demo facility")?;
    }
    Ok(())
}

impl World {
    async fn register(&self, person: &Person) -> Result<()> {
        let tenant = json!({
            "name": person.name, "cell_phone": person.cell_phone, "units": person.units,
            "created_on": person.created_on,
        });
        self.put(
            &format!("/v1/facilities/{FACILITY}/tenants/{}", person.id),
            &self.staff,
            &tenant,
        )
        .await
    }

    async fn live(&self, index: usize, person: &Person) -> Result<()> {
        for (number, step) in person.steps.iter().enumerate() {
            match step {
                Step::Profile(consented) => {
                    let path = format!("/v1/facilities/{FACILITY}/tenants/{}/consent", person.id);
                    self.put(&path, &self.staff, &json!({"consented": consented}))
                        .await?;
                }
                Step::Portal(consented) => {
                    let token = self.keys.sign(&Claims::for_tenant(FACILITY, person.id))?;
                    self.put("/v1/portal/consent", &token, &json!({"consented": consented}))
                        .await?;
                }
                Step::Text(body) => {
                    let from = person.cell_phone.context("a text comes from a phone")?;
                    let sid = format!("SM{:032x}", 0xdef0_0000 + index * 16 + number);
                    self.text(&sid, from, body).await?;
                }
            }
        }
        Ok(())
    }

    /// A text to the facility.
    async fn text(&self, sid: &str, from: &str, body: &str) -> Result<()> {
        let request = text_of(&self.api, &self.keys.twilio_auth_token, sid, from, NUMBER, body)?;
        accepted("POST /v1/sms/twilio", &http::send(&self.client, request).await?)
    }

    async fn put(&self, path: &str, token: &str, body: &Value) -> Result<()> {
        accepted(
            &format!("PUT {path}"),
            &self.send(Method::PUT, path, token, Some(body)).await?,
        )
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Result<Response<Bytes>> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.api))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/json")
            .body(http::Body::from(body.map(Value::to_string).unwrap_or_default()))?;
        http::send(&self.client, request).await
    }
}

/// A text, as Twilio delivers it.
pub(crate) fn text_of(
    api: &str,
    auth_token: &str,
    sid: &str,
    from: &str,
    to: &str,
    body: &str,
) -> Result<Request<http::Body>> {
    let url = format!("{api}/v1/sms/twilio");
    let form = BTreeMap::from([
        ("AccountSid", "AC00000000000000000000000000000000"),
        ("Body", body),
        ("From", from),
        ("MessageSid", sid),
        ("NumMedia", "0"),
        ("To", to),
    ]);
    let signature = twilio_signature(auth_token, &url, &form);
    Ok(Request::post(url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-twilio-signature", signature)
        .body(http::Body::from(serde_urlencoded::to_string(form)?))?)
}

/// Twilio signs the URL and the form's members in the order of their names.
fn twilio_signature(auth_token: &str, url: &str, form: &BTreeMap<&str, &str>) -> String {
    let members = form.iter().flat_map(|(name, value)| [*name, *value]);
    let signed: String = [url].into_iter().chain(members).collect();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    STANDARD.encode(ring::hmac::sign(&key, signed.as_bytes()))
}

fn accepted(what: &str, response: &Response<Bytes>) -> Result<()> {
    if !response.status().is_success() {
        bail!("{what}: {}", described(response));
    }
    Ok(())
}

fn described(response: &Response<Bytes>) -> String {
    format!(
        "{} {}",
        response.status(),
        String::from_utf8_lossy(response.body())
    )
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use axum::Router;
    use axum::extract::{Request as Received, State};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn texts_are_signed_as_twilio_documents_it() {
        let form = BTreeMap::from([
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+12349013030"),
            ("Digits", "1234"),
            ("From", "+12349013030"),
            ("To", "+18005551212"),
        ]);
        let signature = twilio_signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", &form);
        assert_eq!(signature, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
    }

    type Log = Arc<Mutex<Vec<String>>>;

    /// A service that knows nobody, and accepts everything.
    async fn accept(State(log): State<Log>, request: Received) -> StatusCode {
        let line = format!("{} {}", request.method(), request.uri().path());
        log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        if request.method() == Method::GET {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::OK
        }
    }

    #[tokio::test]
    async fn everybody_is_registered_before_anything_happens() -> Result<()> {
        let log = Log::default();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let api = format!("http://{}", listener.local_addr()?);
        let service = Router::new().fallback(accept).with_state(Arc::clone(&log));
        tokio::spawn(async { axum::serve(listener, service).await });

        demo(&api, &Keys::generate()?).await?;

        let log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let steps: usize = PEOPLE.iter().map(|person| person.steps.len()).sum();
        assert_eq!(log.len(), 2 + PEOPLE.len() + steps);
        let (first, later) = log.split_at(2 + PEOPLE.len());
        assert_eq!(first[..2], ["GET /v1/facilities/demo", "PUT /v1/facilities/demo"]);
        let is_registration = |line: &String| line.contains("/tenants/") && !line.ends_with("/consent");
        assert!(first[2..].iter().all(is_registration));
        assert!(!later.iter().any(is_registration));
        Ok(())
    }
}
