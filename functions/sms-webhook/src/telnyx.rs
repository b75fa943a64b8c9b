//! Telnyx: JSON, signed with ed25519 over `timestamp|body`, answered with an empty 200.
//!
//! <https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks>

use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent::words::Meaning;
use consent_http::Problem;
use consent_http::request::{BODY_LIMIT, body};
use consent_store::InboundText;
use jiff::{SignedDuration, Timestamp};
use lambda_http::Request;
use serde::Deserialize;
use serde_bytes::ByteBuf;
use serde_json::Value;

use crate::keys::Signed;
use crate::{Delivery, bad_signature};

/// A request that was signed longer ago, or later than now, is taken for a replay.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Telnyx's message ids are UUIDs.
const MESSAGE_ID_CHARACTERS: usize = 64;

#[derive(Deserialize)]
struct Webhook<D> {
    data: D,
}

/// What every event has.
#[derive(Deserialize)]
struct Event {
    event_type: String,
}

/// An event about a message.
#[derive(Deserialize)]
struct MessageEvent {
    payload: Payload,
}

/// A message, in those parts that a received one has.
#[derive(Deserialize)]
struct Payload {
    id: Option<String>,
    from: Option<Party>,
    #[serde(default)]
    to: Value,
    /// As it came: half of an emoji is no UTF-8, and a STOP may stand beside it.
    text: Option<ByteBuf>,
    /// What Telnyx took it to mean, where the messaging profile has it answer by itself.
    autoresponse_type: Option<String>,
}

#[derive(Deserialize)]
struct Party {
    phone_number: String,
}

/// What a request says that Telnyx has signed.
pub(crate) fn signed(request: &Request, now: Timestamp) -> Result<Signed, Problem> {
    let body = body(request, BODY_LIMIT)?;
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .ok_or_else(bad_signature)
    };
    let timestamp = header("telnyx-timestamp")?;
    let signature = STANDARD
        .decode(header("telnyx-signature-ed25519")?)
        .map_err(|_| bad_signature())?;
    let signed_at = timestamp
        .parse()
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok());
    let age = now.duration_since(signed_at.ok_or_else(bad_signature)?);
    if age.abs() > TOLERANCE {
        return Err(bad_signature());
    }
    let text = [timestamp.as_bytes(), b"|", body].concat();
    Ok(Signed { text, signature })
}

/// Reads a request that was verified. `None`: it is no text between two phone numbers.
pub(crate) fn read(request: &Request) -> Result<Option<Delivery>, Problem> {
    let body = body(request, BODY_LIMIT)?;
    let malformed = |_| Problem::invalid_field("", "must be a webhook event of Telnyx");
    let event = serde_json::from_slice::<Webhook<Event>>(body).map_err(malformed)?;
    if event.data.event_type != "message.received" {
        return Ok(None);
    }
    let payload = serde_json::from_slice::<Webhook<MessageEvent>>(body)
        .map_err(malformed)?
        .data
        .payload;
    let Payload {
        id,
        from,
        to,
        text,
        autoresponse_type,
    } = payload;
    let message_id = id
        .filter(|id| (1..=MESSAGE_ID_CHARACTERS).contains(&id.len()))
        .ok_or_else(|| Problem::invalid_field("data.payload.id", "must be the message's id"))?;
    let from = from.and_then(|from| PhoneNumber::parse_end(&from.phone_number).ok());
    // A received message has one number of ours among those it went to, and it is the first.
    let to = to.pointer("/0/phone_number").and_then(Value::as_str);
    let to = to.and_then(|to| PhoneNumber::parse_end(to).ok());
    // Short codes and the like are no tenant's.
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(None);
    };
    let body = String::from_utf8_lossy(&text.unwrap_or_default()).into_owned();
    let intent = match autoresponse_type.as_deref() {
        Some("STOP" | "OPT_OUT") => Intent::told_by_provider(Meaning::OptOut),
        Some("START" | "OPT_IN") => Intent::told_by_provider(Meaning::OptIn),
        Some("HELP") => Intent::told_by_provider(Meaning::Help),
        _ => Intent::read(&body),
    };
    let text = InboundText {
        provider: "telnyx",
        message_id,
        from,
        to,
        body,
        sent_at: None,
    };
    Ok(Some(Delivery { text, intent }))
}
