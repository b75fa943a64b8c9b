//! What an inbound text means: a deterministic reading of the words, and the rule that decided it.
//!
//! The path of a text through the submodules:
//!
//! 1. [`quoted`] finds the part that the sender wrote: the text of a [`reaction`] and a quoted [`mail`] are somebody
//!    else's words;
//! 2. [`normalise`] cuts it into folded words (case, accents, look-alike letters, `s t o p`) that keep their
//!    place in the original, and [`spelling`] brings `stooop`, `st0p` and `unsuscribe` back to known words;
//! 3. [`search`] matches the words against the [`rulebook`]: keywords and what machines write ([`english`], [`spanish`],
//!    [`french`], [`tongues`]), and senses of the same words that have nothing to do with texting ([`ordinary`]);
//! 4. [`frames`] fills slots from the words of the [`lexicon`] (who is to stop what), and the one [`table`] says what the slots
//!    mean: stop, hold, or nothing;
//! 5. [`second`], a small linear model, holds where the rules found nothing and the text reads like a request all the same, or
//!    where a frame says stop and the text reads like ordinary talk. It never stops and never grants.
//!
//! To have another wording recognised, add a word to the lexicon and a row to `tests/corpus/written.csv`.
//!
//! Invariants: the same text always gets the same reading; the work is linear in the length of the text; the
//! meaning never depends on who sent it or when. Where wordings compete, a revocation wins over a grant, and
//! in doubt the texts are held until a person has looked: 47 CFR 64.1200(a)(10) honours a revocation made
//! "in any reasonable manner".

mod english;
mod frames;
mod french;
mod lexicon;
mod mail;
mod normalise;
mod ordinary;
mod quoted;
mod reaction;
mod rule;
mod rulebook;
mod search;
mod second;
mod set;
mod spanish;
mod spelling;
mod table;
mod tongues;
mod vocabulary;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use lexicon::Tag;
use quoted::OwnWords;
use rule::Effect;
use rulebook::RULEBOOK;
use search::Found;
use table::{Frame, Row, Verdict};

/// Which edition of the rules and of the second reader's weights gave a reading. It goes into the record beside the rule's id, so it
/// changes with either.
pub const RULES_VERSION: &str = "2026-11-27.2";

/// What the sender of a text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// No more texts.
    OptOut,
    /// Perhaps no more texts, or the number is not the tenant's: a person has to read it.
    Doubt,
    /// Texts again.
    OptIn,
    /// Who is texting, and whom to call.
    Help,
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
    /// The id of the rule that decided: the name of a row in the tables (`frame.refuse+texts` names its slots), or one of
    /// `tapback`, `quoted`, `unread` (the text is longer than anything a phone sends), `reader.model`, `reader.veto` and `none`.
    pub rule: &'static str,
    /// A member of staff should look: the meaning is a doubt, or the sender opts out and says that the number is not the
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
    let found = search::find(&RULEBOOK, &message.words);
    let frames = Frames::of(&found);
    let rules = by_rules(text, &message.words, &found, preceding);
    let from_frames = || by_frames(text, &message.words, &found, &frames);
    let foreign = || tongues::read(text).map(|(rule, doubt)| whole(text, rule, doubt));
    // What settles a text comes first, then what only raises a doubt, then what only says that a rule saw an ordinary sense.
    let readings = [rules, from_frames(), foreign()];
    let of = |meaning| {
        readings
            .iter()
            .flatten()
            .find(|reading| reading.meaning == meaning)
    };
    let machine = found.has(Effect::Machine);
    let first = if machine {
        readings.first().and_then(Option::as_ref)
    } else {
        of(Meaning::OptOut).or_else(|| of(Meaning::Doubt))
    };
    let first = first.or_else(|| readings.iter().flatten().next()).copied();
    let reading = second_thoughts(
        text,
        &own,
        &found,
        &frames,
        preceding,
        first.unwrap_or_else(|| nothing(own.rule)),
    );
    if message.unread && reading.meaning != Meaning::OptOut {
        // A revocation may stand in the part that was not read.
        return Reading {
            matched: None,
            ..whole(text, "unread", true)
        };
    }
    reading
}

