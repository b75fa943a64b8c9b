use super::*;
use crate::plan::{Screen, Word};
use crate::rules::{Entry, Shown, Standing, Unknown};

fn done(began: i64, ended: i64, act: Act, answer: Answer) -> Done {
    Done {
        name: format!("{act:?}"),
        began,
        ended: (answer != Answer::Open).then_some(ended),
        act,
        answer,
        unknown: Unknown::default(),
        after: None,
    }
}

/// Something that happens within ten milliseconds.
type Then = (i64, Act, Answer);

/// A facility with two-way texting and one tenant, grandfathered, and then this.
#[track_caller]
fn check(is_explained: bool, then: &[Then]) {
    let register = Act::Register(Entry {
        phone: Some(0),
        is_old: true,
        replied_stop: false,
    });
    let facility = Act::Facility {
        two_way: true,
        number: Some(0),
    };
    let mut history = vec![
        done(0, 1, facility, Answer::Done),
        done(10, 20, register, given()),
    ];
    for (began, act, answer) in then {
        let place = history.len();
        history.push(done(*began, began + 10, act.clone(), answer.clone()));
        let reaches = match *act {
            Act::Keyword { id, word, .. } => Act::Reach {
                id,
                is_stop: word == Word::Stop,
            },
            Act::Doubt { id, .. } => Act::ReachDoubt { id },
            _ => continue,
        };
        history.push(Done {
            after: Some(place),
            ..done(*began, began + 10, reaches, answer.clone())
        });
    }
    assert_eq!(explain(&history).is_ok(), is_explained, "{then:?}");
}

fn standing(status: &str, source: Option<&str>) -> Answer {
    Answer::Standing(Standing {
        status: status.to_owned(),
        source: Shown::Is(source.map(str::to_owned)),
        held: Shown::Not,
    })
}

fn out() -> Answer {
    standing("opted_out", Some("text"))
}

fn unchecked() -> Answer {
    standing("opted_out", Some("profile"))
}

fn granted() -> Answer {
    standing("provided", Some("text"))
}

fn given() -> Answer {
    standing("provided", Some("grandfathered"))
}

fn held_by(text: Option<usize>) -> Answer {
    Answer::Standing(Standing {
        status: "provided".to_owned(),
        source: Shown::Not,
        held: Shown::Is(text),
    })
}

/// A text that takes effect when it was sent, or later.
fn text(word: Word, sent: i64) -> Act {
    Act::Keyword {
        id: usize::try_from(sent).unwrap(),
        word,
        from: 0,
        to: vec![0],
        sent: Some(sent),
    }
}

fn texted(word: Word, sent: i64) -> Then {
    (sent, text(word, sent), Answer::Done)
}

fn doubted(id: usize, at: i64) -> Then {
    (at, Act::Doubt { id, from: 0 }, Answer::Done)
}

fn uncheck(at: i64, screen: Screen, answer: Answer) -> Then {
    let act = Act::Click {
        screen,
        checked: false,
        is_told: false,
    };
    (at, act, answer)
}

fn view(at: i64, answer: Answer) -> Then {
    (at, Act::View, answer)
}

#[test]
fn what_follows_the_rules_is_explained() {
    let stop = texted(Word::Stop, 5_000);
    check(true, &[stop.clone(), view(6_000, out())]);
    check(true, &[stop.clone(), view(5_005, given())]);
    let start = texted(Word::Start, 9_000);
    check(true, &[stop, start, view(9_500, granted())]);
}

#[test]
fn a_lost_withdrawal_is_not() {
    let stop = texted(Word::Stop, 5_000);
    check(false, &[stop.clone(), view(6_000, given())]);
    check(false, &[stop, (6_000, Act::Send, Answer::Done)]);
    let answer = standing("opted_out", Some("portal"));
    check(
        false,
        &[uncheck(5_000, Screen::Portal, answer), view(6_000, unchecked())],
    );
}

#[test]
fn what_was_not_answered_may_have_been_done_or_not() {
    let stop = (5_000, text(Word::Stop, 5_000), Answer::Open);
    check(true, &[stop.clone(), view(6_000, out())]);
    check(true, &[stop.clone(), view(6_000, given())]);
    check(false, &[stop, view(6_000, out()), view(7_000, given())]);
}

#[test]
fn a_late_start_undoes_nothing_that_is_newer() {
    let stop = texted(Word::Stop, 5_000);
    let late = (9_000, text(Word::Start, 3_000), Answer::Done);
    check(false, &[stop.clone(), late.clone(), view(9_500, granted())]);
    check(true, &[stop, late, view(9_500, out())]);
    // Clocks differ: one that was sent about then may count or not.
    let before = uncheck(3_000, Screen::Profile, unchecked());
    let start = (3_900, text(Word::Start, 3_200), Answer::Done);
    check(true, &[before.clone(), start.clone(), view(4_100, granted())]);
    check(true, &[before, start, view(4_100, unchecked())]);
}

