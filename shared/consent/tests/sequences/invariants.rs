//! What holds after whatever happened.

use consent::evidence::Life;
use consent::id::{FacilityId, TenantId};
use consent::number::Keyword;
use consent::record::{ChainError, Rebuilt, Record, StoredRecord};
use consent::review::{Ending, ReviewDecision};
use consent::rules::{CellPhone, Consent, Holding, OptOut, Screen, Status, TwoWayTexting};
use consent::tenant::{Residence, Tenant};
use consent::view::{ConsentView, OptInChannel, opt_in_via};

use super::world::{Event, World};

fn withdrawn_by_text(consent: Consent) -> bool {
    matches!(consent, Consent::OptedOut(OptOut::Text | OptOut::TextAndPortal))
}

fn withdrawn_on_portal(consent: Consent) -> bool {
    matches!(consent, Consent::OptedOut(OptOut::Portal | OptOut::TextAndPortal))
}

pub(crate) fn check_step(before: &Tenant, after: &Tenant, event: Event, two_way: TwoWayTexting) {
    let portal_check = matches!(
        event,
        Event::Submit {
            screen: Screen::Portal,
            checked: true,
            ..
        }
    );
    let start = matches!(
        event,
        Event::Text {
            keyword: Keyword::Start,
            ..
        }
    );
    if withdrawn_by_text(before.consent) && !withdrawn_by_text(after.consent) {
        assert!(
            (start && two_way == TwoWayTexting::On) || (portal_check && two_way == TwoWayTexting::Off),
            "only START lifts a text opt-out, or the portal where two-way texting is off: {event:?}"
        );
    }
    if withdrawn_on_portal(before.consent) && !withdrawn_on_portal(after.consent) {
        assert!(portal_check, "only the portal lifts its own opt-out: {event:?}");
    }
    if after.consent.status() == Status::Provided && before.consent != after.consent {
        let allowed = matches!(event, Event::Submit { checked: true, .. }) || start;
        assert!(
            allowed,
            "nothing but a check or START grants to a known tenant: {event:?}"
        );
    }
    let decided = |wanted| matches!(event, Event::Decide { decision, .. } if decision == wanted);
    let unchecked_by_staff = after.consent == Consent::OptedOut(OptOut::Profile);
    if before.holding() == Holding::OnHold && after.holding() == Holding::Free {
        let said_or_moved = matches!(
            event,
            Event::Text { .. } | Event::Register { .. } | Event::MoveOut { .. }
        );
        let on_portal = matches!(
            event,
            Event::Submit {
                screen: Screen::Portal,
                ..
            }
        );
        let by_decision = decided(ReviewDecision::NoOptOut) || decided(ReviewDecision::OptOut);
        assert!(
            said_or_moved || on_portal || by_decision,
            "a hold does not go by itself: {event:?}"
        );
        assert!(!start || two_way == TwoWayTexting::On);
    }
    if before.holding() == Holding::Free && after.holding() == Holding::OnHold {
        assert!(matches!(event, Event::Doubt { .. }), "{event:?}");
        assert_eq!(before.consent, after.consent, "a hold changes no status");
    }
    if before.holding() == Holding::OnHold && before.consent != after.consent {
        assert_eq!(
            after.holding() == Holding::OnHold,
            unchecked_by_staff,
            "{event:?}"
        );
    }
    let moved_out = before.residence == Residence::MovedOut && after.residence == Residence::MovedOut;
    assert!(
        !moved_out || before == after,
        "nothing touches who moved out: {event:?}"
    );
}

/// What records give, once they are stored.
pub(crate) fn rebuild(tenant: &TenantId, records: &[Record]) -> Result<Rebuilt, ChainError> {
    let facility = FacilityId::parse("f1").unwrap();
    let stored: Vec<StoredRecord> = records.iter().map(|it| StoredRecord::of(it).unwrap()).collect();
    consent::record::rebuild(&facility, tenant, &stored)
}

pub(crate) fn check_tenant(world: &World, tenant: &Tenant) {
    let records = world.records.get(&tenant.tenant_id).cloned().unwrap_or_default();
    assert_eq!(
        rebuild(&tenant.tenant_id, &records),
        Ok(Rebuilt {
            consent: tenant.consent,
            holding: tenant.holding(),
        }),
        "the records alone give the state"
    );
    let last_change = records.iter().rev().find(|record| record.kind.changes_standing());
    let changed_at = tenant.changed_at.map(consent::record::rfc3339);
    assert_eq!(changed_at.as_ref(), last_change.map(|record| &record.at));
    assert_eq!(tenant.chain.sequence, records.len() as u64);
    if tenant.consent.status() == Status::Provided {
        assert_eq!(tenant.cell_phone(), CellPhone::OnFile, "a grant has a number");
    }
    let ways = opt_in_via(tenant, world.facility.two_way_texting);
    let on_hold = tenant.holding() == Holding::OnHold;
    assert!(ways.is_empty() || on_hold || tenant.consent.status() != Status::Provided);
    assert_eq!(ways.contains(&OptInChannel::Review), on_hold);
    assert!(
        !on_hold || !ways.contains(&OptInChannel::Profile),
        "review in place of profile"
    );
    assert!(!on_hold || (!tenant.can_text() && !withdrawn_by_text(tenant.consent)));
    if tenant.consent.status() != Status::Provided && tenant.cell_phone() == CellPhone::OnFile {
        assert!(!ways.is_empty(), "there is always a way back");
    }
    let view = serde_json::to_value(ConsentView::of(&world.facility, tenant)).unwrap();
    assert_eq!(view["can_text"], tenant.can_text());
    assert_eq!(
        view["profile"]["checkbox"]["enabled"] == true,
        view["profile"]["checkbox"]["reason"].is_null()
    );
}

/// Each review that is open has tenants on hold from it, and each tenant on hold has an open review.
pub(crate) fn check_reviews(world: &World) {
    for review in &world.reviews {
        let holders = world.tenants.values().filter(|tenant| {
            tenant
                .hold
                .as_ref()
                .is_some_and(|hold| hold.review_id == review.review_id)
        });
        assert_eq!(holders.count() > 0, review.ended.is_none(), "{review:?}");
        let superseded = review
            .ended
            .as_ref()
            .is_some_and(|ended| ended.how == Ending::Superseded);
        assert!(!superseded || review.verdict().is_none());
    }
}

/// What the rules have recorded follows by the rules, and leads to where the tenant stands.
pub(crate) fn check_life(tenant: &Tenant, records: &[Record]) {
    let mut life = Life::default();
    for record in records {
        let followed = life.follow(&StoredRecord::of(record).unwrap());
        assert_eq!(
            followed,
            Ok(()),
            "what the rules record follows by the rules: {record:?}"
        );
    }
    let standing = life.standing();
    assert_eq!(
        (standing.status, standing.source),
        (tenant.consent.status(), tenant.consent.source())
    );
    assert_eq!(
        standing.record_id.is_some(),
        tenant.consent != Consent::NotProvided
    );
}
