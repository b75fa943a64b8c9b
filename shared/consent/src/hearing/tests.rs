use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::*;
use crate::rules::{Consent, Grant, NumberStanding, OptOut};
use crate::tenant::Residence;
use crate::testing::{NOON, evidence, facility, phone, second, tenant};

use Keyword::{Start, Stop};

const AGREED: Consent = Consent::Provided(Grant::Profile);
const STOPPED: Consent = Consent::OptedOut(OptOut::Text);

/// A number, those who have it, and how far each message came: as they are stored.
struct World {
    number: Number,
    is_stored: bool,
    tenants: BTreeMap<TenantId, Tenant>,
    progress: BTreeMap<String, Progress>,
    open_review: Option<ReviewId>,
    two_way_texting: TwoWayTexting,
    answered_by: Option<Timestamp>,
    now: Timestamp,
}

/// What is known of a number before the first part of a message.
fn at_first(number: &Number) -> Known<'_> {
    Known {
        two_way_texting: TwoWayTexting::On,
        number: Some(number),
        progress: None,
        open_review: None,
        seen_before: None,
        answered_by: None,
        room: 5,
        arrived_at: NOON,
        now: NOON,
    }
}

fn id(number: usize) -> TenantId {
    TenantId::parse(&format!("t{number}")).unwrap()
}

impl World {
    /// Tenants t0, t1, ... who share a number.
    fn sharing(consents: &[Consent]) -> Self {
        let tenants: BTreeMap<TenantId, Tenant> = consents
            .iter()
            .enumerate()
            .map(|(number, consent)| (id(number), tenant(id(number).as_str(), *consent)))
            .collect();
        Self {
            number: Number {
                tenants: tenants.keys().cloned().collect(),
                ..Number::new(phone(42))
            },
            is_stored: true,
            tenants,
            progress: BTreeMap::new(),
            open_review: None,
            two_way_texting: TwoWayTexting::On,
            answered_by: None,
            now: NOON,
        }
    }

    /// One transaction of a message: what it came to, and whether it is the last.
    fn part(&mut self, message: &str, says: Says, room: usize) -> bool {
        self.now += SignedDuration::from_secs(1);
        let phone = self.number.number.clone();
        let evidence = evidence();
        let delivery = Delivery {
            number: &phone,
            says,
            sent_at: None,
            evidence: &evidence,
            message,
        };
        let (number, progress) = (self.number.clone(), self.progress.get(message).cloned());
        let mut part = Part::next(
            &delivery,
            Known {
                two_way_texting: self.two_way_texting,
                number: self.is_stored.then_some(&number),
                progress: progress.as_ref(),
                open_review: self.open_review.as_ref(),
                seen_before: None,
                answered_by: self.answered_by,
                room,
                arrived_at: self.now,
                now: self.now,
            },
        );
        for id in part.tenants.clone() {
            let reached = part.reach(&self.tenants[&id]);
            if let Some(change) = reached.change {
                self.tenants.insert(id, change.tenant);
            }
        }
        self.progress.insert(message.to_owned(), part.progress());
        self.is_stored |= part.changes_number;
        let is_last = part.is_last;
        if part.changes_number {
            self.number = part.number;
        }
        is_last
    }

    /// A message, in as many parts as it takes.
    fn hear(&mut self, message: &str, says: Says, room: usize) {
        while !self.part(message, says, room) {}
    }

    fn consents(&self) -> Vec<Consent> {
        self.tenants.values().map(|tenant| tenant.consent).collect()
    }

    /// What the sender of a message is told.
    fn told(&self, message: &str, meaning: Meaning) -> Option<crate::reply::Outcome> {
        self.progress[message]
            .effect
            .outcome(meaning, self.two_way_texting)
    }
}

#[test]
fn a_stop_in_parts_of_any_size_does_what_it_does_in_one() {
    use crate::reply::Outcome::Stopped;
    let stop = Says::Keyword(Stop);
    let consents = [
        AGREED,
        STOPPED,
        Consent::NotProvided,
        AGREED,
        Consent::OptedOut(OptOut::Portal),
    ];
    let mut whole = World::sharing(&consents);
    assert!(whole.part("m1", stop, consents.len()));
    assert_eq!(whole.number.spreading, None, "all of them fit");
    for room in 1..=5 {
        let mut world = World::sharing(&consents);
        // The number comes first, without anybody.
        assert!(!world.part("m1", stop, 0));
        assert_eq!(world.number.standing, NumberStanding::Stopped);
        assert_eq!(world.number.spreading, Some(evidence()));
        assert_eq!(world.consents(), consents);
        let held_back = world
            .tenants
            .values()
            .all(|tenant| world.number.holds_back(tenant));
        assert!(held_back, "nobody is texted meanwhile");
        world.hear("m1", stop, room);
        assert_eq!(world.consents(), whole.consents(), "{room}");
        assert_eq!(world.told("m1", Meaning::OptOut), Some(Stopped));
        assert_eq!(world.number.keywords, 1);
        assert_eq!(world.progress["m1"].received_at, second(1));
        assert_eq!(world.progress["m1"].reached, Some(id(4)));
    }
}

