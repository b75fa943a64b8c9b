//! What Cargo says while it builds, as one line of progress. Warnings and errors are passed on.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// What Cargo says of its work, and not of what is wrong with it.
const STEPS: [&str; 13] = [
    "Adding",
    "Building",
    "Checking",
    "Compiling",
    "Downgrading",
    "Downloaded",
    "Downloading",
    "Finished",
    "Fresh",
    "Locking",
    "Running",
    "Updating",
    "Upgrading",
];
/// A build that ends sooner says nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Reads what Cargo writes to its standard error, and writes less.
pub struct Progress<W = io::Stderr> {
    to: W,
    /// Whether a line can be written over.
    terminal: bool,
    began: Instant,
    /// What has come of a line that is not complete.
    unread: Vec<u8>,
    /// What stands in the line of progress.
    shown: String,
}

impl Progress {
    /// Writes to standard error.
    pub fn to_stderr() -> Self {
        Self::new(io::stderr(), io::stderr().is_terminal())
    }
}

impl<W: Write> Progress<W> {
    fn new(to: W, terminal: bool) -> Self {
        Self {
            to,
            terminal,
            began: Instant::now(),
            unread: Vec::new(),
            shown: String::new(),
        }
    }

    /// Takes the next bytes of Cargo's.
    ///
    /// # Errors
    /// Those of writing.
    pub fn feed(&mut self, bytes: &[u8]) -> io::Result<()> {
        for &byte in bytes {
            self.unread.push(byte);
            if byte == b'\n' || byte == b'\r' {
                let line = std::mem::take(&mut self.unread);
                self.line(&line)?;
            }
        }
        Ok(())
    }

    /// Ends the line of progress.
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.unread);
        self.line(&rest)?;
        self.clear()
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let text = without_colours(&String::from_utf8_lossy(line));
        let text = text.trim();
        if let Some(step) = step(text) {
            return self.show(&step);
        }
        if text.is_empty() && line.ends_with(b"\r") {
            return Ok(());
        }
        self.clear()?;
        self.to.write_all(line)
    }

    fn show(&mut self, step: &str) -> io::Result<()> {
        if step.is_empty() || step == self.shown || self.began.elapsed() < PATIENCE {
            return Ok(());
        }
        if self.terminal {
            write!(self.to, "\r\x1b[2K{step}")?;
        } else if self.shown.is_empty() {
            writeln!(self.to, "{step}; the first time takes some minutes")?;
        }
        step.clone_into(&mut self.shown);
        self.to.flush()
    }

    fn clear(&mut self) -> io::Result<()> {
        if self.terminal && !self.shown.is_empty() {
            self.shown.clear();
            self.to.write_all(b"\r\x1b[2K")?;
            self.to.flush()?;
        }
        Ok(())
    }
}

/// What to show for a line, where it is of Cargo's work: nothing new for most.
fn step(line: &str) -> Option<String> {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    if line.starts_with("Blocking waiting for file lock") {
        return Some("Waiting for another Cargo to end its build".to_owned());
    }
    if !STEPS.contains(&first) {
        return None;
    }
    if first.starts_with("Download") {
        return Some("Downloading what it is made of".to_owned());
    }
    // `Building [====>    ] 34/396: foo, bar`
    let counts = rest.split_once("] ").map_or("", |(_, counts)| counts);
    let counts = counts.split([':', ' ']).next().unwrap_or_default();
    match counts.split_once('/') {
        Some((done, all)) if first == "Building" => Some(format!("Building: {done} of {all}")),
        _ => Some(String::new()),
    }
}

/// The text without the escape sequences by which terminals are told of colours.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\x1b' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cargo: &str, terminal: bool, shown: &str) {
        let mut progress = Progress::new(Vec::new(), terminal);
        progress.began = progress.began.checked_sub(PATIENCE).unwrap();
        // However the bytes are cut.
        for byte in cargo.as_bytes() {
            progress.feed(&[*byte]).unwrap();
        }
        progress.finish().unwrap();
        assert_eq!(String::from_utf8(progress.to).unwrap(), shown);
    }

    #[test]
    fn a_build_is_one_line() {
        let cargo = "   Compiling ring v0.17.14\n    Building [=>   ] 1/9: ring\r    Building [==>  ] 2/9: ring, serde\r\
                     \x1b[K    Finished `dev` profile in 3s\n";
        check(
            cargo,
            true,
            "\r\x1b[2KBuilding: 1 of 9\r\x1b[2KBuilding: 2 of 9\r\x1b[2K",
        );
        check(
            cargo,
            false,
            "Building: 1 of 9; the first time takes some minutes\n",
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cargo = "    Building [=>   ] 1/9: ring\r\x1b[1m\x1b[33mwarning\x1b[0m: unused\n  |\n\n";
        check(
            cargo,
            true,
            "\r\x1b[2KBuilding: 1 of 9\r\x1b[2K\x1b[1m\x1b[33mwarning\x1b[0m: unused\n  |\n\n",
        );
        check("error: no such command", false, "error: no such command");
    }

    #[test]
    fn colours_do_not_hide_what_a_line_is() {
        check("\x1b[1m\x1b[92m   Compiling\x1b[0m ring v0.17.14\n", false, "");
    }

    #[test]
    fn a_build_that_is_there_says_nothing() {
        let mut progress = Progress::new(Vec::new(), true);
        progress.feed(b"    Building [=>   ] 1/9: ring\r").unwrap();
        progress.finish().unwrap();
        assert!(progress.to.is_empty());
    }
}
