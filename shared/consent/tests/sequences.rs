//! Random lives of three tenants who share numbers: whatever happens in whatever order, the invariants hold.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;

use consent::evidence::Life;
use consent::facility::{ConfirmOptIn, Facility, Provider};
use consent::id::{FacilityId, PhoneNumber, ReviewId, TenantId};
use consent::number::{Keyword, KeywordText, Number};
use consent::record::{
    ChainError, Channel, Classification, Evidence, Rebuilt, ReceivedText, Record, StoredRecord,
};
use consent::review::{Admission, Ending, Review, ReviewDecision, ReviewKind, Verdict};
use consent::rule_id::RuleId;
use consent::rules::{
    Action, CellPhone, Consent, Grant, Holding, NumberStanding, OptOut, Refusal, Screen, Status,
    TwoWayTexting,
};
use consent::tenant::{Change, Details, NumberMove, Registered, Residence, Tenant};
use consent::view::{ConsentView, OptInChannel, opt_in_via};
use jiff::Timestamp;
use proptest::prelude::*;

const NUMBERS: [&str; 3] = ["+15125550141", "+15125550142", "+15125550143"];

#[derive(Debug, Clone, Copy)]
enum Event {
    Register {
        tenant: usize,
        number: Option<usize>,
        early: bool,
    },
    MoveOut {
        tenant: usize,
    },
    Submit {
        tenant: usize,
        screen: Screen,
        checked: bool,
    },
    Text {
        number: usize,
        keyword: Keyword,
    },
    Doubt {
        number: usize,
    },
    Decide {
        review: usize,
        decision: ReviewDecision,
    },
    TwoWay(TwoWayTexting),
}

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

struct World {
    facility: Facility,
    tenants: BTreeMap<TenantId, Tenant>,
    numbers: BTreeMap<PhoneNumber, Number>,
    records: BTreeMap<TenantId, Vec<Record>>,
    reviews: Vec<Review>,
}

fn tenant_id(at: usize) -> TenantId {
    TenantId::parse(&format!("t{at}")).unwrap()
}

fn phone(at: usize) -> PhoneNumber {
    PhoneNumber::parse_e164(NUMBERS[at]).unwrap()
}

fn evidence(channel: Channel) -> Evidence {
    Evidence {
        channel,
        actor: "somebody".to_owned(),
        disclosure: None,
        text: None,
        rule: None,
        received: None,
        note: None,
    }
}

impl World {
    fn new() -> Self {
        let facility = Facility {
            facility_id: FacilityId::parse("f1").unwrap(),
            name: "Facility".to_owned(),
            two_way_texting: TwoWayTexting::On,
            number: None,
            provider: Provider::Aws,
            time_zone: None,
            help_contact: None,
            disclosure: None,
            confirm_opt_in: ConfirmOptIn::Never,
        };
        Self {
            facility,
            tenants: BTreeMap::new(),
            numbers: BTreeMap::new(),
            records: BTreeMap::new(),
            reviews: Vec::new(),
        }
    }

    fn keep(&mut self, change: Change) {
        let id = change.tenant.tenant_id.clone();
        let before = self.tenants.get(&id);
        if let Some(ended) = before
            .and_then(|before| change.tenant.hold_ended_since(before))
            .cloned()
        {
            let review = self
                .reviews
                .iter_mut()
                .find(|review| review.review_id == ended)
                .unwrap();
            review.hold_ended(change.tenant.chain.at.unwrap());
        }
        self.records.entry(id.clone()).or_default().extend(change.records);
        self.tenants.insert(id, change.tenant);
    }

    fn happen(&mut self, event: Event, now: Timestamp) {
        match event {
            Event::TwoWay(setting) => self.facility.two_way_texting = setting,
            Event::Register {
                tenant,
                number,
                early,
            } => {
                let details = Details {
                    name: "Somebody".to_owned(),
                    cell_phone: number.map(phone),
                    units: Vec::new(),
                    created_on: if early { "2020-01-01" } else { "2024-01-01" }.parse().unwrap(),
                };
                let number = details.cell_phone.clone().map(|number| {
                    self.numbers
                        .entry(number.clone())
                        .or_insert_with(|| Number::new(number))
                        .clone()
                });
                let id = tenant_id(tenant);
                let registered = Tenant::register(
                    self.tenants.get(&id),
                    &self.facility,
                    &id,
                    details,
                    NumberMove {
                        left: None,
                        joined: number.as_ref(),
                    },
                    &evidence(Channel::Registration),
                    now,
                );
                match registered {
                    Registered::Created(change)
                    | Registered::Returned(change)
                    | Registered::Updated(change) => {
                        self.keep(change);
                    }
                    Registered::Unchanged(_) => {}
                }
            }
            Event::MoveOut { tenant } => {
                let change = self
                    .tenants
                    .get(&tenant_id(tenant))
                    .filter(|tenant| tenant.residence == Residence::Resident)
                    .map(|tenant| tenant.move_out(None, &evidence(Channel::Registration), now));
                if let Some(change) = change {
                    self.keep(change);
                }
            }
            Event::Submit {
                tenant,
                screen,
                checked,
            } => {
                let action = if checked {
                    Action::Check(screen)
                } else {
                    Action::Uncheck(screen)
                };
                let Some(tenant) = self
                    .tenants
                    .get(&tenant_id(tenant))
                    .filter(|it| it.residence == Residence::Resident)
                else {
                    return;
                };
                let channel = match screen {
                    Screen::Profile => Channel::Profile,
                    Screen::Portal => Channel::Portal,
                };
                let two_way = self.facility.two_way_texting;
                let offered = opt_in_via(tenant, two_way).contains(&match screen {
                    Screen::Profile => OptInChannel::Profile,
                    Screen::Portal => OptInChannel::Portal,
                });
                let outcome = tenant.apply(action, two_way, &evidence(channel), now);
                if checked {
                    assert_eq!(offered, matches!(outcome, Ok(Some(_))), "what is offered works");
                }
                let is_refused = outcome == Err(Refusal::ReviewRequired);
                assert!(!is_refused || tenant.holding() == Holding::OnHold, "{tenant:?}");
                if let Ok(Some(change)) = outcome {
                    self.keep(change);
                }
            }
            Event::Text { number, keyword } => self.text(number, keyword, now, &evidence(Channel::Text)),
            Event::Doubt { number } => self.doubt(number, now),
            Event::Decide { review, decision } => self.decide(review, decision, now),
        }
    }

