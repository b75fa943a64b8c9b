//! Requests as API Gateway hands them over, and what comes back.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lambda_http::http::{HeaderMap, StatusCode};
use lambda_http::{Body, Response};
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Map, Value, json};

use crate::{BASE_URL, TWILIO_AUTH_TOKEN};

/// A request in the making.
#[derive(Debug, Clone)]
pub struct Call {
    method: String,
    path: String,
    query: String,
    headers: Map<String, Value>,
    body: Option<String>,
    is_base64: bool,
    claims: Option<Value>,
}

/// A call by staff who may do everything, such as `call("PUT /v1/facilities/f1")`.
#[track_caller]
pub fn call(line: &str) -> Call {
    let (method, target) = line.split_once(' ').expect("a method and a path");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Call {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: Map::new(),
        body: None,
        is_base64: false,
        claims: Some(json!({
            "sub": "staff@example.com",
            "scope": "consent:read consent:write tenants:write messages:send",
            "facilities": "*",
        })),
    }
}

/// The id that Twilio would give a message: `SM` and 32 hexadecimal digits, made from a short label such as `M1`.
/// The empty label is the empty id.
pub fn twilio_id(label: &str) -> String {
    if label.is_empty() {
        return String::new();
    }
    let digest = digest(&SHA256, label.as_bytes());
    let digits = digest.as_ref()[..16].iter().map(|byte| format!("{byte:02x}"));
    format!("SM{}", digits.collect::<String>())
}

/// A text from a tenant, as Twilio delivers it. Its id is [`twilio_id`] of the label.
pub fn twilio(label: &str, from: &str, to: &str, body: &str) -> Call {
    twilio_by(TWILIO_AUTH_TOKEN, label, from, to, body)
}

/// A text from a tenant, as Twilio delivers it for an account with this auth token.
pub fn twilio_by(auth_token: &str, label: &str, from: &str, to: &str, body: &str) -> Call {
    let message_id = twilio_id(label);
    let parameters = [
        ("Body", body),
        ("From", from),
        ("MessageSid", &message_id),
        ("To", to),
    ];
    twilio_signed(auth_token, BASE_URL, "", &parameters)
}

/// A signed request of Twilio to the webhook, `query` included, with these parameters as they stand.
pub fn twilio_form(query: &str, parameters: &[(&str, &str)]) -> Call {
    twilio_at(BASE_URL, query, parameters)
}

/// The same, signed by a provider that knows the webhook by another address.
pub fn twilio_at(base_url: &str, query: &str, parameters: &[(&str, &str)]) -> Call {
    twilio_signed(TWILIO_AUTH_TOKEN, base_url, query, parameters)
}

fn twilio_signed(auth_token: &str, base_url: &str, query: &str, parameters: &[(&str, &str)]) -> Call {
    let url = if query.is_empty() {
        "/v1/sms/twilio".to_owned()
    } else {
        format!("/v1/sms/twilio?{query}")
    };
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    let signed: String = sorted.iter().flat_map(|(name, value)| [*name, *value]).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    let tag = hmac::sign(&key, format!("{base_url}{url}{signed}").as_bytes());
    call(&format!("POST {url}"))
        .nobody()
        .body(
            "application/x-www-form-urlencoded",
            &serde_urlencoded::to_string(parameters).unwrap(),
        )
        .header("x-twilio-signature", &STANDARD.encode(tag))
}

/// The seed of Telnyx's key.
pub(crate) const TELNYX_SEED: u8 = 9;

fn telnyx_key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub(crate) fn telnyx_public_key(seed: u8) -> String {
    STANDARD.encode(telnyx_key(seed).public_key())
}

/// A text from a tenant, as Telnyx delivers it, signed at this time (epoch seconds).
pub fn telnyx(message_id: &str, from: &str, to: &str, text: &str, signed_at: i64) -> Call {
    telnyx_by(TELNYX_SEED, message_id, from, to, text, signed_at)
}

/// A text from a tenant, as Telnyx delivers it, signed at this time with the key of this seed.
pub fn telnyx_by(seed: u8, message_id: &str, from: &str, to: &str, text: &str, signed_at: i64) -> Call {
    let body = json!({
        "data": {
            "event_type": "message.received", "id": "event", "record_type": "event",
            "payload": {
                "id": message_id, "direction": "inbound", "record_type": "message", "type": "SMS",
                "from": {"phone_number": from, "carrier": "", "line_type": ""},
                "to": [{"phone_number": to, "status": "webhook_delivered"}],
                "text": text,
            },
        },
        "meta": {"attempt": 1, "delivered_to": "https://texts.example.com/v1/sms/telnyx"},
    });
    telnyx_signed(seed, &body.to_string(), signed_at)
}

