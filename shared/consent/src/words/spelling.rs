//! Brings words back to the vocabulary: stretched (`stooop`), with digits for letters (`st0p`), run together
//! (`stop2quit`, `stoptexting`) and misspelt (`sotp`, `unsuscribe`).

use super::normalise::WordId;
use super::rulebook::RULEBOOK;

/// A word that the vocabulary does not hold, by what can be seen of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Nothing in particular.
    Plain,
    /// Digits only.
    Number,
    /// Written With A Capital.
    Name,
    /// Ends like a verb, "worrying".
    Gerund,
}

/// The word ids of unknown words, before all ids of the vocabulary.
pub(super) const UNKNOWN: [(Unknown, WordId); 4] = [
    (Unknown::Plain, 0),
    (Unknown::Number, 1),
    (Unknown::Name, 2),
    (Unknown::Gerund, 3),
];

/// Whether an id stands for words that the vocabulary does not hold.
pub(super) const fn is_unknown(id: WordId) -> bool {
    (id as usize) < UNKNOWN.len()
}

/// Words whose misspellings are put right, and how many slips of the finger are allowed. A neighbour that is a
/// word of its own (`shop`, `contract`) stands in the vocabulary's class `NEIGHBOURS` and is left alone.
const CORRECTED: &[(&str, usize)] = &[
    ("stop", 1),
    ("cancel", 1),
    ("unsubscribe", 2),
    ("unsubscribed", 2),
    ("unsubscribing", 2),
    ("message", 1),
    ("messages", 1),
    ("messaging", 1),
    ("texting", 1),
    ("sending", 1),
    ("remove", 1),
    ("removed", 1),
    ("contact", 1),
    ("contacting", 2),
    ("receive", 1),
    ("receiving", 1),
    ("number", 1),
    ("wrong", 1),
    ("delete", 1),
    ("please", 1),
    ("alone", 1),
    ("bothering", 1),
    ("harassing", 1),
    ("harassment", 1),
    ("notifications", 1),
    ("subscription", 1),
    ("permission", 1),
    ("consent", 1),
    ("revoke", 1),
    ("interested", 1),
    ("discontinue", 1),
    ("mensajes", 1),
    ("numero", 1),
    ("equivocado", 1),
    ("suscripcion", 2),
    ("cancelar", 1),
    ("anymore", 1),
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
    let mut parts = vec![RULEBOOK.word(head)?];
    let mut rest = run.get(head.len()..)?;
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

/// A word that a slip of the finger turned into something unknown.
fn misspelt(run: &str) -> Option<WordId> {
    if run.len() < 3 || !run.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let letters = letter_set(run);
    let (word, _) = CORRECTED.iter().find(|(word, slips)| {
        let allowed = 2 * u32::try_from(*slips).unwrap_or_default();
        word.len().abs_diff(run.len()) <= *slips
            && (word.len() == 4 || word.as_bytes().first() == run.as_bytes().first())
            && (letters ^ letter_set(word)).count_ones() <= allowed
            && distance(word.as_bytes(), run.as_bytes()) <= *slips
    })?;
    RULEBOOK.word(word)
}

fn letter_set(word: &str) -> u32 {
    word.bytes().fold(0, |set, byte| set | 1_u32 << (byte & 31))
}

/// Slips between two words: a letter missing, added, wrong, or two swapped (optimal string alignment).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before = [0; LONGEST + 1];
    let mut above: [usize; LONGEST + 1] = std::array::from_fn(|j| j);
    for (i, &x) in a.iter().enumerate() {
        let mut row = [i + 1; LONGEST + 1];
        for (j, &y) in b.iter().enumerate().take(LONGEST) {
            let changed = above[j] + usize::from(x != y);
            let mut least = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                least = least.min(before[j - 1] + 1);
            }
            row[j + 1] = least;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.get(b.len()).copied().unwrap_or_default()
}
