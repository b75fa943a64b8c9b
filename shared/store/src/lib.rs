//! Consent in DynamoDB.
//!
//! [`schema`] forms every key and names the indexes; [`Store`] reads, asks the consent crate to decide, and
//! writes on the condition of what was read, with the record in the same transaction. No rule of consent is
//! in this crate.

mod client;
mod cursor;
mod error;
mod facilities;
mod history;
mod inbound;
mod items;
mod messages;
mod preferences;
mod report;
pub mod schema;
mod search;
mod store;
mod tenants;
mod thread;

pub use client::aws_configuration;
pub use cursor::{BadCursor, CursorKey};
pub use error::StoreError;
pub use facilities::PutFacility;
pub use history::HistoryPage;
pub use inbound::{InboundText, Received};
pub use items::Direction;
pub use messages::{Decided, Draft, Message, MessageState, PUBLISH_WITHIN, SendError};
pub use preferences::ChooseError;
pub use report::{Report, ReportQuery, ReportRow, Totals};
pub use store::{Found, NotFound, Store};
pub use tenants::{RegisterError, Registration, RepliedStop, SubmitError, Submitted};
pub use thread::{ThreadEntry, ThreadPage};
