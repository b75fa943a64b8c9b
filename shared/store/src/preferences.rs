//! What a tenant is to be notified of, and how.

use consent::facility::Facility;
use consent::id::{FacilityId, TenantId};
use consent::preferences::{Changes, Preferences, PreferencesView, Texts};
use consent::tenant::{Residence, Tenant};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::items::{FacilityItem, TenantItem, Versioned, put};
use crate::schema::Key;
use crate::store::{Found, NotFound, Pause, Store};

#[derive(Serialize, Deserialize)]
struct PreferencesItem {
    preferences: Preferences,
    #[serde(default, skip_serializing)]
    version: u64,
}

/// Why a choice was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// There is no such tenant.
    #[error("not found")]
    NotFound(NotFound),
    /// Texts were chosen without consent to them.
    #[error("consent is required")]
    ConsentRequired(Box<Found>),
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Read {
    found: Found,
    preferences: Preferences,
    /// Of the tenant's item, and of the preferences'.
    versions: (Option<u64>, Option<u64>),
}

impl Store {
    /// A tenant's preferences, as the screen shows them.
    ///
    /// # Errors
    /// The database's.
    pub async fn preferences(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<Result<PreferencesView, NotFound>, StoreError> {
        let read = self.read_preferences(facility, tenant).await?;
        Ok(read.map(|read| read.preferences.view(texts(&read.found))))
    }

    /// Takes new choices. Where texts are chosen, the consent to them still stands when they are written.
    ///
    /// # Errors
    /// See [`ChooseError`].
    pub async fn choose(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        changes: &Changes,
    ) -> Result<PreferencesView, ChooseError> {
        let mut pause = Pause::new();
        loop {
            let Read {
                found,
                preferences,
                versions,
            } = self
                .read_preferences(facility, tenant)
                .await?
                .map_err(ChooseError::NotFound)?;
            let texts = texts(&found);
            if changes.select_texts() && texts == Texts::Unavailable {
                return Err(ChooseError::ConsentRequired(Box::new(found)));
            }
            let item = PreferencesItem {
                preferences: preferences.choose(changes, texts),
                version: 0,
            };
            let key = Key::preferences(facility, tenant);
            let writes = vec![
                put(&self.table, &key, &item, versions.1)?,
                self.unchanged(&Key::tenant(facility, tenant), versions.0)?,
            ];
            match self.write(writes).await {
                Ok(()) => return Ok(item.preferences.view(texts)),
                Err(error) => pause.after(error).await?,
            }
        }
    }

    async fn read_preferences(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<Result<Read, NotFound>, StoreError> {
        let facility_key = Key::facility(facility);
        let tenant_key = Key::tenant(facility, tenant);
        let preferences_key = Key::preferences(facility, tenant);
        let mut items = self.read(&[&facility_key, &tenant_key, &preferences_key]).await?;
        let facility = items
            .take::<FacilityItem>(&facility_key)?
            .map(Versioned::<Facility>::from);
        let tenant = items
            .take::<TenantItem>(&tenant_key)?
            .map(Versioned::<Tenant>::from);
        let preferences = items.take::<PreferencesItem>(&preferences_key)?;
        Ok(match (facility, tenant) {
            (None, _) => Err(NotFound::Facility),
            (Some(facility), Some(tenant)) if tenant.value.residence == Residence::Resident => Ok(Read {
                found: Found {
                    facility: facility.value,
                    tenant: tenant.value,
                },
                versions: (tenant.version, preferences.as_ref().map(|item| item.version)),
                preferences: preferences.map(|item| item.preferences).unwrap_or_default(),
            }),
            (Some(_), _) => Err(NotFound::Tenant),
        })
    }
}

fn texts(found: &Found) -> Texts {
    if found.tenant.can_text() {
        Texts::Selectable
    } else {
        Texts::Unavailable
    }
}
