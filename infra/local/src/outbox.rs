//! The texts that the stand-ins for providers took: one list for all of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use consent::facility::Provider;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

/// A text that a provider would have sent.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Text {
    pub(crate) to: String,
    pub(crate) from: Option<String>,
    pub(crate) body: String,
    #[serde(serialize_with = "to_milliseconds")]
    pub(crate) at: Timestamp,
    pub(crate) via: Provider,
}

/// What a stand-in took, to be shown.
#[derive(Debug)]
pub enum Sent {
    /// A text to a number.
    Text {
        /// The number, E.164.
        to: String,
        /// How long the text is.
        characters: usize,
        /// The provider that took it.
        via: Provider,
    },
    /// An event, as it was published.
    Event(Value),
}

/// The texts, oldest first. Clones share the list.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    texts: Arc<Mutex<Vec<Text>>>,
    /// Who is told of what is taken.
    listener: Option<UnboundedSender<Sent>>,
}

impl Outbox {
    /// An outbox that tells what the stand-ins take.
    pub fn that_tells(listener: UnboundedSender<Sent>) -> Self {
        Self {
            listener: Some(listener),
            ..Self::default()
        }
    }

    /// The list at `/outbox`, and how long it is at `/outbox/length`.
    pub fn router(self) -> Router {
        Router::new()
            .route(
                "/outbox",
                get(async |State(outbox): State<Self>| Json(outbox.lock().clone())),
            )
            .route(
                "/outbox/length",
                get(async |State(outbox): State<Self>| Json(outbox.lock().len())),
            )
            .with_state(self)
    }

    pub(crate) fn take(&self, text: Text) {
        self.tell(Sent::Text {
            to: text.to.clone(),
            characters: text.body.chars().count(),
            via: text.via,
        });
        self.lock().push(text);
    }

    pub(crate) fn tell(&self, sent: Sent) {
        if let Some(listener) = &self.listener {
            let _ = listener.send(sent);
        }
    }

    /// A thread that panicked with the list has not changed it: a push is one statement.
    fn lock(&self) -> MutexGuard<'_, Vec<Text>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn to_milliseconds<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}
