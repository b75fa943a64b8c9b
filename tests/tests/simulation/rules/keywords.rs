//! What reaches a tenant through their number: keywords, texts in doubt, and what a person decides about those.

use super::people::stop_person;
use super::{NotProvided, OptedOut, Pending, Person, Provided, Range, State, gives_way, has_number, later};
use crate::plan::Word;

/// A text in doubt reaches the tenant.
pub(super) fn reach_doubt(state: &State, id: usize, now: Range) -> State {
    let mut after = state.clone();
    if after.doubt != Some(id) {
        return after;
    }
    after.doubt = None;
    if let Some(person) = &mut after.person {
        let may_be_held = !matches!(
            person.consent,
            OptedOut { text: true, .. } | OptedOut { portal: true, .. }
        );
        if may_be_held && person.held.is_none() {
            (person.held, person.recorded) = (Some(id), Some(now));
        }
    }
    after
}

/// A person has decided that a text asks for nothing. It reaches nobody from then on.
pub(super) fn release(state: &State, text: usize, now: Range) -> State {
    let mut after = state.clone();
    after.doubt = after.doubt.filter(|doubt| *doubt != text);
    if let Some(person) = after.person.as_mut().filter(|person| person.held == Some(text)) {
        (person.held, person.recorded) = (None, Some(now));
    }
    after
}

/// A keyword from a number, where two-way texting is on if it is needed.
pub(super) fn keyword(
    state: &State,
    (id, word): (usize, Word),
    from: usize,
    sent: Option<Range>,
    now: Range,
) -> Vec<State> {
    let is_start = match word {
        Word::Start => true,
        Word::Stop | Word::StopToRead => false,
        Word::Doubt | Word::Help | Word::Other => return vec![state.clone()],
    };
    let mut states = Vec::new();
    let (may_be_old, may_be_new) = gives_way(sent.filter(|_| is_start), state.last_keyword[from]);
    if may_be_old {
        states.push(state.clone());
    }
    if !may_be_new {
        return states;
    }
    let mut after = state.clone();
    after.stopped[from] = !is_start;
    after.last_keyword[from] = Some(later(after.last_keyword[from], sent.unwrap_or(now)));
    after.doubt = None;
    if has_number(state, from) {
        // A delivery that goes on with what another one began counts as sent when it began.
        let sent = Some(sent.unwrap_or(now)).filter(|_| is_start);
        after.pending = Some(Pending { id, is_start, sent });
    }
    states.push(after);
    states
}

/// A keyword reaches the tenant. One that was overtaken does not; a STOP carries an earlier one on.
pub(super) fn reach(state: &State, (id, is_stop): (usize, bool), now: Range) -> Vec<State> {
    let Some(Pending { is_start, sent, .. }) = state
        .pending
        .clone()
        .filter(|pending| pending.id == id || (is_stop && !pending.is_start))
    else {
        return vec![state.clone()];
    };
    let mut after = state.clone();
    after.pending = None;
    let Some(person) = state.person.clone() else {
        return vec![after];
    };
    if !is_start {
        return vec![stop_person(&after, now)];
    }
    let mut states = Vec::new();
    let (old_for_record, new_for_record) = gives_way(sent, person.recorded);
    let (old_for_number, new_for_number) = gives_way(sent, person.since);
    if old_for_record || old_for_number {
        states.push(after.clone());
    }
    if new_for_record && new_for_number {
        let consent = match person.consent {
            NotProvided | OptedOut { portal: false, .. } => Provided("text"),
            OptedOut {
                text: true,
                portal: true,
            } => OptedOut {
                text: false,
                portal: true,
            },
            consent => consent,
        };
        let is_changed = consent != person.consent || person.held.is_some();
        let recorded = if is_changed { Some(now) } else { person.recorded };
        after.person = Some(Person {
            consent,
            recorded,
            held: None,
            ..person
        });
        states.push(after);
    }
    states
}
