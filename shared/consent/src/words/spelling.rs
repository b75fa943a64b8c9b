//! Brings words back to the vocabulary: stretched (`stooop`), with digits for letters (`st0p`), run together
//! (`stop2quit`, `stoptexting`) and misspelt (`sotp`, `unsuscribe`).

use super::rulebook::RULEBOOK;
use super::vocabulary::{UNKNOWN, Unknown, WordId};

/// Words whose misspellings are put right, and how many slips of the finger are allowed. A neighbour that is a
/// word of its own (`shop`, `contract`) stands in the vocabulary's class `NEIGHBOURS` and is left alone.
const CORRECTED: &[Corrected] = &[
    corrected("stop", 1),
    corrected("cancel", 1),
    corrected("unsubscribe", 2),
    corrected("unsubscribed", 2),
    corrected("unsubscribing", 2),
    corrected("message", 1),
    corrected("messages", 1),
    corrected("messaging", 1),
    corrected("texting", 1),
    corrected("sending", 1),
    corrected("remove", 1),
    corrected("removed", 1),
    corrected("contact", 1),
    corrected("contacting", 2),
    corrected("receive", 1),
    corrected("receiving", 1),
    corrected("number", 1),
    corrected("wrong", 1),
    corrected("delete", 1),
    corrected("please", 1),
    corrected("alone", 1),
    corrected("bothering", 1),
    corrected("harassing", 1),
    corrected("harassment", 1),
    corrected("notifications", 1),
    corrected("subscription", 1),
    corrected("permission", 1),
    corrected("consent", 1),
    corrected("revoke", 1),
    corrected("interested", 1),
    corrected("discontinue", 1),
    corrected("mensajes", 1),
    corrected("numero", 1),
    corrected("equivocado", 1),
    corrected("suscripcion", 2),
    corrected("cancelar", 1),
    corrected("anymore", 1),
    corrected("optout", 1),
];

/// A word, with what tells at a glance that another is not a slip of it.
struct Corrected {
    word: &'static str,
    slips: usize,
    letters: u32,
}

const fn corrected(word: &'static str, slips: usize) -> Corrected {
    Corrected {
        word,
        slips,
        letters: letter_set(word.as_bytes()),
    }
}

/// Misspellings that are further off than a slip, or too short for slips to be told from other words.
const ALIASES: &[(&str, &str)] = &[
    ("qiut", "quit"),
    ("tak", "take"),
    ("tkae", "take"),
    ("remuv", "remove"),
    ("lsit", "list"),
    ("lits", "list"),
    ("sease", "cease"),
    ("disist", "desist"),
    ("sned", "send"),
    ("unsbscrb", "unsubscribe"),
    ("unsubscrib", "unsubscribe"),
    ("stpp", "stop"),
    ("txtn", "texting"),
    ("snd", "send"),
    ("dotn", "dont"),
    ("yur", "your"),
    ("txet", "text"),
    ("qit", "quit"),
    ("stoo", "stop"),
    ("wrng", "wrong"),
    ("nmbr", "number"),
    ("nvr", "never"),
    ("tx", "text"),
    ("f@ck", "fuck"),
    ("unsubscription", "unsubscribe"),
    ("quti", "quit"),
    ("uqit", "quit"),
    ("quitt", "quit"),
    ("unscribe", "unsubscribe"),
    ("unscribed", "unsubscribed"),
    ("desubscribe", "unsubscribe"),
    ("dissubscribe", "unsubscribe"),
    ("disubscribe", "unsubscribe"),
    ("insubscribe", "unsubscribe"),
    ("onsubscribe", "unsubscribe"),
    ("nsubscribe", "unsubscribe"),
    ("usbscribe", "unsubscribe"),
];

/// Words that others are glued to without a space.
const HEADS: &[&str] = &[
    "stop",
    "dont",
    "remove",
    "unsubscribe",
    "leave",
    "wrong",
    "fuck",
    "quit",
    "cancel",
    "delete",
    "optout",
    "opt",
    "end",
    "please",
    "pls",
    "lose",
    "not",
    "take",
    "nomore",
    "arret",
    "alto",
    "baja",
];

/// Longer words are not looked at closely: nobody misspells a keyword in forty letters.
const LONGEST: usize = 40;

/// Finds the word, or the words, that a run of letters and digits stands for.
pub(super) fn resolve(run: &str, shape: Unknown, add: &mut impl FnMut(WordId)) {
    if let Some(id) = RULEBOOK.word(run) {
        return add(id);
    }
    if let Some((_, word)) = ALIASES.iter().find(|(slip, _)| *slip == run) {
        return RULEBOOK.word(word).into_iter().for_each(add);
    }
    if run.bytes().all(|byte| byte.is_ascii_digit()) {
        return add(unknown(Unknown::Number));
    }
    if run.len() <= LONGEST {
        if let Some(id) = leet(run).or_else(|| stretched(run)) {
            return add(id);
        }
        if let Some(parts) = glued(run) {
            return parts.into_iter().for_each(add);
        }
        if let Some(id) = misspelt(run) {
            return add(id);
        }
        if let Some((word, digits_first)) = numbered(run) {
            let number = unknown(Unknown::Number);
            let parts = if digits_first {
                [number, word]
            } else {
                [word, number]
            };
            return parts.into_iter().for_each(add);
        }
    }
    let gerund = shape == Unknown::Plain && run.ends_with("ing");
    add(unknown(if gerund { Unknown::Gerund } else { shape }));
}

