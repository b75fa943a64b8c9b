//! What is secret, from AWS Secrets Manager.
//!
//! All of it is one secret, a JSON object; a function reads those members that it needs. It is read when a
//! request first needs it, kept in memory, and read again once it is older than five minutes, or at once when a
//! signature does not hold or a cursor does not open: so a rotation takes effect without a deployment. The version
//! before the current one counts beside it. What does not hold while the secret cannot be read may hold with the
//! version that is not known yet: it is answered 503.
//!
//! Nothing of the secret has `Debug`, and no error quotes any of it.

mod accounts;
mod cursors;
mod error;
mod members;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use consent_http::Problem;
use consent_http::environment::{self, EnvironmentError, SECRETS_ARN};
use consent_store::{Lazily, aws_client};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tokio::time::Instant;

pub use accounts::{Accounts, TelnyxAccount, TwilioAccount};
pub use cursors::{Turner, cursor_key};
pub use error::SecretError;
pub use members::{Malformed, Members};

/// A secret that was read longer ago is read again.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);
/// Before its time it is read again at most so often, however many requests are forged; and as often when it could
/// not be read.
const AGAIN_AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(10);
/// While nothing of it is known, nothing can be answered: it is asked for more often. Providers give up after some
/// 15 seconds.
const AT_FIRST_AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(1);

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// Reads what a function needs from the current version of the secret and, where there is one, the version
/// before. That one is no reason to fail: it may be what the current one corrects.
pub type Reader<T> = fn(current: &Members, previous: Option<&Members>) -> Result<T, Malformed>;

/// The secret, as far as a function needs it.
pub struct Secret<T> {
    client: Lazily<Client>,
    id: String,
    read: Reader<T>,
    held: Mutex<Held<T>>,
}

struct Held<T> {
    known: Option<Known<T>>,
    /// When it was last read before its time.
    hurried_at: Option<Timestamp>,
    /// Why the last read failed, if it did.
    failure: Option<Failure>,
}

struct Known<T> {
    keys: Arc<T>,
    read_at: Timestamp,
}

struct Failure {
    error: SecretError,
    /// When it was known: a read may take seconds.
    at: Timestamp,
}

impl<T> Held<T> {
    fn may_be_tried(&self, now: Timestamp) -> bool {
        let pause = match self.known {
            Some(_) => AGAIN_AT_MOST_EVERY,
            None => AT_FIRST_AT_MOST_EVERY,
        };
        let failed_at = self.failure.as_ref().map(|failure| failure.at);
        let mut tries = [self.hurried_at, failed_at].into_iter().flatten();
        tries.all(|at| now.duration_since(at) >= pause)
    }
}

impl<T> Secret<T> {
    /// The secret that the environment names, with region, credentials and endpoint as Lambda sets them. Nothing
    /// is read yet.
    ///
    /// # Errors
    /// The environment names none.
    pub fn from_environment(read: Reader<T>) -> Result<Self, EnvironmentError> {
        let id = environment::required(SECRETS_ARN)?;
        let client = aws_client(|configuration| {
            // A request waits for it.
            let timeouts = TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(1))
                .operation_attempt_timeout(Duration::from_secs(1))
                .operation_timeout(Duration::from_secs(3))
                .build();
            Client::new(&configuration.into_builder().timeout_config(timeouts).build())
        });
        Ok(Self::with(client, id, read))
    }

    /// With a client, for the secret of this ARN or name.
    pub fn new(client: Client, id: impl Into<String>, read: Reader<T>) -> Self {
        Self::with(client.into(), id, read)
    }

    fn with(client: Lazily<Client>, id: impl Into<String>, read: Reader<T>) -> Self {
        let held = Held {
            known: None,
            hurried_at: None,
            failure: None,
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
    /// 503 when the secret was never read and cannot be, and when `attempt` fails while it cannot be read again.
    pub async fn attempt<R, E>(
        &self,
        now: Timestamp,
        attempt: impl Fn(&Arc<T>) -> Result<R, E>,
    ) -> Result<Result<R, E>, Problem> {
        let known = self.known(now).await.map_err(Problem::unavailable)?;
        let first = attempt(&known);
        if first.is_ok() {
            return Ok(first);
        }
        let (newest, failure) = self.newest(&known, now).await;
        match (attempt(&newest), failure) {
            // It may hold with what could not be read.
            (Err(_), Some(error)) => Err(Problem::unavailable(error)),
            (last, _) => Ok(last),
        }
    }

    /// The secret as it is known, read if that was never done or is too long ago.
    ///
    /// # Errors
    /// It was never read and cannot be.
    pub async fn known(&self, now: Timestamp) -> Result<Arc<T>, SecretError> {
        let mut held = self.held.lock().await;
        match (&held.known, &held.failure) {
            (Some(known), _) if now.duration_since(known.read_at) < GOOD_FOR || !held.may_be_tried(now) => {
                Ok(Arc::clone(&known.keys))
            }
            (None, Some(failure)) if !held.may_be_tried(now) => Err(failure.error.clone()),
            _ => self.read_again(&mut held, now).await,
        }
    }

    /// Another secret than the one `known` that was refused, if Secrets Manager has one: it may have been rotated.
    pub async fn rotated(&self, known: &Arc<T>, now: Timestamp) -> Option<Arc<T>> {
        let (newest, _) = self.newest(known, now).await;
        (!Arc::ptr_eq(&newest, known)).then_some(newest)
    }

    /// The secret as Secrets Manager has it, where that may be another than the one known and may be asked; and why
    /// it could not be read, if the last read failed.
    async fn newest(&self, known: &Arc<T>, now: Timestamp) -> (Arc<T>, Option<SecretError>) {
        let mut held = self.held.lock().await;
        let newest = match &held.known {
            Some(latest) if !Arc::ptr_eq(&latest.keys, known) => Arc::clone(&latest.keys),
            Some(latest) if latest.read_at < now && held.may_be_tried(now) => {
                held.hurried_at = Some(now);
                let read = self.read_again(&mut held, now).await;
                read.unwrap_or_else(|_| Arc::clone(known))
            }
            _ => Arc::clone(known),
        };
        let failure = held.failure.as_ref().map(|failure| failure.error.clone());
        (newest, failure)
    }

    /// Reads the secret. What was read before goes on counting where that fails.
    async fn read_again(&self, held: &mut Held<T>, now: Timestamp) -> Result<Arc<T>, SecretError> {
        let began = Instant::now();
        match self.fetch().await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                held.known = Some(Known {
                    keys: Arc::clone(&keys),
                    read_at: now,
                });
                held.failure = None;
                Ok(keys)
            }
            Err(error) => {
                held.failure = Some(Failure {
                    error: error.clone(),
                    at: now + began.elapsed(),
                });
                let Some(known) = &held.known else {
                    return Err(error);
                };
                tracing::warn!(%error, "the secret is used as it was read before");
                Ok(Arc::clone(&known.keys))
            }
        }
    }

    async fn fetch(&self) -> Result<T, SecretError> {
        // One after the other, over one connection: TLS for a second one takes longer than the wait.
        let current = self.version(CURRENT).await?.ok_or(SecretError::Missing)?;
        let previous = self.version(PREVIOUS).await?;
        let previous = previous.and_then(|text| Members::parse(&text).ok());
        Ok((self.read)(&Members::parse(&current)?, previous.as_ref())?)
    }

    /// The text of a version. `None`: there is no such version.
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
