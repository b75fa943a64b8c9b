//! What every HTTP function does around its own work: who calls ([`Access`]), what the request holds
//! ([`request`]), how an answer or a problem is written ([`response`], [`Problem`]), what the environment
//! configures ([`environment`]), how the function starts ([`serve`]) and how it reads what it is handed ([`event`]).
//!
//! Public error text is in [`Problem`] alone and never quotes what was sent: names, phone numbers and message
//! bodies stay out of answers to errors and out of the log.

pub mod accept;
mod access;
pub mod checkbox;
pub mod clock;
mod code;
pub mod environment;
pub mod event;
mod jwks;
pub mod log;
mod problem;
pub mod request;
pub mod response;
mod serve;

pub use access::{Access, Caller, Scope};
pub use code::Code;
pub use problem::{FieldError, Problem};
pub use serve::{answer, serve};
