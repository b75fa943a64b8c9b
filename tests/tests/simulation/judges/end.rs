//! What is stored and shown once all is over: it is whole, and says the same everywhere.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::hash_of;

use super::holders;
use crate::acts::thread_id;
use crate::facts::{TenantVersion, at};
use crate::plan::{NUMBERS, Operation};
use crate::ran::Ran;

pub(super) fn judge(ran: &Ran, wrong: &mut Vec<String>) {
    chains(ran, wrong);
    agreement(ran, wrong);
    numbers(ran, wrong);
    threads(ran, wrong);
    events(ran, wrong);
}

/// Every chain is whole, and what stands follows from it.
fn chains(ran: &Ran, wrong: &mut Vec<String>) {
    for ((facility, tenant), (records, page)) in &ran.end.histories {
        let whose = format!("{facility}/{tenant}");
        if page["broken_at"] != Value::Null {
            wrong.push(format!(
                "chain: that of {whose} is broken at {}",
                page["broken_at"]
            ));
        }
        let mut before: Option<&Value> = None;
        for (sequence, record) in (1_u64..).zip(records) {
            let from = before.map_or_else(
                || json!({"status": "not_provided", "source": null}),
                |before| before["to"].clone(),
            );
            let previous = before.map_or(Value::Null, |before| before["hash"].clone());
            if record["sequence"] != sequence
                || record["hash"] != hash_of(record)
                || record["previous_hash"] != previous
                || record["from"] != from
                || before.is_some_and(|before| record["at"].as_str() < before["at"].as_str())
            {
                wrong.push(format!(
                    "chain: record {sequence} of {whose} does not follow: {record}"
                ));
            }
            before = Some(record);
        }
        let sequence = before.map_or(0, |record| record["sequence"].as_u64().unwrap());
        let versions = &ran.facts.tenants[&(facility.clone(), tenant.clone())];
        let last = versions.last().unwrap();
        if last.sequence != sequence {
            wrong.push(format!(
                "chain: {whose} counts {} records of {sequence}",
                last.sequence
            ));
        }
        if let Some(view) = ran.end.views.get(&(facility.clone(), tenant.clone())) {
            let standing = json!({"status": view["status"], "source": view["source"]});
            let recorded = before.map_or_else(
                || json!({"status": "not_provided", "source": null}),
                |record| record["to"].clone(),
            );
            if standing != recorded {
                wrong.push(format!(
                    "chain: {whose} is {standing}, and the records say {recorded}"
                ));
            }
        }
    }
}

/// Report, totals and views say the same.
fn agreement(ran: &Ran, wrong: &mut Vec<String>) {
    for (facility, (rows, totals)) in &ran.end.reports {
        let views = ran.end.views.iter().filter(|((at, _), _)| at == facility);
        let views: BTreeMap<&str, &Value> =
            views.map(|((_, tenant), view)| (tenant.as_str(), view)).collect();
        let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
        for view in views.values() {
            *counted.entry(view["status"].as_str().unwrap()).or_default() += 1;
        }
        for status in ["provided", "not_provided", "opted_out"] {
            let total = totals[status].as_i64().unwrap_or_default();
            let count = counted.get(status).copied().unwrap_or_default();
            if total != count {
                wrong.push(format!(
                    "totals: {facility} counts {total} as {status}, and there are {count}"
                ));
            }
        }
        let listed: BTreeSet<&str> = rows.iter().filter_map(|row| row["tenant_id"].as_str()).collect();
        if listed != views.keys().copied().collect() || listed.len() != rows.len() {
            wrong.push(format!("report: {facility} lists others than its residents"));
        }
        for row in rows {
            let Some(view) = row["tenant_id"].as_str().and_then(|tenant| views.get(tenant)) else {
                continue;
            };
            for member in ["status", "source", "cell_phone", "name"] {
                if row[member] != view[member] {
                    wrong.push(format!(
                        "report: {} of {facility}/{} is {} and in the view {}",
                        member, row["tenant_id"], row[member], view[member]
                    ));
                }
            }
        }
    }
}

