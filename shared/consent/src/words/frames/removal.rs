//! "Take me off", "remove my number", "off the list".

use super::clause::FOREIGN;
use super::object::mail_or_kind;
use super::{Act, Before, Frame, Object, Polarity, Reader, Token};
use crate::words::lexicon::{Tag, set};

/// Who or what is to be removed from what.
struct Removal {
    /// "Remove", which needs no "off".
    plain: bool,
    at: usize,
    whom: Option<Object>,
    off: Option<usize>,
    target: Object,
    last: usize,
}

impl Reader<'_> {
    pub(super) fn remove(&self, at: usize, token: &Token) -> Option<Frame> {
        let before = self.before(at);
        let whom = if token.is(Tag::Past) {
            Some(self.removed(at, &before)?)
        } else {
            token.is(Tag::Me).then_some(Object::Me)
        };
        let mut removal = Removal {
            plain: token.is(Tag::Remove),
            at,
            whom,
            off: None,
            target: Object::Nothing,
            last: at,
        };
        for (place, each) in self.ahead(at) {
            let goes_on = match removal.off {
                None => self.take_whom(&mut removal, place, each),
                Some(_) => self.take_target(&mut removal, place, each),
            };
            if !goes_on {
                break;
            }
        }
        let object = self.is_removed(&removal, &before)?;
        let own =
            before.is_about(&[Tag::I]) && !before.any(&[Tag::Want, Tag::May, Tag::How, Tag::Said, Tag::Make]);
        let polarity = match before.polarity() {
            Polarity::Plain if own => Polarity::Told,
            polarity => polarity,
        };
        Some(self.make(at, removal.last, Act::Remove, object, polarity))
    }

    /// Who is to be removed, as in "I want to be removed" and "my number should be deleted".
    fn removed(&self, at: usize, before: &Before) -> Option<Object> {
        let asked = before.any(&[Tag::Want, Tag::Said, Tag::May]);
        if asked && before.has(Tag::Number) {
            return Some(Object::Number);
        }
        let person = before.is_about(&[Tag::I, Tag::You]);
        let nobody = before.subject.is_none() && before.any(&[Tag::Want, Tag::Said]);
        let mut between = self
            .behind(at)
            .take_while(|(_, token)| !token.any(set(&[Tag::I, Tag::You])));
        let bare = between.all(|(_, token)| !token.any(FOREIGN));
        (bare && asked && (person || nobody)).then_some(Object::Me)
    }

    /// A word before "off". Whether the search goes on.
    fn take_whom(&self, removal: &mut Removal, place: usize, token: &Token) -> bool {
        let behind_matter = place > removal.at + 1 && self.is(place - 1, Tag::Matter);
        let whom = removal.whom;
        let from = token.is(Tag::From) && (whom.is_some() || removal.plain);
        match () {
            () if token.is(Tag::Off) || from => {
                removal.off = Some(place);
                removal.last = place;
            }
            () if token.is(Tag::Digits) && whom.is_none() && self.is(place + 1, Tag::Digits) => {
                removal.whom = Some(Object::Number);
                removal.last = place + 1;
            }
            () if token.is(Tag::Digits) && whom == Some(Object::Number) => {}
            () if token.is(Tag::Number) && behind_matter => removal.whom = Some(Object::Other),
            () if token.is(Tag::Number) && whom != Some(Object::Other) => {
                removal.whom = Some(Object::Number);
                removal.last = place;
            }
            // "Remove me as user".
            () if token.is(Tag::Matter)
                && whom.is_some()
                && place == removal.last + 1
                && place > removal.at + 1 =>
            {
                removal.whom = Some(Object::Other);
                return false;
            }
            () if whom.is_none() && token.is(Tag::Me) => {
                removal.whom = Some(Object::Me);
                removal.last = place;
            }
            () if whom.is_none() && removal.plain && token.any(set(&[Tag::These, Tag::It])) => {
                removal.whom = Some(Object::It);
            }
            () if whom.is_none()
                && token.any(FOREIGN | set(&[Tag::List, Tag::Texts]))
                && !token.any(set(&[Tag::My, Tag::Send])) =>
            {
                removal.whom = Some(Object::Other);
            }
            () => return !token.any(set(&[Tag::Time, Tag::About, Tag::Ask])),
        }
        true
    }

    /// A word after "off". Whether the search goes on.
    fn take_target(&self, removal: &mut Removal, place: usize, token: &Token) -> bool {
        let list_follows = self.soon(place, Tag::Texts) || self.soon(place, Tag::List);
        if token.any(set(&[Tag::Texts, Tag::List])) {
            // "The access list" is another list.
            let matter = set(&[Tag::Matter, Tag::Digits]);
            let other = self.any(place - 1, matter) && !token.is(Tag::Texts);
            removal.target = if other { Object::Other } else { Object::List };
            removal.last = place;
            return false;
        }
        if token.is(Tag::Number) && removal.whom.is_none() && self.is(place - 1, Tag::My) {
            removal.whom = Some(Object::Number);
        }
        if token.any(set(&[Tag::Mail, Tag::Kind])) && (!list_follows || self.is(place + 1, Tag::List)) {
            removal.target = mail_or_kind(token);
            return false;
        }
        if token.any(FOREIGN) && !list_follows {
            let open = removal.target == Object::Nothing || self.any(place - 1, set(&[Tag::These, Tag::It]));
            // A number may be taken off anything but the rental and what is the sender's own.
            let own = self.is(place - 1, Tag::My);
            let named = removal.whom == Some(Object::Number) && !token.is(Tag::Matter) && !own;
            if open && !named {
                removal.target = Object::Other;
            }
            return false;
        }
        let pointed = token.any(set(&[Tag::These, Tag::It, Tag::You, Tag::Number]));
        if pointed && removal.target == Object::Nothing {
            removal.target = Object::These;
            removal.last = place;
        }
        !token.any(set(&[Tag::Time, Tag::Ask, Tag::If]))
    }

    fn is_removed(&self, removal: &Removal, before: &Before) -> Option<Object> {
        let asked = before.any(&[Tag::Want, Tag::How]);
        match (removal.whom, removal.off, removal.target) {
            (_, _, target @ (Object::Other | Object::Mail | Object::Kind)) => Some(target),
            (Some(whom @ (Object::Other | Object::It)), ..) => Some(whom),
            (Some(whom), Some(off), target)
                if removal.plain || target == Object::List || self.is(off, Tag::Off) =>
            {
                Some(whom)
            }
            (Some(whom), None, _) if removal.plain => Some(whom),
            (None, Some(_), Object::List) if removal.plain || asked || before.is_first() => {
                Some(Object::List)
            }
            (None, Some(_), Object::These) if asked => Some(Object::List),
            _ => None,
        }
    }

    /// "Off the list", "I want out of this".
    pub(super) fn off(&self, at: usize) -> Option<Frame> {
        let before = self.before(at);
        let wanted = before.is_about(&[Tag::I]) && before.any(&[Tag::Want, Tag::May]);
        let nearest = self.behind(at).next();
        let number = nearest.is_some_and(|(_, token)| token.any(set(&[Tag::Number, Tag::Me])));
        let (object, place) = self.object(at);
        let object = match object {
            Object::List | Object::Texts | Object::These if before.is_first() || wanted || number => {
                Object::List
            }
            Object::Nothing | Object::It if wanted && before.negated.is_none() => Object::It,
            _ => return None,
        };
        Some(self.make(at, place, Act::Remove, object, before.polarity()))
    }
}
