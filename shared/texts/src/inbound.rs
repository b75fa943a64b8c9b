//! A text that a provider has delivered: carried out at every facility that it was sent to, and answered.

use std::time::Duration;

use consent::facility::Provider;
use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent_metrics::Metric;
use consent_store::{InboundText, Received, Store, StoreError};
use jiff::Timestamp;

use crate::{LetBack, Sender};

/// A text that a provider has delivered.
#[derive(Debug)]
pub struct Delivered {
    /// Who delivers it.
    pub provider: Provider,
    /// The provider's id of it: the same in every delivery.
    pub message_id: String,
    /// Who sent it.
    pub from: PhoneNumber,
    /// Every phone number that it was sent to: several where it is a group message, none where it was sent to a name.
    pub to: Vec<PhoneNumber>,
    /// Its body.
    pub body: String,
    /// When it was sent, where the provider says so.
    pub sent_at: Option<Timestamp>,
    /// What it is taken to mean.
    pub intent: Intent,
    /// How long the provider waits for the acknowledgement.
    pub patience: Duration,
}

/// How the sender of a text is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerBy {
    /// In the response to the provider, which ends the function.
    Response,
    /// By a text through the facility's provider.
    Text,
}

impl Sender {
    /// Carries out a text, at every facility that it was sent to. The answer is what the response says to the sender.
    ///
    /// # Errors
    /// The database's: the text must be delivered again.
    pub async fn receive(
        &self,
        store: &Store,
        delivered: Delivered,
        answer_by: AnswerBy,
        clock: impl Fn() -> Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let now = clock();
        let provider = delivered.provider;
        let Some((first, others)) = delivered.to.split_first() else {
            tracing::warn!(provider = provider.as_str(), "a text to what is no phone number");
            self.metrics.count_one(Metric::UnknownNumbers(provider), now);
            return Ok(None);
        };
        let text = InboundText {
            provider,
            message_id: delivered.message_id,
            from: delivered.from,
            to: first.clone(),
            body: delivered.body,
            sent_at: delivered.sent_at,
            patience: delivered.patience,
        };
        let received = store.receive_group(&text, others, &delivered.intent, now);
        // It is large, and every caller would hold it.
        let received = Box::pin(received).await?;
        if received.is_empty() {
            self.metrics.count_one(Metric::UnknownNumbers(provider), now);
        }
        let mut told = None;
        let mut outcome = Ok(());
        for received in received {
            match (received, answer_by) {
                (Err(error), _) => outcome = Err(error),
                (Ok(received), AnswerBy::Text) => self.answer(store, received, clock()).await,
                (Ok(received), AnswerBy::Response) => {
                    let answer = self.answer_in_response(store, received, &clock).await;
                    told = told.or(answer);
                }
            }
        }
        outcome.map(|()| told)
    }

    /// What the response says to the sender of a text. A response ends the function, so the provider is asked before to
    /// let the number back in.
    async fn answer_in_response(
        &self,
        store: &Store,
        received: Received,
        clock: impl Fn() -> Timestamp,
    ) -> Option<String> {
        let Received::Accepted(accepted) = received else {
            return None;
        };
        let (tenants, number) = (&accepted.started, &accepted.from);
        let at = (&accepted.facility_id, accepted.provider);
        self.let_back(store, at, tenants, number, LetBack::ByStart, clock())
            .await;
        store
            .reply_in_response(accepted.reply, accepted.claim, clock)
            .await
    }
}
