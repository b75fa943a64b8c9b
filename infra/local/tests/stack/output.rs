//! What the functions write on their standard output, where Lambda's log format is JSON.

use std::fs::File;

use anyhow::{Context as _, Result, ensure};
use axum::http::Request;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http_body_util::Full;
use ring::hmac;
use serde_json::{Value, json};

use crate::Stack;

impl Stack {
    /// A text, as Twilio delivers it. Nobody has the number.
    async fn text(&self, body: &str) -> Result<u16> {
        let twilio = &self.document()?["twilio"];
        let part = |name: &str| twilio[name].as_str().context("a text").map(str::to_owned);
        let mut parameters = [
            ("Body", body),
            ("From", "+15125550142"),
            ("MessageSid", "SM1"),
            ("To", "+15125550100"),
        ];
        parameters.sort_unstable();
        let signed: String = parameters
            .iter()
            .flat_map(|(name, value)| [*name, *value])
            .collect();
        let key = hmac::Key::new(
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            part("auth_token")?.as_bytes(),
        );
        let signed = format!("{}/v1/sms/twilio{signed}", part("base_url")?);
        let request = Request::builder()
            .method("POST")
            .uri(format!("{}/v1/sms/twilio", self.api))
            .header("content-type", "application/x-www-form-urlencoded")
            .header(
                "x-twilio-signature",
                STANDARD.encode(hmac::sign(&key, signed.as_bytes())),
            )
            .body(Full::from(serde_urlencoded::to_string(parameters)?))?;
        Ok(self.client.request(request).await?.status().as_u16())
    }
}

/// A line of the log.
fn logged<'a>(lines: &'a [Value], message: &str) -> Result<&'a Value> {
    lines
        .iter()
        .find(|line| line["fields"]["message"] == message)
        .with_context(|| format!("{message} is not logged: {lines:#?}"))
}

#[tokio::test]
async fn every_line_is_json_and_says_in_which_request_it_was_written() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("output");
    let output = File::create(&file)?;
    let stack = Stack::start_as(|command| {
        command
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
            .env("AWS_LAMBDA_LOG_LEVEL", "INFO")
            .stderr(output)
    })?;
    ensure!(stack.text("hello").await? == 200);
    let unsigned = stack.send("POST", "/v1/sms/twilio", Vec::new()).await?;
    ensure!(unsigned.status().as_u16() == 403);
    let malformed = json!({"Records": [{}]}).to_string().into_bytes();
    let topic = "/2015-03-31/functions/sms-topic/invocations";
    stack.send("POST", topic, malformed).await?;
    drop(stack);

    // cargo dev and Cargo say what they have to say in plain words, and the functions do not.
    let output = std::fs::read_to_string(&file)?;
    let (documents, words): (Vec<&str>, Vec<&str>) = output.lines().partition(|line| line.starts_with('{'));
    let ours = |line: &&&str| line.contains("INFO") || line.contains("WARN") || line.contains("ERROR");
    assert_eq!(words.iter().find(ours), None);
    let documents: Vec<Value> = documents
        .into_iter()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let (counts, lines): (Vec<Value>, Vec<Value>) = documents
        .into_iter()
        .partition(|document| document.get("_aws").is_some());
    for (message, level) in [
        ("a text to a number that no facility has", "WARN"),
        ("a record was not carried out", "ERROR"),
    ] {
        let line = logged(&lines, message)?;
        assert_eq!(line["level"], level);
    }
    for line in &lines {
        let id = line["span"]["requestId"].as_str().unwrap_or_default();
        assert_eq!(id.len(), 36, "{line}");
    }
    let names: Vec<&Value> = counts
        .iter()
        .map(|count| &count["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"])
        .collect();
    assert_eq!(names, ["BadSignatures"]);
    assert_eq!(counts[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"], "consent");
    Ok(())
}
