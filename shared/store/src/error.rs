//! What can go wrong between the rules and the table.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the store could not answer. The source is for the log alone.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Other writers were faster, again and again. Safe to repeat.
    #[error("gave up after racing writers")]
    Conflict,
    /// The database throttled or is away. Safe to repeat.
    #[error("the database is not available")]
    Unavailable(#[source] Source),
    /// The database refused the request, or an item is not what this version can read.
    #[error("the database could not be used")]
    Failed(#[source] Source),
}

impl StoreError {
    pub(crate) fn failed(source: impl Into<Source>) -> Self {
        Self::Failed(source.into())
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::failed(error)
    }
}

/// The service's own words for "later", beside whatever never reached it.
fn is_unavailable(code: Option<&str>) -> bool {
    matches!(
        code,
        Some(
            "ProvisionedThroughputExceededException"
                | "ProvisionedThroughputExceeded"
                | "RequestLimitExceeded"
                | "ThrottlingException"
                | "ThrottlingError"
                | "InternalServerError"
                | "ServiceUnavailable"
                | "LimitExceededException"
        )
    )
}

impl<E> From<SdkError<E, HttpResponse>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        match &error {
            // What answers 5xx in the database's place does not use its words.
            SdkError::ServiceError(service)
                if !is_unavailable(service.err().code()) && !service.raw().status().is_server_error() =>
            {
                Self::failed(error)
            }
            SdkError::ConstructionFailure(_) => Self::failed(error),
            _ => Self::Unavailable(Box::new(error)),
        }
    }
}

/// Sorts a failed transaction: somebody else wrote first, or the database could not.
pub(crate) fn transaction_error(error: SdkError<TransactWriteItemsError, HttpResponse>) -> StoreError {
    let codes: Vec<&str> = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .iter()
            .filter_map(|reason| reason.code())
            .collect(),
        // The same transaction, asked for again by the SDK, is still under way. It may be written or not.
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
            return StoreError::Unavailable(Box::new(error));
        }
        _ => return error.into(),
    };
    let is_conflict = |code: &&str| matches!(*code, "ConditionalCheckFailed" | "TransactionConflict");
    if codes.iter().any(is_conflict) {
        StoreError::Conflict
    } else if codes.iter().any(|code| is_unavailable(Some(code))) {
        StoreError::Unavailable(Box::new(error))
    } else {
        StoreError::failed(error)
    }
}
