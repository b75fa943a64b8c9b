//! What a tenant is to be notified of, and how.

use consent::gate::{Closed, gate};
use consent::id::{FacilityId, TenantId};
use consent::preferences::{Changes, Preferences, PreferencesView, Texts};
use serde::{Deserialize, Serialize};

use crate::commit::{Attempt, Commit};
use crate::error::StoreError;
use crate::items::{Versioned, put, stored};
use crate::schema::Key;
use crate::store::{FacilityTenant, NotFound, ReadError, Store, read_errors};

#[derive(Serialize, Deserialize)]
struct PreferencesItem {
    preferences: Preferences,
}

impl From<PreferencesItem> for Preferences {
    fn from(item: PreferencesItem) -> Self {
        item.preferences
    }
}

stored!(PreferencesItem => Preferences);

/// Why a choice was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// There is no such tenant.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// Texts were chosen, and none may leave.
    #[error("texts may not leave: {0:?}")]
    Refused(Closed, Box<FacilityTenant>),
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

read_errors!(ChooseError);

struct Read {
    found: Versioned<FacilityTenant>,
    preferences: Option<Versioned<Preferences>>,
}

impl Store {
    /// A tenant's preferences, as the screen shows them.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn preferences(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<PreferencesView, ReadError> {
        let Read { found, preferences } = self.read_preferences(facility, tenant).await?;
        let preferences = preferences
            .map(|preferences| preferences.value)
            .unwrap_or_default();
        Ok(preferences.view(Texts::from(&found.value.tenant)))
    }

    /// Takes new choices. Where texts are chosen, the consent to them still holds when they are written.
    ///
    /// # Errors
    /// See [`ChooseError`].
    pub async fn choose(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        changes: &Changes,
    ) -> Result<PreferencesView, ChooseError> {
        self.commit(|| async move {
            let Read { found, preferences } = self.read_preferences(facility, tenant).await?;
            let texts = Texts::from(&found.value.tenant);
            if let (true, Err(closed)) = (changes.select_texts(), gate(&found.value.tenant)) {
                return Err(ChooseError::Refused(closed, Box::new(found.value)));
            }
            let (before, version) = match preferences {
                Some(Versioned { value, version }) => (value, version),
                None => (Preferences::default(), None),
            };
            let item = PreferencesItem {
                preferences: before.choose(changes, texts),
            };
            let writes = vec![
                put(&self.table, &Key::preferences(facility, tenant), &item, version)?,
                self.unchanged(&Key::tenant(facility, tenant), found.version)?,
            ];
            Ok(Attempt::Write(
                Commit::uncounted(writes),
                item.preferences.view(texts),
            ))
        })
        .await
    }

    async fn read_preferences(&self, facility: &FacilityId, tenant: &TenantId) -> Result<Read, ReadError> {
        let facility_key = Key::facility(facility);
        let tenant_key = Key::tenant(facility, tenant);
        let preferences_key = Key::preferences(facility, tenant);
        let mut items = self.read(&[&facility_key, &tenant_key, &preferences_key]).await?;
        Ok(Read {
            found: items.take_resident(&facility_key, &tenant_key)?,
            preferences: items.take::<PreferencesItem>(&preferences_key)?,
        })
    }
}