#[test]
fn a_hold_is_that_of_its_text_and_goes_with_the_decision_about_it() {
    let no_opt_out = |text| (7_000, Act::NoOptOut { text }, Answer::Done);
    check(true, &[doubted(3, 5_000), view(6_000, held_by(Some(3)))]);
    check(false, &[doubted(3, 5_000), view(6_000, held_by(Some(4)))]);
    check(false, &[doubted(3, 5_000), (6_000, Act::Send, Answer::Done)]);
    check(
        true,
        &[doubted(3, 5_000), no_opt_out(3), view(8_000, held_by(None))],
    );
    check(
        false,
        &[doubted(3, 5_000), no_opt_out(4), view(8_000, held_by(None))],
    );
}

#[test]
fn a_start_lifts_no_doubt_that_is_newer() {
    let start = |at, sent| (at, text(Word::Start, sent), Answer::Done);
    let check = |is_explained, starts: Then, held: Option<usize>| {
        let doubts = [doubted(3, 5_000), doubted(4, 9_000)];
        check(
            is_explained,
            &[&doubts[..], &[starts, view(14_000, held_by(held))]].concat(),
        );
    };
    // Sent before the first, between the two, and after both.
    for sent in [3_000, 7_000] {
        check(true, start(12_000, sent), Some(3));
        check(false, start(12_000, sent), None);
    }
    check(true, start(12_000, 11_000), None);
    check(false, start(12_000, 11_000), Some(3));
}

/// A text in doubt is on its way to the tenants for five seconds. Meanwhile a START comes, and perhaps a STOP before it.
#[track_caller]
fn check_on_its_way(is_explained: bool, stop: Option<i64>, start: i64, held: Option<usize>) {
    let answered = |began: i64, ended: i64, act: Act, after: Option<usize>| Done {
        after,
        ..done(began, ended, act, Answer::Done)
    };
    let facility = Act::Facility {
        two_way: true,
        number: Some(0),
    };
    let register = Act::Register(Entry {
        phone: Some(0),
        is_old: false,
        replied_stop: false,
    });
    let mut history = vec![
        answered(0, 1, facility, None),
        answered(10, 20, register, None),
        answered(5_000, 10_000, Act::Doubt { id: 3, from: 0 }, None),
        done(5_800, 5_810, Act::View, standing("not_provided", None)),
    ];
    let stop = stop.map(|sent| (6_500, 6_600, Word::Stop, sent));
    for (began, ended, word, sent) in stop.into_iter().chain([(7_500, 7_510, Word::Start, start)]) {
        let keyword = text(word, sent);
        let Act::Keyword { id, .. } = keyword else {
            unreachable!()
        };
        let is_stop = word == Word::Stop;
        history.push(answered(began, ended, keyword, None));
        history.push(answered(
            began,
            7_510,
            Act::Reach { id, is_stop },
            Some(history.len() - 1),
        ));
    }
    history.push(done(8_800, 8_810, Act::View, granted()));
    history.push(answered(5_000, 10_000, Act::ReachDoubt { id: 3 }, Some(2)));
    history.push(done(12_000, 12_010, Act::View, held_by(held)));
    assert_eq!(explain(&history).is_ok(), is_explained, "{start} {held:?}");
}

#[test]
fn a_doubt_spreads_on_past_a_start_that_was_sent_before_it() {
    check_on_its_way(true, None, 4_000, Some(3));
    // It may have come after the tenant was seen first, and then the START may be newer.
    check_on_its_way(true, None, 7_000, None);
    check_on_its_way(true, Some(3_500), 4_000, Some(3));
}

#[test]
fn rows_of_one_tenant_count_in_turn_or_not_at_all() {
    let entry = |phone| Entry {
        phone: Some(phone),
        is_old: true,
        replied_stop: false,
    };
    let rows = |first: usize, last: usize| {
        [(first, true), (last, false)].map(|(phone, is_first)| {
            let act = Act::Row {
                import: 1,
                entry: entry(phone),
                last: entry(last),
                is_first,
            };
            (5_000, act, Answer::Done)
        })
    };
    let check = |is_explained, rows: [Then; 2], seen: Answer| {
        check(is_explained, &[&rows[..], &[view(6_000, seen)]].concat());
    };
    let nothing = || standing("not_provided", None);
    // As the rows leave them already: the import was done before, or it is done now.
    check(true, rows(1, 0), given());
    check(true, rows(1, 0), nothing());
    check(false, rows(0, 1), given());
    check(true, rows(0, 1), nothing());
}
