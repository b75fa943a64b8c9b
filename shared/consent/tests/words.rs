//! The classifier against labelled texts, `tests/corpus/*.csv` at the top of the repository.
//!
//! `replies.csv` holds real replies from public sources, with what eight other systems make of them (1: treated
//! as an opt-out); `authored.csv` holds ours, by class of wording. To add an example, add a row.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use consent::words::{Language, Meaning, Preceding, classify, rule_ids};
use proptest::prelude::*;

/// A labelled text.
struct Example {
    reply: String,
    expected: String,
    /// Where it is from, or which class of wording it stands for.
    group: String,
    /// What the other systems do with it.
    peers: Vec<bool>,
}

impl Example {
    /// The meaning that the label stands for, and whether a person must look at it.
    fn label(&self) -> Result<(Meaning, Option<bool>), String> {
        Ok(match self.expected.as_str() {
            // A bare CANCEL opts out and goes to review, so `opt_out` leaves that open.
            "opt_out" => (Meaning::OptOut, None),
            "opt_out_conservative" | "wrong_party" => (Meaning::Doubt, Some(true)),
            "opt_in" => (Meaning::OptIn, Some(false)),
            "help" => (Meaning::Help, Some(false)),
            "none" => (Meaning::None, Some(false)),
            other => return Err(format!("{other:?} is no label ({:?})", self.reply)),
        })
    }
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
                group: field(2),
                peers,
            })
        })
        .collect::<csv::Result<_>>()?;
    Ok((examples, peers))
}

/// Opt-outs recognised, and ordinary texts taken for one.
#[derive(Default)]
struct Score {
    opt_outs: u32,
    recognised: u32,
    ordinary: u32,
    false_stops: u32,
}

impl Score {
    fn add(&mut self, label: Meaning, read: Meaning) {
        let hit = u32::from(read == Meaning::OptOut);
        match label {
            Meaning::OptOut => (self.opt_outs, self.recognised) = (self.opt_outs + 1, self.recognised + hit),
            Meaning::None => (self.ordinary, self.false_stops) = (self.ordinary + 1, self.false_stops + hit),
            Meaning::Doubt | Meaning::OptIn | Meaning::Help => {}
        }
    }

    fn line(&self, name: &str) -> String {
        let share = |part: u32, of: u32| match of {
            0 => "      -".to_owned(),
            _ => format!("{:6.1}%", 100.0 * f64::from(part) / f64::from(of)),
        };
        format!(
            "{name:<34}{} ({:>3}/{:<3}) {} ({:>3}/{:<3})\n",
            share(self.recognised, self.opt_outs),
            self.recognised,
            self.opt_outs,
            share(self.false_stops, self.ordinary),
            self.false_stops,
            self.ordinary,
        )
    }
}

/// Prints past the test harness, which hides what a passing test prints.
fn show(table: &str) -> Result<(), Box<dyn Error>> {
    Ok(std::io::stderr().lock().write_all(table.as_bytes())?)
}

fn check(file: &str) -> Result<(), Box<dyn Error>> {
    let (examples, peers) = examples(file)?;
    let mut table = format!("\n{file:<34}opt-outs recognised    ordinary stopped\n");
    let mut ours = Score::default();
    let mut theirs: Vec<Score> = peers.iter().map(|_| Score::default()).collect();
    let mut groups: BTreeMap<&str, Score> = BTreeMap::new();
    let mut wrong = String::new();
    for example in &examples {
        let reading = classify(&example.reply, Preceding::Nothing);
        let (meaning, review) = example.label()?;
        // A plain opt-out among words that leave a doubt is held, and what is in doubt may be stopped.
        let stops_or_holds = |meaning| matches!(meaning, Meaning::OptOut | Meaning::Doubt);
        let is_right =
            reading.meaning == meaning || (stops_or_holds(reading.meaning) && stops_or_holds(meaning));
        if !is_right || review.is_some_and(|review| reading.needs_review != review) {
            writeln!(
                wrong,
                "{:?} should be {}: {reading:?}",
                example.reply, example.expected
            )?;
        }
        ours.add(meaning, reading.meaning);
        groups
            .entry(&example.group)
            .or_default()
            .add(meaning, reading.meaning);
        for (score, stops) in theirs.iter_mut().zip(&example.peers) {
            score.add(meaning, if *stops { Meaning::OptOut } else { Meaning::None });
        }
    }
    table += &ours.line("ours");
    for (name, score) in peers.iter().zip(&theirs) {
        table += &score.line(name);
    }
    if peers.is_empty() {
        for (name, score) in &groups {
            table += &score.line(&format!("  {name}"));
        }
    }
    show(&table)?;
    assert!(wrong.is_empty(), "\n{wrong}");
    Ok(())
}

