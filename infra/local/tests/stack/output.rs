//! What `cargo dev` shows: its own few lines, or with `--verbose` what the functions write.

use std::fs::File;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{CONSENT, Stack};

/// What is in the file once `line` is, or after a while.
async fn once_there(file: &Path, line: &str) -> Result<String> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let said = fs::read_to_string(file)?;
        if said.contains(line) || Instant::now() > deadline {
            return Ok(said);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What a shell prints when it runs the lines of `said` that begin with `first`, up to an empty line.
fn pasted(said: &str, first: &str) -> Result<String> {
    let (_, lines) = said.split_once(first).context("something to paste")?;
    let (_, lines) = lines.split_once('\n').context("lines")?;
    let lines: Vec<&str> = lines.lines().take_while(|line| line.starts_with("  ")).collect();
    let output = Command::new("bash").args(["-euc", &lines.join("\n")]).output()?;
    ensure!(
        output.status.success(),
        "{lines:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test]
async fn it_says_little_and_what_can_be_pasted() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let (out, err) = (directory.path().join("out"), directory.path().join("err"));
    let (output, errors) = (File::create(&out)?, File::create(&err)?);
    let stack = Stack::start_full(|command| command.stdout(output).stderr(errors))?;
    let document = stack.document()?;
    let ready = once_there(&out, "/failures/3").await?;
    for name in ["api", "dynamodb", "outbox", "events"] {
        let address = document[name].as_str().context("an address")?;
        ensure!(ready.contains(address), "{name}: {ready}");
    }
    ensure!(ready.contains("stack.json"), "{ready}");
    ensure!(!ready.contains("eyJ"), "no token across the screen: {ready}");
    ensure!(ready.lines().count() <= 25, "{ready}");
    let folder = stack.directory.path().display().to_string();
    let wide = |line: &&str| line.replace(&folder, "target/dev").chars().count() > 100;
    assert_eq!(ready.lines().find(wide), None);
    let answers = pasted(&ready, "in another shell:")?;
    ensure!(
        answers.contains("Moreno") && answers.contains("checkbox"),
        "{answers}"
    );

    // One line for each request, without the query; texts, events and errors.
    stack
        .send("GET", &format!("{CONSENT}?name=ada"), Vec::new())
        .await?;
    ensure!(stack.text(&stack.auth_token()?, "HELP").await? == 200);
    let malformed = json!({"Records": [{}]}).to_string().into_bytes();
    stack
        .send("POST", "/2015-03-31/functions/sms-topic/invocations", malformed)
        .await?;
    let token = document["tokens"]["portal"].as_str().context("a token")?;
    let path = format!("{}/v1/portal/consent", stack.api);
    let body = json!({"consented": true}).to_string();
    let bearer = format!("authorization: Bearer {token}");
    let put = [
        "-sf",
        "-X",
        "PUT",
        "-H",
        &bearer,
        "-H",
        "content-type: application/json",
        "-d",
        &body,
        &path,
    ];
    ensure!(Command::new("curl").args(put).output()?.status.success());
    let said = once_there(&out, "event consent.granted demo/t-ada").await?;
    let lines: Vec<&str> = said.lines().skip(ready.lines().count()).collect();
    let is_there = |words: &str| lines.iter().any(|line| line.contains(words));
    for words in [
        &format!("GET {CONSENT} 401 "),
        "POST /v1/sms/twilio 200 ",
        " ms sms-webhook",
        "PUT /v1/portal/consent 200 ",
        " ms portal",
        "event consent.granted demo/t-ada",
    ] {
        ensure!(is_there(words), "{words}: {lines:#?}");
    }
    // What made the demo facility is not shown.
    let events = lines.iter().filter(|line| line.contains(" event ")).count();
    assert_eq!(events, 1, "{lines:#?}");
    ensure!(!is_there("name=ada") && !is_there("{"), "{lines:#?}");
    let wrong = once_there(&err, "sms-topic: ERROR").await?;
    ensure!(
        wrong.contains("sms-topic: ERROR a record was not carried out"),
        "{wrong}"
    );
    ensure!(!wrong.contains('{') && wrong.lines().count() < 10, "{wrong}");
    Ok(())
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
            .arg("--verbose")
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
