//! A refusal near texts, in an arrangement that no other frame knows: "me + your texts = done", "these messages, lose them".

use super::clause::{NEGATIONS, REACH, SENDING, TEXTING};
use super::{Act, Frame, Object, Polarity, Reader};
use crate::words::lexicon::{Tag, set};

/// Words that end, remove or refuse.
const REFUSING: u128 = NEGATIONS
    | set(&[
        Tag::NotAfter,
        Tag::End,
        Tag::Kill,
        Tag::Remove,
        Tag::Take,
        Tag::Off,
        Tag::Leave,
        Tag::Revoke,
        Tag::Pause,
        Tag::Enough,
        Tag::Fed,
        Tag::Unwelcome,
        Tag::Last,
    ]);
/// Texts, and where they go.
const ADDRESSED: u128 = TEXTING | set(&[Tag::Number, Tag::List, Tag::These]);

impl Reader<'_> {
    /// The nearest refusal and mention of texts, if they are near each other at all.
    pub(super) fn near(&self) -> Option<Frame> {
        // "Removed" and "isn't" tell of what is or was.
        let told = |at: usize| self.is(at, Tag::Past) || self.is(at, Tag::NotSo) && !self.is(at, Tag::Not);
        let refusal = |at: usize| self.any(at, REFUSING) && !told(at) || self.is_unknown_command(at);
        // "Text him" is about what the sender does.
        let addressed =
            |at: usize| self.any(at, ADDRESSED) && !(self.any(at, SENDING) && self.is(at + 1, Tag::They));
        let mut best: Option<(usize, usize)> = None;
        let mut refused = None;
        let mut named = None;
        for at in 0..self.tokens.len() {
            // "Don't forget to text", "not asking you to stop": turned round.
            if self.is(at, Tag::Flip) {
                (refused, named) = (None, None);
            }
            if refusal(at) {
                refused = Some(at);
            }
            if addressed(at) {
                named = Some(at);
            }
            let (Some(refused), Some(named)) = (refused, named) else {
                continue;
            };
            let width = |(a, b): (usize, usize)| a.abs_diff(b);
            let pair = (refused, named);
            if width(pair) > 0 && width(pair) <= REACH && best.is_none_or(|best| width(pair) < width(best)) {
                best = Some(pair);
            }
        }
        let (at, place) = best?;
        // One negation more or less says little here: "no, stop texting me".
        let polarity = match self.before(at).polarity() {
            Polarity::Negated => Polarity::Plain,
            polarity => polarity,
        };
        Some(self.make(at, place, Act::Near, Object::Texts, polarity))
    }

    /// An unknown word where a command begins, with texts behind it: "jettison my number".
    fn is_unknown_command(&self, at: usize) -> bool {
        const LEADING: u128 = set(&[Tag::You, Tag::I, Tag::May, Tag::Want, Tag::If, Tag::How]);
        let before = self.before(at);
        // "I lost that text" tells of what the sender did.
        let own = before.has(Tag::I) && !before.any(&[Tag::May, Tag::Want, Tag::How]);
        self.get(at).is_some_and(|token| token.tags == Tag::Other.bit())
            && self.ahead(at).take(4).any(|(_, token)| token.any(ADDRESSED))
            && !own
            && self.behind(at).all(|(_, token)| token.any(LEADING))
    }
}
