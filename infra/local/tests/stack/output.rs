//! What the functions write on their standard output, where Lambda's log format is JSON.

use std::fs::File;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::Stack;

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
    ensure!(stack.text(&stack.auth_token()?, "hello").await? == 200);
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
        // Without it Lambda holds every line for one of level INFO.
        let timestamp = line["timestamp"].as_str().unwrap_or_default();
        ensure!(timestamp.parse::<jiff::Timestamp>().is_ok(), "{line}");
    }
    let names: Vec<&Value> = counts
        .iter()
        .map(|count| &count["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"])
        .collect();
    assert_eq!(names, ["UnknownNumbers", "BadSignatures", "UnreadableTexts"]);
    assert_eq!(counts[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"], "consent");
    Ok(())
}
