//! Whether the answers about each tenant can be explained: by the operations one after the other, each at some moment
//! between its beginning and its answer, by the rules. What was never answered may have been done, at any time from its
//! beginning on, or not. (Linearizability, after Wing and Gong.)

use std::collections::HashSet;

use crate::history::{Done, history};
use crate::ran::Ran;
use crate::rules::{Act, Answer, Circumstances, State, step};

/// Clocks may be wrong by so much.
const SKEW: i64 = 501;
/// A request that is not answered takes no effect later than this.
const LATEST: i64 = 36_000;
/// A search that takes longer than this is given up.
const PATIENCE: usize = 50_000;

/// Everything that cannot be explained.
pub(crate) fn judge(ran: &Ran) -> Vec<String> {
    let mut wrong = Vec::new();
    // In a crowd many have the same history.
    let mut explained: Vec<Vec<Done>> = Vec::new();
    for (facility, tenant) in ran.facts.tenants.keys() {
        let history = history(ran, facility, tenant);
        let is_same = |before: &Vec<Done>| {
            before.len() == history.len() && before.iter().zip(&history).all(|(one, other)| one.is_as(other))
        };
        if explained.iter().any(is_same) {
            continue;
        }
        if let Err(what) = explain(&history) {
            wrong.push(format!("{facility}/{tenant}: {what}"));
        }
        explained.push(history);
    }
    wrong
}

/// Finds an order of what was done, in which every answer is right. The error says what none of the orders explain.
pub(crate) fn explain(history: &[Done]) -> Result<(), String> {
    if history.len() > 128 {
        return Ok(());
    }
    let mut search = Search {
        history,
        around: history.iter().map(|done| around(history, done)).collect(),
        seen: HashSet::new(),
        best: (0, 0),
    };
    match search.goes_on(0, &State::default()) {
        Some(false) => Err(search.story()),
        Some(true) | None => Ok(()),
    }
}

fn around(history: &[Done], done: &Done) -> Circumstances {
    let end = |of: &Done| of.ended.unwrap_or(of.began + LATEST);
    let overlaps = |other: &&Done| other.began <= end(done) && end(other) >= done.began;
    let mut beside = history.iter().filter(overlaps);
    Circumstances {
        now: (done.began - SKEW, end(done) + SKEW),
        is_switched: beside.any(|other| matches!(other.act, Act::Facility { .. })),
        unknown: done.unknown,
    }
}

/// Whether it changes nothing, whenever it is done.
fn only_looks(done: &Done) -> bool {
    matches!(done.act, Act::View | Act::Send) || matches!(done.answer, Answer::Refused(_))
}

struct Search<'a> {
    history: &'a [Done],
    /// When each of them happened, and what is not known of it.
    around: Vec<Circumstances>,
    seen: HashSet<(u128, State)>,
    /// The longest order so far: how many of them, and which.
    best: (u32, u128),
}

impl Search<'_> {
    /// Whether the rest can be explained after these. `None`: it takes too long to tell.
    fn goes_on(&mut self, mut placed: u128, state: &State) -> Option<bool> {
        // What only looks may come as soon as it fits: what comes after it is the same.
        while let Some(look) = self
            .next(placed)
            .find(|place| only_looks(&self.history[*place]) && !self.after(*place, state).is_empty())
        {
            placed |= 1 << look;
        }
        if self.first_end(placed).is_none() {
            return Some(true);
        }
        if !self.seen.insert((placed, state.clone())) {
            return Some(false);
        }
        if self.seen.len() > PATIENCE {
            return None;
        }
        if placed.count_ones() > self.best.0 {
            self.best = (placed.count_ones(), placed);
        }
        let next: Vec<usize> = self.next(placed).collect();
        for place in next {
            for after in self.after(place, state) {
                // What was not answered and changes nothing need not have been done.
                if self.history[place].ended.is_none() && after == *state {
                    continue;
                }
                if self.goes_on(placed | (1 << place), &after)? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    fn after(&self, place: usize, state: &State) -> Vec<State> {
        let done = &self.history[place];
        step(state, &done.act, &done.answer, self.around[place])
    }

    /// When the first of those that are left was answered. `None`: every answer is explained.
    fn first_end(&self, placed: u128) -> Option<i64> {
        self.left(placed).filter_map(|(_, done)| done.ended).min()
    }

    fn left(&self, placed: u128) -> impl Iterator<Item = (usize, &Done)> {
        let history = self.history.iter().enumerate();
        history.filter(move |(place, _)| placed & (1 << place) == 0)
    }

    /// Those that may come next: they began before any that is left was answered.
    fn next(&self, placed: u128) -> impl Iterator<Item = usize> {
        let first_end = self.first_end(placed);
        self.left(placed)
            .filter(move |(_, done)| {
                first_end.is_some_and(|end| done.began <= end)
                    && done.after.is_none_or(|first| placed & (1 << first) != 0)
            })
            .map(|(place, _)| place)
    }

    fn story(&self) -> String {
        let left = self.left(self.best.1).map(|(_, done)| done);
        let mut left: Vec<&Done> = left.filter(|done| done.ended.is_some()).collect();
        left.sort_by_key(|done| done.ended);
        let next = left.first().map_or("?", |done| done.name.as_str());
        format!(
            "no order of the {} operations that concern the tenant explains every answer. The longest has {}, and then \
             this does not fit: {next}",
            self.history.len(),
            self.best.0
        )
    }
}

#[cfg(test)]
mod tests;
