//! Evidence: how well a grant is proven, the pack that shows everything of one tenant's consent, and its checks.
//!
//! [`Compiler`] puts a [`Pack`] together from what is recorded. [`Examination`] checks one that somebody hands in, and
//! trusts nothing in it. Both ask [`Life`] what stands after a record, and `Life` asks the rules.

mod checks;
mod events;
mod grade;
pub mod json;
mod key;
mod life;
mod pack;
mod parcel;

pub use checks::{Check, Examination, NoPack, Outcome};
pub use events::{Events, NoEvent};
pub use grade::Grade;
pub use key::{ALGORITHM, Jwk, KeySet, PublicKey, key_of_der, signature_of_der};
pub use life::{Life, NotByTheRules, PackStanding};
pub use pack::{Compiler, FORMAT, MOST_DECISIONS, More, Pack, PackFacility, PackTenant, Part, Place};
