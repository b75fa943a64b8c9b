//! What must be true of a simulation once it is over. Each judge says what is wrong, in words; the first word names the
//! judge, so that a failure can be told from another one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::hash_of;

use crate::facts::{Sent, TenantVersion, at};
use crate::model;
use crate::plan::{BUSINESS, Details, FACILITIES, NUMBERS, Operation, Text, Verdict, Word};
use crate::run::{Called, Ran, message_key, text_body};

/// Everything that is wrong.
pub(crate) fn judge(ran: &Ran) -> Vec<String> {
    let mut wrong = Vec::new();
    wrong.extend(ran.wrong.iter().map(|what| format!("calm: {what}")));
    wrong.extend(ran.facts.wrong.iter().map(|what| format!("write: {what}")));
    texts(ran, &mut wrong);
    start_answers(ran, &mut wrong);
    confirmations(ran, &mut wrong);
    answers(ran, &mut wrong);
    number_first(ran, &mut wrong);
    chains(ran, &mut wrong);
    agreement(ran, &mut wrong);
    numbers(ran, &mut wrong);
    threads(ran, &mut wrong);
    events(ran, &mut wrong);
    wrong.extend(
        model::judge(ran)
            .into_iter()
            .map(|what| format!("history: {what}")),
    );
    wrong
}

/// A withdrawal that was acknowledged.
struct Withdrawal<'a> {
    name: String,
    facility: &'a str,
    /// Whose it is: a tenant's, or that of everybody with a number.
    of: Whose<'a>,
    /// From when on it may have taken effect.
    began: u64,
    acknowledged: u64,
    calls: Vec<usize>,
}

enum Whose<'a> {
    Unchecked(&'a str),
    /// The tenant has this number from now on, or none.
    Changed(&'a str, Option<&'a str>),
    MovedOut(&'a str),
    Stopped(&'a str),
}

impl Withdrawal<'_> {
    fn concerns(&self, tenant: &str) -> bool {
        match self.of {
            Whose::Unchecked(id) | Whose::Changed(id, _) | Whose::MovedOut(id) => id == tenant,
            Whose::Stopped(_) => true,
        }
    }

    /// Whether a text to this number is one that it stops.
    fn stops(&self, to: &str) -> bool {
        match self.of {
            Whose::Unchecked(_) | Whose::MovedOut(_) => true,
            Whose::Changed(_, now) => now != Some(to),
            Whose::Stopped(number) => number == to,
        }
    }

    /// Whether it has taken effect for the tenant, as they are.
    fn holds(&self, tenant: &TenantVersion) -> bool {
        match self.of {
            Whose::Unchecked(_) => !tenant.may_be_texted(),
            Whose::Changed(_, number) => tenant.is_resident && tenant.phone.as_deref() == number,
            Whose::MovedOut(_) => !tenant.is_resident,
            Whose::Stopped(number) => !tenant.has(number) || tenant.is_withdrawn_by_text(),
        }
    }

    /// The place of the tenant's version from which on it counted. `None`: there was no tenant.
    fn place(&self, versions: &[TenantVersion]) -> Option<Option<usize>> {
        let last = at(versions, self.acknowledged, |version| version.at)?;
        let first = at(versions, self.began, |version| version.at).unwrap_or(0);
        let mut places = first..=last;
        let own = places
            .clone()
            .find(|place| self.calls.contains(&versions[*place].by) && self.holds(&versions[*place]));
        Some(own.or_else(|| places.find(|place| self.holds(&versions[*place]))))
    }
}

/// The facility that a business number led to, where that was one all the time.
fn holder(ran: &Ran, to: usize, from: u64, until: u64) -> Option<&str> {
    match ran.facts.holders_between(BUSINESS[to], from, until).as_slice() {
        [one] if !one.is_empty() => Some(one),
        _ => None,
    }
}

/// The deliveries of a text, in the order in which they began.
fn deliveries(ran: &Ran, id: usize) -> Vec<(usize, &Called)> {
    let calls = ran.calls.iter().enumerate();
    calls.filter(|(_, called)| called.id == id).collect()
}

fn withdrawals(ran: &Ran) -> Vec<Withdrawal<'_>> {
    let mut all = Vec::new();
    for (call, called) in ran.calls.iter().enumerate() {
        let mut add = |facility, of, began, calls| {
            all.push(Withdrawal {
                name: called.name.clone(),
                facility,
                of,
                began,
                acknowledged: called.ended,
                calls,
            });
        };
        match &called.operation {
            Operation::Box {
                facility,
                tenant,
                checked: false,
                ..
            } if called.is_done() => {
                add(
                    FACILITIES[*facility],
                    Whose::Unchecked(tenant),
                    called.began,
                    vec![call],
                );
            }
            Operation::MoveOut { facility, tenant }
                if called.is_done() || called.body()["code"] == "tenant_not_found" =>
            {
                add(
                    FACILITIES[*facility],
                    Whose::MovedOut(tenant),
                    called.began,
                    vec![call],
                );
            }
            Operation::Register { facility, details } if called.is_done() => {
                let number = details.phone.map(|phone| NUMBERS[phone]);
                let of = Whose::Changed(&details.tenant, number);
                add(FACILITIES[*facility], of, called.began, vec![call]);
            }
            Operation::Import { facility, rows } if called.is_done() => {
                for details in kept(rows, called) {
                    let number = details.phone.map(|phone| NUMBERS[phone]);
                    let of = Whose::Changed(&details.tenant, number);
                    add(FACILITIES[*facility], of, called.began, vec![call]);
                }
            }
            Operation::Decided {
                facility,
                number,
                verdict: Verdict::OptOut,
            } if called.is_done() => {
                add(
                    FACILITIES[*facility],
                    Whose::Stopped(NUMBERS[*number]),
                    called.began,
                    vec![call],
                );
            }
            Operation::Text(text) if text.word == Word::Stop && called.is_done() => {
                let deliveries = deliveries(ran, called.id);
                let began = deliveries[0].1.began;
                let calls = deliveries.iter().map(|(call, _)| *call).collect();
                if let Some(facility) = holder(ran, text.to, began, called.ended) {
                    add(facility, Whose::Stopped(NUMBERS[text.from]), began, calls);
                }
            }
            _ => {}
        }
    }
    all
}

