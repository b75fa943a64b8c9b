//! Fills the slots of frames from the words of a clause: who is to do what, to which thing, and in which sense.
//!
//! A frame begins at a word that acts ("stop", "remove", "unsubscribe", "do not", "no more", "tired of"). What stands around it
//! in the same clause fills the slots. A word is looked for [`clause::REACH`] words away at most, so the work is linear.

mod clause;
mod ending;
mod near;
mod object;
mod refusal;
mod removal;
mod wish;

use super::lexicon::{Tag, set};
use super::table::{Act, Frame, Object, Polarity, Scope};
use clause::{Before, NEGATIONS};

/// One word of a message, or several that are one ("opt out"), with its tags.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) tags: u128,
    /// First word, and the word after the last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) clause: u16,
}

impl Token {
    pub(super) fn is(&self, tag: Tag) -> bool {
        self.tags & tag.bit() != 0
    }

    fn any(&self, tags: u128) -> bool {
        self.tags & tags != 0
    }
}

/// The frames of a message.
pub(super) fn find(tokens: &[Token]) -> Vec<Frame> {
    let reader = Reader { tokens };
    let acts = (0..).zip(tokens).filter(|(_, token)| token.any(ACTS));
    let frames = acts.filter_map(|(at, token)| reader.frame(at, token));
    frames.chain(reader.near()).collect()
}

/// Words at which a frame can begin.
const ACTS: u128 = NEGATIONS
    | set(&[
        Tag::Leave,
        Tag::End,
        Tag::Kill,
        Tag::Remove,
        Tag::Take,
        Tag::Off,
        Tag::NotAfter,
        Tag::Revoke,
        Tag::Pause,
        Tag::Last,
        Tag::Unwelcome,
        Tag::Enough,
        Tag::Fed,
        Tag::Keep,
        Tag::Want,
        Tag::Texts,
        Tag::Send,
        Tag::Write,
    ]);

struct Reader<'t> {
    tokens: &'t [Token],
}

impl Reader<'_> {
    /// The frame that a word begins: the first that its tags make.
    fn frame(&self, at: usize, token: &Token) -> Option<Frame> {
        if token.is(Tag::Leave) {
            return Some(self.leave(at));
        }
        let of = |tags: u128| token.any(tags).then_some(());
        of(set(&[Tag::End, Tag::Kill]))
            .and_then(|()| self.end(at, token))
            .or_else(|| of(set(&[Tag::Remove, Tag::Take])).and_then(|()| self.remove(at, token)))
            .or_else(|| of(Tag::Off.bit()).and_then(|()| self.off(at)))
            .or_else(|| of(NEGATIONS | Tag::NotAfter.bit()).and_then(|()| self.refuse(at, token)))
            .or_else(|| of(Tag::Revoke.bit()).and_then(|()| self.revoke(at)))
            .or_else(|| of(Tag::Pause.bit()).and_then(|()| self.pause(at)))
            .or_else(|| of(Tag::Last.bit()).and_then(|()| self.last(at)))
            .or_else(|| of(Tag::Unwelcome.bit()).and_then(|()| self.unwelcome(at)))
            .or_else(|| of(set(&[Tag::Enough, Tag::Fed])).and_then(|()| self.enough(at, token)))
            .or_else(|| self.wanted(at, token))
    }

    /// A frame from the words between two places, of which the later one ends what it is about.
    fn make(&self, at: usize, other: usize, act: Act, object: Object, polarity: Polarity) -> Frame {
        let (first, last) = (at.min(other), at.max(other));
        Frame {
            act,
            object,
            polarity,
            scope: self.scope(at, last),
            start: self.get(first).map_or(0, |token| token.start),
            end: self.get(last).map_or(0, |token| token.end),
        }
    }

    /// Whether only some texts are meant: of a kind, about a unit, at a time.
    fn scope(&self, at: usize, last: usize) -> Scope {
        const NEAR: u128 = set(&[Tag::At, Tag::It, Tag::These, Tag::Time, Tag::Only]);
        let mut previous = 0;
        let mut scope = Scope::All;
        for (place, token) in self.ahead(at) {
            let next = |tags| self.any(place + 1, tags);
            // "The promos and the messages" are all texts.
            let listed = self.is(place + 1, Tag::And) && self.is(place + 2, Tag::Plural);
            if place <= last + 1 && token.is(Tag::Kind) && !token.is(Tag::Mail) && !listed {
                scope = Scope::Kind;
            }
            if place > last && token.is(Tag::Time) {
                // "After 9" is a time, "after I told you" is a reason.
                let bound = token.is(Tag::Bound) && !next(set(&[Tag::I, Tag::You, Tag::They]));
                if previous & NEAR != 0 || bound || token.is(Tag::Until) {
                    scope = Scope::Time;
                }
            }
            // Several groups of digits are a phone number, not a unit.
            let number = next(Tag::Digits.bit()) && self.is(place + 2, Tag::Digits);
            if place > last
                && token.is(Tag::About)
                && next(set(&[Tag::Matter, Tag::Kind, Tag::Digits]))
                && !number
            {
                scope = Scope::Kind;
            }
            previous = token.tags;
        }
        scope
    }
}
