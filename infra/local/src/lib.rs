//! What the local stack shares with the tests: the stand-ins for SNS, Twilio, Telnyx, Secrets Manager and KMS, an HTTP
//! client, and where the functions' binaries are.

pub mod clock;
pub mod embedded;
pub mod http;
pub mod kms;
pub mod outbox;
pub mod provider;
pub mod secrets;
pub mod sns;
pub mod telnyx;
pub mod twilio;
pub mod workspace;
