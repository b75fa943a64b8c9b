//! The pack: everything that is known of one tenant's consent, as it is signed and handed out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::key::ALGORITHM;
use super::life::{Life, PackStanding};
use crate::id::{FacilityId, PhoneNumber, TenantId};
use crate::record::{Link, StoredRecord, rfc3339};

/// `format` of a pack.
pub const FORMAT: &str = "consent-evidence/1";
/// The most decisions of a pack: the last ones.
pub const MOST_DECISIONS: usize = 2_000;
/// A part is full at this many bytes of [`cost`]: an answer of Lambda has 6 MB at most.
const FULL: usize = 5_000_000;
/// What the page writes around a record or a decision, in bytes.
const MARKUP: usize = 900;

/// Everything that is known of one tenant's consent, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pack {
    format: &'static str,
    /// When it was made.
    pub generated_at: String,
    /// The moment that it is about.
    pub as_of: String,
    /// The facility, named as it is now.
    pub facility: PackFacility,
    /// The tenant, as they are now.
    pub tenant: PackTenant,
    /// Where they stood then.
    pub standing: PackStanding,
    /// Oldest first, up to then.
    pub records: Vec<StoredRecord>,
    /// The last ones, oldest first, up to then, each with its message.
    pub decisions: Vec<Value>,
    /// How many decisions there are before those.
    pub decisions_left_out: u64,
    /// The last record up to then.
    pub head: Option<Link>,
    /// Which part it is, where one answer does not hold all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// `facility` of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackFacility {
    /// Its id.
    pub facility_id: FacilityId,
    /// Its name.
    pub name: String,
}

/// `tenant` of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackTenant {
    /// Their id.
    pub tenant_id: TenantId,
    /// Their name.
    pub name: String,
    /// The number on file.
    pub cell_phone: Option<PhoneNumber>,
    /// The units they rent.
    pub units: Vec<String>,
    /// Whether they rent no longer.
    pub moved_out: bool,
}

/// Which part of a pack this is: it goes on where the part before it ended. Standing and head are the whole pack's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// 1, 2, 3 ...
    pub number: u64,
    /// How many records are in the parts before.
    pub records_before: u64,
    /// How many decisions are.
    pub decisions_before: u64,
    /// Whether no part follows.
    pub is_last: bool,
}

impl Pack {
    /// What is signed: the pack as RFC 8785 canonical JSON. `None`: something in it has no such form.
    pub fn signed_text(&self) -> Option<Vec<u8>> {
        serde_json_canonicalizer::to_vec(self).ok()
    }

    /// The pack with its signature, as it is handed out. `None`: it has no form in JSON.
    pub fn with_signature(&self, key_id: &str, value: &str) -> Option<Value> {
        let mut pack = serde_json::to_value(self).ok()?;
        pack["signature"] = json!({"algorithm": ALGORITHM, "key_id": key_id, "value": value});
        Some(pack)
    }
}

/// Where a part begins. `None` for the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the part.
    number: u64,
    /// The last record of the whole pack: what was recorded since belongs to none of its parts.
    through: u64,
    records: u64,
    decisions: u64,
}

impl Place {
    /// A place in a link. `None`: the text is not a place.
    pub fn read(text: &str) -> Option<Self> {
        let numbers: Option<Vec<u64>> = text.split('-').map(|number| number.parse().ok()).collect();
        match numbers?.as_slice() {
            &[number, through, records, decisions] if number > 1 && records <= through => Some(Self {
                number,
                through,
                records,
                decisions,
            }),
            _ => None,
        }
    }

    /// The same as a text for a link.
    pub fn text(&self) -> String {
        let Self {
            number,
            through,
            records,
            decisions,
        } = self;
        format!("{number}-{through}-{records}-{decisions}")
    }
}

/// Whether more of a kind is to come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// It is.
    Wanted,
    /// What was shown, and all behind it, is later than the pack is about.
    TooLate,
}

/// Puts a pack together from records, oldest first, and then decisions.
#[derive(Debug, Clone)]
pub struct Compiler {
    as_of: Timestamp,
    place: Option<Place>,
    life: Life,
    head: Option<Link>,
    records: Vec<StoredRecord>,
    records_seen: u64,
    decisions: Vec<Value>,
    decisions_seen: u64,
    bytes: usize,
    is_full: bool,
}

impl Compiler {
    /// For a pack that is about a moment, or for the part of it that begins at a place.
    pub fn new(as_of: Timestamp, place: Option<Place>) -> Self {
        Self {
            as_of,
            place,
            life: Life::default(),
            head: None,
            records: Vec::new(),
            records_seen: 0,
            decisions: Vec::new(),
            decisions_seen: 0,
            bytes: 0,
            is_full: false,
        }
    }

    /// The sequence of the last record that the pack is about, 0 where there is none: no decision in it may have seen a
    /// later one.
    pub fn last_sequence(&self) -> u64 {
        self.head.as_ref().map_or(0, |head| head.sequence)
    }

