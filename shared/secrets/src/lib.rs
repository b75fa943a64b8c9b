//! What is secret, from AWS Secrets Manager.
//!
//! All of it is one secret, a JSON object; a function reads those members that it needs. It is read when a
//! request first needs it, kept in memory, and read again once it is older than five minutes, or at once when a
//! signature does not hold or a cursor does not open: so a rotation takes effect without a deployment. The version
//! before the current one counts beside it.
//!
//! Nothing of the secret has `Debug`, and no error quotes any of it.

mod cursors;
mod error;
mod members;

use std::sync::Arc;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::Client;
use consent_http::Problem;
use consent_http::environment::{self, EnvironmentError, SECRETS_ARN};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::error::SecretError;

pub use cursors::cursor_key;
pub use members::{Malformed, Members};

/// A secret that was read longer ago is read again.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);
/// Before its time it is read again at most so often, however many requests are forged; and as often when
/// Secrets Manager does not answer.
const AGAIN_AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(10);

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// Reads what a function needs from the current version of the secret and, where there is one, the version
/// before. That one is no reason to fail: it may be what the current one corrects.
pub type Reader<T> = fn(current: &Members, previous: Option<&Members>) -> Result<T, Malformed>;

/// The secret, as far as a function needs it.
pub struct Secret<T> {
    client: Client,
    id: String,
    read: Reader<T>,
    held: Mutex<Held<T>>,
}

struct Held<T> {
    known: Option<Known<T>>,
    /// When it was last read before its time, or could not be read.
    tried_at: Option<Timestamp>,
}

struct Known<T> {
    keys: Arc<T>,
    read_at: Timestamp,
}

impl<T> Held<T> {
    fn may_be_tried(&self, now: Timestamp) -> bool {
        self.tried_at
            .is_none_or(|at| now.duration_since(at) >= AGAIN_AT_MOST_EVERY)
    }
}

impl<T> Secret<T> {
    /// The secret that the environment names, with region, credentials and endpoint as Lambda sets them. Nothing
    /// is read yet.
    ///
    /// # Errors
    /// The environment names none.
    pub async fn from_environment(read: Reader<T>) -> Result<Self, EnvironmentError> {
        let id = environment::required(SECRETS_ARN)?;
        // A request waits for it.
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(Duration::from_secs(1))
            .operation_timeout(Duration::from_secs(3))
            .build();
        let configuration = consent_store::aws_configuration().await.into_builder();
        let configuration = configuration.timeout_config(timeouts).build();
        Ok(Self::new(Client::new(&configuration), id, read))
    }

    /// With a client, for the secret of this ARN or name.
    pub fn new(client: Client, id: impl Into<String>, read: Reader<T>) -> Self {
        let held = Held {
            known: None,
            tried_at: None,
        };
        Self {
            client,
            id: id.into(),
            read,
            held: Mutex::new(held),
        }
    }

    /// Does `attempt` with the secret, and where it fails once more with the secret read again: it may have been
    /// rotated.
    ///
    /// # Errors
    /// 503 when the secret was never read and cannot be.
    pub async fn attempt<R, E>(
        &self,
        now: Timestamp,
        attempt: impl Fn(&Arc<T>) -> Result<R, E>,
    ) -> Result<Result<R, E>, Problem> {
        let known = self.get(now).await?;
        let first = attempt(&known);
        if first.is_ok() {
            return Ok(first);
        }
        match self.newer(&known, now).await {
            Some(newer) => Ok(attempt(&newer)),
            None => Ok(first),
        }
    }

    /// The secret as it is known, read if that was never done or is too long ago.
    async fn get(&self, now: Timestamp) -> Result<Arc<T>, Problem> {
        let mut held = self.held.lock().await;
        match &held.known {
            Some(known) if now.duration_since(known.read_at) < GOOD_FOR || !held.may_be_tried(now) => {
                Ok(Arc::clone(&known.keys))
            }
            _ => self.read_again(&mut held, now).await,
        }
    }

    /// The secret as Secrets Manager has it, where that may be another than the one known.
    async fn newer(&self, known: &Arc<T>, now: Timestamp) -> Option<Arc<T>> {
        let mut held = self.held.lock().await;
        if let Some(latest) = &held.known {
            if !Arc::ptr_eq(&latest.keys, known) {
                return Some(Arc::clone(&latest.keys));
            }
            if latest.read_at >= now {
                return None;
            }
        }
        if !held.may_be_tried(now) {
            return None;
        }
        held.tried_at = Some(now);
        self.read_again(&mut held, now).await.ok()
    }

    /// Reads the secret. What was read before goes on counting where that fails.
    async fn read_again(&self, held: &mut Held<T>, now: Timestamp) -> Result<Arc<T>, Problem> {
        match self.fetch().await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                held.known = Some(Known {
                    keys: Arc::clone(&keys),
                    read_at: now,
                });
                Ok(keys)
            }
            Err(error) => {
                let Some(known) = &held.known else {
                    return Err(Problem::unavailable(error));
                };
                tracing::warn!(%error, "the secret is used as it was read before");
                let keys = Arc::clone(&known.keys);
                held.tried_at = Some(now);
                Ok(keys)
            }
        }
    }

    async fn fetch(&self) -> Result<T, SecretError> {
        let (current, previous) = tokio::try_join!(self.version(CURRENT), self.version(PREVIOUS))?;
        let current = current.ok_or(SecretError::Missing)?;
        let previous = previous.and_then(|text| Members::parse(&text).ok());
        Ok((self.read)(&Members::parse(&current)?, previous.as_ref())?)
    }

    /// The text of a version. `None`: there is none.
    async fn version(&self, stage: &str) -> Result<Option<String>, SecretError> {
        let version = self
            .client
            .get_secret_value()
            .secret_id(&self.id)
            .version_stage(stage);
        match version.send().await {
            Ok(version) => Ok(version.secret_string),
            Err(error) => match error.as_service_error() {
                Some(service) if service.is_resource_not_found_exception() => Ok(None),
                _ => Err(SecretError::unavailable(&error)),
            },
        }
    }
}
