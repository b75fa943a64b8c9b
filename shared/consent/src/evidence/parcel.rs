//! A pack as somebody hands it in: read strictly, before anything is checked.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::checks::plain;
use super::key::{ALGORITHM, KeySet};
use super::life::PackStanding;
use super::pack::{PackFacility, PackTenant, Part};
use crate::record::{Link, StoredRecord, is_exact};

/// The members that a pack must have, by the object that has them.
const MEMBERS: [(&str, &[&str]); 5] = [
    (
        "",
        &[
            "format",
            "generated_at",
            "as_of",
            "facility",
            "tenant",
            "standing",
            "records",
            "decisions",
            "decisions_left_out",
            "head",
            "signature",
        ],
    ),
    ("/facility", &["facility_id", "name"]),
    (
        "/tenant",
        &["tenant_id", "name", "cell_phone", "units", "moved_out"],
    ),
    (
        "/standing",
        &["status", "source", "on_hold", "evidence", "record_id"],
    ),
    ("/signature", &["algorithm", "key_id", "value"]),
];

/// A pack that has the shape of one.
#[derive(Debug)]
pub(super) struct Parcel {
    /// Without its signature.
    unsigned: Value,
    pub(super) generated_at: Timestamp,
    pub(super) as_of: Timestamp,
    pub(super) facility: PackFacility,
    pub(super) tenant: PackTenant,
    pub(super) standing: PackStanding,
    pub(super) records: Vec<StoredRecord>,
    pub(super) decisions: Vec<Decision>,
    pub(super) head: Option<Link>,
    pub(super) part: Option<Part>,
    pub(super) signature: Signature,
}

/// What is checked of a decision.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the members' names on the wire")]
pub(super) struct Decision {
    pub(super) decision_id: String,
    pub(super) decided_at: String,
    pub(super) allowed: bool,
    pub(super) consent_record_id: Option<String>,
    pub(super) sequence: u64,
    message_id: Option<String>,
    message: Option<Message>,
}

#[derive(Debug, Deserialize)]
struct Message {
    id: String,
    #[expect(dead_code, reason = "it must be there and a text")]
    body: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Signature {
    algorithm: String,
    pub(super) key_id: String,
    value: String,
}

impl Decision {
    /// Whether the message that comes with it is the one that it names.
    pub(super) fn names_its_message(&self) -> bool {
        self.message
            .as_ref()
            .is_none_or(|message| Some(&message.id) == self.message_id.as_ref())
    }
}

impl Parcel {
    /// Reads a pack. The error says what it lacks.
    pub(super) fn read(mut pack: Value) -> Result<Self, String> {
        for (object, names) in MEMBERS {
            let found = pack.pointer(object).and_then(Value::as_object);
            let found = found.ok_or_else(|| format!("{object} is no object"))?;
            if let Some(missing) = names.iter().find(|name| !found.contains_key(**name)) {
                return Err(format!("{object}/{missing} is missing"));
            }
        }
        if !is_exact(&pack) {
            return Err("it has a number that is not whole, or is above 2^53".to_owned());
        }
        let decisions_left_out: u64 = member(&pack, "decisions_left_out")?;
        let generated_at: Timestamp = member(&pack, "generated_at")?;
        let as_of: Timestamp = member(&pack, "as_of")?;
        if as_of > generated_at {
            return Err("`as_of` is later than `generated_at`".to_owned());
        }
        let parcel = Self {
            generated_at,
            as_of,
            facility: member(&pack, "facility")?,
            tenant: member(&pack, "tenant")?,
            standing: member(&pack, "standing")?,
            records: member(&pack, "records")?,
            decisions: member(&pack, "decisions")?,
            head: member(&pack, "head")?,
            part: member(&pack, "part")?,
            signature: member(&pack, "signature")?,
            unsigned: Value::Null,
        };
        let decisions = u64::try_from(parcel.decisions.len()).unwrap_or(u64::MAX);
        decisions
            .checked_add(decisions_left_out)
            .ok_or("decisions_left_out is too large")?;
        if let Some(members) = pack.as_object_mut() {
            members.remove("signature");
        }
        Ok(Self {
            unsigned: pack,
            ..parcel
        })
    }

    /// Whether both are parts of one pack.
    pub(super) fn is_of_one_pack_with(&self, other: &Self) -> bool {
        let whose = |parcel: &Self| {
            (
                parcel.facility.facility_id.clone(),
                parcel.tenant.tenant_id.clone(),
            )
        };
        (whose(self), self.as_of, &self.head) == (whose(other), other.as_of, &other.head)
    }

    /// Whether its signature is one of these keys'.
    pub(super) fn is_signed(&self, keys: &KeySet) -> Result<(), String> {
        let Signature {
            algorithm,
            key_id,
            value,
        } = &self.signature;
        if algorithm != ALGORITHM {
            return Err(format!(
                "its algorithm is {}, and not {ALGORITHM}",
                plain(algorithm)
            ));
        }
        let key = keys
            .key(key_id)
            .ok_or_else(|| format!("no key has the id {}", plain(key_id)))?;
        let text = serde_json_canonicalizer::to_vec(&self.unsigned)
            .map_err(|_| "it has no canonical form".to_owned())?;
        if key.verifies(&text, value) {
            Ok(())
        } else {
            Err(format!(
                "the key {} did not sign this: the pack was altered, or another key signed it",
                plain(key_id)
            ))
        }
    }
}

/// A member, read as what it must be. One that may be absent is `null`.
fn member<T: DeserializeOwned>(pack: &Value, name: &str) -> Result<T, String> {
    let value = pack.get(name).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|error| format!("{name}: {}", plain(&error.to_string())))
}
