//! What is made at its first use.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// Something that is made at its first use: a client of the SDK, which draws the seed of its request ids and of the
/// tokens of its transactions when it is made.
///
/// Lambda may start many instances from a snapshot of one that has started. Whatever was drawn before would be the same in
/// all of them: two transactions with one token are one to DynamoDB. So nothing is drawn before the first request.
#[derive(Clone)]
pub struct Lazily<T>(Arc<LazyLock<T, Box<dyn FnOnce() -> T + Send>>>);

impl<T> Lazily<T> {
    /// What `make` will give.
    pub(super) fn new(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<T> Deref for Lazily<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Send + 'static> From<T> for Lazily<T> {
    fn from(made: T) -> Self {
        Self::new(move || made)
    }
}

impl<T> fmt::Debug for Lazily<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Lazily")
    }
}
