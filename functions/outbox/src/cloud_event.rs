//! Records as `CloudEvents` 1.0, in JSON and structured mode.
//!
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>

use consent::record::StoredRecord;
use consent_sns::Event;
use serde_json::{Value, json};

/// The event of a record, with the members that it was written with. Its id is the record's: an event that comes twice
/// is told by it. `None`: a member that every record has is missing.
pub(crate) fn of(record: &StoredRecord) -> Option<Event> {
    let [id, at, kind, hash] = ["record_id", "at", "type", "hash"].map(|name| record.text(name));
    let [facility_id, tenant_id] = ["facility_id", "tenant_id"].map(|name| record.text(name));
    let (facility_id, tenant_id) = (facility_id?, tenant_id?);
    let kind = format!("consent.{}", kind?);
    let message = json!({
        "specversion": "1.0",
        "id": id?,
        "source": format!("/facilities/{facility_id}"),
        "type": kind,
        "subject": tenant_id,
        "time": at?,
        "datacontenttype": "application/json",
        "data": record,
    });
    Some(Event {
        message: Value::to_string(&message),
        attributes: vec![("type", kind), ("facility_id", facility_id.to_owned())],
        // Two ids fill what SNS allows for a group, 128 characters. Should others make the same text, their
        // events wait for each other, and no more.
        group: format!("{facility_id}{tenant_id}"),
        // It is over the record's id too, which may be longer than SNS allows.
        deduplication: hash?.to_owned(),
    })
}