/// The rows of an import that were not rejected.
pub(crate) fn kept<'a>(rows: &'a [Details], called: &Called) -> Vec<&'a Details> {
    let rejected: Vec<u64> = called.body()["rejected"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["line"].as_u64())
        .collect();
    let numbered = (1..).zip(rows);
    numbered
        .filter(|(line, _)| !rejected.contains(line))
        .map(|(_, row)| row)
        .collect()
}

/// Whether a START from the number overlaps: what it overtakes reaches nobody else.
fn is_overtaken(ran: &Ran, withdrawal: &Withdrawal<'_>) -> bool {
    let Whose::Stopped(number) = withdrawal.of else {
        return false;
    };
    ran.calls.iter().any(|called| {
        matches!(&called.operation, Operation::Text(text) if text.word == Word::Start && NUMBERS[text.from] == number)
            && called.began <= withdrawal.acknowledged
            && called.ended >= withdrawal.began
    })
}

/// No text is handed over after the acknowledgement of a withdrawal that came after its decision. And what was
/// acknowledged has taken effect.
fn texts(ran: &Ran, wrong: &mut Vec<String>) {
    for withdrawal in withdrawals(ran) {
        let tenants =
            ran.facts.tenants.iter().filter(|((facility, tenant), _)| {
                facility == withdrawal.facility && withdrawal.concerns(tenant)
            });
        for ((facility, tenant), versions) in tenants {
            let Some(place) = withdrawal.place(versions) else {
                continue;
            };
            let Some(place) = place else {
                if !is_overtaken(ran, &withdrawal) {
                    wrong.push(format!(
                        "lost: {} was acknowledged and has no effect on {facility}/{tenant}",
                        withdrawal.name
                    ));
                }
                continue;
            };
            let late = |sent: &&Sent| {
                sent.at > withdrawal.acknowledged
                    && withdrawal.stops(&sent.to)
                    && sent.decided.as_ref().is_some_and(|(at, whom, version)| {
                        at == facility && whom == tenant && *version < place
                    })
            };
            for sent in ran.facts.sent.iter().filter(late) {
                wrong.push(format!(
                    "text: {:?} left for {} {} ms after {} was acknowledged",
                    sent.body,
                    sent.to,
                    sent.at - withdrawal.acknowledged,
                    withdrawal.name
                ));
            }
        }
    }
}