#[test]
fn real_replies() -> Result<(), Box<dyn Error>> {
    check("replies.csv")
}

#[test]
fn authored_examples() -> Result<(), Box<dyn Error>> {
    check("authored.csv")
}

#[test]
fn a_reading_says_which_words_decided() {
    let reading = classify(
        "Hi. Could you please ＳＴＯＰ texting\u{200b} me? Thanks",
        Preceding::Nothing,
    );
    assert_eq!(reading.meaning, Meaning::OptOut);
    assert_eq!(reading.rule, "phrase.stop_texting");
    assert_eq!(reading.matched, Some("ＳＴＯＰ texting"));
    assert!(!reading.needs_review);
    assert_eq!(
        classify("ya no me manden mensajes", Preceding::Nothing).language,
        Language::Spanish
    );
    assert_eq!(classify("ARRÊT", Preceding::Nothing).language, Language::French);
    assert_eq!(
        classify("I'll stop by at 5", Preceding::Nothing).rule,
        "guard.stop_by"
    );
}

/// The words of 47 CFR 64.1200(a)(10), plain whatever else they could be about.
const SEVEN: [&str; 7] = [
    "stop",
    "quit",
    "end",
    "revoke",
    "opt out",
    "cancel",
    "unsubscribe",
];

#[test]
fn the_regulations_words_revoke_after_a_question_too() {
    for word in SEVEN {
        assert_eq!(
            classify(word, Preceding::Question).meaning,
            Meaning::OptOut,
            "{word}"
        );
    }
    for answer in ["not interested", "S", "no me interesa", "no", "yes"] {
        assert_eq!(
            classify(answer, Preceding::Question).meaning,
            Meaning::None,
            "{answer}"
        );
    }
}

#[test]
fn what_names_texts_consent_or_enrolment_is_no_answer() {
    for text in [
        "not interested in your texts",
        "not interested in receiving these",
        "no interest in getting texts",
        "no me interesa recibir sus mensajes",
        "no estoy interesado en sus mensajes",
        "pas intéressé par vos messages",
        "withdraw",
        "withdrawn",
        "disenroll me",
        "unenroll",
        "turn off these",
        "deactivate",
        "i object",
        "unsolicited texts",
        "refuse messages",
        "spam",
        "sto",
        "I already paid STOP",
    ] {
        let asked = classify(text, Preceding::Question);
        assert!(
            matches!(asked.meaning, Meaning::OptOut | Meaning::Doubt),
            "{text}"
        );
        assert_eq!(asked, classify(text, Preceding::Nothing), "{text}");
    }
}

#[test]
fn what_only_a_question_makes_harmless_is_in_doubt_without_one() {
    for answer in [
        "not interested",
        "no longer interested",
        "no interest in that unit",
        "never",
        "delete",
        "turn off",
        "S",
        "no me interesa",
        "pas intéressé",
    ] {
        let asked = classify(answer, Preceding::Question);
        assert_eq!(
            (asked.meaning, asked.needs_review),
            (Meaning::None, false),
            "{answer}"
        );
        let unasked = classify(answer, Preceding::Nothing);
        assert_eq!(
            (unasked.meaning, unasked.needs_review, unasked.rule),
            (Meaning::Doubt, true, asked.rule),
            "{answer}"
        );
    }
    for answer in ["no", "yes", "I'll stop by at 5"] {
        assert!(!classify(answer, Preceding::Question).needs_review, "{answer}");
    }
}

#[test]
fn a_reaction_and_a_quoted_mail_say_that_they_are_somebody_elses_words() {
    let rule = |text| classify(text, Preceding::Nothing).rule;
    assert_eq!(rule("Liked “Reply STOP to end”"), "tapback");
    assert_eq!(rule("Loved an image"), "tapback");
    assert_eq!(rule("ok\n> Reply STOP to end"), "quoted");
    assert_eq!(rule("Loved the new gate"), "none");
    assert_eq!(rule("> is it open?"), "none");
}

#[test]
fn doubt_goes_to_review_and_a_plain_stop_does_not() {
    for plain in [
        "STOP",
        "CANCEL.",
        "End please",
        "stop texting me",
        "ALTO",
        "ARRET",
    ]
    .into_iter()
    .chain(SEVEN)
    {
        assert!(!classify(plain, Preceding::Nothing).needs_review, "{plain}");
    }
    for doubtful in [
        "cancel it",
        "cancelar",
        "para",
        "wrong number",
        "not interested",
        "STOP 12345",
        "🖕",
    ] {
        assert!(classify(doubtful, Preceding::Nothing).needs_review, "{doubtful}");
    }
}

