//! Tables: every case, and the shortest conditions for what comes of it.

use std::fmt::Write as _;

use consent::rule_id::RuleId;
use consent::rules::Consent;

use super::case::{Case, Conditions, Fact, Facts};
use super::outcome::{Row, states};

/// The shortest list of conditions for what comes of the cases.
fn leaves(cases: &[(Facts, Row)], facts: &[Fact]) -> Vec<(Conditions, Row)> {
    let Some((_, first)) = cases.first() else {
        return Vec::new();
    };
    if cases.iter().all(|(_, row)| row == first) {
        return vec![(Vec::new(), first.clone())];
    }
    let split = |fact: Fact| {
        let rest: Vec<Fact> = facts.iter().copied().filter(|other| *other != fact).collect();
        let mut found = Vec::new();
        for is_so in [true, false] {
            let part: Vec<_> = cases
                .iter()
                .filter(|(facts, _)| facts.get(&fact) == Some(&is_so))
                .cloned()
                .collect();
            for (mut conditions, row) in leaves(&part, &rest) {
                if part.len() < cases.len() {
                    conditions.insert(0, (fact, is_so));
                }
                found.push((conditions, row));
            }
        }
        found
    };
    let splits = facts.iter().map(|fact| split(*fact));
    splits.min_by_key(Vec::len).unwrap_or_default()
}

/// The rows of a table: every state and every fact, and what comes of it.
pub(crate) fn table(page: &mut String, among: &[Consent], facts: &[Fact], comes: impl Fn(&Case) -> Row) {
    let mut rows: Vec<(Vec<Consent>, Conditions, Row)> = Vec::new();
    for consent in among {
        let cases: Vec<(Facts, Row)> = (0..1_u32 << facts.len())
            .map(|bits| {
                let facts = facts
                    .iter()
                    .enumerate()
                    .map(|(at, fact)| (*fact, bits >> at & 1 == 1));
                Case {
                    consent: *consent,
                    facts: facts.collect(),
                }
            })
            .filter(Case::can_be)
            .map(|case| (case.facts.clone(), comes(&case)))
            .collect();
        for (conditions, row) in leaves(&cases, facts) {
            match rows
                .iter_mut()
                .find(|(_, listed, of)| *listed == conditions && *of == row)
            {
                Some((states, ..)) => states.push(*consent),
                None => rows.push((vec![*consent], conditions, row)),
            }
        }
    }
    let named = rows.iter().map(|(.., row)| row.rule.trim_matches('`'));
    let mut sources: Vec<String> = RuleId::HOUSE
        .iter()
        .filter(|rule| named.clone().any(|name| name == rule.as_str()))
        .map(|rule| format!("`{rule}`: {}", rule.about().1))
        .collect();
    if named.clone().any(|name| name.starts_with("refused")) {
        sources.push("refusals: house rule, since 2026-11-23".to_owned());
    }
    if !sources.is_empty() {
        write!(page, "\nSource of {}.\n", sources.join("; ")).unwrap();
    }
    page.push_str(
        "\n| The tenant | Circumstances | What happens | What is said | Rule |\n|---|---|---|---|---|\n",
    );
    for (of, conditions, row) in rows {
        let conditions: Vec<&str> = conditions
            .iter()
            .map(|(fact, is_so)| fact.words(*is_so))
            .collect();
        let Row { happens, said, rule } = row;
        let circumstances = if conditions.is_empty() {
            "any".to_owned()
        } else {
            conditions.join(", ")
        };
        writeln!(
            page,
            "| {} | {circumstances} | {happens} | {said} | {rule} |",
            states(&of)
        )
        .unwrap();
    }
}

pub(crate) fn heading(page: &mut String, title: &str, words: &str) {
    write!(page, "\n### {title}\n\n{words}\n").unwrap();
}
