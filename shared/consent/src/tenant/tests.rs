use super::*;
use crate::number::Keyword;
use crate::rules::{Grant, OptOut};
use crate::testing::{evidence, second, tenant};

fn review() -> ReviewId {
    ReviewId::of("m1", second(0)).unwrap()
}

/// A START that was sent at this second reaches a tenant, and leaves them like this.
#[track_caller]
fn check(tenant: &Tenant, sent: i64, after: (Consent, Holding)) {
    let evidence = evidence();
    let start = KeywordText {
        keyword: Keyword::Start,
        two_way_texting: TwoWayTexting::On,
        sent_at: Some(second(sent)),
        received_at: second(99),
        evidence: &evidence,
        now: second(99),
    };
    let number = Number {
        keywords: 1,
        ..Number::new(tenant.details.cell_phone.clone().unwrap())
    };
    let heard = tenant.hear(&number, &start).unwrap().tenant;
    assert_eq!(heard.keywords_applied, 1);
    assert_eq!((heard.consent, heard.holding()), after, "sent at {sent}");
}

#[test]
fn a_start_undoes_nothing_that_came_after_it_was_sent() {
    let out = Consent::OptedOut(OptOut::Text);
    let agreed = Consent::Provided(Grant::Text);
    let mut ada = tenant("t1", out);
    check(&ada, 5, (agreed, Holding::Free));
    ada.chain.at = Some(second(5));
    check(&ada, 5, (out, Holding::Free));
    check(&ada, 6, (agreed, Holding::Free));
    // It was sent by somebody else, who had the number before.
    ada.number_since = Some(second(7));
    check(&ada, 7, (out, Holding::Free));
    check(&ada, 8, (agreed, Holding::Free));
}

#[test]
fn a_second_text_in_doubt_keeps_a_hold_from_an_older_start() {
    let agreed = Consent::Provided(Grant::Portal);
    let ada = tenant("t1", agreed);
    let number = ada.details.cell_phone.clone().unwrap();
    let doubted = |tenant: &Tenant, at| tenant.doubt(&number, &review(), &evidence(), second(at));
    let once = doubted(&ada, 1).unwrap();
    assert_eq!(once.records.len(), 1);
    check(&once.tenant, 5, (agreed, Holding::Free));
    let twice = doubted(&once.tenant, 6).unwrap();
    assert!(twice.records.is_empty());
    assert_eq!(twice.tenant.hold.as_ref().map(|hold| hold.since), Some(second(1)));
    check(&twice.tenant, 5, (agreed, Holding::OnHold));
    check(&twice.tenant, 7, (agreed, Holding::Free));
    // Not who withdrew by themselves, and not who has another number.
    assert_eq!(doubted(&tenant("t2", Consent::OptedOut(OptOut::Text)), 1), None);
    let mut moved = ada.clone();
    moved.details.cell_phone = None;
    assert_eq!(doubted(&moved, 1), None);
}

#[test]
fn only_the_decision_about_their_own_review_releases_a_tenant() {
    let ada = tenant("t1", Consent::NotProvided);
    let number = ada.details.cell_phone.clone().unwrap();
    let held = ada
        .doubt(&number, &review(), &evidence(), second(1))
        .unwrap()
        .tenant;
    let other = ReviewId::of("m2", second(0)).unwrap();
    assert_eq!(held.release(&other, &evidence(), second(2)), None);
    let released = held.release(&review(), &evidence(), second(2)).unwrap().tenant;
    assert_eq!(released.hold_ended_since(&held), Some(&review()));
    assert_eq!(held.hold_ended_since(&held), None);
    assert_eq!(ada.release(&review(), &evidence(), second(2)), None);
}
