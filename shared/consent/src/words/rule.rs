//! A row of the tables: wordings, and what they do to the meaning of a text.

use super::Language;

/// What a match of a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Greetings, thanks and signatures: as if not there when a rule asks for a whole clause or message.
    Filler,
    /// The words belong to something other than texting; no other rule may use them.
    Ordinary,
    /// A machine wrote it: nothing is asked for.
    Machine,
    /// Opts out.
    OptOut,
    /// Asks for texts: "don't call, text me". Stronger than a revocation that is in doubt.
    Wanted,
    /// A doubt: the words may have been meant as an opt-out, or otherwise.
    Review,
    /// As `Review`: the number is not the tenant's. "Wrong number, stop" stops the texts, and a person should look.
    ReviewRegardless,
    /// As `Review`, but an answer when the facility had asked something.
    ReviewUnlessAnswering,
    /// Opts in.
    OptIn,
    /// Asks who is texting.
    Help,
    /// As `Hint`, and a stop beside it is for review: the number may not be the tenant's.
    Party,
    /// Decides nothing, but the second reader weighs it.
    Hint,
    /// The words are one, with these tags.
    Means(u128),
}

/// Wordings with one effect, under an id that goes into the record.
///
/// Patterns are written one after another with `; ` between them. A pattern is a sequence of steps, separated by spaces and matched against the words of one clause:
///
/// | step | matches |
/// |---|---|
/// | `text` | the word, folded: lower case, no accents, no apostrophes |
/// | `MESSAGE` | a word of that class of the vocabulary |
/// | `text\|MESSAGE` | either |
/// | `!MESSAGE` | any word but those |
/// | `text\|$` | the word, or the clause ends here |
/// | `text?` | the word or nothing |
/// | `THE*` | up to four of them |
/// | `STOP+` | one to eight of them |
/// | `..` | up to three words of any kind |
/// | `^`, `$` | first and last: the clause begins or ends here, fillers aside |
/// | `^^`, `$$` | first and last: the message begins or ends here, fillers aside |
///
/// Between two steps a word of class `SOFT` is passed over, so that "stop fucking texting me" is "stop texting me".
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) effect: Effect,
    pub(super) language: Language,
    pub(super) patterns: &'static [&'static str],
}
