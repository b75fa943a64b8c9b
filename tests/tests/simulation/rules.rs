//! The rules of consent once more, as somebody reads them who has not seen the code: what an operation does to one
//! tenant, and what may be answered. Times are known as ranges, because clocks differ; where a range does not decide,
//! both are possible.

use crate::plan::{Screen, Word};

/// The earliest and the latest moment, in milliseconds.
pub(crate) type Range = (i64, i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Consent {
    NotProvided,
    Provided(&'static str),
    OptedOut { text: bool, portal: bool },
}

use Consent::{NotProvided, OptedOut, Provided};

impl Consent {
    pub(crate) fn status(self) -> &'static str {
        match self {
            NotProvided => "not_provided",
            Provided(_) => "provided",
            OptedOut { .. } => "opted_out",
        }
    }

    pub(crate) fn source(self) -> Option<&'static str> {
        match self {
            NotProvided => None,
            Provided(by) => Some(by),
            OptedOut { text: true, .. } => Some("text"),
            OptedOut { portal: true, .. } => Some("portal"),
            OptedOut { .. } => Some("profile"),
        }
    }

    fn stopped(self) -> Self {
        match self {
            OptedOut { portal, .. } => OptedOut { text: true, portal },
            NotProvided | Provided(_) => OptedOut {
                text: true,
                portal: false,
            },
        }
    }

    fn ended(self) -> Self {
        if let Provided(_) = self { NotProvided } else { self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Person {
    pub(crate) is_resident: bool,
    pub(crate) phone: Option<usize>,
    pub(crate) consent: Consent,
    /// When the last record was written, and since when they have the number.
    recorded: Option<Range>,
    since: Option<Range>,
    /// A text in doubt holds texts back.
    is_held: bool,
}

/// A tenant, with what of the facility and its numbers concerns them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct State {
    pub(crate) exists: bool,
    pub(crate) two_way: bool,
    pub(crate) number: Option<usize>,
    stopped: [bool; 4],
    last_keyword: [Option<Range>; 4],
    /// A keyword that the number has heard, and that has still to reach the tenant. Until it was acknowledged, a keyword
    /// may be there and not here.
    pending: Option<Pending>,
    /// And so a text in doubt.
    doubt: Option<usize>,
    pub(crate) person: Option<Person>,
}

/// A keyword on its way from the number to the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Pending {
    id: usize,
    is_start: bool,
    sent: Option<Range>,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    Facility {
        two_way: bool,
        number: Option<usize>,
    },
    Register {
        phone: Option<usize>,
        is_old: bool,
        replied_stop: bool,
    },
    /// Somebody else is registered, and known to have sent STOP before: where it is their first registration, that is a
    /// STOP from the number.
    OtherStopped {
        phone: usize,
    },
    MoveOut,
    /// `is_told`: staff do it because the tenant told them so.
    Click {
        screen: Screen,
        checked: bool,
        is_told: bool,
    },
    /// The number hears a keyword.
    Keyword {
        id: usize,
        word: Word,
        from: usize,
        to: usize,
        sent: Option<i64>,
    },
    /// It reaches the tenant.
    Reach {
        id: usize,
        is_stop: bool,
    },
    /// The number hears a text in doubt, and it reaches the tenant.
    Doubt {
        id: usize,
        from: usize,
    },
    ReachDoubt {
        id: usize,
    },
    /// A person has read such a text, and it asks for nothing.
    NoOptOut {
        from: usize,
    },
    View,
    Send,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was done, or seen.
    Done,
    /// So the tenant stands, with the source where that was shown.
    Standing(String, Option<Option<String>>, Option<bool>),
    Refused(String),
    NotFound,
    /// None came: it may have been done.
    Open,
}

/// When it happened, and what is not known exactly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    /// The time that the service took for now.
    pub(crate) now: Range,
    /// The facility's settings changed meanwhile.
    pub(crate) is_switched: bool,
    /// It may concern this facility or another one.
    pub(crate) is_maybe: bool,
    /// The provider's own list may have the number.
    pub(crate) is_blocked: bool,
    /// The answer may be that of an earlier send under the same key.
    pub(crate) is_repeated: bool,
}

/// Whether `sent` may be before `moment` or at it, and whether it may be after it.
fn gives_way(sent: Option<Range>, moment: Option<Range>) -> (bool, bool) {
    match (sent, moment) {
        (Some((earliest, latest)), Some((from, to))) => (earliest <= to, latest > from),
        _ => (false, true),
    }
}

fn later(one: Option<Range>, other: Range) -> Range {
    one.map_or(other, |one| (one.0.max(other.0), one.1.max(other.1)))
}

