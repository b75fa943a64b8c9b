//! Chains as they are stored. A record keeps the members that it was written with, and its hash is checked over those. So
//! the records of older and newer versions hold, too.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ChainEnd, ChainError, Record, hex};
use crate::id::{FacilityId, RecordId, TenantId};

/// A record with the members that it was written with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredRecord(Map<String, Value>);

/// It is personal data: `Debug` shows which record it is, and no more.
impl fmt::Debug for StoredRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StoredRecord({:?})", self.text("record_id"))
    }
}

impl StoredRecord {
    /// A record of these members.
    pub const fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// A record as this version writes it. `None`: it has no form in JSON.
    pub fn of(record: &Record) -> Option<Self> {
        match serde_json::to_value(record) {
            Ok(Value::Object(members)) => Some(Self(members)),
            _ => None,
        }
    }

    /// As this version knows it. `None`: another version wrote it, and it means something that is not known here.
    pub fn to_record(&self) -> Option<Record> {
        Record::deserialize(Value::Object(self.0.clone())).ok()
    }

    /// A member that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// The link to it, as far as it says itself.
    pub fn link(&self) -> Option<Link> {
        Link::to(self.0.get("sequence")?.as_u64()?, self.hash())
    }

    fn hash(&self) -> Option<String> {
        self.text("hash").map(str::to_owned)
    }

    fn previous_hash(&self) -> Option<String> {
        self.text("previous_hash").map(str::to_owned)
    }

    /// The hash that `hash` must be: SHA-256 over the other members, as RFC 8785 canonical JSON. `None`: a member has
    /// no canonical form, and so no version has written it.
    pub fn compute_hash(&self) -> Option<String> {
        let members: BTreeMap<&String, &Value> = self.0.iter().filter(|(name, _)| *name != "hash").collect();
        if !members.values().all(|value| is_exact(value)) {
            return None;
        }
        let canonical = serde_json_canonicalizer::to_vec(&members).ok()?;
        Some(hex(
            ring::digest::digest(&ring::digest::SHA256, &canonical).as_ref()
        ))
    }

    /// Whether it is, by itself, the record of a tenant with this sequence, as it was written.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, facility: &FacilityId, tenant: &TenantId, sequence: u64) -> Result<(), ChainError> {
        if self.0.get("sequence").and_then(Value::as_u64) != Some(sequence)
            || self.text("record_id") != Some(RecordId::new(facility, tenant, sequence).as_str())
        {
            return Err(ChainError::Missing(sequence));
        }
        if self.hash().is_none() || self.hash() != self.compute_hash() {
            return Err(ChainError::Altered(sequence));
        }
        // The first record has none before it, and every other one has.
        let is_first = self.0.get("previous_hash").is_none_or(Value::is_null);
        if is_first != (sequence == 1) {
            return Err(ChainError::Unlinked(sequence));
        }
        Ok(())
    }
}

/// RFC 8785 writes numbers as IEEE 754 doubles. Whole numbers up to 2^53 are the same to every reader, and records
/// have no others.
pub(crate) fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => number
            .as_i64()
            .is_some_and(|number| number.unsigned_abs() <= 1 << 53),
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

/// What a record has to be: the one that a chain's end or a later record names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its sequence.
    pub sequence: u64,
    /// Its hash. `None`: the record that says so is missing or does not hold.
    pub hash: Option<String>,
}

impl Link {
    /// The link to a record. `None` to the one before the first.
    fn to(sequence: u64, hash: Option<String>) -> Option<Self> {
        (sequence > 0).then_some(Self { sequence, hash })
    }
}

impl ChainEnd {
    /// The link to the last record. `None`: there are no records.
    pub fn link(&self) -> Option<Link> {
        // An end without a hash is nobody's.
        Link::to(self.sequence, Some(self.hash.clone().unwrap_or_default()))
    }
}

/// What is stored in a record's place.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The sequence of the place.
    pub sequence: u64,
    /// What is there. `None`: no JSON.
    pub record: Option<StoredRecord>,
}

impl Entry {
    /// The link to what is here, as far as it says itself.
    pub fn link(&self) -> Option<Link> {
        Link::to(self.sequence, self.record.as_ref().and_then(StoredRecord::hash))
    }
}

