//! Random lives of three tenants who share numbers: whatever happens in whatever order, the invariants hold.

#![expect(clippy::unwrap_used, reason = "a test")]

mod invariants;
/// What the unit tests begin with. It names the modules of the crate.
#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../../src/testing.rs"]
mod testing;
mod world;

use consent::number::Keyword;
use consent::review::ReviewDecision;
use consent::rules::{Consent, Grant, NumberStanding, Screen, TwoWayTexting};
use consent::{facility, id, record, rules, tenant};
use invariants::{check_life, check_reviews, check_step, check_tenant, rebuild};
use jiff::Timestamp;
use proptest::prelude::*;
use world::{Event, World, phone, tenant_id};

fn event() -> impl Strategy<Value = Event> {
    let screen = prop_oneof![Just(Screen::Profile), Just(Screen::Portal)];
    let keyword = prop_oneof![Just(Keyword::Stop), Just(Keyword::Start)];
    prop_oneof![
        2 => (0..3_usize, prop::option::of(0..3_usize), any::<bool>())
            .prop_map(|(tenant, number, early)| Event::Register { tenant, number, early }),
        1 => (0..3_usize).prop_map(|tenant| Event::MoveOut { tenant }),
        4 => (0..3_usize, screen, any::<bool>())
            .prop_map(|(tenant, screen, checked)| Event::Submit { tenant, screen, checked }),
        4 => (0..3_usize, keyword).prop_map(|(number, keyword)| Event::Text { number, keyword }),
        3 => (0..3_usize).prop_map(|number| Event::Doubt { number }),
        2 => (0..8_usize, prop_oneof![Just(ReviewDecision::OptOut), Just(ReviewDecision::NoOptOut)])
            .prop_map(|(review, decision)| Event::Decide { review, decision }),
        1 => prop_oneof![Just(TwoWayTexting::On), Just(TwoWayTexting::Off)].prop_map(Event::TwoWay),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_invariants_hold_after_every_event(events in prop::collection::vec(event(), 1..40)) {
        let mut world = World::new();
        for (second, event) in (1_700_000_000..).zip(events) {
            let before = world.tenants.clone();
            let two_way = world.facility.two_way_texting;
            world.happen(event, Timestamp::from_second(second).unwrap());
            for tenant in world.tenants.values() {
                if let Some(before) = before.get(&tenant.tenant_id) {
                    check_step(before, tenant, event, two_way);
                }
                check_tenant(&world, tenant);
                if let Event::Doubt { number } = event
                    && tenant.details.cell_phone == Some(phone(number))
                {
                    prop_assert!(!tenant.can_text(), "no text after a doubt");
                }
                if let Event::Text { number, keyword: Keyword::Stop } = event
                    && tenant.details.cell_phone == Some(phone(number))
                {
                    prop_assert!(!world.can_text(tenant), "no text after a STOP");
                }
            }
            check_reviews(&world);
        }
        for (id, tenant) in &world.tenants {
            check_life(tenant, world.records.get(id).map_or(&[], Vec::as_slice));
        }
    }

    #[test]
    fn a_missing_or_altered_record_shows(events in prop::collection::vec(event(), 20..60), at in any::<prop::sample::Index>()) {
        let mut world = World::new();
        for (second, event) in (1_700_000_000..).zip(events) {
            world.happen(event, Timestamp::from_second(second).unwrap());
        }
        for (tenant, records) in world.records.iter().filter(|(_, records)| records.len() > 1) {
            let at = at.index(records.len() - 1);
            let mut missing = records.clone();
            missing.remove(at);
            prop_assert!(rebuild(tenant, &missing).is_err());
            let mut altered = records.clone();
            altered[at].actor.push('!');
            prop_assert!(rebuild(tenant, &altered).is_err());
            altered[at].hash = altered[at].compute_hash().unwrap();
            prop_assert!(rebuild(tenant, &altered).is_err(), "an altered record with a hash made anew breaks the link");
        }
    }
}

#[test]
fn a_grandfathered_grant_is_for_the_first_registration_only() {
    let mut world = World::new();
    let register = Event::Register {
        tenant: 0,
        number: Some(0),
        early: true,
    };
    world.happen(register, Timestamp::UNIX_EPOCH);
    assert_eq!(
        world.tenants[&tenant_id(0)].consent,
        Consent::Provided(Grant::Grandfathered)
    );
    world.happen(Event::MoveOut { tenant: 0 }, Timestamp::UNIX_EPOCH);
    world.happen(register, Timestamp::UNIX_EPOCH);
    assert_eq!(world.tenants[&tenant_id(0)].consent, Consent::NotProvided);
    assert_eq!(world.numbers[&phone(0)].standing, NumberStanding::Clear);
}
