//! Twilio: a form, signed with the account's auth token, answered in `TwiML`.
//!
//! <https://www.twilio.com/docs/usage/security#validating-requests>: the signed text is the webhook's URL
//! followed by the parameters, sorted by name, each name followed by its value; HMAC-SHA1; base64. The URL is
//! the configured one: what a proxy's headers say of it is not to be believed.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent::words::Meaning;
use consent_http::request::{BODY_LIMIT, body};
use consent_http::{Problem, response};
use consent_store::InboundText;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};

use crate::keys::Signed;
use crate::{Delivery, bad_signature};

const PATH: &str = "/v1/sms/twilio";

/// The parameters of a request, in its order.
pub(crate) type Parameters = Vec<(String, String)>;

/// The URL that Twilio calls, and signs.
pub(crate) fn url(base_url: &str) -> String {
    format!("{}{PATH}", base_url.trim_end_matches('/'))
}

/// Reads the form. Twilio signs no body that is none.
pub(crate) fn parameters(request: &Request) -> Result<Parameters, Problem> {
    serde_urlencoded::from_bytes(body(request, BODY_LIMIT)?).map_err(|_| bad_signature())
}

/// What a request to `url` says that Twilio has signed. Such signatures carry no time.
pub(crate) fn signed(request: &Request, parameters: &Parameters, url: &str) -> Result<Signed, Problem> {
    let signature = request
        .headers()
        .get("x-twilio-signature")
        .and_then(|value| value.to_str().ok());
    let signature = signature
        .and_then(|text| STANDARD.decode(text).ok())
        .ok_or_else(bad_signature)?;
    let mut text = url.to_owned();
    if let Some(query) = request.uri().query() {
        text.push('?');
        text.push_str(query);
    }
    // Sorted by name, then value, each pair once: as Twilio's own libraries do.
    for (name, value) in parameters.iter().collect::<BTreeSet<_>>() {
        text.push_str(name);
        text.push_str(value);
    }
    Ok(Signed {
        text: text.into_bytes(),
        signature,
    })
}

/// Reads a request that was verified. `None`: it is no text between two phone numbers.
pub(crate) fn read(parameters: &Parameters) -> Result<Option<Delivery>, Problem> {
    let parameter = |wanted: &str| {
        parameters
            .iter()
            .find(|(name, _)| name == wanted)
            .map_or("", |(_, value)| value.as_str())
    };
    let message_id = parameter("MessageSid");
    if !is_message_id(message_id) {
        let detail = "must be SM or MM and 32 hexadecimal digits";
        return Err(Problem::invalid_field("MessageSid", detail));
    }
    let number = |name| PhoneNumber::parse_end(parameter(name)).ok();
    // Short codes and the like are no tenant's.
    let (Some(from), Some(to)) = (number("From"), number("To")) else {
        return Ok(None);
    };
    let intent = match parameter("OptOutType") {
        "STOP" => Intent::told_by_provider(Meaning::OptOut),
        "START" => Intent::told_by_provider(Meaning::OptIn),
        "HELP" => Intent::told_by_provider(Meaning::Help),
        _ => Intent::read(parameter("Body")),
    };
    let text = InboundText {
        provider: "twilio",
        message_id: message_id.to_owned(),
        from,
        to,
        body: parameter("Body").to_owned(),
        sent_at: None,
    };
    Ok(Some(Delivery { text, intent }))
}

/// Whether a text is a message id of Twilio's: `SM` or `MM` and 32 hexadecimal digits
/// (<https://www.twilio.com/docs/glossary/what-is-a-sid>).
///
/// What is signed is names and values run together, so that a captured request could be cut elsewhere: the name
/// of the parameter after it, or part of it, would belong to the id, and the old text would count as a new one.
/// An id of a fixed length has only one cut.
fn is_message_id(text: &str) -> bool {
    let digits = text.strip_prefix("SM").or_else(|| text.strip_prefix("MM"));
    digits.is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The answer: a text to the sender, or nothing.
pub(crate) fn answer(reply: Option<&str>) -> Response<Body> {
    let message = reply.map(|reply| format!("<Message>{}</Message>", quick_xml::escape::escape(reply)));
    let twiml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{}</Response>",
        message.unwrap_or_default()
    );
    response::with_type(StatusCode::OK, "application/xml", twiml)
}

#[cfg(test)]
mod tests {
    use lambda_http::http;
    use ring::hmac;

    use super::*;

    #[test]
    fn the_signature_that_twilio_publishes_verifies() {
        // The example of Twilio's documentation and of its libraries' tests.
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345");
        let parameters = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let check = |query: &str, signature: &str| {
            let request = http::Request::builder()
                .uri(format!("https://proxy.example{PATH}{query}"))
                .header("x-twilio-signature", signature)
                .body(Body::Empty)
                .unwrap();
            signed(&request, &parameters, "https://mycompany.com/myapp.php")
                .is_ok_and(|signed| hmac::verify(&key, &signed.text, &signed.signature).is_ok())
        };
        assert!(check("?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(!check("?bar=2&foo=1", "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(!check("", "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(!check("?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B9="));
        assert!(!check("?foo=1&bar=2", ""));
    }
}
