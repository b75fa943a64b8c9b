//! What a text means, as our word tables read it or as the provider says.

use crate::facility::Facility;
use crate::record::Classification;
use crate::reply::{Outcome, reply};
use crate::rule_id::RuleId;
use crate::words::{Language, Meaning, Preceding, RULES_VERSION, Reading, classify};

/// What a text is taken to mean.
#[derive(Debug, Clone)]
pub struct Intent {
    /// What it means.
    pub meaning: Meaning,
    /// The rule that decided.
    pub rule: RuleId,
    /// How it was found out, for the record.
    pub classification: Classification,
    answer: Answer,
}

/// Who answers the sender.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// We do, in this language.
    Ours(Language),
    /// The provider has already.
    Providers,
}

impl Intent {
    /// Reads a text, as one that follows no question.
    pub fn read(body: &str) -> Self {
        Self::of(classify(body, Preceding::Nothing))
    }

    /// The same text as the answer to a question of ours, where that makes a difference.
    #[must_use]
    pub fn as_answer(&self, body: &str) -> Option<Self> {
        let Answer::Ours(_) = self.answer else { return None };
        let reading = classify(body, Preceding::Question);
        (reading.meaning != self.meaning).then(|| Self::of(reading))
    }

    fn of(reading: Reading<'_>) -> Self {
        Self {
            meaning: reading.meaning,
            rule: RuleId::from(&reading),
            classification: Classification {
                rules_version: RULES_VERSION.to_owned(),
                matched: reading.matched.map(str::to_owned),
                needs_review: reading.needs_review,
            },
            answer: Answer::Ours(reading.language),
        }
    }

    /// What a provider has taken a text to mean by its own words: it comes before ours, and means that the
    /// sender has been answered.
    pub fn told_by_provider(meaning: Meaning) -> Self {
        Self {
            meaning,
            rule: RuleId::ProviderOptOutType,
            classification: Classification {
                rules_version: RULES_VERSION.to_owned(),
                matched: None,
                needs_review: false,
            },
            answer: Answer::Providers,
        }
    }

    /// The text that is left to answer the sender with.
    pub fn answer(&self, outcome: Option<Outcome>, facility: &Facility) -> Option<String> {
        match self.answer {
            Answer::Ours(language) => outcome.map(|outcome| reply(outcome, language, facility)),
            Answer::Providers => None,
        }
    }
}
