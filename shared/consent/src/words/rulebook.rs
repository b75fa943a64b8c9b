//! The tables made ready for matching, once per process, and the matcher.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::normalise::{Word, WordId};
use super::rule::{self, Effect, Rule};
use super::spelling::{UNKNOWN, Unknown};
use super::vocabulary::CLASSES;

/// The rules of this build.
pub(super) static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::new);

/// A rule that matched, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) rule: &'static Rule,
    /// Place of the rule in the tables.
    pub(super) order: usize,
    /// First word, and the word after the last.
    pub(super) start: usize,
    pub(super) end: usize,
    extent: Extent,
}

/// How much of the message a pattern describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Part,
    Whole,
}

/// Every word that a rule names has a number, every set of words ("stop|quit", `MESSAGE`) is a set of numbers,
/// and every word knows the patterns that can begin with it.
pub(super) struct Rulebook {
    words: HashMap<&'static str, WordId, BuildHasherDefault<Fnv>>,
    sets: Vec<Set>,
    patterns: Vec<Pattern>,
    /// By phase and word: where a pattern can begin.
    starts: [Vec<Vec<Start>>; 3],
    /// By word: the sets that it belongs to (a set of set numbers).
    memberships: Vec<Set>,
    soft: u16,
    keywords: u16,
}

/// A word can begin this pattern, at this step (optional first steps may be left out), in a message that also
/// has a word of this set.
#[derive(Clone, Copy)]
struct Start {
    pattern: u16,
    step: u16,
    needs: u16,
}

struct Pattern {
    rule: &'static Rule,
    order: usize,
    from: Edge,
    to: Edge,
    steps: Vec<Step>,
}

/// Where a match must begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Anywhere,
    Clause,
    Message,
}

/// One step of a pattern; sets are named by their index.
#[derive(Debug, Clone, Copy)]
enum Step {
    Words { set: u16, least: u8, most: u8 },
    Gap,
}

/// Words that `..` may stand for, and `SOFT` words that may come between two steps.
const LONGEST_GAP: usize = 3;

/// A set of word ids.
#[derive(Default)]
struct Set {
    bits: Vec<u64>,
    /// Holds words that the vocabulary does not know: those must not be taken from an ordinary sense.
    open: bool,
}

