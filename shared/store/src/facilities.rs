//! Facilities and their numbers.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use consent::facility::Facility;
use consent::id::PhoneNumber;

use crate::commit::{Attempt, Commit};
use crate::error::StoreError;
use crate::items::{BusinessNumberItem, FacilityItem, put};
use crate::schema::Key;
use crate::store::{NotFound, ReadError, Store};

/// What became of a facility's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutFacility {
    /// The facility is new.
    Created,
    /// Its settings were replaced.
    Replaced,
    /// Another facility has the number: nothing changed.
    NumberInUse,
}

impl Store {
    /// Replaces a facility's settings, and lets its number lead to it.
    ///
    /// # Errors
    /// The database's.
    pub async fn put_facility(&self, facility: &Facility) -> Result<PutFacility, StoreError> {
        let key = &Key::facility(&facility.facility_id);
        let number_key = &facility.number.as_ref().map(Key::business_number);
        self.commit(|| async move {
            let mut items = self
                .read(&std::iter::once(key).chain(number_key).collect::<Vec<_>>())
                .await?;
            let before = items.take::<FacilityItem>(key)?;
            let holder = match number_key {
                Some(number) => items.take::<BusinessNumberItem>(number)?,
                None => None,
            };
            let held_by = holder
                .as_ref()
                .map(|holder| &holder.value)
                .filter(|holder| holder.held);
            if held_by.is_some_and(|holder| holder.facility_id != facility.facility_id) {
                return Ok(Attempt::Done(PutFacility::NumberInUse));
            }
            let version = before.as_ref().and_then(|before| before.version);
            let mut writes = vec![put(&self.table, key, &FacilityItem::from(facility), version)?];
            if let (Some(number), None) = (number_key, held_by) {
                let item = BusinessNumberItem {
                    facility_id: facility.facility_id.clone(),
                    held: true,
                };
                writes.push(put(
                    &self.table,
                    number,
                    &item,
                    holder.as_ref().and_then(|holder| holder.version),
                )?);
            }
            let given_up = before.as_ref().and_then(|before| before.value.number.as_ref());
            if let Some(number) = given_up.filter(|number| Some(*number) != facility.number.as_ref()) {
                writes.push(self.release(&Key::business_number(number), facility)?);
            }
            let put = match before {
                None => PutFacility::Created,
                Some(_) => PutFacility::Replaced,
            };
            Ok(Attempt::Write(Commit::uncounted(writes), put))
        })
        .await
    }

    /// The facility that has a business number now.
    ///
    /// # Errors
    /// See [`ReadError`]: no facility has it.
    pub async fn facility_with_number(&self, number: &PhoneNumber) -> Result<Facility, ReadError> {
        let key = Key::business_number(number);
        match self.read(&[&key]).await?.take::<BusinessNumberItem>(&key)? {
            Some(holder) if holder.value.held => self.facility(&holder.value.facility_id).await,
            Some(_) | None => Err(NotFound::Facility.into()),
        }
    }

    /// The facility gives a number up: another one may take it.
    fn release(&self, number: &Key, facility: &Facility) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(number.attributes()))
            .update_expression("SET held = :held ADD version :one")
            .condition_expression("facility_id = :facility")
            .expression_attribute_values(":held", AttributeValue::Bool(false))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":facility", AttributeValue::S(facility.facility_id.to_string()));
        let update = update.build().map_err(StoreError::failed)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
