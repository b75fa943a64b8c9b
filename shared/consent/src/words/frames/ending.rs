//! "Stop ...", "kill ...", "... has to end".

use super::clause::SENDING;
use super::object::pointed_at;
use super::{Act, Before, Frame, Object, Polarity, Reader, Scope, Token};
use crate::words::lexicon::{Tag, set};

impl Reader<'_> {
    pub(super) fn end(&self, at: usize, token: &Token) -> Option<Frame> {
        let before = self.before(at);
        let wished = before.has(Tag::Want) && before.has(Tag::If) && before.subject == Some(Tag::You);
        let strong = token.is(Tag::End) || wished;
        let (mut object, mut place) = self.object(at);
        // "Turn them off" has its object within.
        let within = token.any(set(&[Tag::These, Tag::It]));
        if within && (matches!(object, Object::Nothing | Object::Me) || self.is(place, Tag::It)) {
            (object, place) = (pointed_at(token), at);
        }
        if object == Object::Me && strong {
            object = Object::Nothing;
        }
        if object == Object::Nothing {
            (object, place) = self.earlier(at, &before).unwrap_or((object, place));
        }
        if object == Object::Nothing && token.is(Tag::End) && self.is_all_said(at, &before) {
            object = Object::Silence;
        }
        let needs_texts = matches!(
            object,
            Object::Nothing | Object::Me | Object::Number | Object::List | Object::Other
        );
        // "Cancel that last message": one that was sent.
        let last = self.ahead(at).take(3).any(|(_, token)| token.is(Tag::Last));
        if (needs_texts || last) && !strong {
            return None;
        }
        Some(self.make(at, place, Act::End, object, self.ending(at, &before, object)))
    }

    /// What is to end stands before: "these texts must stop", "make it stop".
    fn earlier(&self, at: usize, before: &Before) -> Option<(Object, usize)> {
        let caused = before.any(&[Tag::May, Tag::Want, Tag::Make, Tag::How, Tag::Said]);
        if !caused || before.is_about(&[Tag::I, Tag::They, Tag::Matter]) {
            return None;
        }
        // "Text stop" is how one says it, and "I will text you at the end" is no text.
        let said = |place: usize, token: &Token| {
            token.any(SENDING) && !token.is(Tag::Plural) && !self.is(place + 1, Tag::May)
        };
        let (place, thing) = self.behind(at).find(|(place, token)| {
            token.any(set(&[Tag::Texts, Tag::These, Tag::It])) && !said(*place, token)
        })?;
        // "I want this to stop" can only be the texts, in a text.
        let wanted = before.has(Tag::Want) && before.has(Tag::I);
        let object = match () {
            () if thing.is(Tag::Texts) => Object::Texts,
            () if thing.is(Tag::These) || wanted => Object::These,
            () => Object::It,
        };
        Some((object, place))
    }

    /// "I said stop", "you have to stop".
    fn is_all_said(&self, at: usize, before: &Before) -> bool {
        let wished = before.has(Tag::Want) && before.has(Tag::If);
        let to_you = before.is_about(&[Tag::You, Tag::I]) && before.has(Tag::May);
        let said = before.subject.is_none() || before.is_about(&[Tag::You, Tag::I]);
        let asked = to_you || (wished || said) && before.any(&[Tag::Want, Tag::Said]);
        let ends = |(_, next): (usize, &Token)| next.any(set(&[Tag::Ask, Tag::You]));
        asked && !before.has(Tag::Make) && self.ahead(at).next().is_none_or(ends)
    }

    fn ending(&self, at: usize, before: &Before, object: Object) -> Polarity {
        let own = before.subject == Some(Tag::I) && !before.any(&[Tag::Want, Tag::May, Tag::How]);
        match before.polarity() {
            Polarity::Plain if self.soon(at, Tag::NotAfter) => Polarity::Negated,
            Polarity::Plain if own && object != Object::Silence => Polarity::Told,
            Polarity::Told if before.has(Tag::Said) && object == Object::Texts && !before.has(Tag::They) => {
                Polarity::Plain
            }
            polarity => polarity,
        }
    }

    /// "Hold the texts": for a time.
    pub(super) fn pause(&self, at: usize) -> Option<Frame> {
        let (object, place) = self.object(at);
        let before = self.before(at);
        let frame = self.make(at, place, Act::End, object, before.polarity());
        (object == Object::Texts && before.subject != Some(Tag::I)).then_some(Frame {
            scope: Scope::Time,
            ..frame
        })
    }

    /// "Unsubscribe", "leave me alone".
    pub(super) fn leave(&self, at: usize) -> Frame {
        let (object, place) = self.object(at);
        let object = match object {
            Object::Kind | Object::Calls | Object::Mail | Object::Other => object,
            _ => Object::List,
        };
        self.make(at, place, Act::Leave, object, self.before(at).polarity())
    }
}
