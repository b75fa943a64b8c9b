//! The key that seals cursors.

use std::sync::Arc;

use consent_http::{BadCursor, CursorKey, Problem};
use consent_store::Place;
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

/// Turns one list: opens its cursors, and seals the next.
pub struct Turner {
    key: Arc<CursorKey>,
    list: String,
}

impl Turner {
    /// The cursor of a place in the list.
    pub fn cursor(&self, place: Option<&Place>) -> Option<String> {
        place.map(|place| self.key.seal(&self.list, place.as_str()))
    }
}

impl Secret<CursorKey> {
    /// Opens the cursor that a request has in this `parameter`, if it has one, for the list of this name: the place at
    /// which it goes on, and what seals the next cursor.
    ///
    /// # Errors
    /// 400 when it does not open, and 503 when the secret was never read and cannot be, or when it does not open
    /// while the secret cannot be read again.
    pub async fn turn(
        &self,
        parameter: &str,
        cursor: Option<&str>,
        list: String,
        now: Timestamp,
    ) -> Result<(Option<Place>, Turner), Problem> {
        let open = |key: &Arc<CursorKey>| -> Result<_, BadCursor> {
            let place = cursor.map(|cursor| key.open(&list, cursor)).transpose()?;
            Ok((place.map(Place::new), Arc::clone(key)))
        };
        let opened = self.attempt(now, open).await?;
        let (place, key) = opened.map_err(|error| Problem::invalid_field(parameter, error.to_string()))?;
        Ok((place, Turner { key, list }))
    }
}
