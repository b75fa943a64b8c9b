//! Consent to text messages: states, decisions, words and records.
//!
//! This crate is pure. It knows no clock (`now` is a parameter), no network, no database and no AWS type;
//! whatever decides whether a tenant may be texted is decided here and nowhere else.
//!
//! The vocabulary: a *facility* is a self-storage site, a *tenant* rents there, a *grant* is agreement to
//! receive texts, an *opt-out* its withdrawal. [`rules`] turns a state and an action into a step or a
//! refusal; [`tenant`] and [`number`] carry the step out on what is stored; [`record`] ties it to the
//! tenant's chain of records; [`view`] is what the screens show of it; [`words`] finds out what a text
//! means, [`question`] whether a text of ours asked for it, and [`reply`] answers it.

pub mod business_days;
pub mod evidence;
pub mod facility;
pub mod gate;
pub mod id;
pub mod intent;
pub mod number;
pub mod preferences;
pub mod question;
pub mod record;
pub mod reply;
pub mod rules;
pub mod tenant;
pub mod view;
pub mod words;
