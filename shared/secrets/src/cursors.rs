//! The key that seals cursors.

use std::sync::Arc;

use consent_http::Problem;
use consent_store::{BadCursor, CursorKey};
use jiff::Timestamp;

use crate::{Malformed, Members, Secret};

const CURSOR_KEY: &str = "cursor_key";

/// Reads the key that seals cursors, 32 bytes in base64, and the one before it, which still opens them.
///
/// # Errors
/// The secret has no such key.
pub fn cursor_key(current: &Members, previous: Option<&Members>) -> Result<CursorKey, Malformed> {
    let key = |members: &Members| {
        let bytes = members.key(CURSOR_KEY)?;
        bytes
            .and_then(|bytes| CursorKey::new(&bytes))
            .ok_or(Malformed::Member(CURSOR_KEY))
    };
    let previous = previous.and_then(|previous| key(previous).ok());
    Ok(key(current)?.with_previous(previous))
}

impl Secret<CursorKey> {
    /// Opens the cursor that stands in a request's `parameter`, if it has one, with `open`; gives what that gave and
    /// the key for the next.
    ///
    /// # Errors
    /// 400 when it does not open, and 503 when the secret was never read and cannot be, or when it does not open
    /// while the secret cannot be read again.
    pub async fn open<R>(
        &self,
        parameter: &str,
        now: Timestamp,
        open: impl Fn(&CursorKey) -> Result<R, BadCursor>,
    ) -> Result<(Arc<CursorKey>, R), Problem> {
        self.attempt(now, |key| open(key).map(|opened| (Arc::clone(key), opened)))
            .await?
            .map_err(|error| Problem::invalid_field(parameter, error.to_string()))
    }
}
