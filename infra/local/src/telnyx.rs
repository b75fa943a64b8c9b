//! A stand-in for Telnyx's messages: it checks what Telnyx checks, sends nothing, and answers in Telnyx's form
//! (`POST /messages` of <https://github.com/team-telnyx/openapi>). What a test may tell it is in [`crate::provider`].

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use consent::facility::Provider;
use serde_json::{Value, json};

use crate::clock;
use crate::outbox::Outbox;
use crate::provider::{Asked, NotTaken, Numbers, StandIn};

/// The most characters of a text: the account's profile has `auto_chunk_long_messages` on, as the guide asks for, without
/// which Telnyx refuses what is longer than ten parts
/// (<https://developers.telnyx.com/docs/messaging/messages/sms-chunking>).
const CHARACTERS: usize = 1_600;

/// The key of the one account.
pub const API_KEY: &str = "KEY00000000000000000000000000000001";

/// The stand-in under `/telnyx`, with its controls. Texts go to this outbox.
pub fn router(numbers: Numbers, outbox: Outbox) -> Router {
    let stand_in = StandIn::new(Provider::Telnyx, numbers, outbox);
    Router::new()
        .route("/telnyx/v2/messages", post(send_message))
        .with_state(stand_in.clone())
        .merge(stand_in.controls())
}

async fn send_message(State(stand_in): State<StandIn>, headers: HeaderMap, body: String) -> Response {
    let proof = format!("Bearer {API_KEY}");
    let proved = headers.get(header::AUTHORIZATION);
    if proved.is_none_or(|proved| *proved != *proof) {
        return error(StatusCode::UNAUTHORIZED, 10_009, "Authentication failed");
    }
    let Ok(message) = serde_json::from_str::<Value>(&body) else {
        return error(StatusCode::BAD_REQUEST, 10_015, "Bad Request");
    };
    let text = |name: &str| message[name].as_str().map(str::to_owned);
    let asked = Asked {
        from: text("from"),
        to: text("to"),
        body: text("text"),
    };
    let (status, code, title) = match stand_in.take(asked, CHARACTERS).await {
        Ok(taken) => {
            let now = format!("{:.3}", clock::now());
            let body = json!({"data": {
                "record_type": "message", "direction": "outbound", "type": "SMS",
                "id": format!("00000000-0000-4000-8000-{:012}", taken.number),
                "from": {"phone_number": taken.from, "carrier": "", "line_type": ""},
                "to": [{"phone_number": taken.to, "status": "queued", "carrier": "", "line_type": ""}],
                "text": taken.body, "media": [], "encoding": "GSM-7", "parts": 1, "tags": [], "cost": null,
                "received_at": now, "sent_at": null, "completed_at": null, "valid_until": null, "errors": [],
            }});
            return Json(body).into_response();
        }
        Err(NotTaken::To) => (400, 40_310, "Invalid 'to' address"),
        Err(NotTaken::From) => (400, 40_305, "Invalid 'from' address"),
        Err(NotTaken::Empty) => (422, 10_004, "Missing required parameter"),
        Err(NotTaken::TooLong) => (400, 40_302, "Message too large"),
        Err(NotTaken::OptedOut) => (400, 40_300, "Blocked due to STOP message"),
        Err(NotTaken::TooMany) => (429, 10_011, "Too many requests"),
        Err(NotTaken::Told { status, code }) => (status, code, "The stand-in for Telnyx was told to fail"),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    error(status, code, title)
}

fn error(status: StatusCode, code: u32, title: &str) -> Response {
    let body = json!({"errors": [{"code": code.to_string(), "title": title, "detail": title}]});
    (status, Json(body)).into_response()
}
