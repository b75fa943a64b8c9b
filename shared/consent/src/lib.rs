//! Consent to text messages: states, decisions, words and records.
//!
//! This crate is pure. It knows no clock (`now` is a parameter), no network, no database and no AWS type. Whether a
//! tenant may be texted is decided here and nowhere else.
//!
//! The terms:
//!
//! | term | meaning |
//! |---|---|
//! | facility | a self-storage site, which texts from a number of its own |
//! | tenant | a person who rents at one facility |
//! | grant | recorded agreement to receive texts |
//! | opt-out | recorded withdrawal of it |
//! | consent | where a tenant stands: [`rules::Consent`] says who granted, or which opt-outs hold |
//! | keyword | a text that acts on consent: STOP or START, in whatever words ([`words`]) |
//! | number | a phone number at one facility: its own STOP, and the tenants who have it ([`number`]) |
//! | gate | the decision whether one text may leave ([`gate`]) |
//! | in flight | a text that was let out, and that the provider may still be given; withdrawals wait for it |
//! | hold | texts are held back until a person has read one in doubt ([`review`]) |
//! | record | one change of one tenant, chained to the one before by its hash ([`record`]) |
//!
//! [`rules`] turns a state and an action into a step or a refusal. [`tenant`] and [`number`] carry the step out on what is
//! stored, and [`hearing`] carries a text to everybody who has its number. [`view`] is what the screens show, and [`reply`]
//! what the sender of a text is told. [`rule_id`] lists the rules, and [`spans`] how long things last.
//!
//! `RULES.md` beside this crate says all of it in tables for lawyers. A test prints it.

pub mod business_days;
pub mod decision;
pub mod evidence;
pub mod facility;
pub mod gate;
pub mod hearing;
pub mod id;
pub mod intent;
pub mod number;
pub mod origin;
pub mod preferences;
pub mod provider_block;
pub mod question;
pub mod record;
pub mod reply;
pub mod review;
pub mod rule_id;
pub mod rules;
pub mod sending;
pub mod spans;
pub mod tenant;
#[cfg(test)]
mod testing;
pub mod view;
pub mod words;
