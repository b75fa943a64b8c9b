//! What reaches a tenant through their number: keywords, texts in doubt, and what a person decides about those.

use super::people::stop_person;
use super::{
    Doubt, Held, NotProvided, OptedOut, Pending, Person, Provided, Range, State, gives_way, has_number, later,
};
use crate::plan::Word;

/// The number hears a text in doubt.
pub(super) fn doubt(state: &State, id: usize, from: usize, now: Range) -> State {
    let mut after = state.clone();
    if has_number(state, from) {
        after.doubts.push(Doubt {
            id,
            at: now,
            is_stopped: false,
        });
        // In whichever order they came, it is the same state.
        after.doubts.sort_by_key(|doubt| doubt.id);
    }
    after
}

/// A text in doubt reaches the tenant. A tenant who is on hold stays so from the first one.
pub(super) fn reach_doubt(state: &State, id: usize, now: Range) -> State {
    let mut after = state.clone();
    let Some(place) = after.doubts.iter().position(|doubt| doubt.id == id) else {
        return after;
    };
    if after.doubts.remove(place).is_stopped {
        return after;
    }
    if let Some(person) = &mut after.person {
        let may_be_held = !matches!(
            person.consent,
            OptedOut { text: true, .. } | OptedOut { portal: true, .. }
        );
        if let Some(held) = &mut person.held {
            held.again = Some(now);
        } else if may_be_held {
            person.held = Some(Held {
                text: id,
                again: None,
            });
            person.recorded = Some(now);
        }
    }
    after
}

/// A person has decided that a text asks for nothing. It reaches nobody from then on.
pub(super) fn release(state: &State, text: usize, now: Range) -> State {
    let mut after = state.clone();
    after.doubts.retain(|doubt| doubt.id != text);
    if let Some(person) = &mut after.person
        && person.held.as_ref().is_some_and(|held| held.text == text)
    {
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
    // Where the provider gives no time, a START counts as sent when it arrived, by the clock of the instance.
    let (may_be_old, may_be_new) = gives_way(is_start.then(|| sent.unwrap_or(now)), state.last_keyword[from]);
    if may_be_old {
        states.push(state.clone());
    }
    if !may_be_new {
        return states;
    }
    let mut after = state.clone();
    after.stopped[from] = !is_start;
    after.last_keyword[from] = Some(later(after.last_keyword[from], sent.unwrap_or(now)));
    if !has_number(state, from) {
        states.push(after);
        return states;
    }
    // A delivery that goes on with what another one began counts as sent when it began.
    let sent = sent.unwrap_or(now);
    after.pending = Some(Pending {
        id,
        is_start,
        sent: Some(sent).filter(|_| is_start),
    });
    let doubts = doubts_behind(&state.doubts, is_start, sent);
    states.extend(doubts.into_iter().map(|doubts| State {
        doubts,
        ..after.clone()
    }));
    states
}

/// What may be left of texts in doubt behind a keyword that was sent then. A START ends those that came before it was
/// sent. It ends no others: of those that were stopped meanwhile, they are on their way again.
fn doubts_behind(doubts: &[Doubt], is_start: bool, sent: Range) -> Vec<Vec<Doubt>> {
    let mut all = vec![Vec::new()];
    for doubt in doubts {
        let (may_stay, may_end) = if is_start {
            gives_way(Some(sent), Some(doubt.at))
        } else {
            (true, false)
        };
        let stays = Doubt {
            is_stopped: !is_start,
            ..doubt.clone()
        };
        let with = all.iter().filter(|_| may_stay).map(|left| {
            let mut left = left.clone();
            left.push(stays.clone());
            left
        });
        let without = all.iter().filter(|_| may_end).cloned();
        all = with.chain(without).collect();
    }
    all
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
    let again = person.held.as_ref().and_then(|held| held.again);
    let (old_for_doubt, new_for_doubt) = gives_way(sent, again);
    if old_for_record || old_for_number || old_for_doubt {
        states.push(after.clone());
    }
    if new_for_record && new_for_number && new_for_doubt {
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