/// Numbers have the tenants who have them, and what they said has reached those.
fn numbers(ran: &Ran, wrong: &mut Vec<String>) {
    let item = |facility: &str, sort: &str| {
        let pk = format!("FACILITY#{facility}");
        ran.end
            .items
            .iter()
            .find(move |item| item["PK"]["S"] == pk && item["SK"]["S"] == sort)
    };
    for (facility, number) in ran.facts.numbers.keys() {
        let Some(stored) = item(facility, &format!("PHONE#{number}")) else {
            wrong.push(format!("number: {number} at {facility} is gone"));
            continue;
        };
        let listed = stored["tenants"]["L"]
            .as_array()
            .or_else(|| stored["tenants"]["SS"].as_array());
        let listed: BTreeSet<&str> = listed
            .into_iter()
            .flatten()
            .filter_map(|tenant| tenant["S"].as_str().or_else(|| tenant.as_str()))
            .collect();
        let have = ran.facts.tenants.iter().filter(|((at, _), versions)| {
            at == facility && versions.last().is_some_and(|version| version.has(number))
        });
        let have: BTreeMap<&str, &TenantVersion> = have
            .map(|((_, tenant), versions)| (tenant.as_str(), versions.last().unwrap()))
            .collect();
        if listed != have.keys().copied().collect() {
            wrong.push(format!(
                "number: {number} at {facility} lists {listed:?}, and {:?} have it",
                have.keys()
            ));
        }
        let keywords: u64 = stored["keywords"]["N"].as_str().unwrap().parse().unwrap();
        let is_open = ran.calls.iter().any(|called| match &called.operation {
            Operation::Text(text) => NUMBERS[text.from] == number && !ran.is_acknowledged(called.id),
            // A STOP from before the first registration may have stopped half-way with it.
            Operation::Register { details, .. } => details.replied_stop && !called.is_done(),
            Operation::Decided(decided) => NUMBERS[decided.number] == number && !called.is_done(),
            Operation::Import { rows, .. } => rows.iter().any(|row| row.replied_stop) && !called.is_done(),
            _ => false,
        });
        let behind = have
            .iter()
            .filter(|(_, tenant)| tenant.keywords_applied < keywords)
            .map(|(id, _)| *id);
        let behind: Vec<&str> = behind.collect();
        if !behind.is_empty() && !is_open {
            wrong.push(format!(
                "number: the last keyword of {number} at {facility} has not reached {behind:?}"
            ));
        }
    }
}

/// What was received joined the thread of whoever had the number, once.
fn threads(ran: &Ran, wrong: &mut Vec<String>) {
    for called in ran.calls.iter().filter(|called| called.is_done()) {
        let Some(text) = called.text() else { continue };
        let began = ran.came_at(called.id);
        let id = thread_id(called.id, text);
        let facilities = holders(ran, text, began, called.ended);
        for (whose, thread) in &ran.end.threads {
            let (facility, tenant) = whose;
            if !facilities.contains(&facility.as_str()) {
                continue;
            }
            let versions = &ran.facts.tenants[whose];
            let times = thread.iter().filter(|entry| entry["id"] == id).count();
            let Some(first) = at(versions, began, |version| version.at) else {
                continue;
            };
            let had_it = versions[first..]
                .iter()
                .filter(|version| version.at <= called.ended)
                .all(|version| version.has(NUMBERS[text.from]));
            if times > 1 || (had_it && times == 0 && thread.len() < 200) {
                wrong.push(format!(
                    "thread: {} is {times} times in that of {facility}/{tenant}",
                    called.name
                ));
            }
        }
    }
}

/// Every record was published, and each tenant's in order.
fn events(ran: &Ran, wrong: &mut Vec<String>) {
    let mut published: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
    for event in &ran.facts.published {
        let data = &event["data"];
        let mut id = data["record_id"].as_str().unwrap_or_default().split('/');
        let whose = (
            id.next().unwrap_or_default().to_owned(),
            id.next().unwrap_or_default().to_owned(),
        );
        let sequence = data["sequence"].as_u64().unwrap_or_default();
        let known = published.entry(whose).or_default();
        if !known.contains(&sequence) {
            known.push(sequence);
        }
    }
    for (whose, (records, _)) in &ran.end.histories {
        let wanted: Vec<u64> = (1..=records.len() as u64).collect();
        let known = published.remove(whose).unwrap_or_default();
        if known != wanted {
            wrong.push(format!(
                "events: of {}/{} were published {known:?} of {wanted:?}",
                whose.0, whose.1
            ));
        }
    }
}
