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
//! 5. [`second`], two small linear models: they hold where the rules found nothing and the text reads like a request all the same, or
//!    where a frame says stop and the text reads like ordinary talk, and they confirm a refusal near texts that
//!    no other frame knows. They never stop by themselves and never grant.
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

use frames::Token;
use lexicon::Tag;
use normalise::Word;
use quoted::OwnWords;
use rule::Effect;
use rulebook::RULEBOOK;
use search::Found;
use second::Scores;
use table::{Act, Frame, Row, Verdict};

/// Which edition of the rules and of the second reader's weights gave a reading. It goes into the record beside the rule's id, so it
/// changes with either.
pub const RULES_VERSION: &str = "2026-11-27.6";

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
    let seen = Seen::of(text);
    let reading = seen.second_thoughts(preceding, seen.first_reading(preceding));
    if seen.unread && reading.meaning != Meaning::OptOut {
        // A revocation may stand in the part that was not read.
        return Reading {
            matched: None,
            ..whole(text, "unread", true)
        };
    }
    reading
}

/// A text, and what was found in it.
struct Seen<'t> {
    text: &'t str,
    own: OwnWords,
    words: Vec<Word>,
    /// The text is longer than what was read.
    unread: bool,
    found: Found,
    /// The frames with their rows of the table.
    frames: Vec<(Frame, &'static Row)>,
}

impl<'t> Seen<'t> {
    fn of(text: &'t str) -> Self {
        let own = quoted::own_words(text);
        let message = normalise::read(text, &own.ranges);
        let found = search::find(&RULEBOOK, &message.words);
        let frames = frames::find(&found.tokens).into_iter();
        let frames = frames.filter_map(|frame| Some((frame, table::decide(&frame)?)));
        Self {
            text,
            own,
            words: message.words,
            unread: message.unread,
            frames: frames.collect(),
            found,
        }
    }

    /// The first frame with a verdict.
    fn frame(&self, verdict: Verdict) -> Option<&(Frame, &'static Row)> {
        self.frames.iter().find(|(_, row)| row.verdict == verdict)
    }

