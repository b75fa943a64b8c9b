//! Against labelled texts, `tests/corpus/*.csv` at the top of the repository.
//!
//! `replies.csv` holds real replies from public sources, with what eight other systems make of them (1: treated
//! as an opt-out), and each is read rightly. The others are ours: `authored.csv`, `written.csv` (by many hands), and those kept
//! apart, which nobody tunes on (`tests/corpus/README.md`). Their rates may not fall. To add an example, add a row.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use consent::words::{Meaning, Preceding, RULES_VERSION, classify, weights_fingerprint};

/// A labelled text.
struct Example {
    reply: String,
    expected: String,
    /// What the other systems do with it.
    peers: Vec<bool>,
}

/// The examples of a file, and the names of the peers it compares with.
fn examples(file: &str) -> Result<(Vec<Example>, Vec<String>), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/corpus")
        .join(file);
    let mut reader = csv::Reader::from_path(path)?;
    let peers = reader.headers()?.iter().skip(3).map(str::to_owned).collect();
    let examples = reader
        .records()
        .map(|row| {
            let row = row?;
            let field = |at: usize| row.get(at).unwrap_or_default().to_owned();
            let peers = row.iter().skip(3).map(|peer| peer == "1").collect();
            Ok(Example {
                reply: field(0),
                expected: field(1),
                peers,
            })
        })
        .collect::<csv::Result<_>>()?;
    Ok((examples, peers))
}

/// What is right for a label. A doubt may be read as an opt-out, never the other way about.
fn is_right(expected: &str, meaning: Meaning) -> bool {
    match expected {
        "opt_out" => meaning == Meaning::OptOut,
        "opt_out_conservative" | "wrong_party" => matches!(meaning, Meaning::OptOut | Meaning::Doubt),
        "opt_in" => meaning == Meaning::OptIn,
        "help" => meaning == Meaning::Help,
        _ => meaning == Meaning::None,
    }
}

/// How many rows of a label a test of the meaning holds for.
fn share(examples: &[Example], labels: &[&str], holds: impl Fn(Meaning) -> bool) -> f64 {
    let rows = examples
        .iter()
        .filter(|example| labels.contains(&example.expected.as_str()));
    let (mut hits, mut all) = (0_u32, 0_u32);
    for example in rows {
        all += 1;
        hits += u32::from(holds(classify(&example.reply, Preceding::Nothing).meaning));
    }
    100.0 * f64::from(hits) / f64::from(all.max(1))
}

/// Prints past the test harness, which hides what a passing test prints.
fn show(table: &str) -> Result<(), Box<dyn Error>> {
    Ok(std::io::stderr().lock().write_all(table.as_bytes())?)
}

#[test]
fn real_replies_are_read_rightly_and_better_than_by_other_systems() -> Result<(), Box<dyn Error>> {
    let (examples, peers) = examples("replies.csv")?;
    let wrong: Vec<_> = examples
        .iter()
        .map(|example| (example, classify(&example.reply, Preceding::Nothing)))
        .filter(|(example, reading)| !is_right(&example.expected, reading.meaning))
        .map(|(example, reading)| format!("{:?} should be {}: {reading:?}", example.reply, example.expected))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut table = "\nreplies.csv: opt-outs and doubts stopped, ordinary texts stopped\n".to_owned();
    for (nth, peer) in peers.iter().enumerate() {
        let stops = |ordinary: bool| {
            let rows = examples
                .iter()
                .filter(|example| (example.expected == "none") == ordinary);
            rows.filter(|example| example.peers.get(nth) == Some(&true))
                .count()
        };
        writeln!(table, "{peer:<34}{:>4}{:>4}", stops(false), stops(true))?;
    }
    show(&table)
}

/// Floors and ceilings in per cent: opt-outs stopped, opt-outs stopped or held, doubts stopped or held, ordinary texts stopped, held.
#[track_caller]
fn check_rates(
    file: &str,
    [stopped, caught, doubts, false_stops, false_holds]: [f64; 5],
) -> Result<(), Box<dyn Error>> {
    const DOUBTS: [&str; 2] = ["opt_out_conservative", "wrong_party"];
    let (examples, _) = examples(file)?;
    let found = |meaning| matches!(meaning, Meaning::OptOut | Meaning::Doubt);
    let rates = [
        share(&examples, &["opt_out"], |meaning| meaning == Meaning::OptOut),
        share(&examples, &["opt_out"], found),
        share(&examples, &DOUBTS, found),
        share(&examples, &["none"], |meaning| meaning == Meaning::OptOut),
        share(&examples, &["none"], |meaning| meaning == Meaning::Doubt),
    ];
    show(&format!(
        "{file:<16} stopped {:.1}, caught {:.1}, doubts {:.1}, ordinary stopped {:.1}, held {:.1}\n",
        rates[0], rates[1], rates[2], rates[3], rates[4]
    ))?;
    assert!(
        rates[0] >= stopped && rates[1] >= caught && rates[2] >= doubts,
        "{file}: {rates:?}"
    );
    assert!(
        rates[3] <= false_stops && rates[4] <= false_holds,
        "{file}: {rates:?}"
    );
    let granted = share(
        &examples,
        &["none", "opt_out", "opt_out_conservative", "wrong_party", "help"],
        |meaning| meaning == Meaning::OptIn,
    );
    assert!(granted < 0.001, "{file}: a grant that nobody asked for");
    Ok(())
}

#[test]
fn rates_on_rows_that_the_reader_knows_do_not_fall() -> Result<(), Box<dyn Error>> {
    check_rates("authored.csv", [94.0, 98.5, 97.0, 0.3, 3.0])?;
    check_rates("written.csv", [90.0, 98.0, 94.0, 0.4, 2.2])
}

#[test]
fn every_start_and_help_that_the_reader_knows_is_read_as_such() -> Result<(), Box<dyn Error>> {
    let (examples, _) = examples("authored.csv")?;
    let missed = examples.iter().filter(|example| {
        let meaning = classify(&example.reply, Preceding::Nothing).meaning;
        matches!(example.expected.as_str(), "opt_in" | "help") && !is_right(&example.expected, meaning)
    });
    assert_eq!(
        missed.map(|example| example.reply.as_str()).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    Ok(())
}

#[test]
fn rates_on_rows_kept_apart_do_not_fall() -> Result<(), Box<dyn Error>> {
    check_rates("apart.csv", [72.0, 86.5, 66.0, 2.0, 6.5])?;
    check_rates("apart-5.csv", [84.0, 93.0, 82.0, 2.0, 7.0])
}

#[test]
fn the_weights_are_those_of_the_version() {
    // Trained anew? Then name a new version here and in `RULES_VERSION`: records say which weights read a text.
    assert_eq!(
        (RULES_VERSION, weights_fingerprint()),
        ("2026-11-27.6", 1_815_996_218)
    );
}