/// The states in which an act may leave a tenant, where this is its answer. None: it cannot have been answered so.
pub(crate) fn step(state: &State, act: &Act, answer: &Answer, around: Circumstances) -> Vec<State> {
    let mut states = match act {
        Act::Facility { two_way, number } => facility(state, *two_way, *number, answer),
        _ if !state.exists => not_there(state, act, answer),
        Act::Register {
            phone,
            is_old,
            replied_stop,
        } => {
            vec![register(state, *phone, *is_old, *replied_stop, around.now)]
        }
        Act::OtherStopped { phone } => {
            // It may have stopped on its way.
            let half = keyword(state, (usize::MAX, Word::Stop), *phone, None, around.now);
            let whole = half
                .iter()
                .flat_map(|half| reach(half, (usize::MAX, true), around.now));
            whole.chain(half.clone()).chain([state.clone()]).collect()
        }
        Act::Reach { id, is_stop } => reach(state, (*id, *is_stop), around.now),
        Act::Doubt { id, from } => {
            let mut after = state.clone();
            let has_number = |person: &Person| person.is_resident && person.phone == Some(*from);
            if state.person.as_ref().is_some_and(has_number) {
                after.doubt = Some(*id);
            }
            vec![after]
        }
        Act::ReachDoubt { id } => vec![reach_doubt(state, *id, around.now)],
        // Whether the hold is from that very text is not looked at here.
        Act::NoOptOut { from } => vec![state.clone(), not_held(state, *from, around.now)],
        Act::MoveOut => move_out(state, answer, around.now),
        Act::Click { .. } => click(state, act, answer, around),
        Act::Keyword {
            id,
            word: Word::Start,
            from,
            to,
            sent,
        } => {
            let is_two_way = state.two_way && state.number == Some(*to);
            let mut states = Vec::new();
            if is_two_way || around.is_switched {
                states.extend(keyword(
                    state,
                    (*id, Word::Start),
                    *from,
                    sent_at(*sent, around.now),
                    around.now,
                ));
            }
            if !is_two_way || around.is_switched {
                states.push(state.clone());
            }
            states
        }
        Act::Keyword {
            id, word, from, sent, ..
        } => keyword(state, (*id, *word), *from, sent_at(*sent, around.now), around.now),
        Act::View => state
            .person
            .as_ref()
            .filter(|person| person.is_resident)
            .map_or_else(|| not_there(state, act, answer), |_| vec![state.clone()]),
        Act::Send => send(state, answer, around),
    };
    if around.is_maybe {
        states.push(state.clone());
    }
    states.retain(|after| is_true(after, act, answer));
    states.dedup();
    states
}

/// A time ahead of ours counts as now.
fn sent_at(sent: Option<i64>, now: Range) -> Option<Range> {
    sent.map(|sent| (sent.min(now.0), sent.min(now.1)))
}

fn not_there(state: &State, act: &Act, answer: &Answer) -> Vec<State> {
    let is_text = !matches!(
        act,
        Act::Register { .. } | Act::MoveOut | Act::Click { .. } | Act::View | Act::Send
    );
    let fits = is_text || matches!(answer, Answer::NotFound | Answer::Open);
    if fits { vec![state.clone()] } else { Vec::new() }
}

/// Whether what was answered is what stands.
fn is_true(after: &State, act: &Act, answer: &Answer) -> bool {
    let resident = after.person.as_ref().filter(|person| person.is_resident);
    match answer {
        Answer::Standing(status, source, held) => resident.is_some_and(|person| {
            person.consent.status() == status
                && held.is_none_or(|held| person.is_held == held)
                && source
                    .as_ref()
                    .is_none_or(|source| person.consent.source() == source.as_deref())
        }),
        Answer::NotFound => !after.exists || resident.is_none(),
        Answer::Refused(_) | Answer::Done => {
            !matches!(act, Act::Click { .. } | Act::Send) || resident.is_some()
        }
        Answer::Open => true,
    }
}

fn facility(state: &State, two_way: bool, number: Option<usize>, answer: &Answer) -> Vec<State> {
    let mut after = state.clone();
    if !matches!(answer, Answer::Refused(_)) {
        (after.exists, after.two_way, after.number) = (true, two_way, number);
    }
    vec![after]
}

fn reach_doubt(state: &State, id: usize, now: Range) -> State {
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
        if may_be_held && !person.is_held {
            (person.is_held, person.recorded) = (true, Some(now));
        }
    }
    after
}

fn not_held(state: &State, from: usize, now: Range) -> State {
    let mut after = state.clone();
    after.doubt = None;
    if let Some(person) = after
        .person
        .as_mut()
        .filter(|person| person.is_held && person.phone == Some(from))
    {
        (person.is_held, person.recorded) = (false, Some(now));
    }
    after
}

/// A tenant who leaves their number takes its STOP along.
fn leave(state: &State, now: Range) -> State {
    let is_stop = state.pending.as_ref().is_some_and(|pending| !pending.is_start);
    let mut left = if is_stop {
        stop_person(state, now)
    } else {
        state.clone()
    };
    (left.pending, left.doubt) = (None, None);
    left
}

fn stop_person(state: &State, now: Range) -> State {
    let mut after = state.clone();
    if let Some(person) = &mut after.person {
        let consent = person.consent.stopped();
        if consent != person.consent {
            (person.consent, person.recorded, person.is_held) = (consent, Some(now), false);
        }
    }
    after
}

