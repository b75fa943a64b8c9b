//! Which part of a text the sender wrote: not the text that a reaction names, nor the lines of a quoted mail.

use std::ops::Range;

use super::{mail, reaction};

/// The sender's own words, and the rule that decides when they mean nothing.
pub(super) struct OwnWords {
    pub(super) ranges: Vec<Range<usize>>,
    pub(super) rule: &'static str,
}

/// Finds the sender's own words.
pub(super) fn own_words(text: &str) -> OwnWords {
    let mut from = 0;
    // Phones send several reactions in one text.
    while let Some(end) = text.get(from..).and_then(reaction::end) {
        from += end;
    }
    let ranges = mail::own_lines(text, from);
    let read: usize = ranges.iter().map(Range::len).sum();
    let rule = match (from, read) {
        (1.., _) => "tapback",
        (0, all) if all == text.len() => "none",
        (0, _) => "quoted",
    };
    OwnWords { ranges, rule }
}
