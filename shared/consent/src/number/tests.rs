use jiff::SignedDuration;

use super::*;
use crate::id::{InFlightId, MessageId};
use crate::record::Channel;
use crate::rules::Grant;
use crate::tenant::LetOut;
use crate::testing::{second as at, tenant};

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
            received_at: second(at),
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
    // That of a STOP may be ahead by as much as clocks differ: ours may be slow.
    check(&["STOP 6 at 5", "START 6 at 7"], Stopped);
    check(&["STOP 9 at 5", "START 6 at 6"], Clear);
    // Without a time it counts as sent when it arrived.
    check(&["STOP 5 at 5", "START at 6"], Clear);
    check(&["STOP at 7", "START at 6"], Stopped);
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
        received_at: NOON,
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
    assert!(stopped_twice.still_spreads(Keyword::Stop, 1, at(1)));
    assert!(stopped_twice.still_spreads(Keyword::Stop, 2, at(2)));
    let started = after(&["STOP at 1", "START at 2"]);
    assert!(!started.still_spreads(Keyword::Stop, 1, at(1)));
    assert!(started.still_spreads(Keyword::Start, 2, at(2)));
    let started_twice = after(&["START at 1", "START at 2"]);
    assert!(!started_twice.still_spreads(Keyword::Start, 1, at(1)));
    // It was sent after the STOP, and before that arrived.
    let started_before = after(&["STOP 1 at 3", "START 2 at 4"]);
    assert!(started_before.still_spreads(Keyword::Stop, 1, at(3)));
}

#[test]
fn a_start_is_overtaken_by_what_counts_after_it_or_was_sent_after_it() {
    let evidence = evidence();
    let start = |sent| KeywordText {
        keyword: Keyword::Start,
        two_way_texting: TwoWayTexting::On,
        sent_at: Some(at(sent)),
        received_at: at(9),
        evidence: &evidence,
        now: at(9),
    };
    let started = after(&["STOP 1 at 1", "START 2 at 2"]);
    assert!(!started.has_overtaken(&start(2), Some(2)));
    assert!(started.has_overtaken(&start(2), Some(1)));
    // It did not count, because a STOP came after it. A newer START is answered by itself.
    assert!(started.has_overtaken(&start(1), None));
    let stopped = after(&["STOP 5 at 5"]);
    assert!(stopped.has_overtaken(&start(4), None));
    assert!(!stopped.has_overtaken(&start(6), None));
}

#[test]
fn a_stop_holds_back_whom_it_has_not_reached() {
    let agreed = Consent::Provided(Grant::Portal);
    let ada = |keywords_applied| Tenant {
        keywords_applied,
        ..tenant("t1", agreed)
    };
    let seen = |number: &Number, tenant: Tenant| number.seen_by_gate(tenant).consent;
    let stopped = after(&["STOP at 1"]);
    assert!(stopped.holds_back(&ada(0)));
    assert!(!stopped.holds_back(&ada(1)));
    assert_eq!(seen(&stopped, ada(0)), Consent::OptedOut(OptOut::Text));
    assert_eq!(seen(&stopped, ada(1)), agreed);
    let on_the_portal = tenant("t1", Consent::OptedOut(OptOut::Portal));
    assert_eq!(seen(&stopped, on_the_portal.clone()), on_the_portal.consent);
    let started = after(&["STOP at 1", "START at 2"]);
    assert!(!started.holds_back(&ada(0)));
    assert_eq!(seen(&started, ada(0)), agreed);
}

#[test]
fn a_number_has_room_for_one_less_than_the_most_and_keeps_the_texts_in_flight_of_who_leaves() {
    let mut number = number();
    let id = |at: usize| TenantId::parse(&format!("t{at}")).unwrap();
    number.tenants = (1..MOST_SHARERS).map(id).collect();
    assert!(number.has_room());
    number.tenants.insert(id(MOST_SHARERS));
    assert!(!number.has_room());

    let text = LetOut {
        at: "2023-11-14T22:13:20Z",
        until: at(4),
        own_text: None,
    };
    let message = InFlightId::from(&MessageId::new([1; 16]));
    let ada = tenant("t1", Consent::Provided(Grant::Portal));
    let ada = ada.let_out(message, text, NOON).unwrap();
    number.leave(&tenant("stranger", ada.consent));
    assert_eq!(
        (number.tenants.len(), number.in_flight_until),
        (MOST_SHARERS, None)
    );
    number.leave(&ada);
    assert_eq!(number.in_flight_until, Some(at(4)));
    assert!(number.has_room());
}
