//! Evidence: how well a grant is proven, the pack that shows everything of one tenant's consent, and its checks.

mod grade;
pub mod json;
mod key;
mod life;

pub use grade::Grade;
pub use key::{ALGORITHM, Jwk, KeySet, PublicKey, key_of_der, signature_of_der};
pub use life::{Life, NotByTheRules, PackStanding};
