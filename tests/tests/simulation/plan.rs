//! What is to happen in a simulation: operations, each at its time, all of them known before anything runs. So one may
//! be left out, and the others stay what they are. What they are is rolled in [`crate::planner`].

use crate::faults::Faults;

/// The facilities. Each begins with the business number of the same place.
pub(crate) const FACILITIES: [&str; 2] = ["f1", "f2"];
pub(crate) const BUSINESS: [&str; 3] = ["+15125550100", "+15125550101", "+15125550102"];
/// Tenants' numbers. Providers also spell the last one with a 1 after +52.
pub(crate) const NUMBERS: [&str; 4] = ["+15125550142", "+15125550143", "+15125550144", "+525512345699"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    Profile,
    Portal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    Twilio,
    Telnyx,
    Aws,
}

impl Provider {
    /// As a facility's settings name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::Telnyx => "telnyx",
            Self::Aws => "aws",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Stop,
    /// A STOP that also says that the number is not the tenant's: a person has to read it.
    StopToRead,
    Start,
    /// It may ask for no more texts, and may not.
    Doubt,
    Help,
    Other,
}

impl Word {
    pub(crate) fn is_stop(self) -> bool {
        matches!(self, Self::Stop | Self::StopToRead)
    }
}

/// What a person decides who has read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    OptOut,
    NoOptOut,
    Seen,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::NoOptOut => "no_opt_out",
            Self::Seen => "seen",
        }
    }
}

/// A tenant's details, as the facility software tells of them.
#[derive(Debug, Clone)]
pub(crate) struct Details {
    pub(crate) tenant: String,
    /// A place in [`NUMBERS`].
    pub(crate) phone: Option<usize>,
    /// From before the day on which tenants began to be asked.
    pub(crate) is_old: bool,
    pub(crate) replied_stop: bool,
}

/// A text from a tenant's number.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) provider: Provider,
    pub(crate) from: usize,
    /// The number as the provider spells it.
    pub(crate) spelled: String,
    /// Places in [`BUSINESS`]: of a group message several.
    pub(crate) to: Vec<usize>,
    pub(crate) word: Word,
    pub(crate) body: &'static str,
    /// How long after it was sent each delivery comes. What fails is delivered again, so many times.
    pub(crate) deliveries: Vec<u64>,
    pub(crate) redeliveries: u32,
    /// Whether the provider still delivers it once all else is over.
    pub(crate) is_kept: bool,
}

/// What a person decided about a text.
#[derive(Debug, Clone)]
pub(crate) struct Decided {
    pub(crate) facility: usize,
    pub(crate) review_id: String,
    /// The text, by its operation.
    pub(crate) text: usize,
    /// The number that sent it.
    pub(crate) number: usize,
    pub(crate) verdict: Verdict,
}

#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Facility {
        facility: usize,
        two_way: bool,
        number: Option<usize>,
        /// What carries the facility's texts.
        carrier: Provider,
        /// A grant on a screen is confirmed by a text.
        confirms: bool,
    },
    Register {
        facility: usize,
        details: Details,
    },
    MoveOut {
        facility: usize,
        tenant: String,
    },
    Import {
        facility: usize,
        rows: Vec<Details>,
    },
    Box {
        facility: usize,
        tenant: String,
        screen: Screen,
        checked: bool,
        /// How the tenant told staff of a withdrawal, beside texts and portal.
        received_via: Option<&'static str>,
    },
    Text(Text),
    Send {
        facility: usize,
        tenant: String,
        key: Option<u64>,
    },
    /// Somebody reads the open reviews, and decides the one of this place, if there are as many. A STOP is only seen,
    /// whatever the verdict.
    Review {
        facility: usize,
        place: usize,
        verdict: Verdict,
    },
    /// The decision of it.
    Decided(Decided),
    /// Facility software asks whether it may send, and hands a text over by a provider of its own.
    Ask {
        facility: usize,
        tenants: Vec<String>,
        seconds: u64,
        hands_over_after: u64,
        reports: bool,
    },
    View {
        facility: usize,
        tenant: String,
    },
    Report {
        facility: usize,
    },
    /// The carrier puts a number on the provider's own list, or takes it off.
    Carrier {
        number: usize,
        blocked: bool,
    },
    /// What the table's stream has is handed to the outbox.
    Publish {
        again: bool,
    },
}

/// An operation and its circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Its place in the whole plan: it keeps it where others are left out.
    pub(crate) id: usize,
    /// When it begins, in milliseconds.
    pub(crate) at: u64,
    /// The instance of the functions that carries it out.
    pub(crate) instance: usize,
    /// Nothing goes wrong for it.
    pub(crate) is_calm: bool,
    pub(crate) operation: Operation,
}

impl Planned {
    /// An operation at the end, when nothing goes wrong.
    pub(crate) fn calm(operation: Operation) -> Self {
        Self {
            id: usize::MAX,
            at: 0,
            instance: 0,
            is_calm: true,
            operation,
        }
    }

    /// What follows from it.
    pub(crate) fn becomes(&self, operation: Operation) -> Self {
        Self {
            operation,
            ..self.clone()
        }
    }
}

/// A whole simulation.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) faults: Faults,
    /// How far each instance's clock is from the true time, in milliseconds.
    pub(crate) skews: [i64; 3],
    pub(crate) planned: Vec<Planned>,
}

impl Plan {
    /// The same with these operations alone.
    pub(crate) fn only(&self, kept: &[usize]) -> Self {
        let planned = self.planned.iter().filter(|planned| kept.contains(&planned.id));
        Self {
            planned: planned.cloned().collect(),
            ..self.clone()
        }
    }

    /// The texts, each with the id of its operation.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (usize, &Text)> {
        self.planned
            .iter()
            .filter_map(|planned| match &planned.operation {
                Operation::Text(text) => Some((planned.id, text)),
                _ => None,
            })
    }
}
