//! What the local stack shares with the tests: the stand-ins for SNS and Secrets Manager, and an
//! HTTP client.

pub mod clock;
pub mod embedded;
pub mod http;
pub mod secrets;
pub mod sns;
