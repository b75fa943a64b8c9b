//! Cursors: opaque, tamper-proof, and bound to the list that they turn.
//!
//! A position in the report holds a name, and cursors stand in URLs, which are logged: so they are encrypted.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// The key that seals cursors: 32 secret bytes, the same in every function that turns lists. One that it replaced
/// may still open them.
pub struct CursorKey {
    current: LessSafeKey,
    previous: Option<LessSafeKey>,
}

/// The text is no cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct BadCursor;

impl CursorKey {
    /// Takes the secret. `None`: it does not have 32 bytes.
    pub fn new(secret: &[u8]) -> Option<Self> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, secret).ok()?;
        Some(Self {
            current: LessSafeKey::new(key),
            previous: None,
        })
    }

    /// Opens what another key has sealed as well.
    #[must_use]
    pub fn with_previous(self, previous: Option<Self>) -> Self {
        Self {
            current: self.current,
            previous: previous.map(|previous| previous.current),
        }
    }

    /// Seals a position for a list. `list` names the list and whatever selects from it.
    pub(crate) fn seal(&self, list: &str, position: &str) -> String {
        let mut nonce = [0; NONCE_LEN];
        let mut sealed = position.as_bytes().to_vec();
        let done = crate::random::fill(&mut nonce).and_then(|()| {
            let aad = Aad::from(list.as_bytes());
            self.current
                .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
        });
        // Neither fails on a machine that has started; no cursor is better than one that tells a name.
        if done.is_err() {
            sealed.clear();
        }
        URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())
    }

    /// Opens what [`CursorKey::seal`] sealed for the same list.
    pub(crate) fn open(&self, list: &str, cursor: &str) -> Result<String, BadCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or(BadCursor)?;
        let position = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|key| {
                let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
                let mut sealed = sealed.to_vec();
                let position = key.open_in_place(nonce, Aad::from(list.as_bytes()), &mut sealed);
                Some(position.ok()?.to_vec())
            });
        String::from_utf8(position.ok_or(BadCursor)?).map_err(|_| BadCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_before_opens_and_seals_nothing() {
        let key = |byte| CursorKey::new(&[byte; 32]).unwrap();
        let rotated = || key(8).with_previous(Some(key(7)));
        let cursor = key(7).seal("report f1", "ada moreno");
        assert_eq!(rotated().open("report f1", &cursor), Ok("ada moreno".to_owned()));
        assert_eq!(rotated().open("report f2", &cursor), Err(BadCursor));
        let next = rotated().seal("report f1", "ben ito");
        assert_eq!(key(8).open("report f1", &next), Ok("ben ito".to_owned()));
        assert_eq!(key(7).open("report f1", &next), Err(BadCursor));
        // Keys are forgotten in the order in which they came.
        let twice = key(9).with_previous(Some(rotated()));
        assert_eq!(twice.open("report f1", &cursor), Err(BadCursor));
        assert_eq!(twice.open("report f1", &next), Ok("ben ito".to_owned()));
    }

    #[test]
    fn a_cursor_opens_for_its_own_list_unaltered_and_nothing_else() {
        let key = |byte| CursorKey::new(&[byte; 32]).unwrap();
        let cursor = key(7).seal("report f1", "ada moreno");
        assert_eq!(key(7).open("report f1", &cursor), Ok("ada moreno".to_owned()));
        assert_eq!(key(7).open("report f2", &cursor), Err(BadCursor));
        assert_eq!(key(8).open("report f1", &cursor), Err(BadCursor));
        for at in 0..cursor.len() {
            let mut altered = cursor.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                key(7).open("report f1", &String::from_utf8(altered).unwrap()),
                Err(BadCursor),
                "{at}"
            );
        }
        for bad in ["", "x", "%", "AAAA", "ada"] {
            assert_eq!(key(7).open("report f1", bad), Err(BadCursor), "{bad}");
        }
    }
}
