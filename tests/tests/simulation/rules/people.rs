//! What is done to a tenant by name: registrations, moving out, clicks, and texts to them.

use super::{Act, Answer, Circumstances, Consent, Entry, Person, Range, State, later, not_there, resident};
use super::{NotProvided, OptedOut, Provided};
use crate::plan::Screen;

/// A tenant who leaves their number takes its STOP along.
fn leave(state: &State, now: Range) -> State {
    let is_stop = state.pending.as_ref().is_some_and(|pending| !pending.is_start);
    let mut left = if is_stop {
        stop_person(state, now)
    } else {
        state.clone()
    };
    left.pending = None;
    left.doubts.clear();
    left
}

pub(super) fn stop_person(state: &State, now: Range) -> State {
    let mut after = state.clone();
    if let Some(person) = &mut after.person {
        let consent = person.consent.stopped();
        if consent != person.consent {
            (person.consent, person.recorded, person.held) = (consent, Some(now), None);
        }
    }
    after
}

/// One of several rows of the tenant. An import that finds them as all of the rows leave them does nothing.
pub(super) fn row(state: &State, act: &Act, now: Range) -> Vec<State> {
    let Act::Row {
        import,
        entry,
        last,
        is_first,
    } = act
    else {
        return Vec::new();
    };
    if !is_first && state.skips == Some(*import) {
        return vec![state.clone()];
    }
    let mut states = vec![register(state, *entry, now)];
    let is_done = |person: &Person| person.phone == last.phone && person.is_old == last.is_old;
    if *is_first && resident(state).is_some_and(is_done) {
        states.push(State {
            skips: Some(*import),
            ..state.clone()
        });
    }
    states
}

pub(super) fn register(state: &State, entry: Entry, now: Range) -> State {
    let Entry {
        phone,
        is_old,
        replied_stop,
    } = entry;
    let stays = resident(state).is_some_and(|person| person.phone == phone);
    if stays {
        let mut after = state.clone();
        if let Some(person) = &mut after.person {
            person.is_old = is_old;
        }
        return after;
    }
    let mut after = leave(state, now);
    if let (None, true, Some(phone)) = (&state.person, replied_stop, phone) {
        after.stopped[phone] = true;
        after.last_keyword[phone] = Some(later(after.last_keyword[phone], now));
    }
    let is_stopped = phone.is_some_and(|phone| after.stopped[phone]);
    let before = after.person.as_ref();
    let stood = before.map_or(NotProvided, |person| person.consent);
    let consent = match before {
        None if phone.is_none() => NotProvided,
        _ if is_stopped => stood.stopped(),
        None if is_old => Provided("grandfathered"),
        None => NotProvided,
        Some(person) if person.is_resident => stood.ended(),
        Some(_) => stood,
    };
    // A hold ends with the number that it is about.
    let is_recorded = consent != stood || before.is_some_and(|person| person.held.is_some());
    let recorded = before.and_then(|person| person.recorded);
    after.person = Some(Person {
        is_resident: true,
        phone,
        is_old,
        consent,
        recorded: if is_recorded { Some(now) } else { recorded },
        since: Some(now),
        held: None,
    });
    after
}

pub(super) fn move_out(state: &State, answer: &Answer, now: Range) -> Vec<State> {
    let state = &leave(state, now);
    let Some(person) = resident(state) else {
        return not_there(state, &Act::MoveOut, answer);
    };
    if *answer == Answer::NotFound {
        return Vec::new();
    }
    let consent = person.consent.ended();
    let recorded = if consent == person.consent && person.held.is_none() {
        person.recorded
    } else {
        Some(now)
    };
    let mut after = state.clone();
    after.person = Some(Person {
        is_resident: false,
        consent,
        recorded,
        held: None,
        ..person.clone()
    });
    vec![after]
}

pub(super) fn click(state: &State, act: &Act, answer: &Answer, around: Circumstances) -> Vec<State> {
    let Act::Click {
        screen,
        checked,
        is_told,
    } = *act
    else {
        return Vec::new();
    };
    let Some(person) = resident(state) else {
        return not_there(state, act, answer);
    };
    let two_ways: &[bool] = if around.is_switched {
        &[true, false]
    } else {
        &[state.two_way]
    };
    let mut states = Vec::new();
    for two_way in two_ways {
        let clicked = if checked {
            check(person, screen, *two_way)
        } else {
            Ok(uncheck(person.consent, screen, is_told))
        };
        match (clicked, answer) {
            (Ok(_), Answer::Refused(_))
            | (Err(_), Answer::Standing(..) | Answer::Done | Answer::NotFound) => {}
            (Err(code), Answer::Refused(told)) if code != told => {}
            (Err(_), _) => states.push(state.clone()),
            (Ok(consent), _) => {
                let recorded = if consent == person.consent {
                    person.recorded
                } else {
                    Some(around.now)
                };
                // Staff do not end a hold by unchecking the box.
                let stays = consent == person.consent || consent.source() == Some("profile");
                let held = person.held.clone().filter(|_| stays);
                let mut after = state.clone();
                after.person = Some(Person {
                    consent,
                    recorded,
                    held,
                    ..person.clone()
                });
                states.push(after);
            }
        }
    }
    states
}

fn check(person: &Person, screen: Screen, two_way: bool) -> Result<Consent, &'static str> {
    let granted = Provided(if screen == Screen::Profile {
        "profile"
    } else {
        "portal"
    });
    match (person.consent, screen) {
        (Provided(_), _) => Ok(person.consent),
        _ if person.phone.is_none() => Err("no_cell_phone"),
        _ if person.held.is_some() && screen == Screen::Profile => Err("review_required"),
        (OptedOut { text: true, .. }, _) if two_way => Err("start_reply_required"),
        (OptedOut { text: true, .. } | OptedOut { portal: true, .. }, Screen::Profile) => {
            Err("portal_opt_in_required")
        }
        _ => Ok(granted),
    }
}

fn uncheck(consent: Consent, screen: Screen, is_told: bool) -> Consent {
    match consent {
        NotProvided if is_told => OptedOut {
            text: false,
            portal: false,
        },
        Provided(_) => OptedOut {
            text: false,
            portal: screen == Screen::Portal,
        },
        NotProvided | OptedOut { .. } => consent,
    }
}

impl State {
    fn is_held_back(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| !pending.is_start)
    }
}

pub(super) fn send(state: &State, answer: &Answer, around: Circumstances) -> Vec<State> {
    let Some(person) = resident(state) else {
        return not_there(state, &Act::Send, answer);
    };
    let is_granted = matches!(person.consent, Provided(_)) && person.phone.is_some();
    let is_open = is_granted && person.held.is_none();
    let is_true = match answer {
        Answer::Done => (is_open && !state.is_held_back()) || around.unknown.is_repeated,
        Answer::Refused(code) => match code.as_str() {
            "no_cell_phone" => person.phone.is_none(),
            "on_hold" => is_granted && person.held.is_some(),
            "consent_required" => !is_granted || around.unknown.is_blocked || state.is_held_back(),
            _ => is_open,
        },
        Answer::Standing(..) | Answer::NotFound => false,
        Answer::Open => true,
    };
    if is_true { vec![state.clone()] } else { Vec::new() }
}
