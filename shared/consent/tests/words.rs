//! The reader against labelled texts, `tests/corpus/*.csv` at the top of the repository.
//!
//! `replies.csv` holds real replies from public sources, with what eight other systems make of them (1: treated
//! as an opt-out), and each is read rightly. The others are ours: `authored.csv`, `written.csv` (by many hands), and those kept
//! apart, which nobody tunes on (`tests/corpus/README.md`). Their rates may not fall. To add an example, add a row.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use consent::words::{Language, Meaning, Preceding, RULES_VERSION, classify, rule_ids, weights_fingerprint};
use proptest::prelude::*;

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
    check_rates("authored.csv", [94.0, 98.5, 98.0, 0.3, 5.2])?;
    check_rates("written.csv", [93.0, 98.5, 95.0, 0.2, 2.6])
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
    check_rates("apart.csv", [73.5, 89.0, 60.0, 2.0, 6.5])?;
    check_rates("apart-3.csv", [87.0, 94.0, 86.0, 1.0, 9.0])
}

#[test]
fn the_weights_are_those_of_the_version() {
    // Trained anew? Then name a new version here and in `RULES_VERSION`: records say which weights read a text.
    assert_eq!(
        (RULES_VERSION, weights_fingerprint()),
        ("2026-11-27.3", 809_435_950)
    );
}

