//! What happened, as a log of who did what when.

use std::fmt::Write as _;

use tokio::time::Instant;

/// The lines so far.
#[derive(Debug)]
pub(crate) struct Trace {
    begun: Instant,
    text: String,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            text: String::new(),
        }
    }

    /// Milliseconds since the simulation began.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap()
    }

    pub(crate) fn say(&mut self, who: &str, what: &str) {
        let at = self.now();
        let (seconds, millis) = (at / 1000, at % 1000);
        writeln!(self.text, "{seconds:>4}.{millis:03}  {who:<7} {what}").unwrap();
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}
