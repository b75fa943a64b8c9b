//! Places in lists: where a page ended, and where the next one goes on.

/// A place in a list, as the list itself names it. It can hold a name, so it leaves the service sealed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(String);

impl Place {
    /// A place that a page of the list has named.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The place as the list names it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
