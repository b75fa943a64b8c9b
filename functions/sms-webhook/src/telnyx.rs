//! Telnyx: JSON, signed with ed25519 over `timestamp|body`, answered with an empty 200.
//!
//! <https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks>

use consent::facility::Provider;
use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent::spans::TELNYX_SIGNATURE_GOOD;
use consent::words::Meaning;
use consent_http::Problem;
use consent_texts::Delivered;
use jiff::Timestamp;
use lambda_http::Request;
use serde::Deserialize;
use serde_bytes::ByteBuf;
use serde_json::Value;

use crate::keys::Signed;
use crate::{Webhook as Provided, bad_signature};

pub(crate) const SIGNATURE_BYTES: usize = 64;
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
    #[serde(default)]
    occurred_at: Value,
}

/// A message, in those parts that a received one has:
/// <https://developers.telnyx.com/api-reference/callbacks/inbound-message>.
#[derive(Deserialize)]
struct Payload {
    id: Option<String>,
    #[serde(default)]
    from: Value,
    #[serde(default)]
    to: Value,
    /// Those whom a group message went to beside `to`:
    /// <https://developers.telnyx.com/docs/messaging/messages/group-messaging>.
    #[serde(default)]
    cc: Value,
    /// Of an MMS. Phones send texts that are nothing else.
    subject: Option<ByteBuf>,
    /// As it came: half of an emoji is no UTF-8, and a STOP may stand beside it.
    text: Option<ByteBuf>,
    #[serde(default)]
    received_at: Value,
    /// What Telnyx took it to mean, where the messaging profile has it answer by itself.
    autoresponse_type: Option<String>,
}

/// What a request says that Telnyx has signed.
pub(crate) fn signed(
    signature: Vec<u8>,
    request: &Request,
    body: &[u8],
    now: Timestamp,
) -> Result<Signed, Problem> {
    let timestamp = request
        .headers()
        .get("telnyx-timestamp")
        .and_then(|value| value.to_str().ok())
        .ok_or_else(bad_signature)?;
    let signed_at = timestamp
        .parse()
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok());
    let age = now.duration_since(signed_at.ok_or_else(bad_signature)?);
    if age.abs() > TELNYX_SIGNATURE_GOOD {
        return Err(bad_signature());
    }
    let text = [timestamp.as_bytes(), b"|", body].concat();
    Ok(Signed {
        texts: vec![text],
        signature,
    })
}

/// Reads a request that was verified. `None`: it is no text, or no phone number has sent it.
pub(crate) fn read(body: &[u8]) -> Result<Option<Delivered>, Problem> {
    let malformed = |_| Problem::invalid_field("", "must be a webhook event of Telnyx");
    let event = serde_json::from_slice::<Webhook<Event>>(body).map_err(malformed)?;
    if event.data.event_type != "message.received" {
        return Ok(None);
    }
    let event = serde_json::from_slice::<Webhook<MessageEvent>>(body).map_err(malformed)?;
    let MessageEvent { payload, occurred_at } = event.data;
    let message_id = payload
        .id
        .filter(|id| (1..=MESSAGE_ID_CHARACTERS).contains(&id.len()))
        .ok_or_else(|| Problem::invalid_field("data.payload.id", "must be the message's id"))?;
    let Some(from) = numbers(&payload.from).next() else {
        // Short codes and the like are no tenant's.
        tracing::info!(provider = "telnyx", "a text from what is no phone number");
        return Ok(None);
    };
    let mut to: Vec<PhoneNumber> = Vec::new();
    for number in numbers(&payload.to).chain(numbers(&payload.cc)) {
        if !to.contains(&number) {
            to.push(number);
        }
    }
    let body = text(payload.subject, payload.text);
    let understood = payload.autoresponse_type.unwrap_or_default();
    let read = Intent::read(&body);
    // The words of a profile at Telnyx are its owner's. A STOP by any of them counts. A START or HELP counts where it is
    // one by our words, too: YES is no START, and no word of theirs hides a STOP.
    let intent = match (understood.to_ascii_uppercase().as_str(), read.meaning) {
        ("STOP" | "OPT_OUT", _) => Intent::told_by_provider(Meaning::OptOut),
        ("START" | "OPT_IN", Meaning::OptIn) => Intent::told_by_provider(Meaning::OptIn),
        ("HELP", Meaning::Help | Meaning::None) => Intent::told_by_provider(Meaning::Help),
        _ => read,
    };
    Ok(Some(Delivered {
        provider: Provider::Telnyx,
        patience: Provided::Telnyx.patience(),
        message_id,
        from,
        to,
        body,
        // The same in every delivery of the text, unlike the time of the signature.
        sent_at: time(&payload.received_at).or_else(|| time(&occurred_at)),
        intent,
    }))
}

/// The phone numbers at an end of a text: of one party or a list of them, each an object or the number itself.
fn numbers(parties: &Value) -> impl Iterator<Item = PhoneNumber> {
    let one = std::slice::from_ref(parties);
    let parties = parties.as_array().map_or(one, Vec::as_slice).iter();
    let number = |party: &Value| {
        let number = party.get("phone_number").unwrap_or(party).as_str()?;
        PhoneNumber::parse_end(number).ok()
    };
    parties.filter_map(number)
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// Subject and text, in lines of their own.
fn text(subject: Option<ByteBuf>, text: Option<ByteBuf>) -> String {
    let parts = [subject, text].map(|part| String::from_utf8_lossy(&part.unwrap_or_default()).into_owned());
    match parts {
        [subject, text] if subject.trim().is_empty() => text,
        [subject, text] if text.trim().is_empty() => subject,
        parts => parts.join("\n"),
    }
}
