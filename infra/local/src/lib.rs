//! What the local stack shares with the tests: the stand-in for SNS, and an HTTP client.

pub mod clock;
pub mod embedded;
pub mod http;
pub mod sns;