#[test]
fn a_later_stop_works_off_an_earlier_one_and_only_what_is_its_own_is_told() {
    let mut world = World::sharing(&[AGREED, AGREED]);
    assert!(!world.part("m1", Says::Keyword(Stop), 1));
    world.hear("m2", Says::Keyword(Stop), 5);
    // One was stopped by the first and hears nothing new. What the first had still to do is not told by the second.
    assert_eq!(world.consents(), [STOPPED, STOPPED]);
    assert_eq!(world.told("m2", Meaning::OptOut), None);
    world.hear("m1", Says::Keyword(Stop), 5);
    assert_eq!(
        world.told("m1", Meaning::OptOut),
        Some(crate::reply::Outcome::Stopped)
    );
    assert!(world.progress["m1"].stands(&world.number));
}

#[test]
fn a_start_ends_a_stop_that_is_on_its_way_and_the_stop_is_not_told() {
    let mut world = World::sharing(&[AGREED, AGREED]);
    assert!(!world.part("m1", Says::Keyword(Stop), 1));
    world.hear("m2", Says::Keyword(Start), 5);
    assert_eq!(world.consents(), [Consent::Provided(Grant::Text), AGREED]);
    world.hear("m1", Says::Keyword(Stop), 5);
    assert_eq!(world.consents(), [Consent::Provided(Grant::Text), AGREED]);
    assert_eq!(world.told("m1", Meaning::OptOut), None);
    assert!(!world.progress["m1"].stands(&world.number));
    assert_eq!(world.number.spreading, None);
}

#[test]
fn a_repeated_stop_is_not_told_again() {
    let mut world = World::sharing(&[AGREED]);
    world.hear("m1", Says::Keyword(Stop), 5);
    world.hear("m2", Says::Keyword(Stop), 5);
    assert_eq!(world.told("m2", Meaning::OptOut), None);
}

