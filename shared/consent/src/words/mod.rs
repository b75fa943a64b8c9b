//! What an inbound text means: a deterministic reading of the words, and the rule that decided it.
//!
//! The path of a text through the submodules:
//!
//! 1. [`quoted`] finds the part that the sender wrote: the text of a [`reaction`] and a quoted [`mail`] are somebody
//!    else's words;
//! 2. [`normalise`] cuts it into folded words (case, accents, look-alike letters, `s t o p`) that keep their
//!    place in the original, and [`spelling`] brings `stooop`, `st0p` and `unsuscribe` back to known words;
//! 3. [`search`] matches the words against the [`rulebook`], tables of phrases: [`ordinary`] (the sense in which
//!    "stop by at 5" is not about texting), then [`english`], [`spanish`] and [`french`].
//!
//! To have another wording recognised, add a line to a table and a row to `tests/corpus/authored.csv`.
//!
//! Invariants: the same text always gets the same reading; the work is linear in the length of the text; the
//! meaning never depends on who sent it or when. Where wordings compete, a revocation wins over a grant, and
//! in doubt texts are held back until a person has read it: 47 CFR 64.1200(a)(10) honours a revocation made
//! "in any reasonable manner".

mod english;
mod french;
mod mail;
mod normalise;
mod ordinary;
mod quoted;
mod reaction;
mod rule;
mod rulebook;
mod search;
mod set;
mod spanish;
mod spelling;
mod vocabulary;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use rule::Effect;
use rulebook::RULEBOOK;

/// Which edition of the rules gave a reading. It goes into the record beside the rule's id.
pub const RULES_VERSION: &str = "2026-11-27";

/// What the sender of a text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// No more texts.
    OptOut,
    /// Texts again.
    OptIn,
    /// Who is texting, and whom to call.
    Help,
    /// It may ask for no more texts and may be meant otherwise, or the number is not the tenant's: a person has to
    /// read it.
    Doubt,
    /// Anything else: nothing about consent changes.
    None,
}

/// The language of the rule that decided. A text that no rule recognised counts as English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
    /// French, as in the Canadian carriers' keywords ARRET and AIDE.
    French,
}

/// What the facility's last text to this number was.
///
/// After a question "not interested" and "S" are answers to it. The words of the regulation revoke either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preceding {
    /// There was none, or it asked nothing.
    Nothing,
    /// It asked the tenant something.
    Question,
}

/// What a text means, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'t> {
    /// What the sender asks for.
    pub meaning: Meaning,
    /// The id of the rule that decided: the name of a row in the tables, or one of `tapback`, `quoted`,
    /// `unread` (the text is longer than anything a phone sends) and `none`.
    pub rule: &'static str,
    /// A person has to read the text: every doubt, and a plain opt-out that also says that the number is not the
    /// tenant's.
    pub needs_review: bool,
    /// The language of the rule.
    pub language: Language,
    /// The words that the rule matched, as the sender wrote them.
    pub matched: Option<&'t str>,
}

/// Reads an inbound text.
pub fn classify(text: &str, preceding: Preceding) -> Reading<'_> {
    let own = quoted::own_words(text);
    let message = normalise::read(text, &own.ranges);
    let mut reading = decide(text, &message.words, preceding).unwrap_or_else(|| nothing(own.rule));
    if message.unread && reading.meaning != Meaning::OptOut {
        // A revocation may stand in the part that was not read.
        reading = Reading {
            meaning: Meaning::Doubt,
            needs_review: true,
            ..nothing("unread")
        };
    }
    reading
}

/// The strongest reading that a rule gives, or else the ordinary sense that was recognised.
fn decide<'t>(text: &'t str, words: &[normalise::Word], preceding: Preceding) -> Option<Reading<'t>> {
    let found = search::find(&RULEBOOK, words);
    let asks = text.bytes().any(|byte| byte == b'?');
    let best = found
        .iter()
        .filter_map(|hit| Some((strength(hit.rule.effect, preceding, asks)?, hit)));
    // The strongest; among equals the first row of the tables.
    let (_, hit) = best.min_by_key(|(strength, hit)| (*strength, hit.order))?;
    let (meaning, needs_review) = match hit.rule.effect {
        Effect::OptOut => (
            Meaning::OptOut,
            found
                .iter()
                .any(|hit| hit.rule.effect == Effect::ReviewRegardless),
        ),
        Effect::ReviewUnlessAnswering if preceding == Preceding::Question => (Meaning::None, false),
        Effect::Review | Effect::ReviewRegardless | Effect::ReviewUnlessAnswering => (Meaning::Doubt, true),
        Effect::OptIn => (Meaning::OptIn, false),
        Effect::Help => (Meaning::Help, false),
        Effect::Wanted | Effect::Ordinary | Effect::Filler => (Meaning::None, false),
    };
    let start = words.get(hit.start)?.start;
    let end = words.get(hit.start..hit.end)?.iter().map(|word| word.end).max()?;
    Some(Reading {
        meaning,
        rule: hit.rule.id,
        needs_review,
        language: hit.rule.language,
        matched: text.get(start..end),
    })
}

/// Which of two hits decides (the lower one), or `None` when the hit does not count in this conversation.
fn strength(effect: Effect, preceding: Preceding, asks: bool) -> Option<u8> {
    match effect {
        Effect::OptOut => Some(0),
        Effect::Wanted => Some(1),
        Effect::Review | Effect::ReviewRegardless => Some(2),
        Effect::ReviewUnlessAnswering => Some(if preceding == Preceding::Nothing { 2 } else { 5 }),
        // "Start?" is a question about starting; a grant must be plain.
        Effect::OptIn => (!asks).then_some(3),
        Effect::Help => Some(4),
        Effect::Ordinary => Some(6),
        Effect::Filler => None,
    }
}

fn nothing(rule: &'static str) -> Reading<'static> {
    Reading {
        meaning: Meaning::None,
        rule,
        needs_review: false,
        language: Language::English,
        matched: None,
    }
}

/// The ids that [`Reading::rule`] can take, each once.
pub fn rule_ids() -> Vec<&'static str> {
    let mut seen = HashSet::new();
    let named = rule::all().map(|rule| rule.id);
    named
        .chain(["tapback", "quoted", "unread", "none"])
        .filter(|id| seen.insert(*id))
        .collect()
}
