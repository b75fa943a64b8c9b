//! Consent withdrawn, enough of texts, and texts that are welcome.

use super::clause::{NEGATIONS, TEXTING};
use super::{Act, Frame, Object, Polarity, Reader, Token};
use crate::words::lexicon::{Tag, set};

impl Reader<'_> {
    /// "I withdraw my consent".
    pub(super) fn revoke(&self, at: usize) -> Option<Frame> {
        const SOMEBODY_ELSE: u128 = set(&[Tag::They, Tag::Matter]);
        let is_consent = |(_, token): &(usize, &Token)| token.any(set(&[Tag::Permit, Tag::Texts]));
        let after = self.ahead(at).find(is_consent);
        let (place, _) = after.or_else(|| self.behind(at).find(is_consent))?;
        let given = self.ahead(at).take_while(|(near, _)| *near < place);
        let mut others = given.chain(self.ahead(at.max(place)));
        let object = if others.any(|(_, token)| token.any(SOMEBODY_ELSE)) {
            Object::Other
        } else {
            Object::Consent
        };
        let polarity = match self.before(at).negated {
            Some(_) => Polarity::Negated,
            None => Polarity::Plain,
        };
        Some(self.make(at, place, Act::Revoke, object, polarity))
    }

    /// "Let this be the last text".
    pub(super) fn last(&self, at: usize) -> Option<Frame> {
        const LEADING: u128 = set(&[
            Tag::I,
            Tag::It,
            Tag::These,
            Tag::Is,
            Tag::May,
            Tag::Want,
            Tag::If,
            Tag::Make,
            Tag::How,
            Tag::Have,
            Tag::Ask,
        ]);
        let before = self.before(at);
        let wished = before.any(&[Tag::May, Tag::Want, Tag::Make]);
        let pointed = before.any(&[Tag::It, Tag::These, Tag::Plural]);
        let light = |token: &Token| token.any(LEADING | TEXTING);
        let follows = self.ahead(at).take(3).find(|(_, token)| token.any(TEXTING));
        let (place, _) = follows.or_else(|| self.behind(at).find(|(_, token)| token.is(Tag::Texts)))?;
        let meant = wished && pointed && before.negated.is_none();
        (meant && self.behind(at).all(|(_, token)| light(token)))
            .then(|| self.make(at, place, Act::Refuse, Object::Texts, Polarity::Plain))
    }

    /// "Your texts are unwelcome".
    pub(super) fn unwelcome(&self, at: usize) -> Option<Frame> {
        let (texts, _) = self.behind(at).find(|(_, token)| token.is(Tag::Texts))?;
        Some(self.make(at, texts, Act::Refuse, Object::Texts, self.before(at).polarity()))
    }

    /// "Done with your texts", "tired of the messages".
    pub(super) fn enough(&self, at: usize, token: &Token) -> Option<Frame> {
        let (object, place) = self.object(at);
        let before = self.before(at);
        let other =
            before.negated.is_some() || before.has(Tag::Ask) || before.is_about(&[Tag::They, Tag::Matter]);
        if object != Object::Texts || other {
            return None;
        }
        let act = if token.is(Tag::Enough) {
            Act::Enough
        } else {
            Act::Fed
        };
        Some(self.make(at, place, act, object, Polarity::Plain))
    }

    /// "Text me instead", "I want the texts", "texts are fine".
    pub(super) fn wanted(&self, at: usize, token: &Token) -> Option<Frame> {
        const REFUSING: u128 = NEGATIONS
            | set(&[
                Tag::NotAfter,
                Tag::End,
                Tag::Kill,
                Tag::Remove,
                Tag::Off,
                Tag::You,
                Tag::Leave,
            ]);
        let before = self.before(at);
        if before.negated.is_some() || before.any(&[Tag::Ask, Tag::If]) {
            return None;
        }
        let near = |tags: u128| self.ahead(at).take(3).any(|(_, token)| token.any(tags));
        let texts = |(_, token): &(usize, &Token)| token.any(TEXTING);
        let named = |tags: u128| self.ahead(at).take(4).any(|(_, token)| token.any(tags));
        let wants = token.is(Tag::Want)
            && before.is_about(&[Tag::I])
            && named(TEXTING | Tag::These.bit())
            && !near(REFUSING);
        let keeps = token.is(Tag::Keep) && before.is_first() && named(TEXTING);
        let praised =
            || near(Tag::Fine.bit()) || self.behind(at).take(2).any(|(_, token)| token.is(Tag::Fine));
        let alone = || {
            let light = set(&[Tag::Only, Tag::May, Tag::You, Tag::Fine]);
            self.behind(at).all(|(_, token)| token.any(light))
        };
        let asks = || alone() && near(set(&[Tag::Me, Tag::Only])) && !near(NEGATIONS);
        let act = match () {
            () if wants || keeps => Act::Keep,
            () if token.any(TEXTING) && (token.is(Tag::Texts) && praised() || asks()) => Act::Praise,
            () => return None,
        };
        let (place, _) = self.ahead(at).find(texts).unwrap_or((at, token));
        Some(self.make(at, place, act, Object::Texts, Polarity::Plain))
    }
}