/// Each text that answers one, with the time at which it was handed over: `(operation, text, time, body)`.
fn replies(ran: &Ran) -> Vec<(usize, &Text, u64, &str)> {
    let mut replies = Vec::new();
    for (call, called) in ran.calls.iter().enumerate() {
        let Operation::Text(text) = &called.operation else {
            continue;
        };
        for sent in ran.facts.texts_of(call) {
            replies.push((called.id, text, sent.at, sent.body.as_str()));
        }
        if let crate::run::Came::Answer { told, .. } = &called.came
            && !told.is_empty()
        {
            replies.push((called.id, text, called.ended, told.as_str()));
        }
    }
    replies
}

/// No answer says that texts will come after a later STOP was acknowledged.
fn start_answers(ran: &Ran, wrong: &mut Vec<String>) {
    let heard = |id: usize, text: &Text| ran.facts.heard.get(&message_key(id, text.provider)).copied();
    for (id, text, told_at, body) in replies(ran) {
        if !body.contains("You have opted in") {
            continue;
        }
        for called in ran.calls.iter().filter(|called| called.is_done()) {
            let Operation::Text(stop) = &called.operation else {
                continue;
            };
            let is_later = stop.word == Word::Stop
                && (stop.from, stop.to) == (text.from, text.to)
                && heard(called.id, stop) > heard(id, text);
            if is_later && called.ended < told_at {
                wrong.push(format!(
                    "answer: #{id} is told that texts will come {} ms after {} was acknowledged",
                    told_at - called.ended,
                    called.name
                ));
            }
        }
    }
}

/// A STOP is confirmed once at most, and nothing else is said to its sender.
fn confirmations(ran: &Ran, wrong: &mut Vec<String>) {
    let mut told: BTreeMap<usize, u32> = BTreeMap::new();
    for (id, text, _, body) in replies(ran) {
        *told.entry(id).or_default() += 1;
        if text.word == Word::Stop && !body.contains("You have opted out") {
            wrong.push(format!("confirmation: #{id} is a STOP and is told {body:?}"));
        }
    }
    for (id, times) in told {
        if times > 1 {
            wrong.push(format!("confirmation: #{id} is answered {times} times"));
        }
    }
}

/// Every answer is one that may be given, and is true.
fn answers(ran: &Ran, wrong: &mut Vec<String>) {
    for (call, called) in ran.calls.iter().enumerate() {
        let status = called.status();
        let is_text = matches!(called.operation, Operation::Text(_));
        let is_allowed = match called.operation {
            Operation::Text(_) | Operation::Publish { .. } => matches!(status, 0 | 200 | 503),
            _ => matches!(status, 0 | 200 | 201 | 202 | 204 | 404 | 409 | 503),
        };
        if !is_allowed {
            wrong.push(format!(
                "status: {} is answered {status} {}",
                called.name,
                called.body()
            ));
        }
        let texts: Vec<&Sent> = ran
            .facts
            .texts_of(call)
            .filter(|sent| sent.decided.is_some())
            .collect();
        let Operation::Send {
            facility,
            tenant,
            key,
        } = &called.operation
        else {
            let may_send = matches!(
                called.operation,
                Operation::Box { checked: true, .. } | Operation::Ask { .. }
            );
            if !texts.is_empty() && !is_text && !may_send {
                wrong.push(format!("send: {} sent a text", called.name));
            }
            continue;
        };
        let facility = FACILITIES[*facility];
        if texts.len() > 1 {
            wrong.push(format!("send: {} sent {} texts", called.name, texts.len()));
        }
        for sent in &texts {
            let is_own = ran.facts.facilities[facility].iter().any(|version| {
                version.number.is_some() && version.number == sent.from && version.at <= sent.at
            });
            if !is_own {
                wrong.push(format!(
                    "send: {} left from {:?}, no number of {facility}",
                    called.name, sent.from
                ));
            }
        }
        let may_have_left = called.body()["may_have_left"] == true;
        if (matches!(status, 404 | 409) || (status == 503 && !may_have_left && !texts.is_empty()))
            && let Some(sent) = texts.first()
        {
            wrong.push(format!(
                "send: {} is answered {status}, and {:?} left",
                called.name, sent.body
            ));
        }
        if status == 202 {
            sent_once(ran, call, called, (facility, tenant, *key), &texts, wrong);
        }
    }
}