/// A webhook event with this body, as Telnyx delivers it, signed at this time.
pub fn telnyx_event(body: &str, signed_at: i64) -> Call {
    telnyx_signed(TELNYX_SEED, body, signed_at)
}

fn telnyx_signed(seed: u8, body: &str, signed_at: i64) -> Call {
    let signature = telnyx_key(seed).sign(format!("{signed_at}|{body}").as_bytes());
    call("POST /v1/sms/telnyx")
        .nobody()
        .body("application/json", body)
        .header("telnyx-timestamp", &signed_at.to_string())
        .header("telnyx-signature-ed25519", &STANDARD.encode(signature))
}

/// A text from a tenant, as AWS End User Messaging delivers it by its SNS topic: a record of an SNS event.
pub fn sns_notification(message_id: &str, from: &str, to: &str, body: &str, sent_at: &str) -> Value {
    let message = json!({
        "originationNumber": from, "destinationNumber": to, "messageKeyword": "KEYWORD_1",
        "messageBody": body, "inboundMessageId": message_id, "previousPublishedMessageId": "previous",
    });
    json!({
        "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn:aws:sns:us-east-1:0:in:1",
        "Sns": {"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:us-east-1:0:in",
                "Message": message.to_string(), "Timestamp": sent_at},
    })
}

impl Call {
    /// Without claims.
    #[must_use]
    pub fn nobody(mut self) -> Self {
        self.claims = None;
        self
    }

    /// With these claims alone.
    #[must_use]
    pub fn claims(mut self, claims: Value) -> Self {
        self.claims = Some(claims);
        self
    }

    /// By a tenant, on the portal.
    #[must_use]
    pub fn tenant(self, facility: &str, tenant: &str) -> Self {
        self.claims(json!({
            "sub": format!("tenant:{tenant}"), "scope": "portal", "facility_id": facility, "tenant_id": tenant,
        }))
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), json!(value));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", &body.to_string())
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("content-type", media_type)
    }

    /// With this path instead, as it stands.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// With this query instead, as it stands.
    #[must_use]
    pub fn query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// With the body in base64, as API Gateway hands over what it does not know as text.
    #[must_use]
    pub fn base64(mut self) -> Self {
        self.body = self.body.map(|body| STANDARD.encode(body));
        self.is_base64 = true;
        self
    }

    /// With bytes for a body.
    #[must_use]
    pub fn bytes(mut self, media_type: &str, body: &[u8]) -> Self {
        self.body = Some(STANDARD.encode(body));
        self.is_base64 = true;
        self.header("content-type", media_type)
    }

    /// Without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// The API Gateway event (HTTP API, payload 2.0) as JSON.
    pub fn event(&self) -> Value {
        let mut headers = self.headers.clone();
        headers
            .entry("host")
            .or_insert_with(|| json!("texts.example.com"));
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api",
                "domainName": "texts.example.com",
                "http": {
                    "method": self.method, "path": self.path, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "tests",
                },
                "requestId": "request", "routeKey": "$default", "stage": "$default",
                "time": "23/Nov/2026:07:12:09 +0000", "timeEpoch": 1_795_417_929_000_i64,
            },
            "isBase64Encoded": self.is_base64,
        });
        if let Some(body) = &self.body {
            event["body"] = json!(body);
        }
        if let Some(claims) = &self.claims {
            event["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
        }
        event
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    pub(crate) fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let text = String::from_utf8_lossy(&body).into_owned();
        Self {
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }

    /// The body as JSON.
    #[track_caller]
    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// A header.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_else(|| panic!("no {name}"))
    }

    /// Checks the status and returns the body.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() || !self.text.starts_with(['{', '[']) {
            Value::Null
        } else {
            self.body()
        }
    }

    /// Checks that it is 400, and names the members that are wrong, in the problem's order.
    #[track_caller]
    pub fn wrong_fields(&self) -> Vec<String> {
        let problem = self.is_problem(400, "invalid_request");
        let errors = problem["errors"].as_array().unwrap();
        assert!(errors.iter().all(|error| error["detail"].is_string()));
        errors
            .iter()
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The text to the sender in a webhook's answer, empty where it has no text.
    #[track_caller]
    pub fn message(&self) -> String {
        let message = self
            .text
            .split_once("<Message>")
            .and_then(|(_, rest)| rest.split_once("</Message>"));
        message.map_or_else(String::new, |(message, _)| message.to_owned())
    }

    /// Checks that it is the problem with this status and code, and returns it.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.is(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["code"], code, "{}", self.text);
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(problem[member].is_string(), "{member}: {}", self.text);
        }
        problem
    }
}
