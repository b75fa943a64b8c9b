//! Whether the answers about each tenant can be explained: by the operations one after the other, each at some moment
//! between its beginning and its answer, by the rules. What was never answered may have been done, at any time from its
//! beginning on, or not. (Linearizability, after Wing and Gong.)

use std::collections::HashSet;

use crate::history::{Done, history};
use crate::ran::Ran;
use crate::rules::{Act, Circumstances, State, step};

/// Clocks may be wrong by so much.
const SKEW: i64 = 501;
/// A request that is not answered takes no effect later than this.
const LATEST: i64 = 36_000;
/// A search that takes longer than this is given up.
const PATIENCE: usize = 200_000;

/// Everything that cannot be explained.
pub(crate) fn judge(ran: &Ran) -> Vec<String> {
    let mut wrong = Vec::new();
    for (facility, tenant) in ran.facts.tenants.keys() {
        let history = history(ran, facility, tenant);
        if let Err(what) = explain(&history) {
            wrong.push(format!("{facility}/{tenant}: {what}"));
        }
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
        seen: HashSet::new(),
        best: (0, 0),
    };
    match search.goes_on(0, &State::default()) {
        Some(false) => Err(search.story()),
        Some(true) | None => Ok(()),
    }
}

struct Search<'a> {
    history: &'a [Done],
    seen: HashSet<(u128, State)>,
    /// The longest order so far: how many of them, and which.
    best: (u32, u128),
}

impl Search<'_> {
    /// Whether the rest can be explained after these. `None`: it takes too long to tell.
    fn goes_on(&mut self, placed: u128, state: &State) -> Option<bool> {
        let left = |place: &usize| placed & (1 << place) == 0;
        let open: Vec<usize> = (0..self.history.len()).filter(left).collect();
        let closed = open.iter().filter_map(|place| self.history[*place].ended);
        let Some(first_end) = closed.min() else {
            return Some(true);
        };
        if !self.seen.insert((placed, state.clone())) {
            return Some(false);
        }
        if self.seen.len() > PATIENCE {
            return None;
        }
        if placed.count_ones() > self.best.0 {
            self.best = (placed.count_ones(), placed);
        }
        for place in open
            .iter()
            .copied()
            .filter(|place| self.history[*place].began <= first_end)
        {
            let done = &self.history[place];
            if done.after.is_some_and(|first| left(&first)) {
                continue;
            }
            let states = step(state, &done.act, &done.answer, self.around(done));
            for after in states {
                // What was not answered and changes nothing need not have been done.
                if done.ended.is_none() && after == *state {
                    continue;
                }
                if self.goes_on(placed | (1 << place), &after)? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    fn around(&self, done: &Done) -> Circumstances {
        let ended = done.ended.unwrap_or(done.began + LATEST);
        let overlaps = |other: &Done| {
            let other_ended = other.ended.unwrap_or(other.began + LATEST);
            other.began <= ended && other_ended >= done.began
        };
        Circumstances {
            now: (done.began - SKEW, ended + SKEW),
            is_switched: self
                .history
                .iter()
                .any(|other| matches!(other.act, Act::Facility { .. }) && overlaps(other)),
            unknown: done.unknown,
        }
    }

    fn story(&self) -> String {
        let left = (0..self.history.len()).filter(|place| self.best.1 & (1 << place) == 0);
        let mut left: Vec<&Done> = left
            .map(|place| &self.history[place])
            .filter(|done| done.ended.is_some())
            .collect();
        left.sort_by_key(|done| done.ended);
        let next = left.first().map_or("?", |done| done.name.as_str());
        format!(
            "no order of {} operations explains it, at most {} of them; then comes {next}",
            self.history.len(),
            self.best.0
        )
    }
}

#[cfg(test)]
mod tests;
