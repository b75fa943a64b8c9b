use super::*;

#[test]
fn every_class_that_a_pattern_names_is_defined() {
    let undefined: Vec<_> = RULEBOOK
        .words
        .keys()
        .filter(|word| word.chars().any(|c| c.is_ascii_uppercase()))
        .collect();
    assert!(undefined.is_empty(), "{undefined:?}");
}

#[test]
fn every_pattern_takes_a_word_and_has_no_gap_at_its_edges() {
    for pattern in &RULEBOOK.patterns {
        let needed = pattern
            .steps
            .iter()
            .any(|step| matches!(step, Step::Words { least: 1.., .. }));
        assert!(needed, "{:?}", pattern.rule);
        assert!(
            !matches!(pattern.steps.first(), None | Some(Step::Gap)),
            "{:?}",
            pattern.rule
        );
        let open_end = pattern.to == Edge::Anywhere && matches!(pattern.steps.last(), Some(Step::Gap));
        assert!(!open_end, "{:?}", pattern.rule);
    }
}

#[test]
fn words_in_the_tables_are_folded() {
    let stray: Vec<_> = RULEBOOK
        .words
        .keys()
        .filter(|word| {
            word.is_ascii()
                && !word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"*#".contains(&b))
        })
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}
