use jiff::SignedDuration;

use super::*;
use crate::record::Channel;

const NOON: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn number() -> Number {
    Number::new(PhoneNumber::parse_e164("+15125550142").unwrap())
}

fn evidence() -> Evidence {
    Evidence {
        channel: Channel::Text,
        actor: String::new(),
        disclosure: None,
        text: None,
        rule: None,
        received: None,
        note: None,
    }
}

fn second(text: &str) -> Timestamp {
    NOON + SignedDuration::from_secs(text.parse().unwrap())
}

/// The number after keywords such as `STOP 3 at 4`: sent three seconds after noon, there at the fourth.
#[track_caller]
fn after(keywords: &[&str]) -> Number {
    let evidence = evidence();
    keywords.iter().fold(number(), |number, text| {
        let words: Vec<&str> = text.split(' ').collect();
        let (keyword, sent, at) = match words[..] {
            [keyword, "at", at] => (keyword, None, at),
            [keyword, sent, "at", at] => (keyword, Some(sent), at),
            _ => panic!("{text}"),
        };
        let text = KeywordText {
            keyword: if keyword == "STOP" {
                Keyword::Stop
            } else {
                Keyword::Start
            },
            two_way_texting: TwoWayTexting::On,
            sent_at: sent.map(second),
            evidence: &evidence,
            now: second(at),
        };
        number.hear(&text).unwrap_or(number)
    })
}

#[track_caller]
fn check(keywords: &[&str], standing: NumberStanding) {
    assert_eq!(after(keywords).standing, standing, "{keywords:?}");
}

#[test]
fn a_start_undoes_nothing_that_came_after_it_was_sent() {
    use NumberStanding::{Clear, Stopped};
    check(&["STOP 5 at 5", "START 6 at 6"], Clear);
    check(&["STOP 5 at 5", "START 4 at 6"], Stopped);
    // At the same instant the START loses.
    check(&["STOP 5 at 5", "START 5 at 6"], Stopped);
    // A time ahead of ours counts as now.
    check(&["STOP at 7", "START 9 at 6"], Stopped);
    check(&["STOP 9 at 5", "START 6 at 6"], Clear);
    // Without a time it counts as the newest.
    check(&["STOP 5 at 5", "START at 6"], Clear);
    check(&["STOP at 5", "START 4 at 6"], Stopped);
    // A STOP counts however late it comes, and does not make an older START new.
    check(&["START 5 at 5", "STOP 1 at 9"], Stopped);
    check(&["START 5 at 5", "STOP 1 at 9", "START 4 at 10"], Stopped);
    check(&["START 5 at 5", "STOP 1 at 9", "START 6 at 10"], Clear);
}

#[test]
fn a_start_needs_two_way_texting() {
    let evidence = evidence();
    let text = |keyword| KeywordText {
        keyword,
        two_way_texting: TwoWayTexting::Off,
        sent_at: None,
        evidence: &evidence,
        now: NOON,
    };
    assert_eq!(number().hear(&text(Keyword::Start)), None);
    assert!(number().hear(&text(Keyword::Stop)).is_some());
}

#[test]
fn a_doubt_spreads_on_past_a_start_that_was_sent_before_it() {
    let check = |keywords: &[&str], spreads| {
        let number = after(keywords);
        assert_eq!(
            number.doubt_still_spreads(0, second("5")),
            spreads,
            "{keywords:?}"
        );
    };
    check(&[], true);
    check(&["START 4 at 6"], true);
    // At the same instant the START loses.
    check(&["START 5 at 6"], true);
    check(&["START 6 at 6"], false);
    check(&["STOP 4 at 6"], false);
    check(&["STOP 3 at 6", "START 4 at 7"], true);
}

#[test]
fn a_stop_carries_on_a_stop_before_it_and_a_start_ends_both() {
    let stopped_twice = after(&["STOP at 1", "STOP at 2"]);
    assert!(stopped_twice.still_spreads(Keyword::Stop, 1));
    assert!(stopped_twice.still_spreads(Keyword::Stop, 2));
    let started = after(&["STOP at 1", "START at 2"]);
    assert!(!started.still_spreads(Keyword::Stop, 1));
    assert!(started.still_spreads(Keyword::Start, 2));
    let started_twice = after(&["START at 1", "START at 2"]);
    assert!(!started_twice.still_spreads(Keyword::Start, 1));
}