    /// What the rules, the frames and the tables of other languages say.
    fn first_reading(&self, preceding: Preceding) -> Reading<'t> {
        let foreign = tongues::read(self.text).map(|(rule, doubt)| whole(self.text, rule, doubt));
        let readings = [self.by_rules(preceding), self.by_frames(), foreign];
        let of = |meaning| {
            readings
                .iter()
                .flatten()
                .find(|reading| reading.meaning == meaning)
        };
        // What settles a text comes first, then what only raises a doubt, then what only says that a rule saw an ordinary sense.
        let first = if self.found.has(Effect::Machine) {
            readings.first().and_then(Option::as_ref)
        } else {
            of(Meaning::OptOut).or_else(|| of(Meaning::Doubt))
        };
        let first = first.or_else(|| readings.iter().flatten().next()).copied();
        first.unwrap_or_else(|| nothing(self.own.rule))
    }

    /// The strongest reading that a rule gives, or else the ordinary sense that was recognised.
    fn by_rules(&self, preceding: Preceding) -> Option<Reading<'t>> {
        let asks = self.text.bytes().any(|byte| byte == b'?');
        let hits = self.found.hits.iter();
        let best = hits.filter_map(|hit| Some((strength(hit.rule.effect, preceding, asks)?, hit)));
        // The strongest; among equals the first row of the tables.
        let (_, hit) = best.min_by_key(|(strength, hit)| (*strength, hit.order))?;
        let (meaning, needs_review) = match hit.rule.effect {
            Effect::OptOut => (Meaning::OptOut, self.found.names_the_wrong_person()),
            Effect::ReviewUnlessAnswering if preceding == Preceding::Question => (Meaning::None, false),
            Effect::Review | Effect::ReviewRegardless | Effect::ReviewUnlessAnswering => {
                (Meaning::Doubt, true)
            }
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
            matched: self.span(hit.start, hit.end),
        })
    }

    /// The part of the text from one word to before another.
    fn span(&self, from: usize, to: usize) -> Option<&'t str> {
        let start = self.words.get(from)?.start;
        let end = self.words.get(from..to)?.iter().map(|word| word.end).max()?;
        self.text.get(start..end)
    }

    /// What the strongest frame says.
    fn by_frames(&self) -> Option<Reading<'t>> {
        // Texts, or a number to remove, that a word before the frame names.
        let first = |tag| self.found.tokens.iter().find(|token| token.is(tag));
        let (texts, number) = (first(Tag::Plural), first(Tag::Number));
        let carried = |frame: &Frame| {
            let named = |token: &Token| token.start < frame.start;
            texts.is_some_and(named) || frame.act == Act::Remove && number.is_some_and(named)
        };
        let wants = self.frame(Verdict::Wanted).is_some();
        let praises = wants || self.frame(Verdict::Praised).is_some();
        // Who wants texts as well may want only some of them to stop.
        let stop = if wants { Meaning::Doubt } else { Meaning::OptOut };
        let meaning = |(frame, row): &(Frame, &Row)| match row.verdict {
            Verdict::Stop => Some(stop),
            Verdict::StopIfCarried if carried(frame) => Some(stop),
            Verdict::Hold => Some(Meaning::Doubt),
            Verdict::HoldUnlessTextsWanted if !praises => Some(Meaning::Doubt),
            Verdict::StopIfCarried
            | Verdict::StopIfSure
            | Verdict::HoldUnlessTextsWanted
            | Verdict::Wanted
            | Verdict::Praised
            | Verdict::Nothing => None,
        };
        let best = self.frames.iter().filter_map(|each| Some((meaning(each)?, each)));
        let (meaning, frame) = best.min_by_key(|(meaning, _)| *meaning != Meaning::OptOut)?;
        Some(self.framed(meaning, frame))
    }

    fn framed(&self, meaning: Meaning, (frame, row): &(Frame, &'static Row)) -> Reading<'t> {
        Reading {
            meaning,
            rule: row.id,
            needs_review: meaning == Meaning::Doubt || self.found.names_the_wrong_person(),
            language: self.found.language,
            matched: self.span(frame.start, frame.end),
        }
    }

    /// Who says that texts are welcome or that nothing is to stop, what machines write and what is an answer are not held for how they
    /// are put.
    fn is_settled(&self, preceding: Preceding) -> bool {
        self.frame(Verdict::Wanted).is_some()
            || self.frame(Verdict::Praised).is_some()
            || preceding == Preceding::Question
            || self.own.ranges.is_empty()
            || self.found.has(Effect::Machine)
            || self.found.has(Effect::Wanted)
            || self
                .found
                .hits
                .iter()
                .any(|hit| [ordinary::FOOTER, ordinary::NEGATED].contains(&hit.rule.id))
    }

    /// What the second reader makes of what the first one read.
    fn second_thoughts(&self, preceding: Preceding, reading: Reading<'t>) -> Reading<'t> {
        let by_frame = self.frames.iter().any(|(_, row)| row.id == reading.rule);
        let scores = || Scores::of(self);
        match reading.meaning {
            Meaning::None | Meaning::Doubt if !self.is_settled(preceding) => {
                let scores = scores();
                match self.frame(Verdict::StopIfSure) {
                    Some(frame) if scores.is_request() => self.framed(Meaning::OptOut, frame),
                    _ if reading.meaning == Meaning::None && scores.is_doubt() => {
                        whole(self.text, "reader.model", true)
                    }
                    _ => reading,
                }
            }
            Meaning::OptOut
                if by_frame && self.found.tokens.len() <= LONGEST_VETOED && scores().is_ordinary() =>
            {
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
}

/// The longest message, in words, that the second reader vetoes a stop in: in a longer one a request drowns.
const LONGEST_VETOED: usize = 60;

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
    let mut features = Vec::new();
    second::features(&Seen::of(text), |feature| features.push(second::bucket(feature)));
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
    let named = rulebook::all().map(|rule| rule.id);
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
