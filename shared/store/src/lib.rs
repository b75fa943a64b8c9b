//! Consent in DynamoDB.
//!
//! [`schema`] forms every key and names the indexes; [`Store`] reads, asks the consent crate to decide, and
//! writes on the condition of what was read, with the record in the same transaction. No rule of consent is
//! in this crate.

mod asking;
mod aws;
mod cursor;
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
mod imports;
mod in_flight;
mod inbound;
mod items;
mod messages;
mod numbers;
mod outcomes;
mod permit;
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

pub use asking::{Allowed, Ask, Asked, RefusedText};
pub use aws::{Lazily, aws_client, aws_configuration_over};
pub use cursor::{BadCursor, CursorKey};
pub use decision_lists::{DecisionWithText, DecisionsUpTo};
pub use decisions::{Decision, OpenFor};
pub use error::StoreError;
pub use evidence::{RecordsAfter, RecordsPage};
pub use facilities::PutFacility;
pub use history::HistoryPage;
pub use imports::{Imported, Run};
pub use in_flight::AnswerClaim;
pub use inbound::{Accepted, InboundText, Received, Reply};
pub use items::Direction;
pub use messages::{Decided, Draft, Message, MessageState, SendError};
pub use outcomes::{OutcomeReport, ReportError};
pub use permit::{Outcome, Permit, Unpublished};
pub use preferences::ChooseError;
pub use registrations::{RegisterError, Registrant, Registration, RepliedStop};
pub use report::{Export, Report, ReportRow, Totals};
pub use report_query::ReportQuery;
pub use review_decisions::DecideError;
pub use reviews::{ReviewList, ReviewPage, ReviewStatus};
pub use store::{Found, NotFound, Store};
pub use tenants::{SubmitError, Submitted};
pub use thread::{TenantList, TenantPage, ThreadEntry};
