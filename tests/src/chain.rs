//! The chain of records, checked from outside: nothing of the code under test is used.

use std::collections::BTreeMap;

use ring::digest::{SHA256, digest};
use serde_json::Value;

/// RFC 8785, as far as records need it: members sorted, no spaces, integers, strings as JSON escapes them.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            // Names are ASCII here, so that bytes sort as UTF-16 does.
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            let members: Vec<String> = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

/// The hash that a record must have.
pub fn hash_of(record: &Value) -> String {
    let mut hashed = record.clone();
    hashed.as_object_mut().unwrap().remove("hash");
    let digest = digest(&SHA256, canonical(&hashed).as_bytes());
    let bytes: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}

/// Checks records, oldest first, as the contract says: dense sequences, each tied to the one before, every
/// hash right, each `from` the `to` of the one before, and times that never go back.
#[track_caller]
pub fn verify_chain(records: &[Value]) {
    let mut previous: Option<&Value> = None;
    for (sequence, record) in (1_u64..).zip(records) {
        assert_eq!(record["sequence"], sequence, "{record}");
        assert_eq!(record["hash"], hash_of(record), "{record}");
        match previous {
            None => {
                assert_eq!(record["previous_hash"], Value::Null);
                let first = serde_json::json!({"status": "not_provided", "source": null});
                assert_eq!(record["from"], first);
            }
            Some(previous) => {
                assert_eq!(record["previous_hash"], previous["hash"]);
                assert_eq!(record["from"], previous["to"]);
                assert!(record["at"].as_str() >= previous["at"].as_str());
            }
        }
        previous = Some(record);
    }
}
