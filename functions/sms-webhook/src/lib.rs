//! Inbound texts, as SMS providers deliver them: verified, read, and carried out once.
//!
//! A provider is a module that verifies a request and reads it into a [`Delivered`], and that writes the
//! answer in the provider's form.

mod keys;
mod telnyx;
mod twilio;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent::facility::Provider;
use consent::spans::{TELNYX_PATIENCE, TWILIO_PATIENCE};
use consent_http::{Code, Problem, clock, request};
use consent_metrics::{Metric, Metrics};
use consent_secrets::Secret;
use consent_store::Store;
use consent_texts::{AnswerBy, Delivered, Sender};
use jiff::Timestamp;
use lambda_http::http::Method;
use lambda_http::{Body, Request, Response};

pub use keys::ProviderKeys;

/// The function, with what it works on.
pub struct SmsWebhook {
    /// Where texts take effect.
    pub store: Store,
    /// What sends the replies to providers whose webhooks cannot answer.
    pub sender: Sender,
    /// What verifies the providers' signatures.
    pub keys: Secret<ProviderKeys>,
    /// The public address that providers call, up to `/v1/sms/...`.
    pub base_url: String,
    /// Counts the requests that are no texts.
    pub metrics: Metrics,
}

/// A provider that delivers texts by a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Webhook {
    Twilio,
    Telnyx,
}

impl Webhook {
    const fn provider(self) -> Provider {
        match self {
            Self::Twilio => Provider::Twilio,
            Self::Telnyx => Provider::Telnyx,
        }
    }

    /// How its senders are answered: Telnyx's response says nothing to them.
    const fn answer_by(self) -> AnswerBy {
        match self {
            Self::Twilio => AnswerBy::Response,
            Self::Telnyx => AnswerBy::Text,
        }
    }

    /// How long the provider waits for an answer, less what is on the way.
    const fn patience(self) -> Duration {
        match self {
            Self::Twilio => TWILIO_PATIENCE.unsigned_abs(),
            Self::Telnyx => TELNYX_PATIENCE.unsigned_abs(),
        }
    }
}

/// The largest body of a webhook, in bytes. A text of the longest kind, 1,600 emoji, is some 20 KiB as a form.
const BODY_LIMIT: usize = 64 * 1024;

impl SmsWebhook {
    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the provider is told: 403 `bad_signature`, and 503 whenever the text could not be
    /// written, so that it is delivered again.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        let webhook = match path.segments().as_slice() {
            ["v1", "sms", "twilio"] => Webhook::Twilio,
            ["v1", "sms", "telnyx"] => Webhook::Telnyx,
            _ => return Err(Problem::no_such_path()),
        };
        if request.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        let (provider, now) = (webhook.provider(), clock::now());
        let read = self.read(webhook, &request, now).await;
        let delivery = read.inspect_err(|problem| match problem.code() {
            Code::BadSignature => self.metrics.count_one(Metric::BadSignatures(provider), now),
            Code::InvalidRequest => self.metrics.count_one(Metric::UnreadableTexts(provider), now),
            _ => {}
        })?;
        let told = match delivery {
            Some(delivered) => {
                let answer_by = webhook.answer_by();
                let told = self.sender.receive(&self.store, delivered, answer_by, clock::now);
                // Whatever kept the text from being written, it must come again.
                told.await.map_err(Problem::unavailable)?
            }
            None => None,
        };
        Ok(match webhook {
            Webhook::Twilio => twilio::answer(told.as_deref()),
            Webhook::Telnyx => Response::new(Body::Empty),
        })
    }

    /// Verifies and reads a request. `None`: it is good, and no text of a phone number.
    ///
    /// Anybody may send one. So what is too large, or cannot be signed, is refused before it is read.
    async fn read(
        &self,
        webhook: Webhook,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<Delivered>, Problem> {
        let body = request::body(request, BODY_LIMIT)?;
        match webhook {
            Webhook::Twilio => {
                let signature = signature(request, "x-twilio-signature", twilio::SIGNATURE_BYTES)?;
                let parameters = twilio::parameters(body)?;
                let urls = twilio::urls(&self.base_url);
                let signed = twilio::signed(signature, &urls, request.uri().query(), &parameters);
                self.keys
                    .attempt(now, |keys| keys.verify_twilio(&signed))
                    .await??;
                twilio::read(&parameters)
            }
            Webhook::Telnyx => {
                let signature = signature(request, "telnyx-signature-ed25519", telnyx::SIGNATURE_BYTES)?;
                let signed = telnyx::signed(signature, request, body, now)?;
                self.keys
                    .attempt(now, |keys| keys.verify_telnyx(&signed))
                    .await??;
                telnyx::read(body)
            }
        }
    }
}

/// The signature in a header: this many bytes, in base64. Anything else is not compared at all.
fn signature(request: &Request, header: &str, bytes: usize) -> Result<Vec<u8>, Problem> {
    let text = request
        .headers()
        .get(header)
        .and_then(|value| value.to_str().ok());
    text.filter(|text| text.len() == bytes.div_ceil(3) * 4)
        .and_then(|text| STANDARD.decode(text).ok())
        .filter(|signature| signature.len() == bytes)
        .ok_or_else(bad_signature)
}

/// 403: the request was not signed by the provider, as it arrived here.
fn bad_signature() -> Problem {
    Problem::new(Code::BadSignature, "The request's signature does not verify.")
}
