//! The tables made ready for matching, once per process, and the matcher.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::lexicon::{self, IDIOMS};
use super::rule::{Effect, Rule};
use super::set::Set;
use super::vocabulary::{CLASSES, UNKNOWN, Unknown, WordId};
use super::{english, french, ordinary, spanish, tongues};

/// The rules of this build.
pub(super) static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::new);

/// Every word that a rule names has a number, every set of words ("stop|quit", `MESSAGE`) is a set of numbers,
/// and every word knows the patterns that can begin with it.
pub(super) struct Rulebook {
    words: HashMap<&'static str, WordId, BuildHasherDefault<Fnv>>,
    pub(super) sets: Vec<Set>,
    pub(super) patterns: Vec<Pattern>,
    /// By phase and word: where a pattern can begin.
    pub(super) starts: [Vec<Starts>; 4],
    /// By word: the sets that it belongs to (a set of set numbers).
    pub(super) memberships: Vec<Set>,
    pub(super) soft: u16,
    keywords: u16,
    /// By word: its tags in English, Spanish and French.
    tags: Vec<[u128; 3]>,
}

/// The most words that one step takes.
pub(super) const MOST_REPEATS: usize = 8;

/// The patterns that a word can begin: those that may stand anywhere, and those that need an edge before them.
/// Most words of a text are at no edge, so the second kind is kept apart.
#[derive(Clone, Default)]
pub(super) struct Starts {
    pub(super) anywhere: Vec<Start>,
    pub(super) at_edge: Vec<Start>,
}

/// A word can begin this pattern, at this step (optional first steps may be left out), in a message that also
/// has a word of this set.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) pattern: u16,
    pub(super) step: u16,
    pub(super) needs: u16,
}

pub(super) struct Pattern {
    /// Tells it from others by its text, wherever it stands in the tables.
    pub(super) mark: u16,
    pub(super) rule: &'static Rule,
    pub(super) order: usize,
    pub(super) from: Edge,
    pub(super) to: Edge,
    pub(super) steps: Vec<Step>,
}

/// Where a match must begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Anywhere,
    Clause,
    Message,
}

/// One step of a pattern; sets are named by their index.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Words { set: u16, least: u8, most: u8 },
    Gap,
}

impl Rulebook {
    fn new() -> Self {
        let mut builder = Builder::default();
        for (name, members) in CLASSES {
            builder.class(name, members);
        }
        let patterns: Vec<Pattern> = all()
            .enumerate()
            .flat_map(|(order, rule)| rule.patterns.iter().map(move |written| (order, rule, *written)))
            .flat_map(|(order, rule, written)| written.split("; ").map(move |each| (order, rule, each)))
            .flat_map(|(order, rule, written)| builder.patterns(order, rule, written))
            .collect();
        let tagged: Vec<(WordId, usize, u128)> = [lexicon::ENGLISH, lexicon::SPANISH, lexicon::FRENCH]
            .into_iter()
            .enumerate()
            .flat_map(|(language, lists)| {
                lists
                    .iter()
                    .map(move |(tag, words)| (language, tag.bit(), *words))
            })
            .flat_map(|(language, bit, words)| {
                words.split_whitespace().map(move |word| (word, language, bit))
            })
            .map(|(word, language, bit)| (builder.word(word), language, bit))
            .collect();
        builder.add_common_words();
        builder.fill_complements();
        let soft = builder.set("SOFT");
        let keywords = builder.set("KEYWORD");
        let words = UNKNOWN.len() + builder.words.len();
        let mut tags = vec![[0; 3]; words];
        for (word, language, bit) in tagged {
            if let Some(tags) = tags
                .get_mut(usize::from(word))
                .and_then(|tags| tags.get_mut(language))
            {
                *tags |= bit;
            }
        }
        let mut book = Self {
            starts: std::array::from_fn(|_| vec![Starts::default(); words]),
            memberships: std::iter::repeat_with(Set::default).take(words).collect(),
            words: builder.words,
            sets: builder.sets,
            patterns,
            soft,
            keywords,
            tags,
        };
        book.index();
        book
    }

