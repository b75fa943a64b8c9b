//! A stand-in for Twilio's Messages resource: it checks what Twilio checks, sends nothing, and answers in Twilio's form
//! (`CreateMessage` of <https://github.com/twilio/twilio-oai>). What a test may tell it is in [`crate::provider`].

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent::facility::Provider;
use serde_json::json;

use crate::clock;
use crate::outbox::Outbox;
use crate::provider::{Asked, NotTaken, Numbers, StandIn};

/// The most characters of a `Body`.
const CHARACTERS: usize = 1_600;

/// The one account.
pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";

#[derive(Debug, Clone)]
struct Twilio {
    auth_token: String,
    stand_in: StandIn,
}

/// The stand-in under `/twilio`, with its controls. Texts go to this outbox.
pub fn router(auth_token: String, numbers: Numbers, outbox: Outbox) -> Router {
    let stand_in = StandIn::new(Provider::Twilio, numbers, outbox);
    let twilio = Twilio {
        auth_token,
        stand_in: stand_in.clone(),
    };
    Router::new()
        .route(
            "/twilio/2010-04-01/Accounts/{sid}/Messages.json",
            post(create_message),
        )
        .with_state(twilio)
        .merge(stand_in.controls())
}

async fn create_message(
    State(twilio): State<Twilio>,
    Path(sid): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let account = ACCOUNT_SID;
    let proof = STANDARD.encode(format!("{account}:{}", twilio.auth_token));
    let proof = format!("Basic {proof}");
    let proved = headers.get(header::AUTHORIZATION);
    if sid != account || proved.is_none_or(|proved| *proved != *proof) {
        return error(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|media_type| *media_type == *"application/x-www-form-urlencoded");
    let form = serde_urlencoded::from_str::<HashMap<String, String>>(&body).ok();
    let Some(mut form) = form.filter(|_| is_form) else {
        return error(StatusCode::BAD_REQUEST, 21_604, "'To' phone number is required.");
    };
    let asked = Asked {
        from: form.remove("From"),
        to: form.remove("To"),
        body: form.remove("Body"),
    };
    let (status, code, message) = match twilio.stand_in.take(asked, CHARACTERS).await {
        Ok(taken) => {
            let sid = format!("SM{:032x}", taken.number);
            let now = clock::now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
            let body = json!({
                "account_sid": account, "api_version": "2010-04-01", "body": taken.body, "date_created": now,
                "date_sent": null, "date_updated": now, "direction": "outbound-api", "error_code": null,
                "error_message": null, "from": taken.from, "messaging_service_sid": null, "num_media": "0",
                "num_segments": "1", "price": null, "price_unit": "USD", "sid": sid, "status": "queued",
                "subresource_uris": {"media": format!("/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json")},
                "to": taken.to, "uri": format!("/2010-04-01/Accounts/{account}/Messages/{sid}.json"),
            });
            return (StatusCode::CREATED, Json(body)).into_response();
        }
        Err(NotTaken::To) => (400, 21_211, "The 'To' number is not a valid phone number."),
        Err(NotTaken::From) => (
            400,
            21_606,
            "The 'From' phone number provided is not a valid message-capable Twilio phone number for this account.",
        ),
        Err(NotTaken::Empty) => (400, 21_602, "Message body is required."),
        Err(NotTaken::TooLong) => (
            400,
            21_617,
            "The concatenated message body exceeds the 1600 character limit.",
        ),
        Err(NotTaken::OptedOut) => (400, 21_610, "Attempt to send to unsubscribed recipient"),
        Err(NotTaken::TooMany) => (429, 20_429, "Too Many Requests"),
        Err(NotTaken::Told { status, code }) => (status, code, "The stand-in for Twilio was told to fail."),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    error(status, code, message)
}

fn error(status: StatusCode, code: u32, message: &str) -> Response {
    let body = json!({
        "code": code, "message": message, "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status.as_u16(),
    });
    (status, Json(body)).into_response()
}
