//! What becomes of a review, by itself and by a decision.

use super::*;
use crate::rule_id::RuleId;
use crate::rules::{ChangeKind, Consent};

use Admission::{Repeated, Take};
use NotAdmitted::Decided;
use ReviewDecision::{NoOptOut, OptOut, Seen};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn tenant(id: usize) -> Tenant {
    let mut tenant = crate::testing::tenant(&format!("t{id:03}"), Consent::NotProvided);
    tenant.details.name = format!("Tenant {id}");
    tenant
}

fn review(kind: ReviewKind, tenants: usize) -> Review {
    let classification = Classification {
        rules_version: "1".to_owned(),
        matched: Some("wrong number".to_owned()),
        needs_review: true,
    };
    let text = ReceivedText {
        body: "wrong number".to_owned(),
        provider_message_id: "SM1".to_owned(),
        classification,
    };
    let number = PhoneNumber::parse_e164("+15125550142").unwrap();
    let id = ReviewId::of("MESSAGE#twilio#SM1", at(0)).unwrap();
    let mut review = Review::open(id, kind, at(0), number, text, RuleId::Doubt.into());
    for id in 0..tenants {
        review.add(&tenant(id));
    }
    review
}

fn held(tenants: usize) -> Review {
    let mut review = review(ReviewKind::Hold, tenants);
    review.reached_all(at(0));
    review
}

fn verdict(decision: ReviewDecision) -> Verdict {
    Verdict {
        decision,
        by: "staff@example.com".to_owned(),
        note: Some("called them".to_owned()),
    }
}

fn decided(decision: ReviewDecision) -> Review {
    let mut review = match decision.kind() {
        ReviewKind::Hold => held(1),
        ReviewKind::OptedOut => review(ReviewKind::OptedOut, 1),
    };
    review.decide(&verdict(decision), at(9));
    review
}

fn superseded() -> Review {
    let mut review = held(1);
    review.hold_ended(at(5));
    review
}

#[track_caller]
fn check(review: &Review, decision: ReviewDecision, admitted: Result<Admission, NotAdmitted>) {
    assert_eq!(review.admit(decision), admitted, "{decision:?}");
}

#[test]
fn a_decision_is_for_its_kind_before_anything_else() {
    for review in [held(1), decided(NoOptOut), decided(OptOut), superseded()] {
        check(&review, Seen, Err(NotAdmitted::OtherKind(ReviewKind::Hold)));
    }
    for review in [review(ReviewKind::OptedOut, 1), decided(Seen)] {
        for decision in [OptOut, NoOptOut] {
            check(
                &review,
                decision,
                Err(NotAdmitted::OtherKind(ReviewKind::OptedOut)),
            );
        }
    }
}

#[test]
fn a_decision_is_taken_once_and_only_an_opt_out_comes_after_another() {
    check(&held(1), OptOut, Ok(Take));
    check(&held(1), NoOptOut, Ok(Take));
    check(&review(ReviewKind::OptedOut, 1), Seen, Ok(Take));
    for decision in ReviewDecision::ALL {
        check(&decided(decision), decision, Ok(Repeated));
    }
    check(&decided(NoOptOut), OptOut, Ok(Take));
    check(&decided(OptOut), NoOptOut, Err(Decided));
    check(&superseded(), OptOut, Err(Decided));
    check(&superseded(), NoOptOut, Err(Decided));
}

#[test]
fn a_review_ends_by_itself_with_the_last_hold() {
    let mut review = held(2);
    review.hold_ended(at(3));
    assert_eq!(review.ended, None);
    review.hold_ended(at(4));
    let ended = review.ended.clone().unwrap();
    assert_eq!((ended.at, ended.how), (at(4), Ending::Superseded));
    // A text that still spreads may hold others.
    let mut spreading = self::review(ReviewKind::Hold, 1);
    spreading.hold_ended(at(3));
    assert_eq!(spreading.ended, None);
    spreading.reached_all(at(6));
    assert_eq!(spreading.ended.unwrap().at, at(6));
    // What was decided stays so.
    let mut kept = decided(NoOptOut);
    kept.hold_ended(at(20));
    assert_eq!(kept.ended.unwrap().at, at(9));
    let mut read = self::review(ReviewKind::OptedOut, 1);
    read.reached_all(at(6));
    assert_eq!(read.ended, None);
}

