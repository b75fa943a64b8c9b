//! `stack.json`: what a running stack tells tests and scripts about itself.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Serialize;

/// The document.
#[derive(Debug, Serialize)]
pub(crate) struct Stack {
    pub(crate) api: String,
    pub(crate) dynamodb: String,
    pub(crate) table: String,
    pub(crate) tokens: Tokens,
    pub(crate) twilio: Twilio,
    pub(crate) telnyx: Telnyx,
    /// Where the public keys of evidence are.
    pub(crate) evidence_keys: String,
    pub(crate) screens: String,
    pub(crate) outbox: String,
    pub(crate) events: String,
}

/// The ready-made tokens.
#[derive(Debug, Serialize)]
pub(crate) struct Tokens {
    pub(crate) staff: String,
    pub(crate) portal: String,
    pub(crate) service: String,
}

/// What it takes to write as Twilio.
#[derive(Debug, Serialize)]
pub(crate) struct Twilio {
    pub(crate) auth_token: String,
    pub(crate) base_url: String,
}

/// What it takes to write as Telnyx.
#[derive(Debug, Serialize)]
pub(crate) struct Telnyx {
    pub(crate) private_key: String,
    pub(crate) public_key: String,
}

/// Where the keys of the stack at `stack` are, for `cargo dev token`.
pub(crate) fn keys_beside(stack: &Path) -> PathBuf {
    stack.with_extension("keys.json")
}

/// The file of a running stack. It goes when this is dropped.
#[derive(Debug)]
pub(crate) struct StackFile {
    path: PathBuf,
    content: Vec<u8>,
}

impl StackFile {
    /// Writes the document at once: whoever waits for the file never reads half of it.
    pub(crate) fn write(path: &Path, stack: &Stack) -> Result<Self> {
        let content = serde_json::to_vec_pretty(stack)?;
        let unfinished = path.with_extension("json.unfinished");
        fs::write(&unfinished, &content)
            .and_then(|()| fs::rename(&unfinished, path))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            content,
        })
    }
}

impl Drop for StackFile {
    fn drop(&mut self) {
        // Another stack may have taken the place since; then it is not ours to remove.
        if fs::read(&self.path).is_ok_and(|content| content == self.content) {
            let _ = fs::remove_file(keys_beside(&self.path));
            let _ = fs::remove_file(&self.path);
        }
    }
}
