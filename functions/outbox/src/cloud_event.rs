//! Records as `CloudEvents` 1.0, in JSON and structured mode.
//!
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>

use consent::record::Record;
use consent_sns::Event;
use serde_json::{Value, json};

/// The event of a record. Its id is the record's: an event that comes twice is told by it.
pub(crate) fn of(record: &Record) -> Event {
    let kind = format!("consent.{}", record.kind.as_str());
    let message = json!({
        "specversion": "1.0",
        "id": record.record_id,
        "source": format!("/facilities/{}", record.facility_id),
        "type": kind,
        "subject": record.tenant_id,
        "time": record.at,
        "datacontenttype": "application/json",
        "data": record,
    });
    let Record {
        facility_id,
        tenant_id,
        hash,
        ..
    } = record;
    Event {
        message: Value::to_string(&message),
        attributes: vec![("type", kind), ("facility_id", facility_id.to_string())],
        // Two ids fill what SNS allows for a group, 128 characters. Should others make the same text, their
        // events wait for each other, and no more.
        group: format!("{facility_id}{tenant_id}"),
        // It is over the record's id too, which may be longer than SNS allows.
        deduplication: hash.clone(),
    }
}