/// The frames of a message with their rows of the table.
struct Frames {
    decided: Vec<(Frame, &'static Row)>,
    /// Texts are asked for.
    wants: bool,
    /// Texts are asked for, or welcome.
    praises: bool,
}

impl Frames {
    fn of(found: &Found) -> Self {
        let frames = frames::find(&found.tokens).into_iter();
        let decided: Vec<_> = frames
            .filter_map(|frame| Some((frame, table::decide(&frame)?)))
            .collect();
        let says = |verdict| decided.iter().any(|(_, row)| row.verdict == verdict);
        let wants = says(Verdict::Wanted);
        Self {
            wants,
            praises: wants || says(Verdict::Praised),
            decided,
        }
    }
}

/// The strongest reading that a rule gives, or else the ordinary sense that was recognised.
fn by_rules<'t>(
    text: &'t str,
    words: &[normalise::Word],
    found: &Found,
    preceding: Preceding,
) -> Option<Reading<'t>> {
    let asks = text.bytes().any(|byte| byte == b'?');
    let best = found
        .hits
        .iter()
        .filter_map(|hit| Some((strength(hit.rule.effect, preceding, asks)?, hit)));
    // The strongest; among equals the first row of the tables.
    let (_, hit) = best.min_by_key(|(strength, hit)| (*strength, hit.order))?;
    let (meaning, needs_review) = match hit.rule.effect {
        Effect::OptOut => (Meaning::OptOut, found.names_the_wrong_person()),
        Effect::ReviewUnlessAnswering if preceding == Preceding::Question => (Meaning::None, false),
        Effect::Review | Effect::ReviewRegardless | Effect::ReviewUnlessAnswering => (Meaning::Doubt, true),
        Effect::OptIn => (Meaning::OptIn, false),
        Effect::Help => (Meaning::Help, false),
        Effect::Machine
        | Effect::Wanted
        | Effect::Ordinary
        | Effect::Filler
        | Effect::Hint
        | Effect::Party
        | Effect::Means(_) => (Meaning::None, false),
    };
    Some(Reading {
        meaning,
        rule: hit.rule.id,
        needs_review,
        language: hit.rule.language,
        matched: span(text, words, hit.start, hit.end),
    })
}

/// The part of a text from one word to before another.
fn span<'t>(text: &'t str, words: &[normalise::Word], from: usize, to: usize) -> Option<&'t str> {
    let start = words.get(from)?.start;
    let end = words.get(from..to)?.iter().map(|word| word.end).max()?;
    text.get(start..end)
}

/// What the strongest frame says.
fn by_frames<'t>(
    text: &'t str,
    words: &[normalise::Word],
    found: &Found,
    frames: &Frames,
) -> Option<Reading<'t>> {
    // Texts that a word before the frame names.
    let named = found.tokens.iter().find(|token| token.is(Tag::Plural));
    let carried = |frame: &Frame| named.is_some_and(|token| token.start < frame.start);
    // Who wants texts as well may want only some of them to stop.
    let stop = if frames.wants {
        Meaning::Doubt
    } else {
        Meaning::OptOut
    };
    let meaning = |(frame, row): &(Frame, &Row)| match row.verdict {
        Verdict::Stop => Some(stop),
        Verdict::StopIfCarried if carried(frame) => Some(stop),
        Verdict::Hold => Some(Meaning::Doubt),
        Verdict::HoldUnlessTextsWanted if !frames.praises => Some(Meaning::Doubt),
        Verdict::StopIfCarried
        | Verdict::HoldUnlessTextsWanted
        | Verdict::Wanted
        | Verdict::Praised
        | Verdict::Nothing => None,
    };
    let best = frames
        .decided
        .iter()
        .filter_map(|each| Some((meaning(each)?, each)));
    let (meaning, (frame, row)) = best.min_by_key(|(meaning, _)| *meaning != Meaning::OptOut)?;
    Some(Reading {
        meaning,
        rule: row.id,
        needs_review: meaning == Meaning::Doubt || found.names_the_wrong_person(),
        language: found.language,
        matched: span(text, words, frame.start, frame.end),
    })
}

