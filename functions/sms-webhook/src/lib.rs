//! Inbound texts, as SMS providers deliver them: verified, read, and carried out once.
//!
//! A provider is a module that verifies a request and reads it into a [`Delivery`], and that writes the
//! answer in the provider's form.

mod twilio;

use consent::record::{Classification, ReceivedText};
use consent::reply::reply;
use consent::words::{Language, Meaning, Preceding, RULES_VERSION, classify};
use consent_http::{Problem, clock, request};
use consent_store::{InboundText, Intent, Received, Store};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};

pub use twilio::Twilio;

/// The function, with what it works on.
pub struct SmsWebhook {
    store: Store,
    twilio: Twilio,
}

/// A text that a provider has delivered.
struct Delivery {
    text: InboundText,
    /// What the provider took it to mean, where it says so: it has then answered already.
    already_answered: Option<Meaning>,
}

impl SmsWebhook {
    /// The function on a store.
    pub fn new(store: Store, twilio: Twilio) -> Self {
        Self { store, twilio }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the provider is told: 403 `bad_signature`, and 503 whenever the text could not be
    /// written, so that it is delivered again.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (path.as_slice(), request.method()) {
            (["v1", "sms", "twilio"], &Method::POST) => {
                let answer = match self.twilio.read(&request)? {
                    Some(delivery) => self.receive(&delivery).await?,
                    None => None,
                };
                Ok(twilio::answer(answer.as_deref()))
            }
            (["v1", "sms", "twilio"], _) => Err(Problem::method_not_allowed("POST")),
            _ => Err(Problem::no_such_path()),
        }
    }

    /// Carries out a text. The reply is what is left to tell the sender.
    async fn receive(&self, delivery: &Delivery) -> Result<Option<String>, Problem> {
        let text = &delivery.text;
        let reading = classify(&text.body, Preceding::Nothing);
        let (intent, language) = match delivery.already_answered {
            Some(meaning) => (told(text, meaning), Language::English),
            None => {
                let classification = Classification {
                    rules_version: RULES_VERSION.to_owned(),
                    matched: reading.matched.map(str::to_owned),
                    needs_review: reading.needs_review,
                };
                (
                    intent(text, reading.meaning, reading.rule, classification),
                    reading.language,
                )
            }
        };
        // Whatever kept the text from being written, it must come again.
        let received = self
            .store
            .receive(text, &intent, clock::now())
            .await
            .map_err(Problem::unavailable)?;
        Ok(match received {
            Received::UnknownNumber => {
                tracing::warn!(
                    provider = text.provider,
                    "a text to a number that no facility has"
                );
                None
            }
            Received::Repeated => None,
            Received::Accepted { facility, outcome } => {
                tracing::info!(provider = text.provider, rule = intent.rule, "text received");
                outcome
                    .filter(|_| delivery.already_answered.is_none())
                    .map(|outcome| reply(outcome, language, &facility))
            }
        })
    }
}

fn intent(text: &InboundText, meaning: Meaning, rule: &str, classification: Classification) -> Intent {
    let text = ReceivedText {
        body: text.body.clone(),
        provider_message_id: text.message_id.clone(),
        classification,
    };
    Intent {
        meaning,
        rule: rule.to_owned(),
        text,
    }
}

/// The intent of a text that the provider has understood by its own words.
fn told(text: &InboundText, meaning: Meaning) -> Intent {
    let classification = Classification {
        rules_version: RULES_VERSION.to_owned(),
        matched: None,
        needs_review: false,
    };
    intent(text, meaning, "provider.opt_out_type", classification)
}

/// 403: the request was not signed by the provider, as it arrived here.
fn bad_signature() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "bad_signature",
        "The request's signature does not verify.",
    )
}
