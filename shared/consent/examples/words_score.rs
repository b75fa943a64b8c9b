//! Scores the reader on labelled texts and on unlabelled ordinary talk. It prints counts and rates, and no text:
//! `cargo run --release -p consent --example words_score -- FILE.csv... [--chats FILE.txt] [--misses]`.
//!
//! A labelled file is CSV with the columns `reply`, `expected` and `class`, as those in `tests/corpus/`. A file of chats has one
//! message a line, all of them counted as ordinary. `--misses` prints the rows that were read otherwise as well, so it is
//! for files that may be read, never for those that are kept apart. Brackets are 95 % intervals (Wilson).

use std::error::Error;
use std::io::{Write, stdout};

use consent::words::{Meaning, Preceding, classify};

/// How many of so many.
#[derive(Default, Clone, Copy)]
struct Share {
    part: u32,
    of: u32,
}

impl Share {
    fn count(&mut self, hit: bool) {
        self.part += u32::from(hit);
        self.of += 1;
    }

    /// Wilson's score interval at 95 %.
    fn show(self) -> String {
        if self.of == 0 {
            return "-".to_owned();
        }
        let (n, z) = (f64::from(self.of), 1.96_f64);
        let p = f64::from(self.part) / n;
        let middle = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + z * z / n;
        let (low, high) = (
            100.0 * ((middle - spread) / whole).max(0.0),
            100.0 * ((middle + spread) / whole).min(1.0),
        );
        let digits = if self.of > 10_000 { 3 } else { 1 };
        let (part, of, rate) = (self.part, self.of, 100.0 * p);
        format!("{rate:.digits$} ({low:.digits$}-{high:.digits$}) {part}/{of}")
    }
}

#[derive(Default)]
struct Score {
    stopped: Share,
    caught: Share,
    doubt: Share,
    false_stops: Share,
    false_holds: Share,
    grants: Share,
    others: Share,
}

impl Score {
    fn add(&mut self, expected: &str, meaning: Meaning) {
        let stops = meaning == Meaning::OptOut;
        let holds = meaning == Meaning::Doubt;
        match expected {
            "opt_out" => {
                self.stopped.count(stops);
                self.caught.count(stops || holds);
            }
            "opt_out_conservative" | "wrong_party" => self.doubt.count(stops || holds),
            "none" => {
                self.false_stops.count(stops);
                self.false_holds.count(holds);
            }
            "opt_in" => self.others.count(meaning == Meaning::OptIn),
            _ => self.others.count(meaning == Meaning::Help),
        }
        if expected != "opt_in" {
            self.grants.count(meaning == Meaning::OptIn);
        }
    }
}

fn is_right(expected: &str, meaning: Meaning) -> bool {
    match meaning {
        Meaning::OptOut => matches!(expected, "opt_out" | "opt_out_conservative" | "wrong_party"),
        Meaning::Doubt => matches!(expected, "opt_out_conservative" | "wrong_party"),
        Meaning::OptIn => expected == "opt_in",
        Meaning::Help => expected == "help",
        Meaning::None => expected == "none",
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let misses = arguments.iter().any(|argument| argument == "--misses");
    let mut arguments = arguments.iter().filter(|argument| *argument != "--misses");
    while let Some(path) = arguments.next() {
        let mut score = Score::default();
        if path == "--chats" {
            let file = std::fs::read_to_string(arguments.next().ok_or("--chats needs a file")?)?;
            file.lines()
                .for_each(|line| score.add("none", classify(line, Preceding::Nothing).meaning));
        } else {
            for row in csv::Reader::from_path(path)?.records() {
                let row = row?;
                let field = |at: usize| row.get(at).unwrap_or_default();
                let reading = classify(field(0), Preceding::Nothing);
                score.add(field(1), reading.meaning);
                if misses && !is_right(field(1), reading.meaning) {
                    let (expected, class, text) = (field(1), field(2), field(0));
                    writeln!(
                        out,
                        "{expected}\t{:?}\t{}\t{class}\t{text:?}",
                        reading.meaning, reading.rule
                    )?;
                }
            }
        }
        writeln!(out, "{path}")?;
        for (name, share) in [
            ("opt-outs stopped", score.stopped),
            ("opt-outs stopped or held", score.caught),
            ("doubt-like stopped or held", score.doubt),
            ("ordinary stopped", score.false_stops),
            ("ordinary held", score.false_holds),
            ("wrong grants", score.grants),
            ("START and HELP read as such", score.others),
        ] {
            writeln!(out, "  {name:<28}{}", share.show())?;
        }
    }
    Ok(())
}