#[test]
fn a_doubt_holds_until_a_keyword_or_a_decision_overtakes_it() {
    let review = ReviewId::of("m1", NOON).unwrap();
    let doubt = |open: bool, keyword_between: bool| {
        let mut world = World::sharing(&[AGREED, AGREED]);
        world.open_review = Some(review.clone());
        assert!(!world.part("m1", Says::Doubt, 1));
        assert_eq!(
            world.number.keywords, 0,
            "a doubt changes nothing about the number"
        );
        if keyword_between {
            world.hear("m2", Says::Keyword(Start), 5);
        }
        world.open_review = open.then(|| review.clone());
        world.hear("m1", Says::Doubt, 5);
        world
            .tenants
            .into_values()
            .map(|tenant| tenant.hold.is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(doubt(true, false), [true, true]);
    assert_eq!(doubt(false, false), [true, false], "decided meanwhile");
    assert_eq!(doubt(true, true), [false, false], "a START came meanwhile");
}

#[test]
fn a_doubt_writes_the_number_so_that_a_keyword_at_the_same_time_is_seen() {
    let part = |says, is_stored| {
        let mut world = World::sharing(&[]);
        world.is_stored = is_stored;
        world.part("m1", says, 5);
        world.is_stored
    };
    assert!(!part(Says::Doubt, false), "nobody could be held");
    assert!(!part(Says::Nothing, false));
    assert!(part(Says::Keyword(Stop), false));
    let mut world = World::sharing(&[AGREED]);
    let phone = world.number.number.clone();
    let evidence = evidence();
    for (says, changes) in [
        (Says::Doubt, true),
        (Says::Nothing, false),
        (Says::Keyword(Start), true),
    ] {
        let delivery = Delivery {
            number: &phone,
            says,
            sent_at: None,
            evidence: &evidence,
            message: "m1",
        };
        assert_eq!(
            Part::next(&delivery, at_first(&world.number)).changes_number,
            changes,
            "{says:?}"
        );
    }
    world.two_way_texting = TwoWayTexting::Off;
    world.hear("m2", Says::Keyword(Start), 5);
    assert_eq!((world.number.keywords, world.consents()), (0, vec![AGREED]));
    assert_eq!(world.progress["m2"].counted, None);
}

#[test]
fn the_answer_to_a_start_is_in_flight_until_its_time_is_over() {
    let mut world = World::sharing(&[AGREED]);
    world.answered_by = Some(second(7));
    world.hear("m1", Says::Keyword(Start), 5);
    let answer = world.number.answers["m1"];
    assert_eq!((answer.until, answer.is_released), (second(7), false));
    world.answered_by = None;
    world.hear("m2", Says::Keyword(Stop), 5);
    assert!(world.number.answers.contains_key("m1"));
    world.now = second(6);
    world.hear("m3", Says::Keyword(Stop), 5);
    assert!(world.number.answers.is_empty(), "it is over");
}

#[test]
fn a_start_lets_the_number_back_where_a_stop_or_a_block_kept_texts_in() {
    let lets_back = |consent: Consent, says| {
        let mut world = World::sharing(&[consent]);
        if consent == STOPPED {
            world.number.standing = NumberStanding::Stopped;
        }
        let evidence = evidence();
        let delivery = Delivery {
            number: &world.number.number.clone(),
            says,
            sent_at: None,
            evidence: &evidence,
            message: "m1",
        };
        Part::next(&delivery, at_first(&world.number))
            .reach(&world.tenants[&id(0)])
            .lets_back
    };
    assert!(lets_back(STOPPED, Says::Keyword(Start)));
    assert!(!lets_back(AGREED, Says::Keyword(Start)));
    assert!(!lets_back(STOPPED, Says::Keyword(Stop)));
    assert!(!lets_back(STOPPED, Says::Nothing));
}

#[test]
fn a_message_reaches_nobody_who_has_left_the_number() {
    let mut world = World::sharing(&[AGREED, AGREED]);
    world.tenants.get_mut(&id(0)).unwrap().residence = Residence::MovedOut;
    world.tenants.get_mut(&id(1)).unwrap().details.cell_phone = Some(phone(43));
    world.hear("m1", Says::Keyword(Stop), 5);
    assert_eq!(world.consents(), [AGREED, AGREED]);
    assert!(world.progress["m1"].effect.consents.is_empty());
}

#[test]
fn progress_that_is_ahead_of_the_number_was_read_at_another_time() {
    let world = World::sharing(&[]);
    let progress = |counted| Progress {
        received_at: NOON,
        counted,
        reached: None,
        effect: TextEffect::default(),
    };
    assert!(progress(Some(1)).is_ahead_of(&world.number));
    assert!(!progress(Some(0)).is_ahead_of(&world.number));
    assert!(!progress(None).is_ahead_of(&world.number));
    assert!(!progress(None).stands(&world.number));
}

#[test]
fn a_number_that_the_facility_gave_up_takes_a_stop_and_no_more() {
    let dialled = |number| facility().dialled_at(&phone(number)).two_way_texting;
    assert_eq!(dialled(0), TwoWayTexting::On);
    assert_eq!(dialled(1), TwoWayTexting::Off);
}

#[test]
fn what_a_text_means_is_what_it_asks() {
    let says = |meaning: Meaning| Says::from(meaning);
    assert_eq!(says(Meaning::OptOut), Says::Keyword(Stop));
    assert_eq!(says(Meaning::OptIn), Says::Keyword(Start));
    assert_eq!(says(Meaning::Doubt), Says::Doubt);
    assert_eq!([Meaning::Help, Meaning::None].map(says), [Says::Nothing; 2]);
}

#[test]
fn only_a_stop_says_that_it_is_on_its_way_and_only_a_start_expects_an_answer() {
    let mut world = World::sharing(&[AGREED, AGREED]);
    assert!(!world.part("m1", Says::Keyword(Start), 0));
    assert_eq!(world.number.spreading, None);
    assert!(!world.part("m2", Says::Keyword(Stop), 1));
    assert_eq!(world.number.spreading, Some(evidence()));
    let expects_an_answer = |says| {
        let delivery = Delivery {
            number: &phone(42),
            says,
            sent_at: None,
            evidence: &evidence(),
            message: "m1",
        };
        delivery.expects_an_answer()
    };
    assert!(expects_an_answer(Says::Keyword(Start)));
    for other in [Says::Keyword(Stop), Says::Doubt, Says::Nothing] {
        assert!(!expects_an_answer(other), "{other:?}");
    }
}
