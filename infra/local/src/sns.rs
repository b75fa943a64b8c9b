//! A stand-in for Amazon SNS: it speaks as much of the AWS Query protocol as the service uses, sends nothing,
//! and remembers what it would have sent.
//!
//! What a test may tell it: `PUT` and `DELETE /sns/opted-out/{number}`, `PUT /sns/failures/{count}`, and
//! `PUT /sns/delay/{milliseconds}`.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use consent::facility::Provider;
use serde_json::Value;
use tokio::time::sleep;

use crate::clock;
use crate::outbox::{Outbox, Sent, Text};

/// The topic that record events are published to, a FIFO one.
pub const EVENTS_TOPIC_ARN: &str = "arn:aws:sns:us-east-1:000000000000:consent-events.fifo";

/// The message attribute that names the number a text is sent from.
const ORIGINATION_NUMBER: &str = "AWS.MM.SMS.OriginationNumber";

#[derive(Debug)]
struct World {
    outbox: Outbox,
    events: Vec<Value>,
    /// The deduplication ids of the events.
    published_before: HashSet<String>,
    opted_out: HashSet<String>,
    /// The numbers taken off the list once: SNS does that once in 30 days.
    opted_in: HashSet<String>,
    failures_to_come: u32,
    delay: Duration,
    published: u64,
}

/// An error as SNS codes it.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn invalid_parameter(message: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidParameter",
            message,
        }
    }
}

#[derive(Debug, Clone)]
struct Shared(Arc<Mutex<World>>);