    /// Fills `starts` and `memberships`.
    fn index(&mut self) {
        for (number, set) in (0..).zip(&self.sets) {
            for id in set.ids() {
                if let Some(memberships) = self.memberships.get_mut(usize::from(id)) {
                    memberships.insert(number);
                }
            }
        }
        for (number, pattern) in (0..).zip(&self.patterns) {
            let Some(phase) = self.starts.get_mut(phase(pattern.rule.effect)) else {
                continue;
            };
            for (nth, step) in (0..).zip(&pattern.steps) {
                let Step::Words { set, least, .. } = step else {
                    break;
                };
                // Of the sets that must come after, the smallest is the least likely to be there.
                let after = pattern.steps.iter().skip(usize::from(nth) + 1);
                let needs = after
                    .filter_map(|step| match step {
                        Step::Words { set, least: 1.., .. } => Some(*set),
                        Step::Words { .. } | Step::Gap => None,
                    })
                    .min_by_key(|set| self.sets.get(usize::from(*set)).map(Set::len));
                let start = Start {
                    pattern: number,
                    step: nth,
                    needs: needs.unwrap_or(*set),
                };
                for id in self.sets.get(usize::from(*set)).into_iter().flat_map(Set::ids) {
                    if let Some(starts) = phase.get_mut(usize::from(id)) {
                        match pattern.from {
                            Edge::Anywhere => starts.anywhere.push(start),
                            Edge::Clause | Edge::Message => starts.at_edge.push(start),
                        }
                    }
                }
                if *least > 0 {
                    break;
                }
            }
        }
    }

    /// The number of a word, if any rule names it.
    pub(super) fn word(&self, folded: &str) -> Option<WordId> {
        self.words.get(folded).copied()
    }

    /// The number of a word that can be a whole message.
    pub(super) fn keyword(&self, folded: &str) -> Option<WordId> {
        self.word(folded).filter(|id| self.in_set(self.keywords, *id))
    }

    /// The tags of a word in English, Spanish and French.
    pub(super) fn tags(&self, id: WordId) -> [u128; 3] {
        self.tags.get(usize::from(id)).copied().unwrap_or_default()
    }

    pub(super) fn in_set(&self, set: u16, id: WordId) -> bool {
        self.sets
            .get(usize::from(set))
            .is_some_and(|set| set.contains(id))
    }
}

fn phase(effect: Effect) -> usize {
    match effect {
        Effect::Filler => 0,
        Effect::Ordinary => 1,
        Effect::OptOut
        | Effect::Wanted
        | Effect::Review
        | Effect::ReviewRegardless
        | Effect::ReviewUnlessAnswering
        | Effect::OptIn
        | Effect::Hint
        | Effect::Party
        | Effect::Machine
        | Effect::Help => 2,
        Effect::Means(_) => 3,
    }
}

#[derive(Default)]
struct Builder {
    words: HashMap<&'static str, WordId, BuildHasherDefault<Fnv>>,
    sets: Vec<Set>,
    /// Sets by how they are written in the tables.
    named: HashMap<&'static str, u16>,
    /// Sets of all words but those of another set. They are filled when all words are known.
    complements: Vec<(u16, u16)>,
}

impl Builder {
    fn class(&mut self, name: &'static str, members: &'static str) {
        let set = self.union(members.split_whitespace());
        self.named.insert(name, set);
    }

    /// The set for `a|b|CLASS`, or with `!` before it for all other words.
    fn set(&mut self, written: &'static str) -> u16 {
        if let Some(set) = self.named.get(written) {
            return *set;
        }
        let set = if let Some(others) = written.strip_prefix('!') {
            let others = self.set(others);
            let set = self.union(std::iter::empty());
            self.complements.push((set, others));
            set
        } else {
            self.union(written.split('|').filter(|each| *each != "$"))
        };
        self.named.insert(written, set);
        set
    }

    fn union(&mut self, members: impl Iterator<Item = &'static str>) -> u16 {
        let mut union = Set::default();
        for member in members {
            match self
                .named
                .get(member)
                .and_then(|set| self.sets.get(usize::from(*set)))
            {
                Some(set) => {
                    union.open |= set.open;
                    union.add_all(set);
                }
                None => match unknown(member) {
                    Some(id) => {
                        union.open = true;
                        union.insert(id);
                    }
                    None => union.insert(self.word(member)),
                },
            }
        }
        self.sets.push(union);
        u16::try_from(self.sets.len() - 1).unwrap_or(u16::MAX)
    }

