//! The reader of texts: against labelled texts, against wordings of every kind, and in any dress.

mod dress;
mod frames;
mod rates;
mod readings;

use consent::words::{Meaning, Preceding, classify};

#[track_caller]
fn check(texts: &[&str], meaning: Meaning) {
    for text in texts {
        let reading = classify(text, Preceding::Nothing);
        assert_eq!(reading.meaning, meaning, "{text}: {reading:?}");
    }
}
