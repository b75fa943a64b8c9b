//! English wordings.

mod facts;
mod keywords;
mod party;
mod protest;

use super::Language::English;
use super::rule::{Effect, Rule};

/// The tables, in the order of precedence among equals.
pub(super) const TABLES: [&[Rule]; 4] = [keywords::RULES, protest::RULES, party::RULES, facts::RULES];

const fn rule(id: &'static str, effect: Effect, patterns: &'static [&'static str]) -> Rule {
    Rule {
        id,
        effect,
        language: English,
        patterns,
    }
}

const fn opt_out(id: &'static str, patterns: &'static [&'static str]) -> Rule {
    rule(id, Effect::OptOut, patterns)
}

const fn review(id: &'static str, patterns: &'static [&'static str]) -> Rule {
    rule(id, Effect::Review, patterns)
}

const fn review_regardless(id: &'static str, patterns: &'static [&'static str]) -> Rule {
    rule(id, Effect::ReviewRegardless, patterns)
}

const fn review_unless_answering(id: &'static str, patterns: &'static [&'static str]) -> Rule {
    rule(id, Effect::ReviewUnlessAnswering, patterns)
}

const fn hint(id: &'static str, patterns: &'static [&'static str]) -> Rule {
    rule(id, Effect::Hint, patterns)
}

const fn party(id: &'static str, patterns: &'static [&'static str]) -> Rule {
    rule(id, Effect::Party, patterns)
}
