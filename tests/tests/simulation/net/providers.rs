//! What takes texts and events, and what keeps secrets and keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use axum::body::{Body, to_bytes};
use consent_store::Unpublished;
use consent_texts::Exchange;
use http::{Request, StatusCode};
use lambda_http::tower::ServiceExt as _;
use serde_json::{Value, json};

use super::{Answered, HERE, Here, Met, Net, State, broken, millis, response};
use crate::facts::{CallId, Sent};
use crate::faults::{Fate, Faults};
use crate::stage::END;

const JSON: &str = "application/x-amz-json-1.1";
/// Who gives a provider something breaks the connection off after two seconds. What has not been taken by then never is.
const GIVEN_UP_AFTER: u64 = 1_999;
const SNS: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

/// What a provider without an SDK answers.
type Given = Result<(StatusCode, Vec<u8>), Unpublished>;

type Form = BTreeMap<String, String>;

impl Here {
    /// What becomes of a request to a provider, and how long the provider takes.
    fn roll_provider(&self) -> (Fate, u64) {
        self.roll(|faults, dice| {
            let fate = faults.network(dice);
            let most = if dice.happens(faults.slow_provider) {
                1_900
            } else {
                faults.latency
            };
            (fate, dice.below(most))
        })
    }
}

fn refused(status: u16, code: &str) -> HttpResponse {
    let text = format!(
        "<ErrorResponse xmlns=\"{SNS}\"><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error>\
         <RequestId>r</RequestId></ErrorResponse>"
    );
    response(status, "text/xml", text)
}

impl Net {
    pub(super) async fn secret(&self, here: &Here, body: &str) -> Answered {
        if here.roll(Faults::network) != Fate::Passes {
            here.suffers("secret");
            self.say(&here.name, "  the secret is not read");
            millis(5).await;
            return Err(broken());
        }
        millis(here.roll(|faults, dice| dice.below(faults.latency))).await;
        let request: Value = serde_json::from_str(body).unwrap();
        if request["VersionStage"] == "AWSPREVIOUS" {
            let answer = json!({"__type": "ResourceNotFoundException"});
            return Ok(response(400, JSON, answer.to_string()));
        }
        let answer = json!({
            "ARN": request["SecretId"], "Name": "consent", "SecretString": tests::first_secret().to_string(),
            "VersionId": "00000000-0000-4000-8000-000000000000", "VersionStages": ["AWSCURRENT"],
        });
        Ok(response(200, JSON, answer.to_string()))
    }

    /// KMS, of which nothing is asked before all is calm.
    pub(super) async fn sign(&self, target: String, body: String) -> Answered {
        let request = Request::post("/kms").header("x-amz-target", target);
        let request = request.body(Body::from(body)).unwrap();
        let answer = self.kms.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        Ok(response(status, JSON, String::from_utf8(body.to_vec()).unwrap()))
    }

    /// The way to Twilio and Telnyx.
    pub(crate) fn others(self: &Arc<Self>) -> Exchange {
        let net = Arc::clone(self);
        Arc::new(move |request| {
            let (net, here) = (Arc::clone(&net), HERE.with(Arc::clone));
            Box::pin(async move { net.exchange(here, request).await })
        })
    }

    async fn exchange(self: Arc<Self>, here: Arc<Here>, request: Request<String>) -> Given {
        let (fate, takes) = here.roll_provider();
        let (net, giver) = (Arc::clone(&self), Arc::clone(&here));
        let does = async move |delay: u64| {
            let taken = tokio::spawn(async move {
                millis((takes + delay).min(GIVEN_UP_AFTER)).await;
                let is_twilio = request.uri().path().starts_with("/twilio/");
                net.state().take_other(&giver, is_twilio, request.body())
            });
            taken.await.unwrap()
        };
        match self.meet(&here, "the provider", fate, does).await {
            Met::Answer(answer) => Ok(answer),
            Met::Conflict | Met::Throttled => Ok((StatusCode::TOO_MANY_REQUESTS, Vec::new())),
            Met::ServerError => Ok((StatusCode::SERVICE_UNAVAILABLE, Vec::new())),
            Met::Broken { took_effect: true } => Err(Unpublished::Unknown("the connection broke".to_owned())),
            Met::Broken { took_effect: false } => Err(Unpublished::NotNow("no connection".to_owned())),
        }
    }

