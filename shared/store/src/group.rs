//! Group messages: one text to several numbers, of which any may be a facility's.

use std::collections::BTreeMap;

use consent::id::{FacilityId, PhoneNumber};
use consent::intent::Intent;
use futures_util::future::join_all;
use jiff::Timestamp;

use crate::commit::Pause;
use crate::error::StoreError;
use crate::inbound::{InboundText, Received};
use crate::items::{BusinessNumberItem, GroupItem, put};
use crate::schema::Key;
use crate::store::Store;

impl Store {
    /// Receives a text that went to `text.to` and perhaps to others. Every facility that has one of the numbers hears
    /// it, each by itself and each once: what it says may be meant for any of them, and a STOP is nowhere lost. A
    /// facility that has several of the numbers hears it at the first.
    ///
    /// What became of the text at each facility that heard it; empty where no facility has any of the numbers.
    ///
    /// # Errors
    /// The database's: nobody has heard it. Where one facility could not hear it, the others may have, and the error
    /// is in its place. The text must then be delivered again.
    pub async fn receive_group(
        &self,
        text: &InboundText,
        others: &[PhoneNumber],
        intent: &Intent,
        now: Timestamp,
    ) -> Result<Vec<Result<Received, StoreError>>, StoreError> {
        if others.is_empty() {
            let received = self.receive(text, intent, now).await?;
            let is_known = !matches!(received, Received::UnknownNumber);
            let heard = is_known.then_some(Ok(received));
            return Ok(heard.into_iter().collect());
        }
        let facilities = self.group_of(text, others).await?;
        if facilities.is_empty() {
            tracing::warn!(
                provider = text.provider.as_str(),
                "a text to numbers that no facility has"
            );
        }
        // At the same time: each may wait for a text in flight.
        let heard = facilities.into_iter().map(async |(facility, number)| {
            // Whether it was heard is kept for each facility: a message has one item, and they would share it.
            let message = Key::message(text.provider.as_str(), &format!("{}#{facility}", text.message_id));
            let text = InboundText {
                to: number,
                ..text.clone()
            };
            self.receive_as(message, Some(facility), &text, intent, now).await
        });
        Ok(join_all(heard).await)
    }

    /// The facilities that hear a group message, and the number of each that it went to. They are the same in every
    /// delivery, also where others have the numbers by then: what was begun at a facility goes on there.
    async fn group_of(
        &self,
        text: &InboundText,
        others: &[PhoneNumber],
    ) -> Result<BTreeMap<FacilityId, PhoneNumber>, StoreError> {
        let group = Key::group(text.provider.as_str(), &text.message_id);
        let numbers: Vec<&PhoneNumber> = std::iter::once(&text.to).chain(others).collect();
        let keys: Vec<Key> = numbers
            .iter()
            .map(|number| Key::business_number(number))
            .collect();
        let mut pause = Pause::new();
        loop {
            let mut items = self
                .read(&keys.iter().chain([&group]).collect::<Vec<_>>())
                .await?;
            if let Some(begun) = items.take::<GroupItem>(&group)? {
                return Ok(begun.value.facilities);
            }
            let mut facilities = BTreeMap::new();
            for (number, key) in numbers.iter().zip(&keys) {
                if let Some(holder) = items.take::<BusinessNumberItem>(key)? {
                    let facility = holder.value.facility_id;
                    facilities.entry(facility).or_insert_with(|| (*number).clone());
                }
            }
            if facilities.is_empty() {
                return Ok(facilities);
            }
            let item = GroupItem { facilities };
            match self.write(vec![put(&self.table, &group, &item, None)?]).await {
                Ok(()) => return Ok(item.facilities),
                Err(error) => pause.after(error).await?,
            }
        }
    }
}