    /// Adds the words of the class `COMMON` to every set that takes unknown words.
    fn add_common_words(&mut self) {
        let mut common = Set::default();
        let words = self.set("COMMON");
        common.add_all(self.sets.get(usize::from(words)).unwrap_or(&Set::default()));
        let plain = unknown("OTHER").unwrap_or_default();
        let open = self.sets.iter_mut().filter(|set| set.contains(plain));
        open.for_each(|set| set.add_all(&common));
    }

    fn fill_complements(&mut self) {
        let words = WordId::try_from(UNKNOWN.len() + self.words.len()).unwrap_or(WordId::MAX);
        for (complement, others) in std::mem::take(&mut self.complements) {
            let mut set = Set::default();
            set.open = true;
            let others = self.sets.get(usize::from(others));
            let rest = (0..words).filter(|id| others.is_none_or(|others| !others.contains(*id)));
            rest.for_each(|id| set.insert(id));
            if let Some(empty) = self.sets.get_mut(usize::from(complement)) {
                *empty = set;
            }
        }
    }

    fn word(&mut self, word: &'static str) -> WordId {
        let next = WordId::try_from(UNKNOWN.len() + self.words.len()).unwrap_or(WordId::MAX);
        *self.words.entry(word).or_insert(next)
    }

    /// The patterns for one wording: several where a step may also be the end of the clause (`texts|$`).
    fn patterns(&mut self, order: usize, rule: &'static Rule, written: &'static str) -> Vec<Pattern> {
        let (mut from, mut to) = (Edge::Anywhere, Edge::Anywhere);
        let mut steps = Vec::new();
        let mut patterns = Vec::new();
        for step in written.split_whitespace() {
            match step {
                "^" => from = Edge::Clause,
                "^^" => from = Edge::Message,
                "$" => to = Edge::Clause,
                "$$" => to = Edge::Message,
                ".." => steps.push(Step::Gap),
                words => {
                    let (words, least, most) = match words.as_bytes().last() {
                        Some(b'?') => (words.trim_end_matches('?'), 0, 1),
                        Some(b'*') => (words.trim_end_matches('*'), 0, 4),
                        Some(b'+') => (words.trim_end_matches('+'), 1, 8),
                        _ => (words, 1, 1),
                    };
                    if words.split('|').any(|each| each == "$") {
                        let steps = steps.clone();
                        patterns.push(Pattern {
                            mark: mark(written),
                            rule,
                            order,
                            from,
                            to: Edge::Clause,
                            steps,
                        });
                    }
                    steps.push(Step::Words {
                        set: self.set(words),
                        least,
                        most,
                    });
                }
            }
        }
        patterns.push(Pattern {
            mark: mark(written),
            rule,
            order,
            from,
            to,
            steps,
        });
        patterns
    }
}

/// All rules, in the order of precedence among equals.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    let tables = [ordinary::RULES].into_iter().chain(english::TABLES).chain([
        spanish::RULES,
        french::RULES,
        tongues::RULES,
        IDIOMS,
    ]);
    tables.flatten()
}

/// A number that tells one pattern from another.
fn mark(written: &str) -> u16 {
    let mut hasher = Fnv::default();
    hasher.write(written.as_bytes());
    u16::try_from(hasher.finish() & 0xffff).unwrap_or_default()
}

/// The pseudo-words of the tables: words that the vocabulary does not hold.
fn unknown(member: &str) -> Option<WordId> {
    let kind = match member {
        "OTHER" => Unknown::Plain,
        "NUMBER" => Unknown::Number,
        "NAME" => Unknown::Name,
        "OTHERING" => Unknown::Gerund,
        _ => return None,
    };
    UNKNOWN
        .iter()
        .find_map(|(each, id)| (*each == kind).then_some(*id))
}

/// Fowler, Noll and Vo's hash: the words are ours and short, so speed counts and collisions on purpose do not:
/// the table is fixed before any text is read.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
