//! A refusal near texts, in an arrangement that no other frame knows: "me + your texts = done", "these messages, lose them".

use super::clause::{NEGATIONS, REACH, TEXTING};
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
        // "Removed" tells of what was.
        let refusal =
            |at: usize| self.any(at, REFUSING) && !self.is(at, Tag::Past) || self.is_unknown_command(at);
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
            if self.any(at, ADDRESSED) {
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
        Some(self.make(at, place, Act::Near, Object::Texts, Polarity::Plain))
    }

    /// An unknown word where a command begins, with texts behind it: "jettison my number".
    fn is_unknown_command(&self, at: usize) -> bool {
        const LEADING: u128 = set(&[Tag::You, Tag::I, Tag::May, Tag::Want, Tag::If, Tag::How]);
        self.get(at).is_some_and(|token| token.tags == Tag::Other.bit())
            && self.ahead(at).take(4).any(|(_, token)| token.any(ADDRESSED))
            && self.behind(at).all(|(_, token)| token.any(LEADING))
    }
}
