//! The checks of a pack, over what somebody hands in: nothing in it is trusted.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use super::key::{ALGORITHM, KeySet};
use super::life::Life;
use super::pack::{FORMAT, Part};
use super::parcel::{Decision, Parcel};
use crate::id::RecordId;
use crate::record::{ChainError, StoredRecord};

/// One check, and what came of it. Its text is one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds(String),
    /// It does not: at which record or decision, and why.
    Fails(String),
    /// What it needs was not handed in.
    NotChecked(String),
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, outcome } = self;
        match outcome {
            Outcome::Holds(what) => write!(formatter, "ok {name}: {what}"),
            Outcome::Fails(why) => write!(formatter, "FAILED {name}: {why}"),
            Outcome::NotChecked(why) => write!(formatter, "not checked {name}: {why}"),
        }
    }
}

impl Check {
    pub(super) fn of(name: &'static str, result: Result<String, String>) -> Self {
        let outcome = match result {
            Ok(what) => Outcome::Holds(what),
            Err(why) => Outcome::Fails(why),
        };
        Self { name, outcome }
    }

    /// Whether it fails.
    pub const fn fails(&self) -> bool {
        matches!(self.outcome, Outcome::Fails(_))
    }
}

/// A text that is no pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no pack of the format {FORMAT}")]
pub struct NoPack;

/// The parts of a pack, checked so far.
#[derive(Debug)]
pub struct Examination {
    checks: Vec<Check>,
    parcels: Vec<Parcel>,
}

/// What a text in a pack may look like on a line: without control characters, and not too long.
pub(super) fn plain(text: &str) -> String {
    const SHOWN: usize = 160;
    let shown = text.chars().take(SHOWN).flat_map(|character| {
        let is_plain = !character.is_control() && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        is_plain
            .then_some(character)
            .into_iter()
            .chain((!is_plain).then_some('?'))
    });
    shown.collect()
}

impl Examination {
    /// Checks packs: one, or the parts of one in their order. What does not even have the shape of a pack is not checked
    /// further.
    ///
    /// # Errors
    /// One of them is no pack.
    pub fn of(packs: Vec<Value>) -> Result<Self, NoPack> {
        if packs.is_empty() || packs.iter().any(|pack| pack["format"] != FORMAT) {
            return Err(NoPack);
        }
        let read: Result<Vec<Parcel>, String> = packs.into_iter().map(Parcel::read).collect();
        let mut examination = Self {
            checks: Vec::new(),
            parcels: Vec::new(),
        };
        match read {
            Err(why) => examination.checks.push(Check::of("shape", Err(why))),
            Ok(parcels) => {
                examination.parcels = parcels;
                examination.examine();
            }
        }
        Ok(examination)
    }

