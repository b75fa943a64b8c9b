//! What stands in the secret.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

/// The members of one version of the secret.
pub struct Members(Map<String, Value>);

/// The secret is not what it should be. The text names the member and never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The whole of it.
    #[error("the secret is no JSON object")]
    Object,
    /// A member.
    #[error("the secret's member {0} is missing or not usable")]
    Member(&'static str),
}

impl Members {
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        // The parser's own error quotes what it read.
        serde_json::from_str(text)
            .map(Self)
            .map_err(|_| Malformed::Object)
    }

    /// A text, where there is one that is not empty.
    ///
    /// # Errors
    /// The member is something else.
    pub fn text(&self, name: &'static str) -> Result<Option<&str>, Malformed> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            Some(_) => Err(Malformed::Member(name)),
        }
    }

    /// The 32 bytes of a key, in base64, where there is one.
    ///
    /// # Errors
    /// The member is something else.
    pub fn key(&self, name: &'static str) -> Result<Option<[u8; 32]>, Malformed> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        STANDARD
            .decode(text)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Some)
            .ok_or(Malformed::Member(name))
    }
}