fn unknown(kind: Unknown) -> WordId {
    UNKNOWN
        .iter()
        .find_map(|(each, id)| (*each == kind).then_some(*id))
        .unwrap_or_default()
}

/// Digits and signs that look like letters.
fn leet(run: &str) -> Option<WordId> {
    let mixed = run.bytes().any(|byte| !byte.is_ascii_lowercase())
        && run.bytes().any(|byte| byte.is_ascii_lowercase());
    if !mixed || !run.is_ascii() {
        return None;
    }
    let letters: String = run
        .chars()
        .map(|c| match c {
            '0' | '*' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect();
    RULEBOOK.word(&letters)
}

/// Letters held down: first with doubles kept ("offfff"), then without.
fn stretched(run: &str) -> Option<WordId> {
    let bytes = run.as_bytes();
    if run.is_ascii() && bytes.iter().zip(bytes.iter().skip(1)).all(|(a, b)| a != b) {
        return None;
    }
    let mut doubled = String::with_capacity(run.len());
    let mut single = String::with_capacity(run.len());
    let mut repeats = 0;
    for c in run.chars() {
        repeats = if single.ends_with(c) { repeats + 1 } else { 0 };
        if repeats == 0 {
            single.push(c);
        }
        if repeats < 2 {
            doubled.push(c);
        }
    }
    if single.len() == run.len() {
        return None;
    }
    RULEBOOK.word(&doubled).or_else(|| RULEBOOK.word(&single))
}

/// A head with known words after it.
fn glued(run: &str) -> Option<Vec<WordId>> {
    let head = HEADS.iter().find(|head| run.starts_with(**head))?;
    let first = RULEBOOK.word(head)?;
    // "stopstopstop", before "stops" and "top" are seen in it.
    let mut rest = run.get(head.len()..)?;
    while let Some(after) = rest.strip_prefix(head) {
        rest = after;
    }
    let mut parts = vec![first];
    while !rest.is_empty() {
        // The longest known word that begins the rest. A single letter explains nothing, a 2 is "to".
        let (word, length) = (1..=rest.len()).rev().find_map(|length| {
            let word = rest.get(..length)?;
            let explains = length > 1 || matches!(word, "2" | "4");
            Some((RULEBOOK.word(word).filter(|_| explains)?, length))
        })?;
        parts.push(word);
        rest = rest.get(length..)?;
    }
    Some(parts)
}

/// A known word with digits stuck to it, "stop1" and "1stop", and whether they come first.
fn numbered(run: &str) -> Option<(WordId, bool)> {
    let digit = |c: char| c.is_ascii_digit();
    let word = run.trim_matches(digit);
    if word.len() < 3 || word.len() == run.len() {
        return None;
    }
    let id = RULEBOOK.word(word)?;
    Some((id, run.starts_with(digit)))
}

/// A word that a slip of the finger turned into something unknown.
fn misspelt(run: &str) -> Option<WordId> {
    if run.len() < 3 || !run.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let letters = letter_set(run.as_bytes());
    let found = CORRECTED.iter().find(|each| {
        let (word, slips) = (each.word.as_bytes(), each.slips);
        word.len().abs_diff(run.len()) <= slips
            && (word.len() == 4 || word.first() == run.as_bytes().first())
            && (letters ^ each.letters).count_ones() as usize <= 2 * slips
            && distance(word, run.as_bytes()) <= slips
    })?;
    RULEBOOK.word(found.word)
}

/// A long keyword with a slip in it, for texts that are nothing else: "un subcribe", "opt ou".
pub(super) fn long_keyword(run: &str) -> Option<WordId> {
    const LONG: [&str; 2] = ["unsubscribe", "optout"];
    if run.len() < 5 || RULEBOOK.word(run).is_some() {
        return None;
    }
    let id = misspelt(run)?;
    LONG.iter()
        .any(|long| RULEBOOK.word(long) == Some(id))
        .then_some(id)
}

const fn letter_set(word: &[u8]) -> u32 {
    let mut set = 0;
    let mut rest = word;
    while let [byte, tail @ ..] = rest {
        set |= 1_u32 << (*byte & 31);
        rest = tail;
    }
    set
}

/// Longer words than the longest in `CORRECTED`, with its slips, never come to `distance`.
const WIDEST: usize = 16;

/// Slips between two words: a letter missing, added, wrong, or two swapped (optimal string alignment).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before = [0_u8; WIDEST + 1];
    let mut above = FIRST_ROW;
    let mut previous = 0;
    for (&x, first) in a.iter().zip(1_u8..) {
        let mut row = [first; WIDEST + 1];
        let mut left = 0;
        for (j, &y) in b.iter().enumerate().take(WIDEST) {
            let changed = above[j] + u8::from(x != y);
            let mut least = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if j > 0 && x == left && previous == y {
                least = least.min(before[j - 1] + 1);
            }
            row[j + 1] = least;
            left = y;
        }
        previous = x;
        before = std::mem::replace(&mut above, row);
    }
    usize::from(above.get(b.len()).copied().unwrap_or(u8::MAX))
}

const FIRST_ROW: [u8; WIDEST + 1] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
