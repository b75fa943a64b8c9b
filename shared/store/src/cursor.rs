//! Cursors: opaque, tamper-proof, and bound to the list that they turn.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;

/// The key that seals cursors: 32 secret bytes, the same in every function that turns lists.
pub struct CursorKey(hmac::Key);

/// The text is no cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct BadCursor;

const TAG_BYTES: usize = 16;

impl CursorKey {
    /// Takes the secret.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Seals a position for a list. `list` names the list and whatever selects from it.
    pub(crate) fn seal(&self, list: &str, position: &str) -> String {
        let mut sealed = position.as_bytes().to_vec();
        sealed.extend(
            self.tag(list, position.as_bytes())
                .as_ref()
                .iter()
                .take(TAG_BYTES),
        );
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what [`CursorKey::seal`] sealed for the same list.
    pub(crate) fn open(&self, list: &str, cursor: &str) -> Result<String, BadCursor> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
        let (position, tag) = sealed
            .len()
            .checked_sub(TAG_BYTES)
            .and_then(|at| sealed.split_at_checked(at))
            .ok_or(BadCursor)?;
        let expected = self.tag(list, position);
        // The tag is as public as the cursor: what a timing could tell is how to forge one's own position.
        let same = expected
            .as_ref()
            .iter()
            .zip(tag)
            .fold(0, |differs, (left, right)| differs | (left ^ right));
        if same != 0 {
            return Err(BadCursor);
        }
        String::from_utf8(position.to_vec()).map_err(|_| BadCursor)
    }

    fn tag(&self, list: &str, position: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&(list.len() as u64).to_be_bytes());
        context.update(list.as_bytes());
        context.update(position);
        context.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_own_list_unaltered_and_nothing_else() {
        let key = CursorKey::new(&[7; 32]);
        let cursor = key.seal("report f1", "ada");
        assert_eq!(key.open("report f1", &cursor), Ok("ada".to_owned()));
        assert_eq!(key.open("report f2", &cursor), Err(BadCursor));
        assert_eq!(
            CursorKey::new(&[8; 32]).open("report f1", &cursor),
            Err(BadCursor)
        );
        for at in 0..cursor.len() {
            let mut altered = cursor.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                key.open("report f1", &String::from_utf8(altered).unwrap()),
                Err(BadCursor),
                "{at}"
            );
        }
        for bad in ["", "x", "%", "AAAA", "ada"] {
            assert_eq!(key.open("report f1", bad), Err(BadCursor), "{bad}");
        }
    }
}
