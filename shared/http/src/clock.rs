//! The one place that reads the clock; everything else is given the time.

use std::sync::Arc;

use jiff::Timestamp;

/// A clock that somebody else owns: a simulation, which decides what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

tokio::task_local! {
    static CLOCK: Clock;
}

/// The time of now, in whole milliseconds: as exact as records are.
pub fn now() -> Timestamp {
    let now = CLOCK.try_with(|clock| clock()).unwrap_or_else(|_| system());
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn system() -> Timestamp {
    Timestamp::now()
}

/// Runs a future for which this clock tells the time.
pub async fn with<F: Future>(clock: Clock, future: F) -> F::Output {
    CLOCK.scope(clock, future).await
}
