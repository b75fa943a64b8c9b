//! Twilio: a form, signed with the account's auth token, answered in `TwiML`.
//!
//! <https://www.twilio.com/docs/usage/security#validating-requests>: the signed text is the webhook's URL
//! followed by the parameters, sorted by name, each name followed by its value; HMAC-SHA1; base64. The URL is
//! the configured one: what a proxy's headers say of it is not to be believed.

use std::collections::BTreeSet;

use consent::facility::Provider;
use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent::words::Meaning;
use consent_http::{Problem, response};
use consent_texts::Delivered;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};

use crate::keys::Signed;
use crate::{Webhook, bad_signature};

const PATH: &str = "/v1/sms/twilio";
/// An HMAC by SHA-1.
pub(crate) const SIGNATURE_BYTES: usize = 20;
/// The channel of RCS, before the address at either end.
const RCS: &str = "rcs:";

/// The parameters of a request, in its order.
pub(crate) type Parameters = Vec<(String, String)>;

/// The URL that Twilio calls, with and without its port. It signs the one or the other, and its own libraries take both:
/// `request_validator.py` of <https://github.com/twilio/twilio-python> says that Twilio is not consistent.
pub(crate) fn urls(base_url: &str) -> [String; 2] {
    let base_url = base_url.trim_end_matches('/');
    let (scheme, rest) = base_url.split_once("://").unwrap_or(("https", base_url));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    // The colons of an IPv6 address are in brackets.
    let port = authority
        .rsplit_once(':')
        .filter(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let other = match port {
        Some((host, _)) => host.to_owned(),
        None if scheme == "http" => format!("{authority}:80"),
        None => format!("{authority}:443"),
    };
    [authority.to_owned(), other].map(|authority| format!("{scheme}://{authority}{path}{PATH}"))
}

/// Reads the form. A body that is not a form does not come from Twilio.
pub(crate) fn parameters(body: &[u8]) -> Result<Parameters, Problem> {
    serde_urlencoded::from_bytes(body).map_err(|_| bad_signature())
}

/// What a request to one of `urls` may say that Twilio has signed. Such signatures carry no time.
pub(crate) fn signed(
    signature: Vec<u8>,
    urls: &[String],
    query: Option<&str>,
    parameters: &Parameters,
) -> Signed {
    let mut rest = query.map(|query| format!("?{query}")).unwrap_or_default();
    // Sorted by name, then value, each pair once: as Twilio's own libraries do.
    for (name, value) in parameters.iter().collect::<BTreeSet<_>>() {
        rest.push_str(name);
        rest.push_str(value);
    }
    let texts = urls.iter().map(|url| format!("{url}{rest}").into_bytes());
    Signed {
        texts: texts.collect(),
        signature,
    }
}

/// The value of a parameter, empty where it is missing.
///
/// # Errors
/// It has several, and nobody knows which is meant. The same one several times is signed as one.
fn parameter<'a>(parameters: &'a Parameters, wanted: &str) -> Result<&'a str, Problem> {
    let values = parameters.iter().filter(|(name, _)| name == wanted);
    let mut values = values.map(|(_, value)| value.as_str());
    let first = values.next().unwrap_or_default();
    if values.all(|value| value == first) {
        Ok(first)
    } else {
        Err(Problem::invalid_field(wanted, "may appear only once"))
    }
}

/// Reads an end of a text. A person who writes by RCS is who they are by SMS; an RCS agent has a name and no number,
/// and other channels (`whatsapp:`, `messenger:`) are not for this service.
fn end(address: &str) -> Option<PhoneNumber> {
    let number = match address.get(..RCS.len()) {
        Some(channel) if channel.eq_ignore_ascii_case(RCS) => &address[RCS.len()..],
        _ => address,
    };
    PhoneNumber::parse_end(number).ok()
}

/// Reads a request that was verified. `None`: no phone number has sent it.
pub(crate) fn read(parameters: &Parameters) -> Result<Option<Delivered>, Problem> {
    let parameter = |wanted| parameter(parameters, wanted);
    let message_id = parameter("MessageSid")?;
    if !is_message_id(message_id) {
        let detail = "must be SM or MM and 32 hexadecimal digits";
        return Err(Problem::invalid_field("MessageSid", detail));
    }
    let (from, to) = (parameter("From")?, parameter("To")?);
    let (body, understood) = (parameter("Body")?, parameter("OptOutType")?);
    let Some(from) = end(from) else {
        // Short codes and the like are no tenant's.
        tracing::info!(provider = "twilio", "a text from what is no phone number");
        return Ok(None);
    };
    let intent = match understood.to_ascii_uppercase().as_str() {
        "STOP" => Intent::told_by_provider(Meaning::OptOut),
        "START" => Intent::told_by_provider(Meaning::OptIn),
        "HELP" => Intent::told_by_provider(Meaning::Help),
        _ => Intent::read(body),
    };
    Ok(Some(Delivered {
        provider: Provider::Twilio,
        patience: Webhook::Twilio.patience(),
        message_id: message_id.to_owned(),
        from,
        // Of a group message, too, it names one: each number of the account in the group has a request of its own.
        to: end(to).into_iter().collect(),
        body: body.to_owned(),
        sent_at: None,
        intent,
    }))
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
    use base64::{Engine as _, engine::general_purpose::STANDARD};
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
            let signature = STANDARD.decode(signature).unwrap();
            let url = "https://mycompany.com/myapp.php".to_owned();
            let signed = signed(signature, &[url], Some(query), &parameters);
            hmac::verify(&key, &signed.texts[0], &signed.signature).is_ok()
        };
        assert!(check("foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(!check("bar=2&foo=1", "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(!check("", "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(!check("foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8A8="));
    }

    #[test]
    fn a_url_is_taken_with_and_without_its_port() {
        let check = |base_url: &str, expected: [&str; 2]| {
            let expected = expected.map(|url| format!("{url}{PATH}"));
            assert_eq!(urls(base_url), expected, "{base_url}");
        };
        check(
            "https://a.example",
            ["https://a.example", "https://a.example:443"],
        );
        check("http://a.example/", ["http://a.example", "http://a.example:80"]);
        check(
            "https://a.example:8443",
            ["https://a.example:8443", "https://a.example"],
        );
        check(
            "https://a.example:443/x/y",
            ["https://a.example:443/x/y", "https://a.example/x/y"],
        );
        check(
            "https://a.example/x:1",
            ["https://a.example/x:1", "https://a.example:443/x:1"],
        );
        check(
            "http://127.0.0.1:9000",
            ["http://127.0.0.1:9000", "http://127.0.0.1"],
        );
        check("http://[::1]", ["http://[::1]", "http://[::1]:80"]);
        check("http://[::1]:9000", ["http://[::1]:9000", "http://[::1]"]);
    }
}
