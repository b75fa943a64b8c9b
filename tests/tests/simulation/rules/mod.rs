//! The rules of consent once more, as somebody reads them who has not seen the code: what an operation does to one
//! tenant, and what may be answered. Times are known as ranges, because clocks differ; where a range does not decide,
//! both are possible.

mod keywords;
mod people;
mod words;

use crate::plan::{Screen, Word};
use keywords::{doubt, keyword, reach, reach_doubt, release};
use people::{click, move_out, register, row, send};

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
    is_old: bool,
    pub(crate) consent: Consent,
    /// When the last record was written, and since when they have the number.
    recorded: Option<Range>,
    since: Option<Range>,
    held: Option<Held>,
}

/// What holds texts to a tenant back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Held {
    /// The text in doubt.
    text: usize,
    /// When the last one of further texts in doubt came.
    again: Option<Range>,
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
    /// And so texts in doubt.
    doubts: Vec<Doubt>,
    /// An import that found the tenant as all of their rows leave them, and leaves them alone.
    skips: Option<usize>,
    pub(crate) person: Option<Person>,
}

/// A keyword on its way from the number to the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Pending {
    id: usize,
    is_start: bool,
    sent: Option<Range>,
}

/// A text in doubt on its way from the number to the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Doubt {
    id: usize,
    /// When it came.
    at: Range,
    /// A STOP came after it.
    is_stopped: bool,
}

/// A tenant's details, as they are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) phone: Option<usize>,
    pub(crate) is_old: bool,
    pub(crate) replied_stop: bool,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    Facility {
        two_way: bool,
        number: Option<usize>,
    },
    Register(Entry),
    /// One of several rows of the tenant in an import. `last`: how the last one leaves them.
    Row {
        import: usize,
        entry: Entry,
        last: Entry,
        is_first: bool,
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
    /// The number hears a keyword, sent to these business numbers.
    Keyword {
        id: usize,
        word: Word,
        from: usize,
        to: Vec<usize>,
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
        text: usize,
    },
    /// A person has read a STOP.
    Seen,
    View,
    Send,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was done, or seen.
    Done,
    /// So the tenant stands.
    Standing(Standing),
    Refused(String),
    NotFound,
    /// None came: it may have been done.
    Open,
}

/// How a tenant stands, with source and hold where those were shown. A hold is that of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: String,
    pub(crate) source: Shown<String>,
    pub(crate) held: Shown<usize>,
}

/// Something that an answer shows, or does not speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown<T> {
    Not,
    Is(Option<T>),
}

impl<T: PartialEq> Shown<T> {
    fn fits(&self, is: Option<&T>) -> bool {
        match self {
            Self::Not => true,
            Self::Is(shown) => shown.as_ref() == is,
        }
    }
}

/// When it happened, and what is not known exactly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    /// The time that the service took for now.
    pub(crate) now: Range,
    /// The facility's settings changed meanwhile.
    pub(crate) is_switched: bool,
    pub(crate) unknown: Unknown,
}

/// What is not known of something that was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Unknown {
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
    let now = around.now;
    let mut states = match act {
        Act::Facility { two_way, number } => facility(state, *two_way, *number, answer),
        _ if !state.exists => not_there(state, act, answer),
        Act::Register(entry) => vec![register(state, *entry, now)],
        Act::Row { .. } => row(state, act, now),
        Act::OtherStopped { phone } => {
            // It may have stopped on its way.
            let half = keyword(state, (usize::MAX, Word::Stop), *phone, None, now);
            let whole = half.iter().flat_map(|half| reach(half, (usize::MAX, true), now));
            whole.chain(half.clone()).chain([state.clone()]).collect()
        }
        Act::Reach { id, is_stop } => reach(state, (*id, *is_stop), now),
        Act::Doubt { id, from } => vec![doubt(state, *id, *from, now)],
        Act::ReachDoubt { id } => vec![reach_doubt(state, *id, now)],
        Act::NoOptOut { text } => vec![release(state, *text, now)],
        // Whether the tenant was opted out by that very text is not looked at here.
        Act::Seen => {
            let mut seen = state.clone();
            if let Some(person) = &mut seen.person {
                person.recorded = Some(now);
            }
            vec![state.clone(), seen]
        }
        Act::MoveOut => move_out(state, answer, now),
        Act::Click { .. } => click(state, act, answer, around),
        Act::Keyword {
            word: Word::Start, ..
        } => start(state, act, around),
        Act::Keyword {
            id, word, from, sent, ..
        } => keyword(state, (*id, *word), *from, sent_at(*sent, now), now),
        Act::View if resident(state).is_some() => vec![state.clone()],
        Act::View => not_there(state, act, answer),
        Act::Send => send(state, answer, around),
    };
    if around.unknown.is_maybe {
        states.push(state.clone());
    }
    states.retain(|after| is_true(after, act, answer));
    states.dedup();
    states
}

fn resident(state: &State) -> Option<&Person> {
    state.person.as_ref().filter(|person| person.is_resident)
}

fn has_number(state: &State, number: usize) -> bool {
    resident(state).is_some_and(|person| person.phone == Some(number))
}

/// A time ahead of ours counts as now.
fn sent_at(sent: Option<i64>, now: Range) -> Option<Range> {
    sent.map(|sent| (sent.min(now.0), sent.min(now.1)))
}

/// A START, which needs two-way texting on the number that it went to.
fn start(state: &State, act: &Act, around: Circumstances) -> Vec<State> {
    let Act::Keyword {
        id,
        word,
        from,
        to,
        sent,
    } = act
    else {
        return Vec::new();
    };
    let is_two_way = state.two_way && state.number.is_some_and(|number| to.contains(&number));
    // Of a group message the facility hears at one number, which may be one that it gave up.
    let is_open = around.is_switched || to.len() > 1;
    let mut states = Vec::new();
    if is_two_way || around.is_switched {
        let sent = sent_at(*sent, around.now);
        states.extend(keyword(state, (*id, *word), *from, sent, around.now));
    }
    if !is_two_way || is_open {
        states.push(state.clone());
    }
    states
}

fn not_there(state: &State, act: &Act, answer: &Answer) -> Vec<State> {
    let is_asked = matches!(
        act,
        Act::Register(_) | Act::Row { .. } | Act::MoveOut | Act::Click { .. } | Act::View | Act::Send
    );
    let fits = !is_asked || matches!(answer, Answer::NotFound | Answer::Open);
    if fits { vec![state.clone()] } else { Vec::new() }
}

/// Whether what was answered is what stands.
fn is_true(after: &State, act: &Act, answer: &Answer) -> bool {
    let resident = resident(after);
    match answer {
        Answer::Standing(standing) => resident.is_some_and(|person| {
            let source = person.consent.source().map(str::to_owned);
            person.consent.status() == standing.status
                && standing.source.fits(source.as_ref())
                && standing.held.fits(person.held.as_ref().map(|held| &held.text))
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