impl Set {
    fn insert(&mut self, id: WordId) {
        let (block, bit) = (usize::from(id) / 64, id % 64);
        if self.bits.len() <= block {
            self.bits.resize(block + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(block) {
            *bits |= 1 << bit;
        }
    }

    fn contains(&self, id: WordId) -> bool {
        self.bits
            .get(usize::from(id) / 64)
            .is_some_and(|bits| bits >> (id % 64) & 1 == 1)
    }

    fn ids(&self) -> impl Iterator<Item = WordId> {
        (0..).step_by(64).zip(&self.bits).flat_map(|(base, block)| {
            let mut left = *block;
            std::iter::from_fn(move || {
                let bit = u16::try_from(left.trailing_zeros())
                    .ok()
                    .filter(|bit| *bit < 64)?;
                left &= left - 1;
                Some(base + bit)
            })
        })
    }

    fn add_all(&mut self, other: &Self) {
        if self.bits.len() < other.bits.len() {
            self.bits.resize(other.bits.len(), 0);
        }
        for (mine, others) in self.bits.iter_mut().zip(&other.bits) {
            *mine |= others;
        }
    }

    fn len(&self) -> u32 {
        self.bits.iter().map(|block| block.count_ones()).sum()
    }
}

impl Rulebook {
    fn new() -> Self {
        let mut builder = Builder::default();
        for (name, members) in CLASSES {
            builder.class(name, members);
        }
        let patterns: Vec<Pattern> = rule::all()
            .enumerate()
            .flat_map(|(order, rule)| rule.patterns.iter().map(move |written| (order, rule, *written)))
            .flat_map(|(order, rule, written)| builder.patterns(order, rule, written))
            .collect();
        let soft = builder.set("SOFT");
        let keywords = builder.set("KEYWORD");
        let words = UNKNOWN.len() + builder.words.len();
        let mut book = Self {
            starts: std::array::from_fn(|_| vec![Vec::new(); words]),
            memberships: std::iter::repeat_with(Set::default).take(words).collect(),
            words: builder.words,
            sets: builder.sets,
            patterns,
            soft,
            keywords,
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
                        starts.push(start);
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

    fn in_set(&self, set: u16, id: WordId) -> bool {
        self.sets
            .get(usize::from(set))
            .is_some_and(|set| set.contains(id))
    }

    /// All matches. A match that uses words of an ordinary sense is left out ("don't stop" in "don't stop
    /// texting me"), unless it says more than that sense does ("if you don't stop texting me") or is all that
    /// the message says.
    pub(super) fn find(&self, words: &[Word]) -> Vec<Hit> {
        let mut search = Search::new(self, words);
        for hit in search.run(0) {
            search.mark(hit, Sense::Filler);
        }
        search.find_edges();
        let ordinary = search.run(1);
        for hit in &ordinary {
            search.mark(*hit, Sense::Ordinary);
        }
        let mut hits = search.run(2);
        hits.retain(|hit| {
            !ordinary.iter().any(|sense| {
                let overlaps = sense.start < hit.end && hit.start < sense.end;
                let contains = hit.start <= sense.start && sense.end <= hit.end;
                let says_more = hit.extent == Extent::Whole || hit.end - hit.start > sense.end - sense.start;
                overlaps && !(contains && says_more)
            })
        });
        hits.extend(ordinary);
        hits
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
        | Effect::Help => 2,
    }
}

/// What earlier phases said of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Free,
    Filler,
    Ordinary,
}

/// A clause: its words, and those of them that are not fillers.
#[derive(Debug, Clone, Copy)]
struct Clause {
    end: usize,
    content: (usize, usize),
}

struct Search<'a> {
    book: &'a Rulebook,
    words: &'a [Word],
    /// The sets that have a word in the message.
    present: Set,
    senses: Vec<Sense>,
    clauses: Vec<Clause>,
    content: (usize, usize),
}

impl<'a> Search<'a> {
    fn new(book: &'a Rulebook, words: &'a [Word]) -> Self {
        let mut present = Set::default();
        for word in words {
            if let Some(memberships) = book.memberships.get(usize::from(word.id)) {
                present.add_all(memberships);
            }
        }
        let senses = vec![Sense::Free; words.len()];
        let mut search = Self {
            book,
            words,
            present,
            senses,
            clauses: Vec::new(),
            content: (0, 0),
        };
        search.find_edges();
        search
    }

    /// The first and the last word of every clause, and of the message, that is not a filler.
    fn find_edges(&mut self) {
        const NONE: (usize, usize) = (usize::MAX, 0);
        let include = |content: (usize, usize), at: usize| (content.0.min(at), content.1.max(at));
        self.clauses.clear();
        self.content = NONE;
        for (at, (word, sense)) in self.words.iter().zip(&self.senses).enumerate() {
            let number = usize::from(word.clause);
            if self.clauses.len() <= number {
                self.clauses.resize(
                    number + 1,
                    Clause {
                        end: at,
                        content: NONE,
                    },
                );
            }
            let Some(clause) = self.clauses.get_mut(number) else {
                continue;
            };
            clause.end = at + 1;
            if *sense != Sense::Filler {
                clause.content = include(clause.content, at);
                self.content = include(self.content, at);
            }
        }
    }

    fn mark(&mut self, hit: Hit, sense: Sense) {
        for each in self.senses.get_mut(hit.start..hit.end).into_iter().flatten() {
            *each = sense;
        }
    }

    fn run(&self, phase: usize) -> Vec<Hit> {
        let mut hits = Vec::new();
        let Some(starts) = self.book.starts.get(phase) else {
            return hits;
        };
        for (at, word) in self.words.iter().enumerate() {
            for start in starts.get(usize::from(word.id)).into_iter().flatten() {
                if !self.present.contains(start.needs) {
                    continue;
                }
                let Some(pattern) = self.book.patterns.get(usize::from(start.pattern)) else {
                    continue;
                };
                if let Some(hit) = self.match_at(pattern, usize::from(start.step), at, word) {
                    hits.push(hit);
                }
            }
        }
        hits
    }

    fn match_at(&self, pattern: &Pattern, step: usize, at: usize, word: &Word) -> Option<Hit> {
        let clause = self.clauses.get(usize::from(word.clause))?;
        let begins = match pattern.from {
            Edge::Anywhere => true,
            Edge::Clause => at <= clause.content.0,
            Edge::Message => at <= self.content.0,
        };
        if !begins {
            return None;
        }
        let last = match pattern.to {
            Edge::Anywhere => 0,
            Edge::Clause => clause.content.1,
            Edge::Message => self.content.1,
        };
        let end = self.follow(pattern.steps.get(step..)?, at, at, clause.end, last)?;
        let whole = pattern.from == Edge::Message && pattern.to == Edge::Message;
        let extent = if whole { Extent::Whole } else { Extent::Part };
        Some(Hit {
            rule: pattern.rule,
            order: pattern.order,
            start: at,
            end,
            extent,
        })
    }

    /// Follows the steps from the word `at`; gives the word after the last one that was taken, which must lie
    /// after `last`.
    fn follow(
        &self,
        steps: &[Step],
        start: usize,
        at: usize,
        clause_end: usize,
        last: usize,
    ) -> Option<usize> {
        let Some((step, rest)) = steps.split_first() else {
            return (at > last).then_some(at);
        };
        match *step {
            Step::Gap => (at..=at + LONGEST_GAP)
                .take_while(|next| {
                    *next == at
                        || self
                            .senses
                            .get(next - 1)
                            .is_some_and(|sense| *sense != Sense::Ordinary)
                })
                .take_while(|next| *next <= clause_end)
                .find_map(|next| self.follow(rest, start, next, clause_end, last)),
            Step::Words { set, least, most } => {
                // Take as many as there are, and give back one by one. Only the first of them may stand apart.
                let mut ends = [at; MOST_REPEATS + 1];
                let mut taken = 0;
                let mut next = at;
                while taken < usize::from(most) {
                    let Some(found) = self.take(set, start, next, clause_end) else {
                        break;
                    };
                    next = found + 1;
                    taken += 1;
                    if let Some(end) = ends.get_mut(taken) {
                        *end = next;
                    }
                }
                (usize::from(least)..=taken)
                    .rev()
                    .find_map(|count| self.follow(rest, start, *ends.get(count)?, clause_end, last))
            }
        }
    }

    /// The next word of a set, with `SOFT` words passed over.
    fn take(&self, set: u16, start: usize, at: usize, clause_end: usize) -> Option<usize> {
        let set = self.book.sets.get(usize::from(set))?;
        let reach = if at == start { at } else { at + LONGEST_GAP };
        for next in at..=reach {
            let word = self.words.get(next).filter(|_| next < clause_end)?;
            let ordinary = self.senses.get(next) == Some(&Sense::Ordinary);
            if set.contains(word.id) {
                return (!(set.open && ordinary)).then_some(next);
            }
            if !self.book.in_set(self.book.soft, word.id) {
                return None;
            }
        }
        None
    }
}

/// The most words that one step takes.
const MOST_REPEATS: usize = 8;

#[derive(Default)]
struct Builder {
    words: HashMap<&'static str, WordId, BuildHasherDefault<Fnv>>,
    sets: Vec<Set>,
    /// Sets by how they are written in the tables.
    named: HashMap<&'static str, u16>,
}

impl Builder {
    fn class(&mut self, name: &'static str, members: &'static str) {
        let set = self.union(members.split_whitespace());
        self.named.insert(name, set);
    }

    /// The set for `a|b|CLASS`.
    fn set(&mut self, written: &'static str) -> u16 {
        if let Some(set) = self.named.get(written) {
            return *set;
        }
        let set = self.union(written.split('|').filter(|each| *each != "$"));
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
            rule,
            order,
            from,
            to,
            steps,
        });
        patterns
    }
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
mod tests {
    use super::*;

