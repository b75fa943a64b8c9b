//! Inbound texts, as SMS providers deliver them: verified, read, and carried out once.
//!
//! A provider is a module that verifies a request and reads it into a [`Delivery`], and that writes the
//! answer in the provider's form.

mod keys;
mod telnyx;
mod twilio;

use consent::intent::Intent;
use consent_http::{Problem, clock, request};
use consent_metrics::{Metric, Metrics};
use consent_secrets::Secret;
use consent_sns::Sns;
use consent_store::{InboundText, Received, Store};
use jiff::Timestamp;
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};

pub use keys::ProviderKeys;

/// The function, with what it works on.
pub struct SmsWebhook {
    /// Where texts take effect.
    pub store: Store,
    /// What sends the replies to providers whose webhooks cannot answer.
    pub sns: Sns,
    /// What verifies the providers' signatures.
    pub keys: Secret<ProviderKeys>,
    /// The public address that providers call, up to `/v1/sms/...`.
    pub base_url: String,
    /// Counts the requests that are no texts.
    pub metrics: Metrics,
}

/// A text that a provider has delivered.
struct Delivery {
    text: InboundText,
    intent: Intent,
}

impl SmsWebhook {
    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the provider is told: 403 `bad_signature`, and 503 whenever the text could not be
    /// written, so that it is delivered again.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let provider = match path.as_slice() {
            ["v1", "sms", "twilio"] => "twilio",
            ["v1", "sms", "telnyx"] => "telnyx",
            _ => return Err(Problem::no_such_path()),
        };
        if request.method() != Method::POST {
            return Err(Problem::method_not_allowed("POST"));
        }
        let now = clock::now();
        let read = self.read(provider, &request, now).await;
        let delivery = read.inspect_err(|problem| match problem.code() {
            "bad_signature" => self.metrics.count_one(Metric::BadSignatures(provider), now),
            "invalid_request" => self.metrics.count_one(Metric::UnreadableTexts(provider), now),
            _ => {}
        })?;
        let received = match &delivery {
            None => Received::Repeated,
            // Whatever kept the text from being written, it must come again.
            Some(Delivery { text, intent }) => self
                .store
                .receive(text, intent, now)
                .await
                .map_err(Problem::unavailable)?,
        };
        if provider == "twilio" {
            let reply = self.reply_in_response(received, now).await;
            return Ok(twilio::answer(reply.as_deref()));
        }
        // An answer to the others' requests says nothing to the sender.
        self.sns.answer(&self.store, received, clock::now()).await;
        Ok(Response::new(Body::Empty))
    }

    /// What the response to the webhook tells the sender. The response ends the function, so SNS is asked before.
    async fn reply_in_response(&self, received: Received, now: Timestamp) -> Option<String> {
        let Received::Accepted(accepted) = received else {
            return None;
        };
        self.sns
            .lift_opt_out(
                &self.store,
                &accepted.facility_id,
                &accepted.started,
                &accepted.from,
                now,
            )
            .await;
        self.store
            .reply_in_response(accepted.reply, accepted.claim, clock::now)
            .await
    }

    /// Verifies and reads a request. `None`: it is good, and no text between two phone numbers.
    async fn read(
        &self,
        provider: &str,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<Delivery>, Problem> {
        // Each provider is read in the same way; a third is one arm more here.
        if provider == "twilio" {
            let parameters = twilio::parameters(request)?;
            let signed = twilio::signed(request, &parameters, &twilio::url(&self.base_url))?;
            self.keys
                .attempt(now, |keys| keys.verify_twilio(&signed))
                .await??;
            twilio::read(&parameters)
        } else {
            let signed = telnyx::signed(request, now)?;
            self.keys
                .attempt(now, |keys| keys.verify_telnyx(&signed))
                .await??;
            telnyx::read(request)
        }
    }
}

/// 403: the request was not signed by the provider, as it arrived here.
fn bad_signature() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "bad_signature",
        "The request's signature does not verify.",
    )
}