    pub(super) async fn sns(self: Arc<Self>, here: Arc<Here>, body: &str) -> Answered {
        let form: Form = serde_urlencoded::from_str(body).unwrap();
        let action = form.get("Action").cloned().unwrap_or_default();
        let (fate, takes) = here.roll_provider();
        let (net, giver) = (Arc::clone(&self), Arc::clone(&here));
        let does = async move |delay: u64| {
            let done = tokio::spawn(async move {
                millis((takes + delay).min(GIVEN_UP_AFTER)).await;
                net.state().provide(&giver, &form)
            });
            done.await.unwrap()
        };
        match self.meet(&here, &format!("SNS {action}"), fate, does).await {
            Met::Answer((200, answer)) => {
                let text = format!(
                    "<{action}Response xmlns=\"{SNS}\"><{action}Result>{answer}</{action}Result><ResponseMetadata>\
                     <RequestId>r</RequestId></ResponseMetadata></{action}Response>"
                );
                Ok(response(200, "text/xml", text))
            }
            Met::Answer((status, code)) => Ok(refused(status, &code)),
            Met::Conflict | Met::Throttled => {
                millis(takes).await;
                Ok(refused(400, "Throttling"))
            }
            Met::ServerError => Ok(refused(500, "InternalError")),
            Met::Broken { .. } => Err(broken()),
        }
    }
}

impl State {
    /// A caller who was let hands a text over, by a provider of their own.
    pub(crate) fn hand_over(
        &mut self,
        call: CallId,
        (facility, tenant): (&str, &str),
        (from, to): (Option<String>, &str),
        id: usize,
    ) {
        let mut decided = self.facts.decided.get(&call).into_iter().flatten();
        let decided = decided
            .rfind(|(at, whom, _)| at == facility && whom == tenant)
            .cloned();
        let sent = Sent {
            at: self.trace.now(),
            by: call,
            from,
            to: to.to_owned(),
            body: format!("a caller's text #{id}"),
            decided,
        };
        self.trace.say(
            &format!("#{id}"),
            &format!("  hands a text for {facility}/{tenant} to {to} over"),
        );
        self.facts.sent.push(sent);
    }

    /// A provider takes a text, unless its list has the number.
    fn take(&mut self, here: &Here, from: Option<String>, to: &str, body: &str) -> bool {
        if self.blocked.contains(to) {
            self.trace
                .say(&here.name, &format!("  the provider has {to} on its list"));
            return false;
        }
        let decided = self.facts.decided.get(&here.call);
        let sent = Sent {
            at: self.trace.now(),
            by: here.call,
            from,
            to: to.to_owned(),
            body: body.to_owned(),
            decided: decided.and_then(|all| all.last().cloned()),
        };
        self.trace.say(&here.name, &format!("  TEXT to {to}: {body:?}"));
        self.facts.sent.push(sent);
        true
    }

    /// Twilio or Telnyx takes a text.
    fn take_other(&mut self, here: &Here, is_twilio: bool, body: &str) -> (StatusCode, Vec<u8>) {
        let members: BTreeMap<String, Value> = if is_twilio {
            let form: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap();
            let members = form.into_iter();
            members
                .map(|(name, value)| (name.to_lowercase(), value.into()))
                .collect()
        } else {
            serde_json::from_str(body).unwrap()
        };
        let one = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        let text = one("body").or_else(|| one("text")).unwrap();
        let is_taken = self.take(here, one("from"), &one("to").unwrap(), &text);
        let (status, answer) = match (is_taken, is_twilio) {
            (true, true) => (StatusCode::CREATED, json!({"sid": "SM"})),
            (true, false) => (StatusCode::OK, json!({"data": {"id": "m"}})),
            (false, true) => (StatusCode::BAD_REQUEST, json!({"code": 21_610})),
            (false, false) => (StatusCode::FORBIDDEN, json!({"errors": [{"code": "40300"}]})),
        };
        (status, answer.to_string().into_bytes())
    }

    /// SNS does something: the result's text, or the code of a refusal.
    fn provide(&mut self, here: &Here, form: &Form) -> (u16, String) {
        let one = |name: &str| form.get(name).cloned();
        match form.get("Action").map(String::as_str) {
            Some("Publish") if form.contains_key("TopicArn") => {
                let event: Value = serde_json::from_str(&form["Message"]).unwrap();
                let kind = event["type"].as_str().unwrap();
                // At the end there is one line for all of them.
                if here.name != END {
                    let what = format!("  publishes {kind} of {}", event["id"]);
                    self.trace.say(&here.name, &what);
                }
                self.facts.published.push(event);
            }
            Some("Publish") => {
                let from = (1..=8).find_map(|entry| {
                    let name = one(&format!("MessageAttributes.entry.{entry}.Name"))?;
                    (name == "AWS.MM.SMS.OriginationNumber")
                        .then(|| one(&format!("MessageAttributes.entry.{entry}.Value.StringValue")))?
                });
                if !self.take(here, from, &form["PhoneNumber"], &form["Message"]) {
                    return (400, "InvalidParameter".to_owned());
                }
            }
            Some("CheckIfPhoneNumberIsOptedOut") => {
                let is_blocked = self.blocked.contains(&form["phoneNumber"]);
                return (200, format!("<isOptedOut>{is_blocked}</isOptedOut>"));
            }
            Some("OptInPhoneNumber") => {
                self.blocked.remove(&form["phoneNumber"]);
                return (200, String::new());
            }
            other => panic!("the simulated SNS does not know {other:?}"),
        }
        self.published += 1;
        (200, format!("<MessageId>{}</MessageId>", self.published))
    }
}
