//! What an act is about.

use super::clause::{FOREIGN, LIGHT, NEGATIONS, SENDING, TEXTING};
use super::{Object, Reader, Token};
use crate::words::lexicon::{Tag, set};

impl Reader<'_> {
    /// The thing that an act is about, and where it stands.
    pub(super) fn object(&self, at: usize) -> (Object, usize) {
        const CLOSING: u128 = NEGATIONS
            | set(&[
                Tag::Time,
                Tag::Ask,
                Tag::If,
                Tag::About,
                Tag::End,
                Tag::Remove,
                Tag::Leave,
            ]);
        let mut found = (Object::Nothing, at);
        for (place, token) in self.ahead(at) {
            if let Some(object) = self.plain_object(at, place, token) {
                return object;
            }
            if token.any(FOREIGN) && !token.any(LIGHT) {
                if self.soon(place, Tag::Texts) {
                    if found.0 == Object::Nothing {
                        continue;
                    }
                    return found;
                }
                // "Stop this noise" is about the noise, "stop it John" is not about John.
                let joined = place == found.1 + 1 && !token.is(Tag::Name) && found.0 != Object::Nothing;
                let bare = matches!(found.0, Object::Nothing | Object::Me);
                return if bare || joined {
                    (Object::Other, place)
                } else {
                    found
                };
            }
            if found.0 == Object::Nothing && token.any(set(&[Tag::These, Tag::It, Tag::Me])) {
                found = (pointed_at(token), place);
            } else if token.any(CLOSING) && !token.any(LIGHT) {
                break;
            }
        }
        found
    }

    /// What a word by itself makes the object.
    fn plain_object(&self, at: usize, place: usize, token: &Token) -> Option<(Object, usize)> {
        let texts_follow = || self.soon(place, Tag::Texts);
        if token.is(Tag::Texts) {
            return Some((Object::Texts, place));
        }
        if token.any(SENDING) {
            return Some(self.sent(place).unwrap_or((Object::Other, place)));
        }
        // "My phone" and "this phone" are numbers.
        let number = token.is(Tag::Number) && self.any(place - 1, set(&[Tag::My, Tag::It]));
        if token.is(Tag::Calls) && !number {
            let object = if self.texts_listed(place) {
                Object::Texts
            } else {
                Object::Calls
            };
            return Some((object, place));
        }
        if token.any(set(&[Tag::Mail, Tag::Kind])) && (!texts_follow() || self.is(place + 1, Tag::List)) {
            let all = token.is(Tag::Kind) && self.is(place + 1, Tag::And) && self.is(place + 2, Tag::Plural);
            let object = if all { Object::Texts } else { mail_or_kind(token) };
            return Some((object, place));
        }
        if token.any(set(&[Tag::Number, Tag::List])) && !texts_follow() {
            let number = token.is(Tag::Number) && !self.is(place + 1, Tag::List);
            // "My card number" is about the card.
            let object = match () {
                () if place > at + 1 && self.is(place - 1, Tag::Matter) => Object::Other,
                () if number => Object::Number,
                () => Object::List,
            };
            return Some((object, place));
        }
        None
    }

    /// "Calls or texts".
    pub(super) fn texts_listed(&self, place: usize) -> bool {
        self.is(place + 1, Tag::And) && self.any(place + 2, TEXTING)
    }

    /// What is sent. `None` where a verb of texting has another thing for its object: "don't send the bill".
    pub(super) fn sent(&self, at: usize) -> Option<(Object, usize)> {
        let needs_object = !self.is(at, Tag::Send);
        let mut object = false;
        for (place, token) in self.ahead(at).take(5) {
            let texts_follow = || self.soon(place, Tag::Texts);
            if token.is(Tag::Came) && !token.is(Tag::Get) {
                return None;
            }
            if token.any(set(&[Tag::Texts, Tag::These, Tag::Number, Tag::Send, Tag::More])) {
                object = true;
                break;
            }
            let ends = object && token.is(Tag::At) && !self.is(place - 1, Tag::It);
            if token.any(set(&[Tag::Me, Tag::It])) && !ends {
                object = true;
                continue;
            }
            if ends || token.any(set(&[Tag::Time, Tag::About, Tag::And, Tag::NotAfter])) {
                break;
            }
            if token.any(set(&[Tag::Mail, Tag::Kind])) && !texts_follow() {
                return Some((mail_or_kind(token), place));
            }
            let other =
                token.any(set(&[Tag::Matter, Tag::They, Tag::You])) && !self.is(place + 1, Tag::Number);
            if other && !texts_follow() {
                return None;
            }
            if token.any(set(&[Tag::Other, Tag::Name])) && !object && !texts_follow() {
                let foreign = needs_object || self.is(place - 1, Tag::My);
                return (!foreign).then_some((Object::Texts, at));
            }
        }
        let said = object || !needs_object;
        Some((if said { Object::Texts } else { Object::Unsaid }, at))
    }
}

pub(super) fn mail_or_kind(token: &Token) -> Object {
    if token.is(Tag::Mail) {
        Object::Mail
    } else {
        Object::Kind
    }
}

/// What "these", "it" and "me" point at.
pub(super) fn pointed_at(token: &Token) -> Object {
    match () {
        () if token.is(Tag::These) => Object::These,
        () if token.is(Tag::It) => Object::It,
        () => Object::Me,
    }
}