/// What the check of a page found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The first place, from the newest, at which the chain does not hold.
    pub broken: Option<ChainError>,
    /// What the next older record has to be. `None`: the page ends with the first one.
    pub rest: Option<Link>,
}

impl Checked {
    /// The same where nothing older is stored: whatever is still to come is missing.
    #[must_use]
    pub fn at_end(mut self) -> Self {
        if let Some(link) = self.rest.take() {
            self.broken.get_or_insert(ChainError::Missing(link.sequence));
        }
        self
    }
}

/// Checks a page of a tenant's chain, newest first, that begins with the record of `expected`.
pub fn check_page(
    facility: &FacilityId,
    tenant: &TenantId,
    page: &[Entry],
    expected: Option<Link>,
) -> Checked {
    let (mut broken, mut expected) = (None, expected);
    for Entry { sequence, record } in page {
        if let Some(missing) = expected.take_if(|link| link.sequence > *sequence) {
            broken.get_or_insert(ChainError::Missing(missing.sequence));
            expected = Link::to(*sequence, None);
        }
        let missing = ChainError::Missing(*sequence);
        let checked = record.as_ref().ok_or(missing).and_then(|record| {
            record.check(facility, tenant, *sequence)?;
            let is_linked = expected.as_ref().is_some_and(|link| {
                link.sequence == *sequence && (link.hash.is_none() || link.hash == record.hash())
            });
            let link = Link::to(sequence.saturating_sub(1), record.previous_hash());
            is_linked.then_some(link).ok_or(ChainError::Unlinked(*sequence))
        });
        expected = checked.unwrap_or_else(|error| {
            broken.get_or_insert(error);
            // What does not hold says nothing about the one before it.
            Link::to(sequence.saturating_sub(1), None)
        });
    }
    Checked {
        broken,
        rest: expected,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids() -> (FacilityId, TenantId) {
        (FacilityId::parse("f1").unwrap(), TenantId::parse("t1").unwrap())
    }

    fn seal(mut members: Value) -> Value {
        members["hash"] = json!(stored(&members).unwrap().compute_hash());
        members
    }

    fn stored(members: &Value) -> Option<StoredRecord> {
        serde_json::from_value(members.clone()).ok()
    }

    /// A chain of this length, oldest first. Its records have members that no version has written so far.
    fn chain(records: u64) -> Vec<Value> {
        let mut chain: Vec<Value> = Vec::new();
        for sequence in 1..=records {
            let previous = chain.last().map(|record| record["hash"].clone());
            chain.push(seal(json!({
                "record_id": format!("f1/t1/{sequence}"), "sequence": sequence, "previous_hash": previous,
                "type": "waved_at", "weather": {"sun": [true, null, 7]}, "text": "é\"\n\u{1f600}",
            })));
        }
        chain
    }

    /// Reads a chain by pages of each length as the store does, and checks what each way says of it.
    #[track_caller]
    fn check(chain: &[(u64, Value)], end: Option<&Link>, broken_at: Option<u64>) {
        let (facility, tenant) = ids();
        for length in 1..=chain.len() + 1 {
            let mut pages = chain.rchunks(length).peekable();
            let (mut expected, mut broken) = (end.cloned(), None);
            loop {
                let page = pages.next().unwrap_or_default().iter().rev();
                let page: Vec<Entry> = page
                    .map(|(sequence, record)| Entry {
                        sequence: *sequence,
                        record: stored(record),
                    })
                    .collect();
                let mut checked = check_page(&facility, &tenant, &page, expected);
                let is_last = pages.peek().is_none();
                if is_last {
                    checked = checked.at_end();
                }
                broken = broken.or(checked.broken);
                expected = checked.rest;
                if is_last {
                    break;
                }
            }
            assert_eq!(broken.map(ChainError::sequence), broken_at, "pages of {length}");
        }
    }

    fn numbered(chain: &[Value]) -> Vec<(u64, Value)> {
        (1..).zip(chain.iter().cloned()).collect()
    }

    fn end_of(chain: &[Value]) -> Option<Link> {
        let hash = chain
            .last()
            .map(|record| record["hash"].as_str().unwrap().to_owned());
        Link::to(chain.len().try_into().unwrap(), hash)
    }

    #[test]
    fn a_whole_chain_holds_whatever_members_its_records_have() {
        for records in 0..6 {
            let chain = chain(records);
            check(&numbered(&chain), end_of(&chain).as_ref(), None);
        }
    }

    #[test]
    fn what_was_done_to_a_chain_shows_where_it_was_done() {
        let whole = chain(5);
        let end = end_of(&whole);
        let end = end.as_ref();
        for at in 0..5_u64 {
            let place = usize::try_from(at).unwrap();
            let mut missing = numbered(&whole);
            missing.remove(place);
            check(&missing, end, Some(at + 1));

            for altered in [
                json!({"text": "STOP"}),
                json!({"text": null}),
                json!({"extra": null}),
                json!({"hash": "0".repeat(64)}),
                json!({"hash": null}),
                json!({"sequence": 9}),
                json!({"sequence": "1"}),
                json!({"record_id": "f1/t2/1"}),
                json!({"weather": 0.5}),
                json!({"weather": u64::MAX}),
            ] {
                let mut chain = numbered(&whole);
                for (name, value) in altered.as_object().unwrap() {
                    chain[place].1[name] = value.clone();
                }
                check(&chain, end, Some(at + 1));
            }
            // With a hash made anew it is the link to it that does not hold.
            let mut resealed = numbered(&whole);
            resealed[place].1["text"] = json!("STOP");
            resealed[place].1 = seal(resealed[place].1.take());
            check(&resealed, end, Some(at + 1));

            let mut unreadable = numbered(&whole);
            unreadable[place].1 = json!(["no", "record"]);
            check(&unreadable, end, Some(at + 1));
        }
        for (one, other) in [(0, 1), (1, 3), (2, 4)] {
            let mut swapped = whole.clone();
            swapped.swap(one, other);
            check(&numbered(&swapped), end, Some(other as u64 + 1));
        }
    }

    #[test]
    fn an_end_that_is_not_the_chains_shows() {
        let whole = chain(3);
        let link = |sequence, hash: &str| Link::to(sequence, Some(hash.to_owned()));
        let hash = |at: usize| whole[at]["hash"].as_str().unwrap().to_owned();
        let whole = numbered(&whole);
        check(&whole, link(3, &"0".repeat(64)).as_ref(), Some(3));
        check(&whole, link(4, &hash(2)).as_ref(), Some(4));
        check(&whole, link(u64::MAX, &hash(2)).as_ref(), Some(u64::MAX));
        check(&whole, link(2, &hash(1)).as_ref(), Some(3));
        check(&whole, None, Some(3));
        check(&[], link(2, &hash(1)).as_ref(), Some(2));
    }

    #[test]
    fn a_chain_begins_with_its_first_record() {
        let whole = chain(4);
        // Three of four, renumbered and sealed anew: only the end and the missing start tell.
        let mut tail: Vec<Value> = Vec::new();
        for (sequence, mut record) in (1..).zip(whole[1..].iter().cloned()) {
            record["record_id"] = json!(format!("f1/t1/{sequence}"));
            record["sequence"] = json!(sequence);
            if let Some(previous) = tail.last() {
                record["previous_hash"] = previous["hash"].clone();
            }
            tail.push(seal(record));
        }
        check(&numbered(&tail), end_of(&tail).as_ref(), Some(1));
        let mut orphan = whole.clone();
        orphan[1]["previous_hash"] = Value::Null;
        orphan[1] = seal(orphan[1].take());
        check(&numbered(&orphan), end_of(&whole).as_ref(), Some(2));
    }

    #[test]
    fn a_chain_of_somebody_else_does_not_hold_in_this_place() {
        let (_, other) = ids();
        let chain = chain(2);
        let page: Vec<Entry> = numbered(&chain)
            .into_iter()
            .rev()
            .map(|(sequence, record)| Entry {
                sequence,
                record: stored(&record),
            })
            .collect();
        let facility = FacilityId::parse("f2").unwrap();
        let checked = check_page(&facility, &other, &page, end_of(&chain));
        assert_eq!(checked.broken, Some(ChainError::Missing(2)));
    }
}
