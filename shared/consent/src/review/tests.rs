//! What becomes of a review, by itself and by a decision.

use std::collections::BTreeMap;

use super::*;
use crate::id::FacilityId;
use crate::record::ChainEnd;
use crate::rules::Consent;
use crate::tenant::{Details, Residence};

use Admission::{Repeated, Take};
use NotAdmitted::Decided;
use ReviewDecision::{NoOptOut, OptOut, Seen};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn tenant(id: usize) -> Tenant {
    Tenant {
        facility_id: FacilityId::parse("f1").unwrap(),
        tenant_id: TenantId::parse(&format!("t{id:03}")).unwrap(),
        details: Details {
            name: format!("Tenant {id}"),
            cell_phone: Some(PhoneNumber::parse_e164("+15125550142").unwrap()),
            units: Vec::new(),
            created_on: jiff::civil::date(2024, 5, 1),
        },
        residence: Residence::Resident,
        consent: Consent::NotProvided,
        grant: None,
        changed_at: None,
        hold: None,
        keywords_applied: 0,
        number_since: None,
        chain: ChainEnd::default(),
        provider_block: None,
        in_flight: BTreeMap::new(),
        asked_at: None,
    }
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
    let mut review = Review::open(id, kind, at(0), number, text, "party.wrong".to_owned());
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
fn ids_are_in_the_order_of_time_and_the_same_for_each_delivery() {
    let id = |message, second| ReviewId::of(message, at(second)).unwrap();
    assert_eq!(id("a", 1), id("a", 1));
    assert_ne!(id("a", 1), id("b", 1));
    assert!(id("a", 1) < id("b", 2) && id("b", 1) < id("a", 2));
}
