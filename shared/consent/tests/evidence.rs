//! Packs of somebody whom nobody trusts: whatever is done to one, the check answers, and says that it does not hold.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use consent::evidence::{Compiler, Examination, PackFacility, PackTenant, Place, json};
use consent::id::{FacilityId, TenantId};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn pack() -> Value {
    let now = Timestamp::UNIX_EPOCH;
    let compiler = Compiler::new(now, None);
    let facility = PackFacility {
        facility_id: FacilityId::parse("f1").unwrap(),
        name: "Storage".to_owned(),
    };
    let tenant = PackTenant {
        tenant_id: TenantId::parse("t1").unwrap(),
        name: "Ada Moreno".to_owned(),
        cell_phone: None,
        units: vec!["A12".to_owned()],
        moved_out: false,
    };
    let (pack, next) = compiler.finish(facility, tenant, 0, now);
    assert_eq!(next, None);
    let mut pack = pack.with_signature("key", "value").unwrap();
    let nothing = json!({"status": "not_provided", "source": null});
    let record = json!({
        "record_id": "f1/t1/1", "facility_id": "f1", "tenant_id": "t1", "sequence": 1,
        "at": "1970-01-01T00:00:00.000Z", "type": "granted", "channel": "portal", "actor": "somebody",
        "cell_phone": null, "from": nothing, "to": {"status": "provided", "source": "portal"}, "disclosure": "I agree",
        "text": null, "rule": "rule", "needs_review": false, "rules_version": null, "matched": null,
        "provider_message_id": null, "previous_hash": null, "hash": "",
    });
    let decision = json!({
        "decision_id": "d", "decided_at": "1970-01-01T00:00:00.000Z", "allowed": true, "consent_record_id": "f1/t1/1",
        "sequence": 1, "message_id": null, "message": null,
    });
    pack["records"] = json!([record]);
    pack["decisions"] = json!([decision]);
    pack["part"] = json!({"number": 1, "records_before": 0, "decisions_before": 0, "is_last": true});
    pack
}

/// Every place in a value, as JSON pointers.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| places(value, &format!("{at}/{name}"), into)),
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(place, item): (u32, _)| places(item, &format!("{at}/{place}"), into)),
        _ => {}
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("9999-12-31T23:59:59.999Z")),
        Just(json!("-009999-01-01T00:00:00Z")),
        Just(json!(u64::MAX)),
        Just(json!("opted_out")),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{0,9}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_stands_in_a_place_of_a_pack_the_check_answers(
        changes in prop::collection::vec((any::<prop::sample::Index>(), anything()), 1..4),
        copies in 1..3_usize,
    ) {
        let mut hostile = pack();
        for (at, value) in changes {
            let mut all = Vec::new();
            places(&hostile, "", &mut all);
            if let Some(place) = hostile.pointer_mut(at.get::<String>(&all)) {
                *place = value;
            }
        }
        if let Ok(mut examination) = Examination::of(vec![hostile; copies]) {
            examination.signature(None);
            examination.earlier_head("0");
            // The record has no hash, so that no such pack holds.
            prop_assert!(examination.checks().iter().any(consent::evidence::Check::fails));
            for check in examination.checks() {
                prop_assert!(!check.to_string().contains(char::is_control), "{check}");
            }
        }
    }

    #[test]
    fn whatever_the_bytes_reading_answers(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = json::read(&bytes);
    }

    #[test]
    fn the_place_of_a_part_is_read_as_it_is_written(text in "[0-9]{1,25}(-[0-9]{1,3}){0,4}") {
        if let Some(place) = Place::read(&text) {
            prop_assert_eq!(Place::read(&place.text()), Some(place));
        }
    }
}
