//! A pack against the events that were published: a subscriber's copy is a witness.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::checks::{Check, Examination, Outcome, plain};
use super::json;
use crate::record::StoredRecord;

/// Compares the published events of a tenant with a pack, one line of NDJSON at a time.
#[derive(Debug, Default)]
pub struct Events {
    compared: u64,
    wrong: Option<String>,
}

/// What was recorded within this time before a pack was made may have been on its way when the pack was read: a request lasts
/// half a minute at most, and clocks differ.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(1);

/// A line that is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no CloudEvent with a record")]
pub struct NoEvent;

impl Events {
    /// Takes a line. Events of other tenants, and of records that are later than the pack is about, say nothing about it.
    ///
    /// # Errors
    /// It is no event.
    pub fn line(&mut self, pack: &Examination, line: &[u8]) -> Result<(), NoEvent> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let event = json::read(line).map_err(|_| NoEvent)?;
        let data = event.get("data").and_then(Value::as_object).ok_or(NoEvent)?;
        let published = StoredRecord::new(data.clone());
        let Some(parcel) = pack.first() else { return Ok(()) };
        let is_of_pack = published.text("facility_id") == Some(parcel.facility.facility_id.as_str())
            && published.text("tenant_id") == Some(parcel.tenant.tenant_id.as_str());
        if !is_of_pack {
            return Ok(());
        }
        let sequence = data.get("sequence").and_then(Value::as_u64).ok_or(NoEvent)?;
        let id = plain(published.text("record_id").unwrap_or_default());
        let Some(recorded) = pack.record(sequence) else {
            let at = published.text("at").and_then(|at| at.parse::<Timestamp>().ok());
            if at.is_some_and(|at| at <= parcel.as_of && parcel.generated_at.duration_since(at) > ON_ITS_WAY)
            {
                self.wrong.get_or_insert(format!(
                    "{id}: it was published, and the pack lacks it: the end of the chain was cut off"
                ));
            }
            return Ok(());
        };
        self.compared += 1;
        if published.text("hash").is_none() || published.text("hash") != published.compute_hash().as_deref() {
            self.wrong.get_or_insert(format!(
                "{id}: the event does not match its own hash: it was altered"
            ));
        } else if published != *recorded {
            self.wrong
                .get_or_insert(format!("{id}: another record was published than the pack has"));
        }
        Ok(())
    }

    /// Adds what came of it to the checks of the pack.
    pub fn conclude(self, pack: &mut Examination) {
        if pack.first().is_none() {
            return;
        }
        let outcome = match (self.wrong, self.compared) {
            (Some(wrong), _) => Outcome::Fails(wrong),
            (None, 0) => Outcome::NotChecked("none of these events is of a record in this pack".to_owned()),
            (None, compared) => Outcome::Holds(format!("{compared} were published, as the pack has them")),
        };
        pack.note(Check {
            name: "events",
            outcome,
        });
    }
}