    #[test]
    fn every_class_that_a_pattern_names_is_defined() {
        let undefined: Vec<_> = RULEBOOK
            .words
            .keys()
            .filter(|word| word.chars().any(|c| c.is_ascii_uppercase()))
            .collect();
        assert!(undefined.is_empty(), "{undefined:?}");
    }

    #[test]
    fn every_pattern_takes_a_word_and_has_no_gap_at_its_edges() {
        for pattern in &RULEBOOK.patterns {
            let needed = pattern
                .steps
                .iter()
                .any(|step| matches!(step, Step::Words { least: 1.., .. }));
            assert!(needed, "{:?}", pattern.rule);
            assert!(
                !matches!(pattern.steps.first(), None | Some(Step::Gap)),
                "{:?}",
                pattern.rule
            );
            let open_end = pattern.to == Edge::Anywhere && matches!(pattern.steps.last(), Some(Step::Gap));
            assert!(!open_end, "{:?}", pattern.rule);
        }
    }

    #[test]
    fn words_in_the_tables_are_folded() {
        let stray: Vec<_> = RULEBOOK
            .words
            .keys()
            .filter(|word| {
                word.is_ascii()
                    && !word
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"*#".contains(&b))
            })
            .collect();
        assert!(stray.is_empty(), "{stray:?}");
    }
}
