//! A facility and its settings.

use crate::id::{FacilityId, PhoneNumber};
use crate::rules::TwoWayTexting;

/// A self-storage site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// Its id.
    pub facility_id: FacilityId,
    /// Its name, as texts to tenants call it.
    pub name: String,
    /// Whether tenants can reply to its number.
    pub two_way_texting: TwoWayTexting,
    /// Its own text number. A STOP to it counts whether two-way texting is on or off.
    pub number: Option<PhoneNumber>,
    /// Its time zone, by its name in the IANA database, for times that people read.
    pub time_zone: Option<String>,
    /// How to reach people there, for the answer to HELP.
    pub help_contact: Option<String>,
}
