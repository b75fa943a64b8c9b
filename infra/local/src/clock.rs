//! The one place in this program that reads the clock.

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
