//! Consent in DynamoDB.
//!
//! [`schema`] forms every key and names the indexes; [`Store`] reads, asks the consent crate to decide, and
//! writes on the condition of what was read, with the record in the same transaction. No rule of consent is
//! in this crate.

mod asking;
mod aws;
mod commit;
mod deciding;
mod decision_lists;
mod decisions;
mod error;
mod evidence;
mod facilities;
mod group;
mod heard;
mod hearing;
mod history;
mod https;
mod imports;
mod in_flight;
mod inbound;
mod items;
mod messages;
mod numbers;
mod outcomes;
mod permit;
mod place;
mod postings;
mod preferences;
pub mod random;
mod redelivery;
mod registrations;
mod report;
mod report_query;
mod review_decisions;
mod reviews;
pub mod schema;
mod search;
mod store;
mod tenants;
mod thread;
mod totals;

pub use asking::{Allowed, Ask, Asked, RefusedText};
pub use aws::{Lazily, aws_client, aws_configuration_over, aws_connections};
pub use decision_lists::{DecisionWithText, DecisionsUpTo};
pub use decisions::Decision;
pub use error::StoreError;
pub use evidence::{RecordsAfter, RecordsPage};
pub use facilities::PutFacility;
pub use history::{HistoryPage, history_link, history_name};
pub use https::{HttpsClient, Patience};
pub use imports::{ImportOutcome, Run};
pub use in_flight::AnswerClaim;
pub use inbound::{Accepted, InboundText, Received, Reply};
pub use items::Direction;
pub use messages::{Message, SendDecision, SendError, SendRequest};
pub use outcomes::{OutcomeReport, ReportError};
pub use permit::{Outcome, Permit, Unpublished};
pub use place::Place;
pub use preferences::ChooseError;
pub use registrations::{RegisterError, Registration};
pub use report::{Export, Report, ReportRow, Totals};
pub use report_query::ReportQuery;
pub use review_decisions::DecideError;
pub use reviews::{ReviewList, ReviewPage, ReviewStatus};
pub use store::{FacilityTenant, NotFound, ReadError, Store};
pub use tenants::{CheckboxOutcome, SubmitError};
pub use thread::{TenantList, TenantPage, ThreadEntry};
