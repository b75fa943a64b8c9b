//! Items as they are stored, and how they become what the consent crate works on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use consent::facility::{ConfirmOptIn, Facility, Provider};
use consent::gate::ProviderBlock;
use consent::hearing::Progress;
use consent::id::{DecisionId, FacilityId, InFlightId, PhoneNumber, RecordId, ReviewId, TenantId};
use consent::number::{AnswerInFlight, Number};
use consent::record::{ChainEnd, Evidence, Record, StoredRecord, rfc3339};
use consent::reply::TextEffect;
use consent::review::{Hold, Review};
use consent::rule_id::StoredRule;
use consent::rules::{Consent, NumberStanding, Source, Status, TwoWayTexting};
use consent::sending::MessageState;
use consent::tenant::{Details, InFlight, Residence, Tenant};
use consent::words::Meaning;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::error::StoreError;
use crate::schema::{Key, PARTITION_KEY, SCHEMA, SCHEMA_VERSION, VERSION, record_of};
use crate::search::sort_key;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// An item as it was read, with the version on which the next write of it depends.
#[derive(Debug, Clone)]
pub(crate) struct Versioned<T> {
    pub(crate) value: T,
    /// `None`: there was no item.
    pub(crate) version: Option<u64>,
}

/// An item as it is stored.
pub(crate) trait Stored: DeserializeOwned {
    /// What it becomes when it is read.
    type Value: From<Self>;
}

macro_rules! stored {
    ($($item:ty => $value:ty),* $(,)?) => {
        $(impl crate::items::Stored for $item {
            type Value = $value;
        })*
    };
}
pub(crate) use stored;

stored!(
    FacilityItem => Facility,
    TenantItem => Tenant,
    PhoneItem => Number,
    BusinessNumberItem => BusinessNumberItem,
    MessageItem => MessageItem,
    GroupItem => GroupItem,
    ReviewItem => Review,
    ThreadItem => ThreadItem,
);

