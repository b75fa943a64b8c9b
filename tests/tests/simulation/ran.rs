//! What came of a simulation.

use std::collections::BTreeMap;

use serde_json::Value;
use tests::Answer;

use crate::facts::Facts;
use crate::plan::{Operation, Plan, Text};

/// A facility and a tenant.
pub(crate) type Whose = (String, String);

/// What came of a call.
#[derive(Debug, Clone)]
pub(crate) enum Came {
    /// An answer, with its body where that is JSON, and the text to the sender of a text.
    Answer { status: u16, body: Value, told: String },
    /// The function died, or was ended.
    Nothing,
}

impl Came {
    pub(crate) fn of(answer: &Answer) -> Self {
        Self::Answer {
            status: answer.status.as_u16(),
            body: serde_json::from_str(&answer.text).unwrap_or_default(),
            told: answer.message(),
        }
    }

    /// What is said of something that has no answer of HTTP.
    pub(crate) fn outcome(is_done: bool, body: Value) -> Self {
        Self::Answer {
            status: if is_done { 200 } else { 503 },
            body,
            told: String::new(),
        }
    }

    /// For the trace.
    pub(crate) fn told(&self) -> String {
        let Self::Answer { status, body, told } = self else {
            return "-> died".to_owned();
        };
        let words = [&body["status"], &body["source"], &body["code"], &body["decision"]];
        let words: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
        let told = if told.is_empty() {
            String::new()
        } else {
            format!(" told {told:?}")
        };
        format!("-> {status} {}{told}", words.join(" "))
    }
}

/// A call of a function.
#[derive(Debug, Clone)]
pub(crate) struct Called {
    pub(crate) name: String,
    /// The operation's id; that of the end of a simulation is [`usize::MAX`].
    pub(crate) id: usize,
    pub(crate) operation: Operation,
    pub(crate) began: u64,
    pub(crate) ended: u64,
    pub(crate) came: Came,
    /// What went wrong for it, by kind.
    pub(crate) suffered: BTreeMap<&'static str, u32>,
}

impl Called {
    pub(crate) fn status(&self) -> u16 {
        match &self.came {
            Came::Answer { status, .. } => *status,
            Came::Nothing => 0,
        }
    }

    pub(crate) fn body(&self) -> &Value {
        match &self.came {
            Came::Answer { body, .. } => body,
            Came::Nothing => &Value::Null,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        (200..300).contains(&self.status())
    }

    pub(crate) fn text(&self) -> Option<&Text> {
        match &self.operation {
            Operation::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What there is when all is over.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) views: BTreeMap<Whose, Value>,
    /// The rows of each facility's report, and its totals.
    pub(crate) reports: BTreeMap<String, (Vec<Value>, Value)>,
    /// Each facility's reviews, open and decided, and how many it counts as open.
    pub(crate) reviews: BTreeMap<String, (Vec<Value>, Value)>,
    /// The records of each tenant, oldest first, and the first page of the history.
    pub(crate) histories: BTreeMap<Whose, (Vec<Value>, Value)>,
    pub(crate) threads: BTreeMap<Whose, Vec<Value>>,
    /// The evidence packs, and the keys that verify them.
    pub(crate) packs: BTreeMap<Whose, Value>,
    pub(crate) keys: Value,
    /// The items of tenants and numbers.
    pub(crate) items: Vec<Value>,
}

/// A simulation that was carried out.
pub(crate) struct Ran {
    pub(crate) plan: Plan,
    pub(crate) calls: Vec<Called>,
    pub(crate) facts: Facts,
    pub(crate) end: End,
    pub(crate) trace: String,
    /// What is wrong already: nothing should fail once all is calm.
    pub(crate) wrong: Vec<String>,
}

impl Ran {
    /// The deliveries of a text, in the order in which they began.
    pub(crate) fn deliveries(&self, id: usize) -> impl Iterator<Item = (usize, &Called)> {
        let calls = self.calls.iter().enumerate();
        calls.filter(move |(_, called)| called.id == id)
    }

    /// When a text came first.
    pub(crate) fn came_at(&self, id: usize) -> u64 {
        self.deliveries(id).next().map_or(0, |(_, first)| first.began)
    }

    /// Whether a delivery of a text was acknowledged.
    pub(crate) fn is_acknowledged(&self, id: usize) -> bool {
        self.deliveries(id).any(|(_, delivery)| delivery.is_done())
    }
}