#[test]
fn a_review_names_25_tenants_and_counts_all_of_them_once() {
    let mut review = held(200);
    review.add(&tenant(0));
    let view = serde_json::to_value(ReviewView::from(&review)).unwrap();
    assert_eq!(view["tenant_count"], 200);
    assert_eq!(view["tenants"].as_array().unwrap().len(), 25);
    assert_eq!(view["tenants"][24]["name"], "Tenant 24");
}

#[test]
fn a_decision_is_due_on_the_tenth_business_day_after_receipt() {
    let mut review = held(1);
    // The evening of 24 November in Texas, and the 25th in UTC: Thanksgiving is the 26th.
    review.received_at = "2026-11-25T03:00:00Z".parse().unwrap();
    assert_eq!(review.decide_by(), jiff::civil::date(2026, 12, 10));
}

#[test]
fn the_records_of_a_decision_ask_for_no_review() {
    let evidence = held(1).evidence(&verdict(OptOut));
    let text = evidence.text.unwrap();
    assert_eq!(
        (evidence.channel, &*evidence.actor),
        (Channel::Review, "staff@example.com")
    );
    assert_eq!((&*text.body, &*text.provider_message_id), ("wrong number", "SM1"));
    assert!(!text.classification.needs_review);
}

#[test]
fn a_text_in_doubt_is_read_and_so_is_a_plain_opt_out_that_needs_it() {
    let of = |meaning, needs_review| {
        let classification = Classification {
            needs_review,
            ..held(1).text.classification
        };
        ReviewKind::of(meaning, &classification)
    };
    for needs_review in [true, false] {
        assert_eq!(of(Meaning::Doubt, needs_review), Some(ReviewKind::Hold));
        for meaning in [Meaning::OptIn, Meaning::Help, Meaning::None] {
            assert_eq!(of(meaning, needs_review), None);
        }
    }
    assert_eq!(of(Meaning::OptOut, true), Some(ReviewKind::OptedOut));
    assert_eq!(of(Meaning::OptOut, false), None);
}

#[test]
fn a_decision_is_named_as_the_wire_names_it() {
    for decision in ReviewDecision::ALL {
        assert_eq!(serde_json::to_value(decision).unwrap(), decision.as_str());
    }
}

#[test]
fn a_decision_counts_the_holds_that_are_left() {
    let mut review = held(3);
    assert_eq!(review.release(1), 2);
    assert_eq!(review.release(5), 0);
}

#[test]
fn who_has_seen_a_text_is_recorded_once_they_have() {
    assert_eq!(held(1).verdict(), None);
    assert_eq!(superseded().verdict(), None);
    for decision in [OptOut, NoOptOut] {
        assert_eq!(decided(decision).verdict(), Some(&verdict(decision)));
        assert_eq!(decided(decision).seen(), None);
    }
    let seen = decided(Seen).seen().unwrap();
    assert_eq!(seen, decided(Seen).evidence(&verdict(Seen)));
    assert_eq!(seen.rule.unwrap().house(), Some(RuleId::ReviewSeen));
}

#[test]
fn a_decision_other_than_an_opt_out_reaches_each_tenant() {
    let review = held(1);
    let (id, number) = (&review.review_id, &review.cell_phone);
    let held = tenant(0)
        .doubt(number, id, &crate::testing::evidence(), at(0))
        .unwrap();
    let kind = |decision| {
        let evidence = review.evidence(&verdict(decision));
        let change = review.carried_out(&held.tenant, decision, &evidence, at(1));
        change.map(|change| change.records[0].kind)
    };
    assert_eq!(kind(NoOptOut), Some(ChangeKind::HoldLifted));
    assert_eq!(kind(Seen), Some(ChangeKind::Reviewed));
    assert_eq!(kind(OptOut), None);
}

#[test]
fn ids_are_in_the_order_of_time_and_the_same_for_each_delivery() {
    let id = |message, second| ReviewId::of(message, at(second)).unwrap();
    assert_eq!(id("a", 1), id("a", 1));
    assert_ne!(id("a", 1), id("b", 1));
    assert!(id("a", 1) < id("b", 2) && id("b", 1) < id("a", 2));
}
