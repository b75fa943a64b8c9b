use super::*;
use crate::id::ReviewId;
use crate::rules::{Screen, TwoWayTexting};
use crate::tenant::{Change, Tenant};
use crate::testing::{NOON, evidence, second, tenant};

/// A life in which each kind of change comes at least once, and how it is recorded.
const LIFE: [(&str, ChangeKind); 13] = [
    ("check profile", ChangeKind::Granted),
    ("doubt", ChangeKind::Held),
    ("no opt-out", ChangeKind::HoldLifted),
    ("uncheck profile", ChangeKind::OptedOut),
    ("start", ChangeKind::Granted),
    ("uncheck portal", ChangeKind::OptedOut),
    ("stop", ChangeKind::OptedOut),
    ("start", ChangeKind::OptOutLifted),
    ("check portal", ChangeKind::Granted),
    ("stop", ChangeKind::OptedOut),
    ("seen", ChangeKind::Reviewed),
    ("start", ChangeKind::Granted),
    ("remove number", ChangeKind::Ended),
];

fn happens(tenant: &Tenant, what: &str, now: Timestamp) -> Change {
    let review = ReviewId::of("m1", NOON).unwrap();
    let evidence = evidence();
    let action = match what {
        "doubt" => {
            let number = tenant.details.cell_phone.as_ref().unwrap();
            return tenant.doubt(number, &review, &evidence, now).unwrap();
        }
        "no opt-out" => return tenant.release(&review, &evidence, now).unwrap(),
        "check profile" => Action::Check(Screen::Profile),
        "check portal" => Action::Check(Screen::Portal),
        "uncheck profile" => Action::Uncheck(Screen::Profile),
        "uncheck portal" => Action::Uncheck(Screen::Portal),
        "stop" => Action::Stop,
        "start" => Action::Start,
        "seen" => Action::Seen,
        "remove number" => Action::RemoveNumber,
        other => panic!("{other}"),
    };
    let change = tenant.apply(action, TwoWayTexting::On, &evidence, now);
    change.unwrap().unwrap()
}

fn rebuilt(records: &[Record]) -> Result<Rebuilt, ChainError> {
    let stored: Vec<StoredRecord> = records.iter().map(|it| StoredRecord::of(it).unwrap()).collect();
    let ada = tenant("t1", Consent::NotProvided);
    rebuild(&ada.facility_id, &ada.tenant_id, &stored)
}

/// The records of the life.
fn life() -> Vec<Record> {
    let mut ada = tenant("t1", Consent::NotProvided);
    let mut records = Vec::new();
    for (at, (what, kind)) in (1..).zip(LIFE) {
        let before = ada.clone();
        let change = happens(&ada, what, second(at));
        (ada, records) = (change.tenant, [records, change.records].concat());
        let record = records.last().unwrap();
        assert_eq!(
            (record.kind, record.at.as_str()),
            (kind, rfc3339(second(at)).as_str()),
            "{what}"
        );
        let standing = Rebuilt {
            consent: ada.consent,
            holding: ada.holding(),
        };
        assert_eq!(rebuilt(&records), Ok(standing), "{what}");
        assert_eq!(
            (ada.chain.sequence, ada.chain.at),
            (records.len() as u64, Some(second(at)))
        );
        assert_eq!(ada.chain.hash.as_ref(), Some(&record.hash));
        // The grant is the record that began it, and a change of standing is the last that the screens show.
        let stays = before.consent == ada.consent;
        let began = (ada.consent.status() == Status::Provided).then_some(record.sequence);
        assert_eq!(ada.grant, if stays { before.grant } else { began }, "{what}");
        let changed_at = if stays {
            before.changed_at
        } else {
            Some(second(at))
        };
        assert_eq!(ada.changed_at, changed_at, "{what}");
        let ended = ada.hold_ended_since(&before).is_some();
        assert_eq!(ended, what == "no opt-out", "{what}");
    }
    records
}

#[test]
fn the_records_alone_give_where_a_tenant_stands() {
    let records = life();
    assert_eq!(rfc3339(NOON), "2023-11-14T22:13:20.000Z");
    assert_eq!(records[0].record_id.as_str(), "f1/t1/1");
    assert_eq!(
        rebuilt(&[]).map(|rebuilt| rebuilt.consent),
        Ok(Consent::NotProvided)
    );
}