fn register(state: &State, phone: Option<usize>, is_old: bool, replied_stop: bool, now: Range) -> State {
    let stays = state
        .person
        .as_ref()
        .is_some_and(|person| person.is_resident && person.phone == phone);
    let state = &if stays { state.clone() } else { leave(state, now) };
    let mut after = state.clone();
    if let (None, true, Some(phone)) = (&state.person, replied_stop, phone) {
        after.stopped[phone] = true;
        after.last_keyword[phone] = Some(later(after.last_keyword[phone], now));
    }
    let is_stopped = phone.is_some_and(|phone| after.stopped[phone]);
    let (before, person) = match &state.person {
        None => {
            let consent = match phone {
                None => NotProvided,
                Some(_) if is_stopped => NotProvided.stopped(),
                Some(_) if is_old => Provided("grandfathered"),
                Some(_) => NotProvided,
            };
            (
                NotProvided,
                Person {
                    is_resident: true,
                    phone,
                    consent,
                    recorded: None,
                    since: Some(now),
                    is_held: false,
                },
            )
        }
        Some(person) if !person.is_resident => {
            let consent = if is_stopped {
                person.consent.stopped()
            } else {
                person.consent
            };
            let person = Person {
                is_resident: true,
                phone,
                consent,
                since: Some(now),
                ..person.clone()
            };
            (state.person.as_ref().unwrap().consent, person)
        }
        Some(person) if person.phone == phone => return after,
        Some(person) => {
            let consent = if is_stopped {
                person.consent.stopped()
            } else {
                person.consent.ended()
            };
            // A hold ends with the number that it is about.
            let recorded = if person.is_held {
                Some(now)
            } else {
                person.recorded
            };
            (
                person.consent,
                Person {
                    phone,
                    consent,
                    since: Some(now),
                    is_held: false,
                    recorded,
                    ..person.clone()
                },
            )
        }
    };
    let recorded = if before == person.consent {
        person.recorded
    } else {
        Some(now)
    };
    after.person = Some(Person { recorded, ..person });
    after
}

fn move_out(state: &State, answer: &Answer, now: Range) -> Vec<State> {
    let state = &leave(state, now);
    let Some(person) = state.person.as_ref().filter(|person| person.is_resident) else {
        return not_there(state, &Act::MoveOut, answer);
    };
    if *answer == Answer::NotFound {
        return Vec::new();
    }
    let consent = person.consent.ended();
    let recorded = if consent == person.consent && !person.is_held {
        person.recorded
    } else {
        Some(now)
    };
    let mut after = state.clone();
    after.person = Some(Person {
        is_resident: false,
        consent,
        recorded,
        is_held: false,
        ..person.clone()
    });
    vec![after]
}

fn click(state: &State, act: &Act, answer: &Answer, around: Circumstances) -> Vec<State> {
    let Act::Click {
        screen,
        checked,
        is_told,
    } = *act
    else {
        return Vec::new();
    };
    let Some(person) = state.person.as_ref().filter(|person| person.is_resident) else {
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
                let is_held = person.is_held && stays;
                let mut after = state.clone();
                after.person = Some(Person {
                    consent,
                    recorded,
                    is_held,
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
        _ if person.is_held && screen == Screen::Profile => Err("review_required"),
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

/// A keyword from a number, where two-way texting is on if it is needed.
fn keyword(
    state: &State,
    (id, word): (usize, Word),
    from: usize,
    sent: Option<Range>,
    now: Range,
) -> Vec<State> {
    let is_start = match word {
        Word::Start => true,
        Word::Stop => false,
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
    let has_number = |person: &Person| person.is_resident && person.phone == Some(from);
    if state.person.as_ref().is_some_and(has_number) {
        // A delivery that goes on with what another one began counts as sent when it began.
        let sent = Some(sent.unwrap_or(now)).filter(|_| is_start);
        after.pending = Some(Pending { id, is_start, sent });
    }
    states.push(after);
    states
}

/// A keyword reaches the tenant. One that was overtaken does not; a STOP carries an earlier one on.
fn reach(state: &State, (id, is_stop): (usize, bool), now: Range) -> Vec<State> {
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
        let is_changed = consent != person.consent || person.is_held;
        let recorded = if is_changed { Some(now) } else { person.recorded };
        after.person = Some(Person {
            consent,
            recorded,
            is_held: false,
            ..person
        });
        states.push(after);
    }
    states
}

impl State {
    fn is_held_back(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| !pending.is_start)
    }
}

fn send(state: &State, answer: &Answer, around: Circumstances) -> Vec<State> {
    let Some(person) = state.person.as_ref().filter(|person| person.is_resident) else {
        return not_there(state, &Act::Send, answer);
    };
    let is_granted = matches!(person.consent, Provided(_)) && person.phone.is_some();
    let is_open = is_granted && !person.is_held;
    let is_true = match answer {
        Answer::Done => (is_open && !state.is_held_back()) || around.is_repeated,
        Answer::Refused(code) => match code.as_str() {
            "no_cell_phone" => person.phone.is_none(),
            "on_hold" => is_granted && person.is_held,
            "consent_required" => !is_granted || around.is_blocked || state.is_held_back(),
            _ => is_open,
        },
        Answer::Standing(..) | Answer::NotFound => false,
        Answer::Open => true,
    };
    if is_true { vec![state.clone()] } else { Vec::new() }
}