impl Shared {
    /// A request that panicked cannot have left the world half changed: every change is one statement.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stand-in's endpoint, its list of events, and its controls. Texts go to this outbox.
pub fn router(outbox: Outbox) -> Router {
    let world = World {
        outbox,
        events: Vec::new(),
        published_before: HashSet::new(),
        opted_out: HashSet::new(),
        opted_in: HashSet::new(),
        failures_to_come: 0,
        delay: Duration::ZERO,
        published: 0,
    };
    Router::new()
        .route("/sns", post(query))
        .route("/sns/", post(query))
        .route(
            "/sns/events",
            get(async |State(world): State<Shared>| Json(world.lock().events.clone())),
        )
        .route("/sns/opted-out/{number}", put(opt_out).delete(opt_in))
        .route("/sns/failures/{count}", put(fail))
        .route("/sns/delay/{milliseconds}", put(delay))
        .with_state(Shared(Arc::new(Mutex::new(world))))
}

async fn opt_out(State(world): State<Shared>, Path(number): Path<String>) -> StatusCode {
    world.lock().opted_out.insert(number);
    StatusCode::NO_CONTENT
}

async fn opt_in(State(world): State<Shared>, Path(number): Path<String>) -> StatusCode {
    world.lock().opted_out.remove(&number);
    StatusCode::NO_CONTENT
}

/// Makes the next `count` publishes fail as throttled ones do: nothing has left. The SDK repeats those by itself, twice by
/// default.
async fn fail(State(world): State<Shared>, Path(count): Path<u32>) -> StatusCode {
    world.lock().failures_to_come = count;
    StatusCode::NO_CONTENT
}

/// Delays every answer from now on.
async fn delay(State(world): State<Shared>, Path(milliseconds): Path<u64>) -> StatusCode {
    world.lock().delay = Duration::from_millis(milliseconds);
    StatusCode::NO_CONTENT
}

async fn query(State(world): State<Shared>, body: String) -> Response {
    let Ok(parameters) = serde_urlencoded::from_str::<HashMap<String, String>>(&body) else {
        return error(&Refusal::invalid_parameter("the body is not a form".to_owned()));
    };
    let action = parameters.get("Action").map_or("", String::as_str);
    let delay = world.lock().delay;
    sleep(delay).await;
    let mut world = world.lock();
    let result = match action {
        "Publish" => publish(&mut world, &parameters),
        "CheckIfPhoneNumberIsOptedOut" => required(&parameters, "phoneNumber")
            .map(|number| format!("<isOptedOut>{}</isOptedOut>", world.opted_out.contains(number))),
        "OptInPhoneNumber" => {
            required(&parameters, "phoneNumber").and_then(|number| opt_in_once(&mut world, number))
        }
        other => Err(Refusal {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidAction",
            message: format!("The stand-in for SNS does not know the action {other:?}."),
        }),
    };
    match result {
        Ok(result) => xml(
            StatusCode::OK,
            &format!(
                "<{action}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
                 <{action}Result>{result}</{action}Result>\
                 <ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></{action}Response>"
            ),
        ),
        Err(refusal) => error(&refusal),
    }
}

/// Takes a number off the opt-out list, which SNS does once in 30 days.
fn opt_in_once(world: &mut World, number: &str) -> Result<String, Refusal> {
    if !world.opted_out.contains(number) {
        return Ok(String::new());
    }
    if !world.opted_in.insert(number.to_owned()) {
        return Err(Refusal::invalid_parameter(format!(
            "Invalid parameter: PhoneNumber Reason: {number} opted in within 30 days"
        )));
    }
    world.opted_out.remove(number);
    Ok(String::new())
}

fn publish(world: &mut World, parameters: &HashMap<String, String>) -> Result<String, Refusal> {
    if let Some(fewer) = world.failures_to_come.checked_sub(1) {
        world.failures_to_come = fewer;
        return Err(Refusal {
            status: StatusCode::BAD_REQUEST,
            code: "Throttling",
            message: "The stand-in for SNS was told to fail.".to_owned(),
        });
    }
    let message = required(parameters, "Message")?;
    if let Some(to) = parameters.get("PhoneNumber") {
        // SNS itself has no error of its own for this in `Publish`: it may accept the text and drop it later.
        if world.opted_out.contains(to) {
            return Err(Refusal::invalid_parameter(format!(
                "Invalid parameter: PhoneNumber Reason: {to} is opted out"
            )));
        }
        world.outbox.take(Text {
            to: to.clone(),
            from: attribute(parameters, ORIGINATION_NUMBER),
            body: message.to_owned(),
            at: clock::now(),
            via: Provider::Aws,
        });
    } else if parameters.contains_key("TopicArn") {
        let event: Value = serde_json::from_str(message)
            .map_err(|_| Refusal::invalid_parameter("an event that is not JSON".to_owned()))?;
        required(parameters, "MessageGroupId")?;
        let deduplication = required(parameters, "MessageDeduplicationId")?;
        // SNS remembers them for five minutes, and answers as if it were the first time.
        if world.published_before.insert(deduplication.to_owned()) {
            world.outbox.tell(Sent::Event(event.clone()));
            world.events.push(event);
        }
    } else {
        return Err(Refusal::invalid_parameter(
            "Invalid parameter: TopicArn or PhoneNumber".to_owned(),
        ));
    }
    world.published += 1;
    Ok(format!(
        "<MessageId>00000000-0000-4000-8000-{:012}</MessageId>",
        world.published
    ))
}

/// The string value of the message attribute `name`, of which `Publish` has a numbered list.
fn attribute(parameters: &HashMap<String, String>, name: &str) -> Option<String> {
    (1..)
        .map_while(|index| {
            let entry = format!("MessageAttributes.entry.{index}");
            let entry_name = parameters.get(&format!("{entry}.Name"))?;
            Some((entry_name, parameters.get(&format!("{entry}.Value.StringValue"))))
        })
        .find_map(|(entry_name, value)| if entry_name == name { value.cloned() } else { None })
}

fn required<'a>(parameters: &'a HashMap<String, String>, name: &str) -> Result<&'a str, Refusal> {
    parameters
        .get(name)
        .map(String::as_str)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Refusal::invalid_parameter(format!("Invalid parameter: {name}")))
}

fn error(
    Refusal {
        status,
        code,
        message,
    }: &Refusal,
) -> Response {
    let kind = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    let message = message.replace('&', "&amp;").replace('<', "&lt;");
    xml(
        *status,
        &format!(
            "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>{kind}</Type>\
             <Code>{code}</Code><Message>{message}</Message></Error><RequestId>local</RequestId></ErrorResponse>"
        ),
    )
}