/// The longest message, in words, that the second reader vetoes a stop in: in a longer one a request drowns.
const LONGEST_VETOED: usize = 60;

/// What the second reader makes of what the first one read.
fn second_thoughts<'t>(
    text: &'t str,
    own: &OwnWords,
    found: &Found,
    frames: &Frames,
    preceding: Preceding,
    reading: Reading<'t>,
) -> Reading<'t> {
    // Who says that texts are welcome, what machines write and what is an answer are not held for how they are put.
    let settled = frames.praises
        || preceding == Preceding::Question
        || own.ranges.is_empty()
        || found.has(Effect::Machine)
        || found.has(Effect::Wanted)
        || found.hits.iter().any(|hit| hit.rule.id == ordinary::FOOTER);
    let by_frame = frames.decided.iter().any(|(_, row)| row.id == reading.rule);
    let score = || second::score(text, own, found, frames.decided.iter().map(|(_, row)| *row));
    match reading.meaning {
        Meaning::None if !settled && score() >= second::bar(found) => whole(text, "reader.model", true),
        Meaning::OptOut if by_frame && found.tokens.len() <= LONGEST_VETOED && score() < second::VETO => {
            Reading {
                meaning: Meaning::Doubt,
                rule: "reader.veto",
                needs_review: true,
                ..reading
            }
        }
        _ => reading,
    }
}

/// A reading of a text as a whole.
fn whole<'t>(text: &'t str, rule: &'static str, doubt: bool) -> Reading<'t> {
    Reading {
        meaning: if doubt { Meaning::Doubt } else { Meaning::OptOut },
        needs_review: doubt,
        matched: Some(text.trim()),
        ..nothing(rule)
    }
}

/// How many weights the second reader has.
pub use second::BUCKETS;
/// Tells one set of weights from another.
pub use second::weights_fingerprint;

/// What the second reader sees in a text: the numbers of the weights that it adds up. For training it.
pub fn model_features(text: &str) -> Vec<u16> {
    let own = quoted::own_words(text);
    let found = search::find(&RULEBOOK, &normalise::read(text, &own.ranges).words);
    let frames = Frames::of(&found);
    let mut features = Vec::new();
    second::features(
        text,
        &own,
        &found,
        frames.decided.iter().map(|(_, row)| *row),
        |bucket| features.push(bucket),
    );
    features
}

/// Which of two hits decides (the lower one), or `None` when the hit does not count in this conversation.
fn strength(effect: Effect, preceding: Preceding, asks: bool) -> Option<u8> {
    match effect {
        Effect::Machine | Effect::OptOut => Some(0),
        Effect::Wanted => Some(1),
        Effect::Review | Effect::ReviewRegardless => Some(2),
        Effect::ReviewUnlessAnswering => Some(if preceding == Preceding::Nothing { 2 } else { 5 }),
        // "Start?" is a question about starting; a grant must be plain.
        Effect::OptIn => (!asks).then_some(3),
        Effect::Help => Some(4),
        Effect::Ordinary => Some(6),
        Effect::Filler | Effect::Hint | Effect::Party | Effect::Means(_) => None,
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
        .chain(table::ROWS.iter().map(|row| row.id))
        .chain(tongues::ids())
        .chain([
            "tapback",
            "quoted",
            "unread",
            "reader.model",
            "reader.veto",
            "none",
        ])
        .filter(|id| seen.insert(*id))
        .collect()
}
