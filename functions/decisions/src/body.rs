//! What is asked and what is reported, read strictly.

use std::collections::HashSet;

use consent::decision::{OpenFor, Reported};
use consent::id::TenantId;
use consent_http::Problem;
use consent_http::request::{self, Fields};
use serde_json::{Map, Value, json};

type Members = Map<String, Value>;

/// The most tenants of a request.
const MOST_TENANTS: usize = 100;
/// The most characters of a provider's message id.
const MESSAGE_ID_CHARACTERS: usize = 128;

/// What is asked.
pub(crate) struct Question {
    pub(crate) tenants: Vec<TenantId>,
    pub(crate) open_for: OpenFor,
}

/// What is reported.
pub(crate) struct Told<'a> {
    pub(crate) outcome: Reported,
    pub(crate) body: Option<&'a str>,
    pub(crate) provider_message_id: Option<&'a str>,
}

/// Reads `{"tenant_ids": [...], "valid_for": ...}`.
pub(crate) fn question(members: &Members) -> Result<Question, Problem> {
    let mut fields = Fields::new(members, "");
    let tenants = fields.read("tenant_ids", tenants);
    let open_for = fields.read("valid_for", open_for);
    let question = tenants
        .zip(open_for)
        .map(|(tenants, open_for)| Question { tenants, open_for });
    fields.finish(question)
}

fn tenants(value: Option<&Value>) -> Result<Vec<TenantId>, String> {
    let listed = value
        .and_then(Value::as_array)
        .filter(|ids| (1..=MOST_TENANTS).contains(&ids.len()))
        .ok_or_else(|| format!("must be a list of 1 to {MOST_TENANTS} tenant ids"))?;
    let id = |value: &Value| {
        let text = value.as_str().ok_or("must be a list of texts")?;
        TenantId::parse(text).map_err(|error| format!("has an id that is not valid: it {error}"))
    };
    let ids = listed.iter().map(id).collect::<Result<Vec<_>, String>>()?;
    if ids.iter().collect::<HashSet<_>>().len() == ids.len() {
        Ok(ids)
    } else {
        Err("must have each id once".to_owned())
    }
}

fn open_for(value: Option<&Value>) -> Result<OpenFor, String> {
    let open_for = match value {
        None => Some(OpenFor::USUAL),
        Some(value) => whole(value).and_then(OpenFor::seconds),
    };
    let (least, most) = (OpenFor::SECONDS.start(), OpenFor::SECONDS.end());
    open_for.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

/// A whole number, which JSON may write as `5` or `5.0`.
fn whole(value: &Value) -> Option<u8> {
    let mut seconds = OpenFor::SECONDS;
    seconds.find(|seconds| *value == json!(seconds) || *value == json!(f64::from(*seconds)))
}

/// Reads `{"outcome": ..., "body": ..., "provider_message_id": ...}`. With `not_sent` the others are not read.
pub(crate) fn outcome(members: &Members) -> Result<Told<'_>, Problem> {
    let mut fields = Fields::new(members, "");
    let outcome = fields.read("outcome", |value| match value.and_then(Value::as_str) {
        Some("sent") => Ok(Reported::Sent),
        Some("not_sent") => Ok(Reported::NotSent),
        _ => Err("must be sent or not_sent".to_owned()),
    });
    if outcome != Some(Reported::Sent) {
        return fields.finish(outcome.map(|outcome| Told {
            outcome,
            body: None,
            provider_message_id: None,
        }));
    }
    let body = fields.read("body", |value| request::optional(value, request::message));
    let provider_message_id = fields.read("provider_message_id", |value| {
        request::optional(value, message_id)
    });
    let read = outcome.zip(body).zip(provider_message_id);
    fields.finish(read.map(|((outcome, body), provider_message_id)| Told {
        outcome,
        body,
        provider_message_id,
    }))
}

fn message_id(value: Option<&Value>) -> Result<&str, String> {
    value
        .and_then(Value::as_str)
        .filter(|id| id.chars().count() <= MESSAGE_ID_CHARACTERS)
        .ok_or_else(|| format!("must be a text of {MESSAGE_ID_CHARACTERS} characters at most"))
}
