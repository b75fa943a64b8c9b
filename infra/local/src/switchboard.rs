//! The page at `/`: a member of staff and a tenant side by side, and the tenant's phone between them.
//!
//! It hands out tokens and writes texts in anybody's name, so it is in `cargo dev` alone, and answers only who asks for this
//! machine by its own name: a page elsewhere that had its name lead here does not get anything.

use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::extract::{FromRef, Query, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::cors;
use crate::http;
use crate::seed::text_of;
use crate::tokens::{Claims, Keys};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";
/// How long a page waits for a change before it asks again.
const WAIT: Duration = Duration::from_secs(25);

#[derive(Clone)]
struct Switchboard {
    api: String,
    keys: Keys,
    client: http::Client,
    changes: watch::Sender<u64>,
}

impl FromRef<Switchboard> for watch::Sender<u64> {
    fn from_ref(switchboard: &Switchboard) -> Self {
        switchboard.changes.clone()
    }
}

/// The service's router, with the switchboard at its root. Whatever changes something there, the switchboard hears of.
pub(crate) fn around(service: Router, api: &str, keys: &Keys) -> Router {
    let switchboard = Switchboard {
        api: api.to_owned(),
        keys: keys.clone(),
        client: http::client(),
        changes: watch::Sender::new(0),
    };
    let own = Router::new()
        .route("/", get(page))
        .route("/switchboard/switchboard.js", get(script))
        .route("/switchboard/switchboard.css", get(style))
        .route("/switchboard/tokens", get(tokens))
        .route("/switchboard/texts", post(text))
        .route("/switchboard/changes", get(changes))
        .layer(middleware::from_fn(by_its_own_name))
        .with_state(switchboard.clone());
    let counted = middleware::from_fn_with_state(switchboard.changes, counted);
    let from_other_ports = middleware::from_fn(cors::of_this_machine);
    service.layer(counted).layer(from_other_ports).merge(own)
}

async fn by_its_own_name(request: Request, next: Next) -> Response {
    if request.headers().get(HOST).is_some_and(cors::is_here) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// Counts what may have changed something.
async fn counted(State(changes): State<watch::Sender<u64>>, request: Request, next: Next) -> Response {
    let reads = request.method() == Method::GET;
    let response = next.run(request).await;
    if !reads && response.status().is_success() {
        changes.send_modify(|count| *count += 1);
    }
    response
}

async fn page() -> Response {
    let headers = [(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-cache")];
    (headers, Html(include_str!("../switchboard/index.html"))).into_response()
}

async fn script() -> Response {
    file(
        "text/javascript; charset=utf-8",
        include_str!("../switchboard/switchboard.js"),
    )
}

async fn style() -> Response {
    file(
        "text/css; charset=utf-8",
        include_str!("../switchboard/switchboard.css"),
    )
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}

#[derive(Deserialize)]
struct Person {
    facility: String,
    tenant: Option<String>,
}

/// A token for the staff, and one for the tenant where there is one.
async fn tokens(State(switchboard): State<Switchboard>, Query(person): Query<Person>) -> Response {
    let keys = &switchboard.keys;
    let signed = || -> Result<Value> {
        let tenant = person.tenant.as_deref();
        let portal = tenant.map(|tenant| keys.sign(&Claims::for_tenant(&person.facility, tenant)));
        let staff = keys.sign(&Claims::for_all_facilities("staff@example.com"))?;
        Ok(json!({"staff": staff, "portal": portal.transpose()?}))
    };
    answered(signed())
}

#[derive(Deserialize)]
struct Text {
    from: String,
    to: String,
    body: String,
}

/// Delivers a text to the service as Twilio would, and says what was answered.
async fn text(State(switchboard): State<Switchboard>, Json(text): Json<Text>) -> Response {
    answered(delivered(&switchboard, &text).await)
}

async fn delivered(switchboard: &Switchboard, text: &Text) -> Result<Value> {
    let mut id = [0; 16];
    SystemRandom::new()
        .fill(&mut id)
        .ok()
        .context("no random numbers")?;
    let sid = format!("SM{:032x}", u128::from_be_bytes(id));
    let token = &switchboard.keys.twilio_auth_token;
    let request = text_of(&switchboard.api, token, &sid, &text.from, &text.to, &text.body)?;
    let response = http::send(&switchboard.client, request).await?;
    let answer = String::from_utf8_lossy(response.body()).into_owned();
    Ok(json!({"status": response.status().as_u16(), "answer": reply(&answer)}))
}

/// The text within an answer to Twilio.
fn reply(twiml: &str) -> Option<String> {
    let (_, rest) = twiml.split_once("<Message>")?;
    let (text, _) = rest.split_once("</Message>")?;
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    let plain = entities
        .iter()
        .fold(text.to_owned(), |text, (entity, character)| {
            text.replace(entity, character)
        });
    Some(plain)
}

#[derive(Deserialize)]
struct After {
    after: u64,
}

/// How often something may have changed, as soon as it is another number than the page knows.
async fn changes(
    State(changes): State<watch::Sender<u64>>,
    Query(After { after }): Query<After>,
) -> Response {
    let mut count = changes.subscribe();
    let waited = timeout(WAIT, count.wait_for(|count| *count != after)).await;
    let known = waited.ok().and_then(Result::ok).map_or(after, |count| *count);
    Json(json!({"count": known})).into_response()
}

fn answered(answer: Result<Value>) -> Response {
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            eprintln!("cargo dev: the switchboard: {error:#}");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}