/// What was accepted has left; and under a key that was answered in peace, once.
fn sent_once(
    ran: &Ran,
    call: usize,
    called: &Called,
    (facility, tenant, key): (&str, &str, Option<u64>),
    texts: &[&Sent],
    wrong: &mut Vec<String>,
) {
    let body = text_body(called.id, key);
    let left = |sent: &&Sent| {
        sent.body == body
            && sent.at <= called.ended
            && sent
                .decided
                .as_ref()
                .is_some_and(|(at, whom, _)| at == facility && whom == tenant)
    };
    let all: Vec<&Sent> = ran.facts.sent.iter().filter(left).collect();
    if all.is_empty() {
        wrong.push(format!("send: {} is answered 202, and no text left", called.name));
    }
    let earlier = all.iter().filter(|sent| sent.by != call).find(|sent| {
        let before = &ran.calls[sent.by];
        before.status() == 202 && before.suffered.is_empty() && before.ended < called.began
    });
    if let (Some(earlier), false) = (earlier, texts.is_empty()) {
        let before = &ran.calls[earlier.by].name;
        wrong.push(format!(
            "send: {} sent again what {before} had sent under the key",
            called.name
        ));
    }
}

/// However often transactions meet others, a STOP is on the number.
fn number_first(ran: &Ran, wrong: &mut Vec<String>) {
    let harmless = [
        "conflict",
        "met another",
        "torn read",
        "unprocessed keys",
        "late read",
    ];
    for called in ran.calls.iter().filter(|called| called.status() == 503) {
        let Operation::Text(text) = &called.operation else {
            continue;
        };
        let is_peaceful = called.suffered.keys().all(|kind| harmless.contains(kind));
        if text.word != Word::Stop
            || !is_peaceful
            || holder(ran, text.to, called.began, called.ended).is_none()
        {
            continue;
        }
        let heard = ran.facts.heard.get(&message_key(called.id, text.provider));
        if heard.is_none_or(|at| *at > called.ended) {
            wrong.push(format!(
                "first: {} met other transactions, and is not even on the number",
                called.name
            ));
        }
    }
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
            Operation::Text(text) => {
                NUMBERS[text.from] == number
                    && !deliveries(ran, called.id)
                        .iter()
                        .any(|(_, called)| called.is_done())
            }
            // A STOP from before the first registration may have stopped half-way with it.
            Operation::Register { details, .. } => details.replied_stop && !called.is_done(),
            Operation::Decided { number: of, .. } => NUMBERS[*of] == number && !called.is_done(),
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
        let Operation::Text(text) = &called.operation else {
            continue;
        };
        let began = deliveries(ran, called.id)[0].1.began;
        let Some(facility) = holder(ran, text.to, began, called.ended) else {
            continue;
        };
        let key = message_key(called.id, text.provider);
        let id = key.rsplit('#').next().unwrap();
        for ((_, tenant), versions) in ran.facts.tenants.iter().filter(|((at, _), _)| at == facility) {
            let Some(thread) = ran.end.threads.get(&(facility.to_owned(), tenant.clone())) else {
                continue;
            };
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