#[test]
fn a_revocation_at_the_end_of_the_longest_text_is_read() {
    let long = format!(
        "{} Please stop texting me.",
        "The gate was open again. ".repeat(63)
    );
    assert_eq!(classify(&long, Preceding::Nothing).meaning, Meaning::OptOut);
    let beyond = format!(
        "{} Please stop texting me.",
        "The gate was open again. ".repeat(1_000)
    );
    let reading = classify(&beyond, Preceding::Nothing);
    assert_eq!(
        (reading.meaning, reading.rule, reading.needs_review),
        (Meaning::Doubt, "unread", true)
    );
}

#[test]
fn rule_ids_are_stable_names() {
    for id in rule_ids() {
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte)),
            "{id}"
        );
    }
}

/// Single words whose meaning must survive any dress.
const KEYWORDS: [&str; 14] = [
    "stop",
    "stopall",
    "unsubscribe",
    "quit",
    "end",
    "cancel",
    "revoke",
    "optout",
    "remove",
    "alto",
    "baja",
    "arret",
    "start",
    "help",
];

/// What reactions and quoted mails are made of.
const QUOTATIONS: [&str; 28] = [
    "Liked ",
    "Loved an image",
    "Removed a heart from ",
    "👍 to ",
    "A aimé ",
    "\"",
    "8\"",
    "“",
    "”",
    "«\u{a0}",
    "»",
    "„",
    "‘",
    "’",
    "…",
    "On May 3, 2026 ",
    "El 3 may 2026 ",
    "Le 3 mai 2026 ",
    "<oak@example.com>",
    " wrote:",
    " escribió:",
    " a écrit\u{a0}:",
    "\n",
    "\r\n",
    "> ",
    "-----Original Message-----",
    "From: ",
    "stop ",
];

fn keyword() -> impl Strategy<Value = &'static str> {
    prop::sample::select(KEYWORDS.to_vec())
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,300}") {
        let reading = classify(&text, Preceding::Nothing);
        prop_assert!(rule_ids().contains(&reading.rule));
        prop_assert!(reading.matched.is_none_or(|matched| text.contains(matched)));
        prop_assert!(reading.meaning == Meaning::None || reading.matched.is_some());
        prop_assert_eq!(reading, classify(&text, Preceding::Nothing));
    }

    #[test]
    fn any_heap_of_quotations_is_read(pieces in prop::collection::vec(prop::sample::select(QUOTATIONS.to_vec()), 0..24)) {
        let text = pieces.concat();
        let reading = classify(&text, Preceding::Nothing);
        prop_assert!(reading.matched.is_none_or(|matched| text.contains(matched)));
        prop_assert!(reading.meaning == Meaning::None || text.contains("stop"));
    }

    #[test]
    fn case_does_not_matter(word in keyword(), upper in prop::collection::vec(any::<bool>(), 12)) {
        let dressed: String =
            word.chars().zip(upper).map(|(c, up)| if up { c.to_ascii_uppercase() } else { c }).collect();
        prop_assert_eq!(classify(&dressed, Preceding::Nothing).meaning, classify(word, Preceding::Nothing).meaning);
    }

    #[test]
    fn punctuation_and_space_around_do_not_matter(word in keyword(), before in "[ \n\t.,!:;()*'~-]{0,6}", after in "[ \n\t.,!:;()*'~-]{0,6}") {
        let dressed = format!("{before}{word}{after}");
        prop_assert_eq!(classify(&dressed, Preceding::Nothing).meaning, classify(word, Preceding::Nothing).meaning);
    }

    #[test]
    fn invisible_characters_do_not_matter(word in keyword(), at in 0_usize..12, mark in "[\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}\u{200e}]{1,3}") {
        let mut dressed = word.to_owned();
        dressed.insert_str(at.min(word.len()), &mark);
        prop_assert_eq!(classify(&dressed, Preceding::Nothing).meaning, classify(word, Preceding::Nothing).meaning);
    }

    #[test]
    fn courtesy_does_not_matter(word in keyword(), before in prop::sample::select(vec!["", "please ", "Hi, ", "ok "]), after in prop::sample::select(vec!["", " please", ", thanks!", " 🙏", "\n-sent from my iPhone"])) {
        let dressed = format!("{before}{word}{after}");
        prop_assert_eq!(classify(&dressed, Preceding::Nothing).meaning, classify(word, Preceding::Nothing).meaning);
    }
}
