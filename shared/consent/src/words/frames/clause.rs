//! What stands around a word in its clause.

use super::{Reader, Token};
use crate::words::lexicon::{Tag, set};
use crate::words::table::Polarity;

pub(super) const NEGATIONS: u128 = set(&[Tag::Not, Tag::No, Tag::NotSo]);
pub(super) const SENDING: u128 = set(&[Tag::Send, Tag::Write]);
pub(super) const TEXTING: u128 = SENDING | Tag::Texts.bit();
const LISTED: u128 = set(&[Tag::Send, Tag::Texts, Tag::Calls, Tag::Mail]);
/// What is neither texts nor a number nor a list.
pub(super) const FOREIGN: u128 = set(&[Tag::Matter, Tag::Other, Tag::Name]);
/// Words that the object of an act may stand behind.
pub(super) const LIGHT: u128 = set(&[
    Tag::Get,
    Tag::Want,
    Tag::Make,
    Tag::More,
    Tag::My,
    Tag::You,
    Tag::Is,
    Tag::At,
    Tag::From,
    Tag::Have,
    Tag::May,
    Tag::Only,
]);
/// How far an act looks for what belongs to it.
pub(super) const REACH: usize = 9;

/// What is said about an act before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    /// Who or what is nearest: `You`, `I`, `They`, `Texts`, `These`, `It`, or `Matter` for anything else.
    pub(super) subject: Option<Tag>,
    /// The negation that the act is under.
    pub(super) negated: Option<Tag>,
    /// All tags before it in its clause.
    seen: u128,
}

impl Before {
    pub(super) fn has(&self, tag: Tag) -> bool {
        self.seen & tag.bit() != 0
    }

    pub(super) fn any(&self, tags: &[Tag]) -> bool {
        self.seen & set(tags) != 0
    }

    pub(super) fn is_about(&self, tags: &[Tag]) -> bool {
        self.subject.is_some_and(|subject| tags.contains(&subject))
    }

    /// Nothing is before it in its clause.
    pub(super) fn is_first(&self) -> bool {
        self.seen == 0
    }

    /// The sense of a request, or of what looks like one.
    pub(super) fn polarity(&self) -> Polarity {
        let you = self.subject == Some(Tag::You);
        let supposed = self.has(Tag::If) && !(self.has(Tag::May) && you);
        let wanted = self.has(Tag::Want);
        match self.negated {
            Some(_) if self.has(Tag::If) && you => Polarity::Plain,
            Some(Tag::NotSo) if self.is_about(&[Tag::You, Tag::Texts]) => Polarity::Complaint,
            Some(_) => Polarity::Negated,
            None if self.has(Tag::Flip) => Polarity::Negated,
            None if self.subject == Some(Tag::They) && self.has(Tag::How) => Polarity::Asked,
            None if self.has(Tag::How) => Polarity::Plain,
            None if self.has(Tag::Said) && self.subject == Some(Tag::Texts) => Polarity::Told,
            None if (self.has(Tag::Ask) || supposed) && !wanted => Polarity::Asked,
            None if self.is_about(&[Tag::They, Tag::Matter]) && !wanted => Polarity::Told,
            None => Polarity::Plain,
        }
    }
}

impl<'t> Reader<'t> {
    pub(super) fn get(&self, at: usize) -> Option<&'t Token> {
        self.tokens.get(at)
    }

    pub(super) fn is(&self, at: usize, tag: Tag) -> bool {
        self.any(at, tag.bit())
    }

    pub(super) fn any(&self, at: usize, tags: u128) -> bool {
        self.get(at).is_some_and(|token| token.any(tags))
    }

    /// Whether one of the next two words of the clause has the tag.
    pub(super) fn soon(&self, at: usize, tag: Tag) -> bool {
        self.ahead(at).take(2).any(|(_, token)| token.is(tag))
    }

    /// The words after `at`, in its clause.
    pub(super) fn ahead(&self, at: usize) -> impl Iterator<Item = (usize, &'t Token)> {
        let tokens = self.tokens;
        let clause = tokens.get(at).map(|token| token.clause);
        let listed = move |place: usize| tokens.get(place).is_some_and(|token| token.any(LISTED));
        let rest = tokens.get(at + 1..).unwrap_or_default();
        let words = (at + 1..).zip(rest).take(REACH);
        words
            .filter(|(_, token)| !token.is(Tag::Please))
            .take_while(move |(place, token)| {
                // "Call or text" goes on.
                let goes_on = !token.is(Tag::And) || listed(place - 1) && listed(place + 1);
                Some(token.clause) == clause && goes_on
            })
    }

    /// The words before `at`, nearest first, in its clause. "Please" begins a request of its own.
    pub(super) fn behind(&self, at: usize) -> impl Iterator<Item = (usize, &'t Token)> {
        let clause = self.get(at).map(|token| token.clause);
        let head = self.tokens.get(..at).unwrap_or_default();
        head.iter()
            .enumerate()
            .rev()
            .take(REACH)
            .take_while(move |(_, token)| {
                Some(token.clause) == clause && !token.any(set(&[Tag::And, Tag::Please]))
            })
    }

    /// Whether a word is the first of its clause.
    fn begins(&self, at: usize) -> bool {
        let clause = |at: usize| self.get(at).map(|token| token.clause);
        at == 0 || clause(at) != clause(at - 1)
    }

    pub(super) fn before(&self, at: usize) -> Before {
        const SUBJECTS: [Tag; 6] = [Tag::You, Tag::I, Tag::They, Tag::Texts, Tag::These, Tag::It];
        const KINDS: [Tag; 3] = [Tag::NotSo, Tag::Not, Tag::No];
        const CLOSING: u128 = FOREIGN
            | set(&[
                Tag::Texts,
                Tag::Number,
                Tag::List,
                Tag::Calls,
                Tag::Mail,
                Tag::These,
            ]);
        let mut before = Before {
            subject: None,
            negated: None,
            seen: 0,
        };
        // A negation reaches no further than its own object: "don't want these texts, stop".
        let mut open = true;
        for (place, token) in self.behind(at) {
            // "May 3" is a month.
            let is_month = token.is(Tag::May) && self.is(place + 1, Tag::Digits);
            before.seen |= if is_month { 0 } else { token.tags };
            if open && before.negated.is_none() {
                before.negated = KINDS.into_iter().find(|kind| token.is(*kind));
            }
            if before.subject.is_none() {
                // Any word has a capital where a sentence begins: "Meanwhile cease texting".
                let named = !self.begins(place) || !self.is(at, Tag::End);
                let thing = token.is(Tag::Matter) || token.is(Tag::Name) && place + 2 >= at && named;
                before.subject = SUBJECTS.into_iter().find(|tag| token.is(*tag));
                before.subject = before.subject.or(thing.then_some(Tag::Matter));
                // "People that don't text".
                if before.subject == Some(Tag::It) && place > 0 && self.is(place - 1, Tag::They) {
                    before.subject = Some(Tag::They);
                }
            }
            let goes_on = token.any(SENDING | Tag::Want.bit())
                && !self.any(place + 1, set(&[Tag::May, Tag::You, Tag::I]));
            open &= !token.any(CLOSING) || goes_on;
        }
        before
    }
}
