//! What must be true of a simulation once it is over. Each judge says what is wrong, in words; the first word names the
//! judge, so that a failure can be told from another one.

mod answers;
mod end;
mod evidence;
mod reviews;
mod texts;

use crate::acts::message_key;
use crate::model;
use crate::plan::{BUSINESS, Details, Text};
use crate::ran::{Called, Ran};

/// Everything that is wrong.
pub(crate) fn judge(ran: &Ran) -> Vec<String> {
    let mut wrong = Vec::new();
    wrong.extend(ran.wrong.iter().map(|what| format!("calm: {what}")));
    wrong.extend(ran.facts.wrong.iter().map(|what| format!("write: {what}")));
    texts::judge(ran, &mut wrong);
    answers::judge(ran, &mut wrong);
    end::judge(ran, &mut wrong);
    reviews::judge(ran, &mut wrong);
    evidence::judge(ran, &mut wrong);
    let unexplained = model::judge(ran).into_iter();
    wrong.extend(unexplained.map(|what| format!("history: {what}")));
    wrong
}

/// The facilities to which the numbers of a text led all the time.
fn holders<'a>(ran: &'a Ran, text: &Text, from: u64, until: u64) -> Vec<&'a str> {
    let mut sure = Vec::new();
    for to in &text.to {
        if let [one] = ran.facts.holders_between(BUSINESS[*to], from, until).as_slice()
            && !one.is_empty()
            && !sure.contains(one)
        {
            sure.push(*one);
        }
    }
    sure
}

/// When a facility heard a text. `None`: it did not.
fn heard_at(ran: &Ran, id: usize, text: &Text, facility: &str) -> Option<u64> {
    let heard = ran.facts.heard.get(&message_key(id, text, facility));
    heard.filter(|(_, at)| at == facility).map(|(at, _)| *at)
}

/// The rows of an import that were not rejected.
pub(crate) fn kept<'a>(rows: &'a [Details], called: &Called) -> Vec<&'a Details> {
    let rejected = called.body()["rejected"].as_array().into_iter().flatten();
    let rejected: Vec<u64> = rejected.filter_map(|row| row["line"].as_u64()).collect();
    let numbered = (1..).zip(rows);
    numbered
        .filter(|(line, _)| !rejected.contains(line))
        .map(|(_, row)| row)
        .collect()
}