/// A write of a whole item, on the condition that it still has the version that was read.
pub(crate) fn put(
    table: &str,
    key: &Key,
    item: &impl Serialize,
    read: Option<u64>,
) -> Result<TransactWriteItem, StoreError> {
    let mut item: Item = to_item(item)?;
    item.extend(key.attributes());
    item.insert(SCHEMA.to_owned(), AttributeValue::N(SCHEMA_VERSION.to_string()));
    item.insert(
        VERSION.to_owned(),
        AttributeValue::N(read.map_or(1, |version| version + 1).to_string()),
    );
    let put = Put::builder().table_name(table).set_item(Some(item));
    let put = match read {
        None => put.condition_expression(format!("attribute_not_exists({PARTITION_KEY})")),
        Some(version) => put
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", AttributeValue::N(version.to_string())),
    };
    Ok(TransactWriteItem::builder()
        .put(put.build().map_err(StoreError::failed)?)
        .build())
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FacilityItem {
    facility_id: FacilityId,
    name: String,
    two_way_texting: bool,
    number: Option<PhoneNumber>,
    #[serde(default)]
    provider: Provider,
    help_contact: Option<String>,
    #[serde(default)]
    disclosure: Option<String>,
    #[serde(default)]
    confirm_opt_in: ConfirmOptIn,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
}

impl From<&Facility> for FacilityItem {
    fn from(facility: &Facility) -> Self {
        Self {
            facility_id: facility.facility_id.clone(),
            name: facility.name.clone(),
            two_way_texting: facility.two_way_texting == TwoWayTexting::On,
            number: facility.number.clone(),
            provider: facility.provider,
            help_contact: facility.help_contact.clone(),
            disclosure: facility.disclosure.clone(),
            confirm_opt_in: facility.confirm_opt_in,
            time_zone: facility.time_zone.clone(),
        }
    }
}

impl From<FacilityItem> for Facility {
    fn from(item: FacilityItem) -> Self {
        let two_way_texting = if item.two_way_texting {
            TwoWayTexting::On
        } else {
            TwoWayTexting::Off
        };
        Self {
            facility_id: item.facility_id,
            name: item.name,
            two_way_texting,
            number: item.number,
            provider: item.provider,
            help_contact: item.help_contact,
            disclosure: item.disclosure,
            confirm_opt_in: item.confirm_opt_in,
            time_zone: item.time_zone,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TenantItem {
    facility_id: FacilityId,
    tenant_id: TenantId,
    #[serde(flatten)]
    details: Details,
    residence: Residence,
    consent: Consent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<Hold>,
    keywords_applied: u64,
    #[serde(default)]
    number_since: Option<Timestamp>,
    chain: ChainEnd,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider_block: Option<ProviderBlock>,
    #[serde(default)]
    in_flight: BTreeMap<InFlightId, InFlight>,
    #[serde(default)]
    asked_at: Option<Timestamp>,
    // What the report shows, beside the details.
    status: Status,
    source: Option<Source>,
    changed_at: Option<String>,
    /// Absent where it is false, so that rows of the index grow only with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    on_hold: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    report_name: Option<String>,
}

impl From<&Tenant> for TenantItem {
    fn from(tenant: &Tenant) -> Self {
        let resident = tenant.residence == Residence::Resident;
        Self {
            facility_id: tenant.facility_id.clone(),
            tenant_id: tenant.tenant_id.clone(),
            details: tenant.details.clone(),
            residence: tenant.residence,
            consent: tenant.consent,
            hold: tenant.hold.clone(),
            keywords_applied: tenant.keywords_applied,
            number_since: tenant.number_since,
            chain: tenant.chain.clone(),
            grant: tenant.grant,
            provider_block: tenant.provider_block.clone(),
            in_flight: tenant.in_flight.clone(),
            asked_at: tenant.asked_at,
            status: tenant.consent.status(),
            source: tenant.consent.source(),
            changed_at: tenant.changed_at.map(rfc3339),
            on_hold: tenant.hold.is_some(),
            report_name: resident.then(|| sort_key(&tenant.details.name, &tenant.tenant_id)),
        }
    }
}

impl From<TenantItem> for Tenant {
    fn from(item: TenantItem) -> Self {
        // Where version 2 of the schema has a grant stand, the last record began it.
        let last = (item.consent.status() == Status::Provided).then_some(item.chain.sequence);
        Self {
            facility_id: item.facility_id,
            tenant_id: item.tenant_id,
            details: item.details,
            residence: item.residence,
            consent: item.consent,
            // It is written here alone.
            changed_at: item.changed_at.and_then(|at| at.parse().ok()),
            hold: item.hold,
            keywords_applied: item.keywords_applied,
            number_since: item.number_since,
            chain: item.chain,
            grant: item.grant.or(last),
            provider_block: item.provider_block,
            in_flight: item.in_flight,
            asked_at: item.asked_at,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PhoneItem {
    number: PhoneNumber,
    standing: NumberStanding,
    keywords: u64,
    last_keyword_at: Option<Timestamp>,
    tenants: BTreeSet<TenantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spreading: Option<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_flight_until: Option<Timestamp>,
    #[serde(default)]
    answers: BTreeMap<String, AnswerInFlight>,
}

impl From<&Number> for PhoneItem {
    fn from(number: &Number) -> Self {
        Self {
            number: number.number.clone(),
            standing: number.standing,
            keywords: number.keywords,
            last_keyword_at: number.last_keyword_at,
            tenants: number.tenants.clone(),
            spreading: number.spreading.clone(),
            in_flight_until: number.in_flight_until,
            answers: number.answers.clone(),
        }
    }
}

/// How far answers to STARTs are, and with several the one that is least far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answers {
    /// None is left.
    #[default]
    Over,
    /// What is left goes out in a response that was released.
    Released,
    /// One may still be handed over.
    InFlight,
}

impl Answers {
    pub(crate) fn of<'a>(answers: impl Iterator<Item = &'a AnswerInFlight>) -> Self {
        let far = answers.map(|answer| {
            if answer.is_released {
                Self::Released
            } else {
                Self::InFlight
            }
        });
        far.max().unwrap_or_default()
    }
}

impl From<PhoneItem> for Number {
    fn from(item: PhoneItem) -> Self {
        Self {
            number: item.number,
            standing: item.standing,
            keywords: item.keywords,
            last_keyword_at: item.last_keyword_at,
            tenants: item.tenants,
            spreading: item.spreading,
            in_flight_until: item.in_flight_until,
            answers: item.answers,
        }
    }
}

/// Which facility has a business number.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BusinessNumberItem {
    pub(crate) facility_id: FacilityId,
    /// Whether the facility has the number now. One that it gave up still leads to it until another facility
    /// takes it: a STOP to it is a tenant's all the same.
    pub(crate) held: bool,
}

/// A provider's message that was seen. It is kept for good: a signed request that is replayed years later
/// takes no effect either.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MessageItem {
    /// The facility at which it was begun. A redelivery goes on there, also if another facility has the business number by then.
    #[serde(default)]
    pub(crate) facility_id: Option<FacilityId>,
    /// When it was first seen; the time of its thread entries.
    pub(crate) received_at: Timestamp,
    /// What it was taken to mean, and by which rule.
    pub(crate) rule: Option<StoredRule>,
    /// Whether it was read as the answer to a question. Another delivery reads it in the same way, whatever was asked since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_answer: bool,
    /// [`Number::keywords`] once it was applied to the number, where it was a keyword that counted or a text in doubt.
    pub(crate) keyword: Option<u64>,
    /// The last tenant it reached, in the order of their ids.
    pub(crate) reached: Option<TenantId>,
    /// Whether it reached all of them.
    pub(crate) complete: bool,
    /// Until when texts may be in flight that it has to wait for before it is acknowledged.
    #[serde(default)]
    pub(crate) in_flight_until: Option<Timestamp>,
    /// Whether its answer has still to be given: its delivery was not acknowledged, for what it had to wait for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) owes_answer: bool,
    /// What it led to, over all its transactions: the answer at the end is about all of them.
    #[serde(default)]
    pub(crate) effect: TextEffect,
}

impl MessageItem {
    /// How far it came.
    pub(crate) fn progress(&self) -> Progress {
        Progress {
            received_at: self.received_at,
            counted: self.keyword,
            reached: self.reached.clone(),
            effect: self.effect.clone(),
        }
    }
}

/// The facilities that hear a group message, as its first delivery found them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GroupItem {
    /// The number of each that the message went to.
    pub(crate) facilities: BTreeMap<FacilityId, PhoneNumber>,
}

/// A text that a person has to read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReviewItem {
    pub(crate) review: Review,
}

impl From<ReviewItem> for Review {
    fn from(item: ReviewItem) -> Self {
        item.review
    }
}

/// A review's place in the list of those that are open, or of those that have ended.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReviewEntryItem {
    pub(crate) review_id: ReviewId,
}

/// A text in a tenant's thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ThreadItem {
    pub(crate) id: String,
    pub(crate) direction: Direction,
    pub(crate) body: String,
    pub(crate) at: String,
    /// What an inbound text was taken to mean.
    pub(crate) classified_as: Option<Meaning>,
    /// How far an outbound text came.
    pub(crate) state: Option<MessageState>,
    /// The decision that let an outbound text out.
    pub(crate) decision_id: Option<DecisionId>,
    /// The consent record on which that was decided.
    pub(crate) consent_record_id: Option<RecordId>,
}

/// Which way a text went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the tenant.
    Inbound,
    /// To the tenant.
    Outbound,
}

/// A record is stored as it is served: its hash is over these members.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RecordItem {
    #[serde(flatten)]
    pub(crate) record: Record,
}

/// The record in an item, with the members that it was written with. `None`: the item has no form in JSON.
pub(crate) fn stored_record(item: Item) -> Option<StoredRecord> {
    from_item(item).ok().map(record_of)
}
