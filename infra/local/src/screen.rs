//! What `cargo dev` says while it serves: one short line for each request, text and event, and for what functions warn of.
//!
//! Nothing waits for the terminal: where it does not keep up, lines are left out.

use std::io::{self, Write as _};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use dev::outbox::Sent;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::clock;

/// Lines that may wait to be written.
const WAITING: usize = 1_000;

/// Where the lines go.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    lines: SyncSender<Line>,
    /// What happens from then on is shown: before, it is the demo facility that is made.
    ready: Arc<OnceLock<Timestamp>>,
    /// Whether the functions' own lines are shown as they are.
    pub(crate) verbose: bool,
}

#[derive(Debug)]
enum Line {
    /// Of what happens.
    Usual(String),
    /// Of what went wrong.
    Wrong(String),
}

impl Screen {
    /// Begins to write.
    pub(crate) fn start(verbose: bool) -> Self {
        let (lines, waiting) = mpsc::sync_channel(WAITING);
        thread::spawn(move || write(&waiting));
        Self {
            lines,
            ready: Arc::default(),
            verbose,
        }
    }

    /// Shows what happens from now on.
    pub(crate) fn ready(&self) {
        let _ = self.ready.set(clock::now());
    }

    fn usual(&self, line: &str) {
        if self.ready.get().is_some() {
            let _ = self.lines.try_send(Line::Usual(format!("{} {line}", time())));
        }
    }

    /// A request and its answer. The query is left out: somebody's name or number may be in it.
    pub(crate) fn request(
        &self,
        method: &Method,
        path: &str,
        status: StatusCode,
        took: Duration,
        function: &str,
    ) {
        let (status, took) = (status.as_u16(), took.as_millis());
        self.usual(&format!("{method} {path} {status} {took} ms {function}"));
    }

    /// Shows the texts and events that were sent, until there is nobody left to send any.
    pub(crate) async fn sent(self, mut sent: UnboundedReceiver<Sent>) {
        while let Some(sent) = sent.recv().await {
            if !self.is_of_before(&sent) {
                self.usual(&described(&sent));
            }
        }
    }

    /// Events come a little later than what they are about.
    fn is_of_before(&self, sent: &Sent) -> bool {
        let Sent::Event(event) = sent else { return false };
        let at = event["time"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
        at.is_some_and(|at| self.ready.get().is_some_and(|&ready| at < ready))
    }

    /// Shows what a function warns of in what it writes.
    pub(crate) async fn log(self, function: String, output: impl AsyncRead + Unpin) {
        let mut lines = BufReader::new(output).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            if let Some(short) = short(&String::from_utf8_lossy(&line)) {
                let _ = self
                    .lines
                    .try_send(Line::Wrong(format!("{} {function}: {short}", time())));
            }
        }
    }
}

/// Writes what comes. A terminal that is gone is no reason to end.
fn write(waiting: &Receiver<Line>) {
    while let Ok(line) = waiting.recv() {
        let _ = match line {
            Line::Usual(line) => writeln!(io::stdout(), "{line}"),
            Line::Wrong(line) => writeln!(io::stderr(), "{line}"),
        };
    }
}

/// The time of day where the terminal is.
fn time() -> String {
    TimeZone::system()
        .to_datetime(clock::now())
        .strftime("%H:%M:%S")
        .to_string()
}

fn described(sent: &Sent) -> String {
    match sent {
        // Neither the number nor the text: the list of texts has them.
        Sent::Text { to, characters, via } => {
            let end = to
                .char_indices()
                .rev()
                .nth(3)
                .map_or(to.as_str(), |(start, _)| &to[start..]);
            format!(
                "text sent to ...{end} by {}, {characters} characters",
                via.as_str()
            )
        }
        Sent::Event(event) => {
            let word = |name: &str| event[name].as_str().unwrap_or("?");
            let facility = word("source").trim_start_matches("/facilities/");
            format!("event {} {facility}/{}", word("type"), word("subject"))
        }
    }
}

/// A line of a function's log in few words, where it is a warning, an error or no line of the log at all.
fn short(line: &str) -> Option<String> {
    let line = line.trim_end();
    let Ok(Value::Object(document)) = serde_json::from_str(line) else {
        return (!line.is_empty()).then(|| line.to_owned());
    };
    let level = document.get("level")?.as_str()?;
    if !matches!(level, "WARN" | "ERROR") {
        return None;
    }
    let fields = document.get("fields")?.as_object()?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut short = format!("{level} {}", fields.get("message").map(text).unwrap_or_default());
    for (name, value) in fields.iter().filter(|(name, _)| *name != "message") {
        short = format!("{short} {name}={}", text(value));
    }
    Some(short)
}

#[cfg(test)]
mod tests {
    use consent::facility::Provider;
    use serde_json::json;

    use super::*;

    fn check(line: &str, shown: Option<&str>) {
        assert_eq!(short(line).as_deref(), shown);
    }

    #[test]
    fn warnings_and_errors_are_shown_in_short() {
        check(
            r#"{"timestamp":"t","level":"INFO","fields":{"message":"started"}}"#,
            None,
        );
        check(r#"{"_aws":{"Timestamp":1},"BadSignatures":1}"#, None);
        check("", None);
        check(
            r#"{"level":"ERROR","fields":{"message":"request failed","causes":"a: b","status":503},"span":{"requestId":"x"}}"#,
            Some("ERROR request failed causes=a: b status=503"),
        );
        check(r#"{"level":"WARN","fields":{"message":"m"}}"#, Some("WARN m"));
        check(
            "thread 'main' panicked at src/lib.rs:1",
            Some("thread 'main' panicked at src/lib.rs:1"),
        );
    }

    #[test]
    fn neither_number_nor_text_is_shown() {
        let text = Sent::Text {
            to: "+15125550142".to_owned(),
            characters: 5,
            via: Provider::Telnyx,
        };
        assert_eq!(described(&text), "text sent to ...0142 by telnyx, 5 characters");
        let event = json!({"type": "consent.granted", "source": "/facilities/demo", "subject": "t-ada", "data": {"cell_phone": "+1"}});
        assert_eq!(described(&Sent::Event(event)), "event consent.granted demo/t-ada");
    }
}
