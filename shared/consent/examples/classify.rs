//! Reads texts, one a line, and says what each means and which rule decided:
//! `echo "pls stop" | cargo run -p consent --example classify`.

use std::io::{BufRead, Write, stdin, stdout};

use consent::words::{Preceding, classify};

fn main() -> std::io::Result<()> {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let line = line?;
        let reading = classify(&line, Preceding::Nothing);
        let review = if reading.needs_review { " (review)" } else { "" };
        let matched = reading.matched.unwrap_or_default();
        writeln!(
            out,
            "{:?}{review}\t{}\t{matched}\t{line}",
            reading.meaning, reading.rule
        )?;
    }
    Ok(())
}