    /// What was found so far.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    fn add(&mut self, name: &'static str, result: Result<String, String>) {
        self.checks.push(Check::of(name, result));
    }

    fn records(&self) -> impl Iterator<Item = &StoredRecord> {
        self.parcels.iter().flat_map(|parcel| &parcel.records)
    }

    fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.parcels.iter().flat_map(|parcel| &parcel.decisions)
    }

    fn examine(&mut self) {
        let is_parted = self.parcels.len() > 1 || self.parcels.iter().any(|parcel| parcel.part.is_some());
        let records = self.records().count();
        let decisions = self.decisions().count();
        self.add("shape", Ok(format!("{records} records, {decisions} decisions")));
        if is_parted {
            self.add("parts", self.parts());
        }
        self.add("chain", self.chain());
        let (lives, followed) = self.lives();
        self.add("rules", followed);
        self.add("standing", self.standing(lives.last()));
        self.add("decisions", self.allowed(&lives));
        self.add("head", self.head());
    }

    /// Each part goes on where the one before it ended, and none is missing.
    fn parts(&self) -> Result<String, String> {
        let (mut records, mut decisions) = (0, 0);
        let count = |items: usize| u64::try_from(items).unwrap_or(u64::MAX);
        let mut first: Option<&Parcel> = None;
        for (number, parcel) in (1..).zip(&self.parcels) {
            let expected = Part {
                number,
                records_before: records,
                decisions_before: decisions,
                is_last: number == count(self.parcels.len()),
            };
            if parcel.part != Some(expected) {
                return Err(format!(
                    "file {number} is not part {number} of {}: a part is missing, or they are out of order",
                    self.parcels.len()
                ));
            }
            if !first.get_or_insert(parcel).is_of_one_pack_with(parcel) {
                return Err(format!("file {number} is a part of another pack"));
            }
            records += count(parcel.records.len());
            decisions += count(parcel.decisions.len());
        }
        Ok(format!("{} parts, none is missing", self.parcels.len()))
    }

    /// Sequence, ids, hashes, links and times of the records.
    fn chain(&self) -> Result<String, String> {
        let Some(parcel) = self.parcels.first() else {
            return Err("there is no pack".to_owned());
        };
        let (facility, tenant) = (&parcel.facility.facility_id, &parcel.tenant.tenant_id);
        let mut previous: Option<(&StoredRecord, Timestamp)> = None;
        for (sequence, record) in (1..).zip(self.records()) {
            let id = RecordId::new(facility, tenant, sequence);
            let fails = |why: &str| Err(format!("{id}: {why}"));
            match record.check(facility, tenant, sequence) {
                Ok(()) => {}
                Err(ChainError::Missing(_)) => {
                    return fails("it is missing, or another record is in its place");
                }
                Err(ChainError::Altered(_)) => return fails("it does not match its hash: it was altered"),
                Err(ChainError::Unlinked(_)) => {
                    return fails("it names a record before it and is the first, or names none and is not");
                }
            }
            if record.text("facility_id") != Some(facility.as_str())
                || record.text("tenant_id") != Some(tenant.as_str())
            {
                return fails("it is about another facility or tenant");
            }
            let Some(at) = record.text("at").and_then(|at| at.parse::<Timestamp>().ok()) else {
                return fails("its time cannot be read");
            };
            if let Some((before, then)) = previous {
                if record.text("previous_hash") != before.text("hash") {
                    return fails(
                        "its `previous_hash` is not the hash of the record before it: that one was replaced",
                    );
                }
                if at < then {
                    return fails("it is earlier than the record before it");
                }
            }
            if at > parcel.as_of {
                return fails("it is later than `as_of`");
            }
            previous = Some((record, at));
        }
        Ok("sequence, ids, hashes, links and times hold".to_owned())
    }

    /// What stands before the first record and after each one, and whether all follow by the rules.
    fn lives(&self) -> (Vec<Life>, Result<String, String>) {
        let mut lives = vec![Life::default()];
        let mut broken = None;
        let mut life = Life::default();
        for (sequence, record) in (1..).zip(self.records()) {
            let mut next = life.clone();
            if let Err(error) = next.follow(record) {
                broken.get_or_insert_with(|| Err(format!("{}: {error}", self.id(sequence))));
                next = life.clone();
                next.take(record);
            }
            lives.push(next.clone());
            life = next;
        }
        let holds = || Ok("every `from` and `to` follows from the records before it".to_owned());
        (lives, broken.unwrap_or_else(holds))
    }

    fn id(&self, sequence: u64) -> String {
        self.parcels.first().map_or_else(String::new, |parcel| {
            RecordId::new(&parcel.facility.facility_id, &parcel.tenant.tenant_id, sequence).into()
        })
    }

    fn standing(&self, last: Option<&Life>) -> Result<String, String> {
        let expected = last.unwrap_or(&Life::default()).standing();
        let hold = if expected.on_hold { ", on hold" } else { "" };
        let rests_on = expected.record_id.as_deref().map(plain);
        let rests_on = rests_on.map_or_else(String::new, |id| format!("; it rests on {id}"));
        let stands = format!("{}{hold}{rests_on}", expected.status.as_str());
        if self.parcels.iter().all(|parcel| parcel.standing == expected) {
            return Ok(stands);
        }
        let last_record = self.id(u64::try_from(self.records().count()).unwrap_or(u64::MAX));
        Err(format!(
            "{last_record}: `standing` is not what stands after this record: {stands}"
        ))
    }

    /// Every allowed decision rests on the grant that stood after the record that it saw.
    fn allowed(&self, lives: &[Life]) -> Result<String, String> {
        let Some(parcel) = self.parcels.first() else {
            return Err("there is no pack".to_owned());
        };
        let mut seen = BTreeSet::new();
        let mut allowed = 0_u64;
        for decision in self.decisions() {
            let id = self.id(decision.sequence);
            let fails = |why: &str| Err(format!("{id}: decision {} {why}", plain(&decision.decision_id)));
            if !seen.insert(decision.decision_id.as_str()) {
                return fails("is there twice");
            }
            let Some(at) = decision.decided_at.parse::<Timestamp>().ok() else {
                return fails("has a time that cannot be read");
            };
            if at > parcel.as_of {
                return fails("is later than `as_of`");
            }
            let life = usize::try_from(decision.sequence)
                .ok()
                .and_then(|sequence| lives.get(sequence));
            let Some(life) = life else {
                return fails("saw this record, which the pack does not have");
            };
            if !decision.names_its_message() {
                return fails("names one message and comes with another");
            }
            if !decision.allowed {
                continue;
            }
            allowed += 1;
            match (life.grant(), decision.consent_record_id.as_deref()) {
                (None, _) if life.standing().on_hold => {
                    return fails("was allowed, and texts were on hold after this record");
                }
                (None, _) => return fails("was allowed, and no grant stood after this record"),
                (grant, own) if grant == own => {}
                (Some(grant), _) => {
                    return fails(&format!(
                        "does not rest on the grant that stood then, {}",
                        plain(grant)
                    ));
                }
            }
        }
        Ok(format!("{allowed} allowed, each on the grant that stood then"))
    }

    fn head(&self) -> Result<String, String> {
        let last = self.records().last();
        let expected = last.and_then(StoredRecord::link);
        for parcel in &self.parcels {
            if parcel.head != expected {
                let count = u64::try_from(self.records().count()).unwrap_or(u64::MAX);
                return Err(format!(
                    "{}: `head` is not the last record of the pack",
                    self.id(count)
                ));
            }
        }
        Ok(match expected {
            Some(link) => format!(
                "record {}, {}",
                link.sequence,
                plain(&link.hash.unwrap_or_default())
            ),
            None => "there are no records".to_owned(),
        })
    }

    /// Checks that the head of an earlier pack, or an event, is in the chain: nothing before it was written anew.
    pub fn earlier_head(&mut self, hash: &str) {
        if self.parcels.is_empty() {
            return;
        }
        let hash = hash.trim().to_ascii_lowercase();
        let found = (1..)
            .zip(self.records())
            .find(|(_, record)| record.text("hash") == Some(&hash));
        let result = match found {
            Some((sequence, _)) => Ok(format!(
                "it is {}: nothing before it was rewritten",
                self.id(sequence)
            )),
            None => Err(format!(
                "no record has the hash {}: the chain was rewritten or cut off",
                plain(&hash)
            )),
        };
        self.add("earlier head", result);
    }

    /// Checks the signature of every part.
    pub fn signature(&mut self, keys: Option<&KeySet>) {
        if self.parcels.is_empty() {
            return;
        }
        let Some(keys) = keys else {
            let why = "the signature was not checked: no keys were given (--keys)".to_owned();
            self.note(Check {
                name: "signature",
                outcome: Outcome::NotChecked(why),
            });
            return;
        };
        let result = self.parcels.iter().try_for_each(|parcel| parcel.is_signed(keys));
        let key = self
            .parcels
            .first()
            .map(|parcel| plain(&parcel.signature.key_id))
            .unwrap_or_default();
        self.add(
            "signature",
            result.map(|()| format!("{ALGORITHM} by the key {key}")),
        );
    }

    /// The record of the pack with a sequence. `None`: it has none.
    pub(super) fn record(&self, sequence: u64) -> Option<&StoredRecord> {
        let mut at = usize::try_from(sequence.checked_sub(1)?).ok()?;
        for parcel in &self.parcels {
            if let Some(record) = parcel.records.get(at) {
                return Some(record);
            }
            at -= parcel.records.len();
        }
        None
    }

    /// The first part. `None`: it does not even have the shape of a pack.
    pub(super) fn first(&self) -> Option<&Parcel> {
        self.parcels.first()
    }

    pub(super) fn note(&mut self, check: Check) {
        self.checks.push(check);
    }
}
