//! What the functions answer, and what becomes of the table: one binary, for each takes a linker as long as its tests.

mod access;
mod broken_chains;
mod events;
mod facilities;
mod history;
mod import_consent;
mod import_files;
mod import_twice;
mod inbound;
mod journey;
mod messages;
mod metrics;
mod openapi;
mod outbox;
mod portal;
mod profile;
mod races;
mod report;
mod report_csv;
mod report_large;
mod schema_versions;
mod secrets;
mod sms_webhook;
mod template;
mod tenants;
mod twilio_python;