/// The chain with its hashes made anew from here on.
fn resealed(records: &[Record], from: usize) -> Vec<Record> {
    let mut records = records.to_vec();
    for at in from..records.len() {
        if at > 0 {
            records[at].previous_hash = Some(records[at - 1].hash.clone());
        }
        records[at].hash = records[at].compute_hash().unwrap();
    }
    records
}

#[test]
fn what_was_done_to_records_shows_where_it_was_done() {
    let whole = life();
    for at in 0..whole.len() {
        let sequence = at as u64 + 1;
        let mut records = whole.clone();
        records[at].actor.push('!');
        assert_eq!(rebuilt(&records), Err(ChainError::Altered(sequence)));
        records[at].hash = records[at].compute_hash().unwrap();
        let next = ChainError::Unlinked(sequence + 1);
        assert_eq!(rebuilt(&records).err(), (at + 1 < whole.len()).then_some(next));
        // With every hash made anew, only what the records say can tell.
        let mut records = whole.clone();
        records[at].to = Standing {
            status: Status::Provided,
            source: None,
        };
        let unlinked = Err(ChainError::Unlinked(sequence));
        assert_eq!(rebuilt(&resealed(&records, at)), unlinked);
        let mut records = whole.clone();
        records[at].from.source = match records[at].from.source {
            Some(Source::Grandfathered) => None,
            _ => Some(Source::Grandfathered),
        };
        assert_eq!(rebuilt(&resealed(&records, at)), unlinked);
        let mut missing = whole.clone();
        missing.remove(at);
        let error = (at + 1 < whole.len()).then_some(ChainError::Missing(sequence));
        assert_eq!(rebuilt(&missing).err(), error);
    }
}

#[test]
fn a_hold_is_recorded_where_it_can_be_and_lifted_where_there_is_one() {
    #[track_caller]
    fn check(record: &Record, consent: Consent, before: Holding, after: Option<Holding>) {
        let standing = |holding| Rebuilt { consent, holding };
        let before = standing(before);
        assert_eq!(replay(before, record), after.map(standing), "{before:?}");
    }
    let record = |kind, consent: Consent| Record {
        kind,
        to: consent.into(),
        ..life()[0].clone()
    };
    let (free, held) = (Holding::Free, Holding::OnHold);
    let agreed = Consent::Provided(Grant::Text);
    check(&record(ChangeKind::Held, agreed), agreed, free, Some(held));
    check(&record(ChangeKind::Held, agreed), agreed, held, None);
    let by_text = Consent::OptedOut(OptOut::Text);
    check(&record(ChangeKind::Held, by_text), by_text, free, None);
    check(&record(ChangeKind::HoldLifted, agreed), agreed, held, Some(free));
    check(&record(ChangeKind::HoldLifted, agreed), agreed, free, None);
    // Staff cannot agree for somebody who is on hold.
    let by_staff = record(ChangeKind::Granted, Consent::Provided(Grant::Profile));
    let replayed = |holding| {
        let consent = Consent::NotProvided;
        replay(Rebuilt { consent, holding }, &by_staff).is_some()
    };
    assert!(replayed(free) && !replayed(held));
}

#[test]
fn each_way_of_a_withdrawal_is_named_and_dated() {
    let names = ReceivedVia::ALL.map(ReceivedVia::as_str);
    assert_eq!(names, ["voice", "email", "letter", "in_person"]);
    for via in ReceivedVia::ALL {
        assert_eq!(serde_json::to_value(via).unwrap(), via.as_str());
    }
    let now = second(0);
    assert!(Received::is_recordable(now, now));
    assert!(Received::is_recordable(now - OLDEST_WITHDRAWAL, now));
    assert!(!Received::is_recordable(second(1), now));
    assert!(!Received::is_recordable(second(-1) - OLDEST_WITHDRAWAL, now));
    // Tuesday, 14 November: Thanksgiving is no business day.
    let received = Received {
        via: ReceivedVia::Voice,
        at: NOON,
    };
    assert_eq!(received.honour_by().to_string(), "2023-11-29");
}