    /// Takes the next record.
    pub fn record(&mut self, record: StoredRecord) -> More {
        let at = record.text("at").and_then(|at| at.parse::<Timestamp>().ok());
        let is_beyond = self.place.is_some_and(|place| self.records_seen >= place.through);
        // Times never go back in a chain.
        if is_beyond || at.is_some_and(|at| at > self.as_of) {
            return More::TooLate;
        }
        self.life.take(&record);
        self.records_seen += 1;
        self.head = record.link();
        if self.records_seen > self.place.map_or(0, |place| place.records) && self.has_room(&record) {
            self.records.push(record);
        }
        More::Wanted
    }

    /// Takes the next decision.
    pub fn decision(&mut self, decision: Value) {
        self.decisions_seen += 1;
        if self.decisions_seen > self.place.map_or(0, |place| place.decisions) && self.has_room(&decision) {
            self.decisions.push(decision);
        }
    }

    /// Nothing comes in any more behind what did not fit.
    fn has_room(&mut self, item: &impl Serialize) -> bool {
        let bytes = self.bytes + cost(item);
        let is_first = self.records.is_empty() && self.decisions.is_empty();
        self.is_full |= bytes > FULL && !is_first;
        self.bytes = bytes;
        !self.is_full
    }

    /// The pack, and where the part after it begins, if one does.
    pub fn finish(
        self,
        facility: PackFacility,
        tenant: PackTenant,
        decisions_left_out: u64,
        now: Timestamp,
    ) -> (Pack, Option<Place>) {
        let count = |items: usize| u64::try_from(items).unwrap_or(u64::MAX);
        let (number, records_before, decisions_before) = self
            .place
            .map_or((1, 0, 0), |place| (place.number, place.records, place.decisions));
        let next = self.is_full.then(|| Place {
            number: number + 1,
            through: self.records_seen,
            records: records_before + count(self.records.len()),
            decisions: decisions_before + count(self.decisions.len()),
        });
        let part = (self.place.is_some() || next.is_some()).then_some(Part {
            number,
            records_before,
            decisions_before,
            is_last: next.is_none(),
        });
        let pack = Pack {
            format: FORMAT,
            generated_at: rfc3339(now),
            as_of: rfc3339(self.as_of),
            facility,
            tenant,
            standing: self.life.standing(),
            records: self.records,
            decisions: self.decisions,
            decisions_left_out,
            head: self.head,
            part,
        };
        (pack, next)
    }
}

/// How many bytes of an answer an item takes: in the pack, which API Gateway is given as a JSON string, or on the page.
fn cost(item: &impl Serialize) -> usize {
    let text = serde_json::to_string(item).unwrap_or_default();
    let (mut in_string, mut on_page) = (text.len(), text.len() + MARKUP);
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => in_string += 1,
            b'<' | b'>' | b'&' | b'\'' => on_page += 5,
            _ => {}
        }
    }
    in_string.max(on_page)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In how many parts this many decisions come, each with such a text, and how many decisions they have together.
    fn parts(decisions: usize, body: &str) -> (u64, usize) {
        let now = Timestamp::UNIX_EPOCH;
        let (mut place, mut all) = (None, 0);
        loop {
            let mut compiler = Compiler::new(now, place);
            for number in 0..decisions {
                compiler.decision(json!({
                    "decision_id": format!("{number:032}"), "decided_at": "2026-11-27T12:00:00.000Z", "allowed": true,
                    "code": null, "detail": null, "consent_record_id": "main-street/0b5c7a52-4b7e-4cf5/1",
                    "policy_version": "1", "by": "facility-management@example.com", "sequence": 1,
                    "message_id": format!("{number:032}"), "valid_until": null, "outcome": "sent",
                    "provider_message_id": null, "message": {"id": format!("{number:032}"), "direction": "outbound",
                    "body": body, "at": "2026-11-27T12:00:00.000Z", "classified_as": null, "state": "sent",
                    "decision_id": format!("{number:032}"), "consent_record_id": "main-street/0b5c7a52-4b7e-4cf5/1"},
                }));
            }
            let facility = PackFacility {
                facility_id: FacilityId::parse("f1").unwrap(),
                name: String::new(),
            };
            let tenant = PackTenant {
                tenant_id: TenantId::parse("t1").unwrap(),
                name: String::new(),
                cell_phone: None,
                units: Vec::new(),
                moved_out: false,
            };
            let (pack, next) = compiler.finish(facility, tenant, 0, now);
            all += pack.decisions.len();
            let answer = serde_json::to_string(&serde_json::to_string(&pack).unwrap()).unwrap();
            assert!(answer.len() < 6_000_000, "{}", answer.len());
            let number = pack.part.map_or(1, |part| part.number);
            match next {
                Some(next) => place = Place::read(&next.text()),
                None => return (number, all),
            }
        }
    }

    #[test]
    fn ten_years_with_a_text_a_day_come_in_one_piece_and_the_longest_texts_in_parts() {
        let reminder = "Your rent of $120 for unit A12 is due on Friday. Reply STOP to opt out.";
        assert_eq!(parts(MOST_DECISIONS, &reminder.repeat(2)), (1, MOST_DECISIONS));
        let (number, all) = parts(MOST_DECISIONS, &"<\"\u{1f600}".repeat(530));
        assert!(number > 1);
        assert_eq!(all, MOST_DECISIONS);
    }
}
