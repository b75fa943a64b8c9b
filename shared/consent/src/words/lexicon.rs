//! The words that fill the slots of a frame, by tag, in English, Spanish and French.
//!
//! A word may have several tags: "text" is a thing and something that people do. Words are folded: no capitals, accents
//! or apostrophes. What no list names is [`Tag::Other`], a name or a number.

mod idioms;
mod words;

use super::Language;

pub(super) use idioms::IDIOMS;
pub(super) use words::{ENGLISH, FRENCH, SPANISH};

/// What a word can be in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    /// Says nothing: courtesy, oaths, articles. Left out before frames are looked for.
    Skip,
    /// "Please": a request begins.
    Please,
    /// "Do not", "never".
    Not,
    /// "No", before a noun.
    No,
    /// A negation that tells: "didn't", "isn't".
    NotSo,
    /// A negation behind its verb, as in French.
    NotAfter,
    /// "Stop".
    End,
    /// Ends things where it is said of what: "kill", "turn off".
    Kill,
    /// "Take", where "off" follows.
    Take,
    /// "Remove", which needs nothing behind it.
    Remove,
    /// "Off", "out".
    Off,
    From,
    /// "Unsubscribe".
    Leave,
    /// To text.
    Send,
    /// To write to, to bother: a verb that needs its object.
    Write,
    Get,
    Want,
    /// Consent and its kin.
    Permit,
    Revoke,
    Texts,
    /// "Texts", "texting": what a later "it" means.
    Plural,
    /// One kind of text.
    Kind,
    Calls,
    Mail,
    Number,
    List,
    /// "These", "them".
    These,
    /// "It", "this", "anything".
    It,
    Me,
    My,
    You,
    I,
    /// Somebody else.
    They,
    /// Begins a question, or what is only thought of: "why", "did", "if".
    Ask,
    /// "Can", "must".
    May,
    /// What tenants stop and cancel besides texts.
    Matter,
    Time,
    /// "Until".
    Until,
    /// "Before", "after".
    Bound,
    At,
    About,
    And,
    Is,
    Have,
    /// "Came", "arrived", "yet": what one says of texts that are missed.
    Came,
    Keep,
    Fine,
    /// "Done with", "enough".
    Enough,
    /// "Sick of".
    Fed,
    /// What turns a refusal round: "don't forget to text".
    Flip,
    /// "Agreed", "asked": with a negation they tell of what was.
    Past,
    If,
    Said,
    Welcome,
    Unwelcome,
    /// "Use", "share": of a number.
    Use,
    More,
    /// "Make it stop".
    Make,
    How,
    Only,
    /// "Last", "final".
    Last,
    Pause,
    Name,
    Digits,
    Other,
}

impl Tag {
    pub(super) const fn bit(self) -> u128 {
        1 << self as u8
    }
}

/// The bits of several tags.
pub(super) const fn set(tags: &[Tag]) -> u128 {
    let mut set = 0;
    let mut rest = tags;
    while let [tag, tail @ ..] = rest {
        set |= tag.bit();
        rest = tail;
    }
    set
}
