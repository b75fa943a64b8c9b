//! The one place that asks for randomness: ids, pauses between attempts, and the nonces of cursors.

use std::sync::Arc;

use ring::error::Unspecified;
use ring::rand::{SecureRandom as _, SystemRandom};

/// A source that somebody else owns: a simulation, which can repeat what it gave.
pub type Source = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

tokio::task_local! {
    static SOURCE: Source;
}

/// Fills with random bytes, of the operating system unless somebody else gives them.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Unspecified> {
    SOURCE
        .try_with(|source| source(bytes))
        .or_else(|_| SystemRandom::new().fill(bytes))
}

/// Runs a future that gets its randomness from this source.
pub async fn with<F: Future>(source: Source, future: F) -> F::Output {
    SOURCE.scope(source, future).await
}