    /// A text in doubt, as the store carries it to everybody who has the number.
    fn doubt(&mut self, number: usize, now: Timestamp) {
        let id = ReviewId::of(&format!("{number}"), now).unwrap();
        let text = ReceivedText {
            body: "I moved out".to_owned(),
            provider_message_id: id.to_string(),
            classification: Classification {
                rules_version: "1".to_owned(),
                matched: None,
                needs_review: true,
            },
        };
        let doubt = Evidence {
            text: Some(text.clone()),
            ..evidence(Channel::Text)
        };
        let (kind, rule) = (ReviewKind::Hold, RuleId::Doubt.into());
        let mut review = Review::open(id.clone(), kind, now, phone(number), text, rule);
        let doubts = self
            .tenants
            .values()
            .filter_map(|tenant| tenant.doubt(&phone(number), &id, &doubt, now));
        let changes: Vec<Change> = doubts.collect();
        for change in changes {
            // One more doubt of a tenant who is on hold is not recorded, and opens no review.
            if !change.records.is_empty() {
                review.add(&change.tenant);
            }
            self.keep(change);
        }
        if !review.tenants.is_empty() {
            review.reached_all(now);
            self.reviews.push(review);
        }
    }

    fn decide(&mut self, review: usize, decision: ReviewDecision, now: Timestamp) {
        let Some(at) = (!self.reviews.is_empty()).then(|| review % self.reviews.len()) else {
            return;
        };
        let review = &mut self.reviews[at];
        if review.admit(decision) != Ok(Admission::Take) {
            return;
        }
        let verdict = Verdict {
            decision,
            by: "somebody".to_owned(),
            note: None,
        };
        review.decide(&verdict, now);
        let review = review.clone();
        let evidence = review.evidence(&verdict);
        if decision == ReviewDecision::OptOut {
            let number = NUMBERS
                .iter()
                .position(|number| *number == review.cell_phone.as_str());
            self.text(number.unwrap(), Keyword::Stop, now, &evidence);
        } else {
            let releases = self
                .tenants
                .values()
                .filter_map(|tenant| tenant.release(&review.review_id, &evidence, now));
            for change in releases.collect::<Vec<_>>() {
                self.keep(change);
            }
        }
    }

    fn text(&mut self, number: usize, keyword: Keyword, now: Timestamp, evidence: &Evidence) {
        let number = self
            .numbers
            .entry(phone(number))
            .or_insert_with(|| Number::new(phone(number)));
        let two_way = self.facility.two_way_texting;
        let text = KeywordText {
            keyword,
            two_way_texting: two_way,
            sent_at: None,
            evidence,
            now,
        };
        let Some(heard) = number.hear(&text) else {
            return;
        };
        *number = heard.clone();
        let changes: Vec<Change> = self
            .tenants
            .values()
            .filter_map(|tenant| tenant.hear(&heard, &text))
            .collect();
        for change in changes {
            self.keep(change);
        }
    }

    fn can_text(&self, tenant: &Tenant) -> bool {
        let number = tenant
            .details
            .cell_phone
            .as_ref()
            .and_then(|number| self.numbers.get(number));
        tenant.can_text() && !number.is_some_and(|number| number.holds_back(tenant))
    }
}

fn withdrawn_by_text(consent: Consent) -> bool {
    matches!(consent, Consent::OptedOut(OptOut::Text | OptOut::TextAndPortal))
}

fn withdrawn_on_portal(consent: Consent) -> bool {
    matches!(consent, Consent::OptedOut(OptOut::Portal | OptOut::TextAndPortal))
}

fn check_step(before: &Tenant, after: &Tenant, event: Event, two_way: TwoWayTexting) {
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
fn rebuild(tenant: &TenantId, records: &[Record]) -> Result<Rebuilt, ChainError> {
    let facility = FacilityId::parse("f1").unwrap();
    let stored: Vec<StoredRecord> = records.iter().map(|it| StoredRecord::of(it).unwrap()).collect();
    consent::record::rebuild(&facility, tenant, &stored)
}

fn check_tenant(world: &World, tenant: &Tenant) {
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
fn check_reviews(world: &World) {
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
fn check_life(tenant: &Tenant, records: &[Record]) {
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