#[test]
fn a_reading_says_which_words_decided() {
    let reading = classify(
        "Hi. Could you please ＳＴＯＰ texting\u{200b} me? Thanks",
        Preceding::Nothing,
    );
    assert_eq!(reading.meaning, Meaning::OptOut);
    assert_eq!(reading.rule, "frame.end+texts");
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
fn what_names_texts_or_consent_is_no_answer() {
    for text in [
        "no more texts",
        "don't text me",
        "no me manden mensajes",
        "stop these messages",
        "I do not consent",
        "sto",
        "I already paid STOP",
        "wrong number",
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
fn a_no_is_a_doubt_unless_it_answers_a_question_of_ours() {
    for answer in [
        "no",
        "No.",
        "nope",
        "nah",
        "no thanks",
        "No thank you",
        "no gracias",
        "non merci",
        "bye",
        "goodbye",
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
            (unasked.meaning, unasked.needs_review),
            (Meaning::Doubt, true),
            "{answer}"
        );
    }
    for answer in [
        "yes",
        "ok",
        "I'll stop by at 5",
        "no problem",
        "no worries, see you then",
    ] {
        assert_eq!(
            classify(answer, Preceding::Nothing).meaning,
            Meaning::None,
            "{answer}"
        );
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
        "no promos, just billing",
        "I prefer email",
        "don't text me until March",
        "too many texts",
    ] {
        let reading = classify(doubtful, Preceding::Nothing);
        assert_eq!(
            (reading.meaning, reading.needs_review),
            (Meaning::Doubt, true),
            "{doubtful}"
        );
    }
}

#[test]
fn a_stop_to_the_wrong_person_stops_and_a_person_looks() {
    for text in [
        "wrong number, stop",
        "Wrong number. Please stop texting me",
        "Not Kevin. Remove my number",
    ] {
        let reading = classify(text, Preceding::Nothing);
        assert_eq!(
            (reading.meaning, reading.needs_review),
            (Meaning::OptOut, true),
            "{text}"
        );
    }
}

#[track_caller]
fn check(texts: &[&str], meaning: Meaning) {
    for text in texts {
        let reading = classify(text, Preceding::Nothing);
        assert_eq!(reading.meaning, meaning, "{text}: {reading:?}");
    }
}

#[test]
fn an_arrangement_of_words_that_no_list_holds_is_read_by_its_slots() {
    check(
        &[
            "scrap the text alerts for me",
            "what a lot of texts. they bother me at dinner so kindly end these messages",
            "I get these texts every morning. Make it stop.",
            "please yank me from these text blasts",
            "We are requesting that all texts be discontinued",
            "I'd be so thankful if these came to a halt",
            "you don't have to message me about this stuff, really",
            "Loved the place, but please stop the \"reminder\" texts",
            "On May 3 I wrote: STOP. why am I still getting these texts",
            "STOP I am at work and this keeps buzzing",
        ],
        Meaning::OptOut,
    );
}

#[test]
fn a_refusal_near_texts_that_no_frame_knows_stops_where_it_reads_like_a_request() {
    for text in [
        "axe my number from the rotation please",
        "me + your texts = done, kindly see to it",
        "please jettison my digits from the texting machine",
    ] {
        let reading = classify(text, Preceding::Nothing);
        assert_eq!(reading.meaning, Meaning::OptOut, "{text}: {reading:?}");
    }
    check(
        &[
            "can you resend the last message",
            "I'm not asking you to quit texting me I'm asking you to fix the lights",
        ],
        Meaning::None,
    );
}

#[test]
fn the_last_text_and_a_number_named_before_are_what_a_request_is_about() {
    check(
        &[
            "Let this be the last text",
            "I'd appreciate it if this were the last message I ever got from you.",
            "You have my old number. Please erase it",
            "quit blowin up my phone",
            "Unsubscribe my phone",
            "Leave. Me. Alone.",
            "No. Further. Messages.",
            "I take back whatever permission I gave for you to text me.",
            "Meanwhile cease texting this number.",
            "Kindly strike 555-0119 from your text roster",
            "stop with all the promos and messages",
            "sms no",
        ],
        Meaning::OptOut,
    );
    check(
        &[
            "can you get them to stop?",
            "Cancel that last message, I found my key",
            "never got the text with the code",
            "I will text you at the end",
            "Please don't take me off the list!",
        ],
        Meaning::None,
    );
}

#[test]
fn another_thing_to_stop_a_question_and_a_statement_are_ordinary() {
    check(
        &[
            "that guy idling his truck by my door needs to quit",
            "I'm not asking you to unsubscribe me, just to fix the spelling of my name",
            "he never texts me the balance",
            "why did you not text me",
            "Please do not disturb the items near the door",
            "please stop my autopay",
            "take me off the waiting list",
            "don't send the bill to my old address",
            "don't forget to text me",
            "text and don't call, text me instead",
            "Do Not Disturb is on. I'll reply later.",
            "don't stop the texts",
        ],
        Meaning::None,
    );
}

#[test]
fn stop_and_no_more_texts_are_known_in_eight_more_languages() {
    check(
        &[
            "不要再给我发短信",
            "退订",
            "停止",
            "đừng nhắn tin nữa",
            "dung gui tin nhan cho toi nua",
            "ngừng",
            "wag na po kayong magtext",
            "tama na ang text",
            "문자 그만 보내세요",
            "수신거부",
            "não me mande mais mensagens",
            "chega de mensagem",
            "не пишите мне больше",
            "стоп",
            "хватит слать смс",
            "لا ترسلوا لي رسائل",
            "إلغاء الاشتراك",
            "pa voye mesaj ban mwen ankò",
            "sispann voye mesaj",
        ],
        Meaning::OptOut,
    );
    check(
        &[
            "文件收到了，谢谢",
            "文件发到哪里？",
            "문자 끊지 마세요 계속 보내주세요",
            "Pa sispann voye mesaj yo",
            "đừng ngừng nhắn nha",
            "не прекращайте присылать напоминания",
            "لا توقفون الرسائل، أنا أحتاجها",
        ],
        Meaning::None,
    );
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
                .all(|byte| byte.is_ascii_lowercase() || b"._+".contains(&byte)),
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
        prop_assert!(reading.meaning == Meaning::None || reading.matched.is_some() || reading.rule == "unread");
        prop_assert!(reading.needs_review || reading.meaning != Meaning::Doubt);
        prop_assert_eq!(reading, classify(&text, Preceding::Nothing));
    }

    #[test]
    fn any_heap_of_quotations_is_read(pieces in prop::collection::vec(prop::sample::select(QUOTATIONS.to_vec()), 0..24)) {
        let text = pieces.concat();
        let reading = classify(&text, Preceding::Nothing);
        prop_assert!(reading.matched.is_none_or(|matched| text.contains(matched)));
        prop_assert!(reading.meaning != Meaning::OptOut || text.contains("stop"));
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
