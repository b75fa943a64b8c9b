//! Twilio's Messages resource: a form, proved by account SID and auth token.
//!
//! <https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>, and as an OpenAPI document
//! `CreateMessage` of <https://github.com/twilio/twilio-oai>. What the answers mean:
//!
//! | answer | means | source |
//! |---|---|---|
//! | 201 | Twilio has the text | the resource's page |
//! | 400 with 21610 | Twilio's own list has the number: its owner replied STOP | <https://www.twilio.com/docs/api/errors/21610> |
//! | 401 | the account is not known by what proved it: nothing has left | <https://www.twilio.com/docs/api/errors/20003> |
//! | 429 | "never processed and always safe to retry" | <https://www.twilio.com/docs/api/errors/20429> |
//! | any other 4xx, such as 21211 (`To` is no number), 21606 (`From` is not the account's), 21614 (no mobile) | refused | <https://www.twilio.com/docs/api/errors> |
//! | 5xx | the text may have left: a repetition may send it twice | <https://www.twilio.com/docs/api/errors/20500> |
//!
//! No `StatusCallback` is asked for. What the carriers report is in Twilio's own log.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent_secrets::TwilioAccount;
use consent_store::Unpublished;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use tokio::time::Instant;

use crate::Text;
use crate::http::{Answer, Http, Said, proof};

pub(crate) const URL: &str = "https://api.twilio.com";
/// "Attempt to send to unsubscribed recipient".
const UNSUBSCRIBED: u32 = 21_610;

/// An error as Twilio writes it: <https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions>.
#[derive(Deserialize)]
struct Failure {
    code: u32,
}

/// Hands a text to Twilio at `url`.
///
/// # Errors
/// It has not left, or may have.
pub(crate) async fn send(
    http: &Http,
    url: &str,
    account: &TwilioAccount,
    text: &Text<'_>,
    deadline: Instant,
) -> Result<Said, Unpublished> {
    let form = [
        ("To", text.to.as_str()),
        ("From", text.from.as_str()),
        ("Body", text.body),
    ];
    let body = serde_urlencoded::to_string(form).map_err(|error| Unpublished::Refused(error.to_string()))?;
    let known_by = STANDARD.encode(format!("{}:{}", account.sid(), account.expose_auth_token()));
    let request = Request::post(format!(
        "{url}/2010-04-01/Accounts/{}/Messages.json",
        account.sid()
    ))
    .header(AUTHORIZATION, proof(&format!("Basic {known_by}"))?)
    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
    .body(body)
    .map_err(|error| Unpublished::Refused(error.to_string()))?;
    let answer = http.send(request, deadline).await?;
    Ok(Said::of(answer.status, code(&answer), UNSUBSCRIBED))
}

/// Twilio's own code of an error.
fn code(answer: &Answer) -> Option<u32> {
    serde_json::from_slice::<Failure>(&answer.body)
        .ok()
        .map(|failure| failure.code)
}
