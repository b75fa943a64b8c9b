//! What a request to the database is about, in words for the trace.

use serde_json::Value;

use crate::facts::{consent, writes};

/// A request.
pub(super) fn summary(operation: &str, request: &Value) -> String {
    match operation {
        "TransactWriteItems" => format!("a transaction of {}", written(request)),
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.flat_map(|(_, wanted)| wanted["Keys"].as_array().into_iter().flatten());
            let keys: Vec<String> = keys
                .filter_map(|key| key["SK"]["S"].as_str())
                .map(named)
                .collect();
            format!("a read of {}", some(&keys))
        }
        other => other.to_owned(),
    }
}

fn some<T: AsRef<str>>(keys: &[T]) -> String {
    let first: Vec<&str> = keys.iter().take(6).map(AsRef::as_ref).collect();
    match keys.len() {
        0..=6 => first.join(", "),
        more => format!("{} and {} more", first.join(", "), more - 6),
    }
}

/// A sort key without what says nothing to a reader: times, digests and ids that are rolled.
fn named(sort: &str) -> String {
    match sort.split_once('#') {
        Some((kind @ ("DECISION" | "KEY" | "THREAD" | "REVIEW" | "REVIEWS"), _)) => kind.to_owned(),
        Some(("RECORD", sequence)) => format!("RECORD#{}", sequence.trim_start_matches('0')),
        _ => sort.to_owned(),
    }
}

/// What a transaction writes, by its sort keys.
pub(super) fn written(request: &Value) -> String {
    let keys: Vec<String> = writes(request)
        .into_iter()
        .filter(|(key, kind, _)| *kind != "ConditionCheck" && !key.contains("TOTALS"))
        .map(|(key, kind, of)| {
            let sort = key.split_once(' ').map_or("", |(_, sort)| sort);
            let sort = named(sort);
            let stored = &of["Item"]["consent"];
            let change = stored.is_object().then(|| consent(stored));
            match (kind, change) {
                (_, Some(consent)) => format!("{sort} ({consent})"),
                ("Update", None) => format!("{sort} (update)"),
                _ => sort,
            }
        })
        .collect();
    some(&keys)
}
