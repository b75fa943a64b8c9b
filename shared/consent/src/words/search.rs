//! Finds where the patterns of the rulebook match the words of a message.

use super::Language;
use super::frames::Token;
use super::lexicon::Tag;
use super::normalise::Word;
use super::rule::{Effect, Rule};
use super::rulebook::{Edge, MOST_REPEATS, Pattern, Rulebook, Start, Step};
use super::set::Set;

/// A rule that matched, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) rule: &'static Rule,
    /// Place of the rule in the tables.
    pub(super) order: usize,
    /// First word, and the word after the last.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Mark of the pattern.
    pub(super) mark: u16,
    extent: Extent,
}

/// What was found in a message.
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) tokens: Vec<Token>,
    pub(super) language: Language,
}

impl Found {
    /// Whether a rule with this effect matched.
    pub(super) fn has(&self, effect: Effect) -> bool {
        self.hits.iter().any(|hit| hit.rule.effect == effect)
    }

    /// Whether the sender says that the number is not the tenant's.
    pub(super) fn names_the_wrong_person(&self) -> bool {
        self.has(Effect::ReviewRegardless) || self.has(Effect::Party)
    }
}

/// How much of the message a pattern describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Part,
    Whole,
}

/// Words that `..` may stand for, and `SOFT` words that may come between two steps.
const LONGEST_GAP: usize = 3;

/// All matches. A match that uses words of an ordinary sense is left out ("don't stop" in "don't stop
/// texting me"), unless it says more than that sense does ("if you don't stop texting me") or is all that
/// the message says.
pub(super) fn find(book: &Rulebook, words: &[Word]) -> Found {
    let mut search = Search::new(book, words);
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
    let language = search.language();
    Found {
        hits,
        tokens: search.tokens(language),
        language,
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

impl Search<'_> {
    /// The words as frames see them: those of an ordinary sense are nothing but other words.
    fn tokens(&self, language: Language) -> Vec<Token> {
        let idioms = self.run(3);
        let mut tokens: Vec<Token> = Vec::with_capacity(self.words.len());
        let mut at = 0;
        while let Some(word) = self.words.get(at) {
            let longest = idioms
                .iter()
                .filter(|hit| hit.start == at && self.senses.get(at) != Some(&Sense::Ordinary))
                .max_by_key(|hit| hit.end);
            let token = |tags, end| Token {
                tags,
                start: at,
                end,
                clause: word.clause,
            };
            if let Some(Hit {
                rule:
                    Rule {
                        effect: Effect::Means(tags),
                        ..
                    },
                end,
                ..
            }) = longest
            {
                if *tags != Tag::Skip.bit() {
                    tokens.push(token(*tags, *end));
                }
                at = *end;
                continue;
            }
            let tags = match self.senses.get(at) {
                Some(Sense::Ordinary) => Tag::Other.bit() | Tag::Flip.bit(),
                _ => tags_of(self.book, word, language),
            };
            if tags & !(Tag::Skip.bit()) != 0 {
                tokens.push(token(tags, at + 1));
            }
            at += 1;
        }
        tokens
    }

    /// The language that most of the words belong to.
    fn language(&self) -> Language {
        let mut counts = [0_usize; 3];
        for word in self.words {
            let tags = self.book.tags(word.id);
            for (count, (language, own)) in counts.iter_mut().zip(tags.iter().enumerate()) {
                let alone = tags
                    .iter()
                    .enumerate()
                    .all(|(other, tags)| other == language || *tags == 0);
                *count += usize::from(*own != 0 && alone) * 2 + usize::from(*own != 0);
            }
        }
        let [english, spanish, french] = counts;
        if spanish > english && spanish >= french {
            Language::Spanish
        } else if french > english {
            Language::French
        } else {
            Language::English
        }
    }
}

/// The tags of a word in a language, or in another one where it has none in that.
fn tags_of(book: &Rulebook, word: &Word, language: Language) -> u128 {
    match word.id {
        0 | 3 => return Tag::Other.bit(),
        1 => return Tag::Digits.bit(),
        2 => return Tag::Name.bit(),
        _ => {}
    }
    let tags = book.tags(word.id);
    let [english, spanish, french] = tags;
    let own = match language {
        Language::English => english,
        Language::Spanish => spanish,
        Language::French => french,
    };
    // A negation behind its verb is one in French only.
    let others = tags.iter().fold(0, |all, tags| all | tags) & !Tag::NotAfter.bit();
    let all = if own == 0 { others } else { own };
    if all == 0 { Tag::Other.bit() } else { all }
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
            let Some(starts) = starts.get(usize::from(word.id)) else {
                continue;
            };
            let clause = self.clauses.get(usize::from(word.clause));
            let at_edge: &[Start] = match clause {
                Some(clause) if at <= clause.content.0 => &starts.at_edge,
                _ => &[],
            };
            for start in at_edge.iter().chain(&starts.anywhere) {
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
            mark: pattern.mark,
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