fn xml(status: StatusCode, body: &str) -> Response {
    (status, [(CONTENT_TYPE, "text/xml")], body.to_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, Result};
    use aws_sdk_sns::config::{BehaviorVersion, Credentials, Region};
    use aws_sdk_sns::error::ProvideErrorMetadata as _;
    use aws_sdk_sns::types::MessageAttributeValue;
    use tokio::net::TcpListener;

    use super::*;
    use crate::http;

    /// The real SDK against the stand-in: what it can read is what counts.
    async fn sdk() -> Result<(aws_sdk_sns::Client, String)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}/sns", listener.local_addr()?);
        let outbox = Outbox::default();
        let router = router(outbox.clone()).merge(outbox.router());
        tokio::spawn(async { axum::serve(listener, router).await });
        let config = aws_sdk_sns::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(consent_store::aws_connections())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "test"))
            .endpoint_url(&base)
            .build();
        Ok((aws_sdk_sns::Client::from_conf(config), base))
    }

    async fn tell(method: &str, url: &str) -> Result<Value> {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(url)
            .body(http::Body::default())?;
        let response = http::send(&http::client(), request).await?;
        Ok(serde_json::from_slice(response.body()).unwrap_or_default())
    }

    #[tokio::test]
    async fn texts_and_events_are_remembered_apart() -> Result<()> {
        let (sns, base) = sdk().await?;
        let origin = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("+15125550100")
            .build()?;
        let sent = sns
            .publish()
            .phone_number("+15125550142")
            .message("Your gate code & more: <4711> \u{2713}")
            .message_attributes(ORIGINATION_NUMBER, origin)
            .send()
            .await?;
        assert!(sent.message_id().is_some());
        sns.publish()
            .topic_arn(EVENTS_TOPIC_ARN)
            .message(r#"{"id":"r1"}"#)
            .message_group_id("t1")
            .message_deduplication_id("h1")
            .send()
            .await?;

        let texts = tell("GET", &base.replace("/sns", "/outbox")).await?;
        let text = texts.get(0).context("one text")?;
        assert_eq!(text["to"], "+15125550142");
        assert_eq!(text["from"], "+15125550100");
        assert_eq!(text["body"], "Your gate code & more: <4711> \u{2713}");
        assert_eq!(
            tell("GET", &format!("{base}/events")).await?,
            serde_json::json!([{"id": "r1"}])
        );
        Ok(())
    }

    #[tokio::test]
    async fn an_opted_out_number_is_refused_until_it_opts_in() -> Result<()> {
        let (sns, base) = sdk().await?;
        tell("PUT", &format!("{base}/opted-out/+15125550142")).await?;
        let check = sns
            .check_if_phone_number_is_opted_out()
            .phone_number("+15125550142")
            .send()
            .await?;
        assert!(check.is_opted_out());
        let refused = sns
            .publish()
            .phone_number("+15125550142")
            .message("hello")
            .send()
            .await;
        assert_eq!(refused.err().context("refused")?.code(), Some("InvalidParameter"));
        assert_eq!(
            tell("GET", &base.replace("/sns", "/outbox")).await?,
            serde_json::json!([])
        );

        sns.opt_in_phone_number()
            .phone_number("+15125550142")
            .send()
            .await?;
        sns.publish()
            .phone_number("+15125550142")
            .message("hello")
            .send()
            .await?;
        Ok(())
    }

    #[tokio::test]
    async fn it_fails_as_often_as_told() -> Result<()> {
        let (sns, base) = sdk().await?;
        // The SDK tries three times in all.
        tell("PUT", &format!("{base}/failures/3")).await?;
        let failed = sns
            .publish()
            .phone_number("+15125550142")
            .message("hello")
            .send()
            .await;
        assert_eq!(failed.err().context("failed")?.code(), Some("Throttling"));
        sns.publish()
            .phone_number("+15125550142")
            .message("hello")
            .send()
            .await?;
        Ok(())
    }
}
