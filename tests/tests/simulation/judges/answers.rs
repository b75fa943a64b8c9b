//! Answers: each is one that may be given, and true; a text is answered once, and a START not after a later STOP.

use std::collections::BTreeMap;

use super::{heard_at, holders};
use crate::acts::text_body;
use crate::facts::Sent;
use crate::plan::{BUSINESS, FACILITIES, Operation, Text};
use crate::ran::{Called, Came, Ran};

pub(super) fn judge(ran: &Ran, wrong: &mut Vec<String>) {
    start_answers(ran, wrong);
    confirmations(ran, wrong);
    statuses(ran, wrong);
    sends(ran, wrong);
    number_first(ran, wrong);
}

/// A text that answers one.
struct Reply<'a> {
    /// The operation that it answers, and the text.
    id: usize,
    text: &'a Text,
    /// When it was handed over, and from which business number.
    at: u64,
    from: &'a str,
    body: &'a str,
}

fn replies(ran: &Ran) -> Vec<Reply<'_>> {
    let mut replies = Vec::new();
    for (call, called) in ran.calls.iter().enumerate() {
        let Some(text) = called.text() else { continue };
        let id = called.id;
        for sent in ran.facts.texts_of(call) {
            replies.push(Reply {
                id,
                text,
                at: sent.at,
                from: sent.from.as_deref().unwrap_or_default(),
                body: &sent.body,
            });
        }
        if let Came::Answer { told, .. } = &called.came
            && !told.is_empty()
        {
            replies.push(Reply {
                id,
                text,
                at: called.ended,
                from: BUSINESS[text.to[0]],
                body: told,
            });
        }
    }
    replies
}

/// No answer says that texts will come after a later STOP was acknowledged.
fn start_answers(ran: &Ran, wrong: &mut Vec<String>) {
    for reply in replies(ran) {
        if !reply.body.contains("You have opted in") {
            continue;
        }
        for called in ran.calls.iter().filter(|called| called.is_done()) {
            let Some(stop) = called.text() else { continue };
            let is_at_one = FACILITIES.iter().any(|facility| {
                let start = heard_at(ran, reply.id, reply.text, facility);
                start.is_some() && heard_at(ran, called.id, stop, facility) > start
            });
            let is_to_it = stop.to.iter().any(|to| BUSINESS[*to] == reply.from);
            let is_later = stop.word.is_stop() && stop.from == reply.text.from && is_to_it && is_at_one;
            if is_later && called.ended < reply.at {
                wrong.push(format!(
                    "answer: #{} is told that texts will come {} ms after {} was acknowledged",
                    reply.id,
                    reply.at - called.ended,
                    called.name
                ));
            }
        }
    }
}

/// A STOP is confirmed once at most by each number that it went to, and nothing else is said to its sender.
fn confirmations(ran: &Ran, wrong: &mut Vec<String>) {
    let mut told: BTreeMap<(usize, &str), u32> = BTreeMap::new();
    for Reply {
        id, text, from, body, ..
    } in replies(ran)
    {
        *told.entry((id, from)).or_default() += 1;
        if text.word.is_stop() && !body.contains("You have opted out") {
            wrong.push(format!("confirmation: #{id} is a STOP and is told {body:?}"));
        }
    }
    for ((id, from), times) in told {
        if times > 1 {
            wrong.push(format!("confirmation: #{id} is answered {times} times by {from}"));
        }
    }
}

/// Every status is one that the operation may have.
fn statuses(ran: &Ran, wrong: &mut Vec<String>) {
    for called in &ran.calls {
        let status = called.status();
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
    }
}

/// What is said of a send is true, and nothing else sends.
fn sends(ran: &Ran, wrong: &mut Vec<String>) {
    for (call, called) in ran.calls.iter().enumerate() {
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
                Operation::Box { checked: true, .. } | Operation::Ask { .. } | Operation::Text(_)
            );
            if !texts.is_empty() && !may_send {
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
        let status = called.status();
        let may_have_left = called.body()["may_have_left"] == true;
        if (matches!(status, 404 | 409) || (status == 503 && !may_have_left))
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
        let Some(text) = called.text().filter(|text| text.word.is_stop()) else {
            continue;
        };
        // An instance that could not read the secret refuses for a while, and suffers nothing more.
        if called.suffered.is_empty() || !called.suffered.keys().all(|kind| harmless.contains(kind)) {
            continue;
        }
        for facility in holders(ran, text, ran.came_at(called.id), called.ended) {
            let heard = heard_at(ran, called.id, text, facility);
            if heard.is_none_or(|at| at > called.ended) {
                wrong.push(format!(
                    "first: {} met other transactions, and is not even on the number",
                    called.name
                ));
            }
        }
    }
}
