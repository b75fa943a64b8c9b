//! Reviews: every text that has to be read has one, it is open while somebody is on hold from it and nobody decided, and
//! what was decided is recorded.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::acts::{text_of_review, thread_id};
use crate::plan::{Operation, Plan, Verdict};
use crate::ran::Ran;

/// A review, with the text that it is about.
struct Reviewed<'a> {
    shown: &'a Value,
    text: usize,
    /// The text's id in records and threads.
    message: String,
}

pub(super) fn judge(ran: &Ran, wrong: &mut Vec<String>) {
    for (facility, (reviews, open)) in &ran.end.reviews {
        let mut of_facility: BTreeMap<&str, Reviewed<'_>> = BTreeMap::new();
        for shown in reviews {
            let id = shown["review_id"].as_str().unwrap_or_default();
            match of_text(&ran.plan, shown, id) {
                Some(reviewed) => drop(of_facility.insert(id, reviewed)),
                None => wrong.push(format!("review: {id} at {facility} is of no text")),
            }
        }
        let undecided = reviews.iter().filter(|review| review["decision"].is_null());
        if *open != undecided.count() {
            wrong.push(format!("review: {facility} counts {open} as open"));
        }
        holds(ran, facility, &of_facility, wrong);
        records(ran, facility, &of_facility, wrong);
    }
    decisions(ran, wrong);
}

fn of_text<'a>(plan: &Plan, shown: &'a Value, id: &str) -> Option<Reviewed<'a>> {
    let text = text_of_review(plan, id)?;
    let (_, of) = plan.texts().find(|(id, _)| *id == text)?;
    Some(Reviewed {
        shown,
        text,
        message: thread_id(text, of),
    })
}

/// Who is on hold is so by an open review, and an open review of that kind holds somebody.
fn holds(ran: &Ran, facility: &str, reviews: &BTreeMap<&str, Reviewed<'_>>, wrong: &mut Vec<String>) {
    let views = ran.end.views.iter().filter(|((at, _), _)| at == facility);
    let held: Vec<(&str, &str)> = views
        .filter_map(|((_, tenant), view)| Some((tenant.as_str(), view["hold"]["review_id"].as_str()?)))
        .collect();
    for (tenant, id) in &held {
        let is_open = reviews
            .get(id)
            .is_some_and(|review| review.shown["decision"].is_null() && review.shown["kind"] == "hold");
        if !is_open {
            wrong.push(format!(
                "review: {facility}/{tenant} is on hold from {id}, which is not open"
            ));
        }
    }
    for (id, review) in reviews {
        let is_open = review.shown["decision"].is_null() && review.shown["kind"] == "hold";
        let is_held = held.iter().any(|(_, by)| by == id);
        if is_open && !is_held && ran.is_acknowledged(review.text) {
            wrong.push(format!(
                "review: {id} of #{} is open and holds nobody",
                review.text
            ));
        }
    }
}

/// A record that asks for a look has a review; and a text that was seen is recorded as such once for whom it opted out.
fn records(ran: &Ran, facility: &str, reviews: &BTreeMap<&str, Reviewed<'_>>, wrong: &mut Vec<String>) {
    let histories = ran.end.histories.iter().filter(|((at, _), _)| at == facility);
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    for ((_, tenant), (records, _)) in histories {
        for record in records.iter().filter(|record| record["needs_review"] == true) {
            let message = record["provider_message_id"].as_str().unwrap_or_default();
            let Some(review) = reviews.values().find(|review| review.message == message) else {
                wrong.push(format!("review: {} has none", record["record_id"]));
                continue;
            };
            *asked.entry(message).or_default() += 1;
            let is_seen = |later: &&Value| {
                later["type"] == "reviewed" && later["provider_message_id"] == record["provider_message_id"]
            };
            let seen = records.iter().filter(is_seen).count();
            let is_decided = review.shown["decision"] == "seen";
            if seen > 1 || (is_decided && seen == 0) {
                wrong.push(format!(
                    "review: that #{} was seen is recorded {seen} times for {facility}/{tenant}",
                    review.text
                ));
            }
        }
    }
    for review in reviews.values() {
        let asked = asked.get(review.message.as_str()).copied().unwrap_or_default();
        if review.shown["tenant_count"].as_u64() < Some(asked) {
            wrong.push(format!(
                "review: #{} changed {asked} tenants, and its review has {}",
                review.text, review.shown["tenant_count"]
            ));
        }
    }
}

/// What was told of a decision is what is shown at the end. An opt-out may come after another decision.
fn decisions(ran: &Ran, wrong: &mut Vec<String>) {
    for called in ran.calls.iter().filter(|called| called.is_done()) {
        let Operation::Decided(decided) = &called.operation else {
            continue;
        };
        let facility = crate::plan::FACILITIES[decided.facility];
        let shown = ran.end.reviews.get(facility);
        let shown = shown.and_then(|(reviews, _)| {
            let mut all = reviews.iter();
            all.find(|review| review["review_id"] == decided.review_id.as_str())
        });
        let decision = shown.map_or(&Value::Null, |review| &review["decision"]);
        let is_same = decision == decided.verdict.name()
            || (decided.verdict == Verdict::NoOptOut && decision == "opt_out");
        if called.body()["decision"] != decided.verdict.name() || !is_same {
            wrong.push(format!(
                "review: {} decided {}, was told {} and {decision} is shown",
                called.name,
                decided.verdict.name(),
                called.body()["decision"]
            ));
        }
    }
}
