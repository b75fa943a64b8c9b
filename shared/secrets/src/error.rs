//! Why the secret could not be read.

use std::error::Error;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

use crate::Malformed;

/// For the log: the text of it holds nothing of the secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager has no such secret, or it has no text.
    #[error("the secret does not exist, or is no text")]
    Missing,
    /// Secrets Manager could not be asked, or refused.
    #[error("the secret could not be read: {0}")]
    Unavailable(String),
    /// It is not what it should be.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl SecretError {
    /// What may be said of an SDK's error: the service's code, or why there was no answer. The answer itself, which
    /// the error may carry, is the secret.
    pub(crate) fn unavailable<E, R>(error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: std::fmt::Debug,
    {
        Self::Unavailable(match error {
            SdkError::ServiceError(service) => service.err().code().unwrap_or("no code").to_owned(),
            SdkError::TimeoutError(_) => "it took too long".to_owned(),
            SdkError::DispatchFailure(failure) => {
                let first = failure
                    .as_connector_error()
                    .map(|error| error as &(dyn Error + 'static));
                let causes: Vec<String> = std::iter::successors(first, |&error| error.source())
                    .map(ToString::to_string)
                    .collect();
                format!("no connection: {}", causes.join(": "))
            }
            SdkError::ResponseError(_) => "the answer is not one of Secrets Manager".to_owned(),
            _ => "the request could not be made".to_owned(),
        })
    }
}
