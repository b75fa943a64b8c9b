//! The numbers that tenants leave and join.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::number::Number;
use consent::tenant::{NumberMove, PhoneMove, Tenant};

use crate::error::StoreError;
use crate::items::{PhoneItem, Versioned, put};
use crate::schema::Key;
use crate::store::Store;

/// Numbers as they were read, with what has changed since.
pub(crate) struct Numbers {
    numbers: BTreeMap<PhoneNumber, Versioned<Number>>,
    changed: BTreeSet<PhoneNumber>,
}

impl Numbers {
    /// A number, where it was read.
    pub(crate) fn get(&self, number: &PhoneNumber) -> Option<&Number> {
        self.numbers.get(number).map(|number| &number.value)
    }

    /// Lets a tenant, as they were before, leave and join.
    pub(crate) fn carry_out(&mut self, moved: &PhoneMove, before: Option<&Tenant>, tenant: &TenantId) {
        if let (Some(from), Some(before)) = (&moved.from, before)
            && let Some(left) = self.numbers.get_mut(from)
        {
            left.value.leave(before);
            self.changed.insert(from.clone());
        }
        if let Some(to) = &moved.to
            && let Some(joined) = self.numbers.get_mut(to)
            && joined.value.tenants.insert(tenant.clone())
        {
            self.changed.insert(to.clone());
        }
    }

    /// The numbers of a move, as they are now.
    pub(crate) fn of(&self, moved: &PhoneMove) -> NumberMove<'_> {
        let number = |number: &Option<PhoneNumber>| self.get(number.as_ref()?);
        NumberMove {
            left: number(&moved.from),
            joined: number(&moved.to),
        }
    }

    /// The writes of the numbers that changed, each on the version that was read.
    pub(crate) fn writes(
        &self,
        store: &Store,
        facility: &FacilityId,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        self.changed
            .iter()
            .filter_map(|number| Some((number, self.numbers.get(number)?)))
            .map(|(number, Versioned { value, version })| {
                let key = Key::phone(facility, number);
                put(&store.table, &key, &PhoneItem::from(value), *version)
            })
            .collect()
    }
}

impl Store {
    /// Reads numbers. Of one that is not stored nothing is known.
    pub(crate) async fn read_numbers(
        &self,
        facility: &FacilityId,
        numbers: impl IntoIterator<Item = PhoneNumber>,
    ) -> Result<Numbers, StoreError> {
        let wanted: BTreeSet<PhoneNumber> = numbers.into_iter().collect();
        let keys: Vec<(PhoneNumber, Key)> = wanted
            .into_iter()
            .map(|number| {
                let key = Key::phone(facility, &number);
                (number, key)
            })
            .collect();
        let mut items = self
            .read(&keys.iter().map(|(_, key)| key).collect::<Vec<_>>())
            .await?;
        let mut numbers = BTreeMap::new();
        for (number, key) in keys {
            let item = items.take::<PhoneItem>(&key)?;
            let known = item.unwrap_or_else(|| Versioned {
                value: Number::new(number.clone()),
                version: None,
            });
            numbers.insert(number, known);
        }
        Ok(Numbers {
            numbers,
            changed: BTreeSet::new(),
        })
    }
}
