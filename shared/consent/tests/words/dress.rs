//! Any text at all, and known words in any dress.

use consent::words::{Meaning, Preceding, classify, rule_ids};
use proptest::prelude::*;

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
