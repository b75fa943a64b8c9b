//! Telnyx's messages, version 2 of its interface: JSON, proved by an API key.
//!
//! <https://developers.telnyx.com/api-reference/messages>, and as an OpenAPI document
//! <https://github.com/team-telnyx/openapi>. What the answers mean:
//!
//! | answer | means | source |
//! |---|---|---|
//! | 200 | Telnyx has the text | the page above |
//! | 4xx with 40300 | Telnyx's own list has the number: its owner replied STOP | <https://developers.telnyx.com/docs/messaging/messages/advanced-opt-in-out> |
//! | 401 | the key is not known: nothing has left | 10009 of <https://developers.telnyx.com/development/api-fundamentals/api-errors> |
//! | 408 | the text may have left | 10008 of the same page |
//! | 429 | asked too often: nothing has left | <https://developers.telnyx.com/development/api-fundamentals/reliability/rate-limiting> |
//! | any other 4xx, such as 40305 (`from` is not of the profile), 40310 (`to` is no number) | refused | <https://developers.telnyx.com/docs/messaging/messages/error-codes> |
//! | 5xx | the text may have left | RFC 9110, 15.6 |
//!
//! The profile's webhook is for what comes in: events about what goes out are not asked for (`use_profile_webhooks`). What
//! the carriers report is in Telnyx's own log.

use consent_secrets::TelnyxAccount;
use consent_store::Unpublished;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::Text;
use crate::http::{Answer, Http, Said, proof};

pub(crate) const URL: &str = "https://api.telnyx.com";
/// "Blocked due to STOP message".
const BLOCKED: u32 = 40_300;

/// Errors as Telnyx writes them.
#[derive(Deserialize)]
struct Failure {
    errors: Vec<FailureDetail>,
}

#[derive(Deserialize)]
struct FailureDetail {
    code: String,
}

/// Hands a text to Telnyx at `url`.
///
/// # Errors
/// It has not left, or may have.
pub(crate) async fn send(
    http: &Http,
    url: &str,
    account: &TelnyxAccount,
    text: &Text<'_>,
    deadline: Instant,
) -> Result<Said, Unpublished> {
    let body = json!({
        "from": text.from.as_str(), "to": text.to.as_str(), "text": text.body, "use_profile_webhooks": false,
    });
    let request = Request::post(format!("{url}/v2/messages"))
        .header(
            AUTHORIZATION,
            proof(&format!("Bearer {}", account.expose_api_key()))?,
        )
        .header(CONTENT_TYPE, "application/json")
        .body(body.to_string())
        .map_err(|error| Unpublished::Refused(error.to_string()))?;
    let answer = http.send(request, deadline).await?;
    Ok(Said::of(answer.status, code(&answer), BLOCKED))
}

/// Telnyx's own code of the error: of several that of the block, or the first.
fn code(answer: &Answer) -> Option<u32> {
    let failure = serde_json::from_slice::<Failure>(&answer.body).ok()?;
    let codes = || failure.errors.iter().filter_map(|error| error.code.parse().ok());
    codes().find(|code| *code == BLOCKED).or_else(|| codes().next())
}
