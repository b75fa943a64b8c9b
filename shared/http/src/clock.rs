//! The one place that reads the clock; everything else is given the time.

use jiff::Timestamp;

/// The time of now, in whole milliseconds: as exact as records are.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
