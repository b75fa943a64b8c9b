//! What a reading says besides its meaning, and what decides between two meanings.

use consent::words::{Language, Meaning, Preceding, classify, rule_ids};

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
fn a_key_that_is_held_down_changes_nothing() {
    for length in [3, 30, 300] {
        let held = "M".repeat(length);
        let read = |text: &str| classify(&format!("{text} {held}"), Preceding::Nothing).meaning;
        assert_eq!(read("<script>alert(1)</script> tfel"), Meaning::None, "{length}");
        assert_eq!(
            read("You have the wrong number <b>x</b> tfel"),
            Meaning::Doubt,
            "{length}"
        );
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
