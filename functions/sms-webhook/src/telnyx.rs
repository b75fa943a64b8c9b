//! Telnyx: JSON, signed with ed25519 over `timestamp|body`, answered with an empty 200.
//!
//! <https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks>

use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent::words::Meaning;
use consent_http::Problem;
use consent_http::environment::{self, EnvironmentError, TELNYX_PUBLIC_KEY};
use consent_http::request::{BODY_LIMIT, body};
use consent_store::InboundText;
use jiff::{SignedDuration, Timestamp};
use lambda_http::Request;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

use crate::{Delivery, bad_signature};

/// A request that was signed longer ago, or later than now, is taken for a replay.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Telnyx's message ids are UUIDs.
const MESSAGE_ID_CHARACTERS: usize = 64;

/// How Telnyx's requests are verified.
pub struct Telnyx {
    key: UnparsedPublicKey<Vec<u8>>,
}

#[derive(Deserialize)]
struct Webhook {
    data: Event,
}

#[derive(Deserialize)]
struct Event {
    event_type: String,
    /// A message, where the event is about one.
    #[serde(default)]
    payload: Value,
}

/// A message, in those parts that a received one has.
#[derive(Deserialize)]
struct Payload {
    id: Option<String>,
    from: Option<Party>,
    #[serde(default)]
    to: Value,
    text: Option<String>,
    /// What Telnyx took it to mean, where the messaging profile has it answer by itself.
    autoresponse_type: Option<String>,
}

#[derive(Deserialize)]
struct Party {
    phone_number: String,
}

impl Telnyx {
    /// With the account's public key, 32 bytes.
    pub fn new(public_key: Vec<u8>) -> Self {
        Self {
            key: UnparsedPublicKey::new(&ED25519, public_key),
        }
    }

    /// As the environment configures it, if it does.
    ///
    /// # Errors
    /// There is a key, and it is none in base64.
    pub fn from_environment() -> Result<Option<Self>, EnvironmentError> {
        if environment::optional(TELNYX_PUBLIC_KEY).is_none() {
            return Ok(None);
        }
        Ok(Some(Self::new(environment::secret_bytes(TELNYX_PUBLIC_KEY)?)))
    }

    /// Verifies and reads a request. `None`: it is good, and no text between two phone numbers.
    pub(crate) fn read(&self, request: &Request, now: Timestamp) -> Result<Option<Delivery>, Problem> {
        let body = body(request, BODY_LIMIT)?;
        self.verify(request, body, now)?;
        let malformed = |_| Problem::invalid_field("", "must be a webhook event of Telnyx");
        let event = serde_json::from_slice::<Webhook>(body).map_err(malformed)?.data;
        if event.event_type != "message.received" {
            return Ok(None);
        }
        let payload = serde_json::from_value::<Payload>(event.payload).map_err(malformed)?;
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
        let from = from.and_then(|from| PhoneNumber::parse_e164(&from.phone_number).ok());
        // A received message has one number of ours among those it went to, and it is the first.
        let to = to.pointer("/0/phone_number").and_then(Value::as_str);
        let to = to.and_then(|to| PhoneNumber::parse_e164(to).ok());
        // Short codes and the like are no tenant's.
        let (Some(from), Some(to)) = (from, to) else {
            return Ok(None);
        };
        let body = text.unwrap_or_default();
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

    fn verify(&self, request: &Request, body: &[u8], now: Timestamp) -> Result<(), Problem> {
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
        let signed = [timestamp.as_bytes(), b"|", body].concat();
        self.key.verify(&signed, &signature).map_err(|_| bad_signature())
    }
}
