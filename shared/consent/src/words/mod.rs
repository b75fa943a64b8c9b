//! What a text means.

use serde::{Deserialize, Serialize};

/// Version of the rule set; it goes into the record.
pub const RULES_VERSION: &str = "0";

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Revokes.
    OptOut,
    /// Asks for texts again.
    OptIn,
    /// Asks for help.
    Help,
    /// Everything else.
    None,
}

/// The language of the rule that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English
    English,
    /// Spanish
    Spanish,
    /// French
    French,
}

/// Whether the facility's last text to this number asked a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preceding {
    /// No.
    Nothing,
    /// Yes.
    Question,
}

/// What a text was found to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<'t> {
    /// What it means.
    pub meaning: Meaning,
    /// Id of the rule that decided.
    pub rule: &'static str,
    /// Whether somebody should look at it.
    pub needs_review: bool,
    /// Language of the rule.
    pub language: Language,
    /// The matched part of the text.
    pub matched: Option<&'t str>,
}

/// Finds what a text means.
pub fn classify(text: &str, _preceding: Preceding) -> Reading<'_> {
    let word: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let (meaning, rule) = match word.as_str() {
        "stop" | "quit" | "end" | "revoke" | "optout" | "cancel" | "unsubscribe" => {
            (Meaning::OptOut, "keyword.stop")
        }
        "start" | "unstop" => (Meaning::OptIn, "keyword.start"),
        "help" | "info" => (Meaning::Help, "keyword.help"),
        _ => (Meaning::None, "none"),
    };
    Reading {
        meaning,
        rule,
        needs_review: false,
        language: Language::English,
        matched: Some(text),
    }
}
