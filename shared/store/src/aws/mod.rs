//! The way to AWS: configured by hand, so that a start pays for what Lambda uses and for nothing else.
//!
//! The SDK's own way (`aws-config`) looks for credentials in profile files, in SSO and in the metadata of a machine,
//! and builds a client of STS for it. On Lambda they are in the environment. That search and the parsing of 140
//! certificates were half of the instructions of a start.

mod environment;
mod http;
mod lazily;

use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, HttpClient};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::sdk_config::{Builder, SharedCredentialsProvider};

pub(crate) use environment::open_connection_to_dynamodb;
pub use http::aws_connections;
pub use lazily::Lazily;

/// A client of a service, such as `aws_client(|configuration| Client::new(&configuration))`. It is made at its first use,
/// and there is no other way to make one that finds AWS: see [`Lazily`].
pub fn aws_client<C>(make: impl FnOnce(SdkConfig) -> C + Send + 'static) -> Lazily<C> {
    Lazily::new(|| make(configuration()))
}

/// The SDK's configuration with region, credentials and endpoints from the environment, as Lambda sets them.
///
/// Read are `AWS_REGION` (or `AWS_DEFAULT_REGION`), `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
/// `AWS_ENDPOINT_URL` and, before it, that of a service, such as `AWS_ENDPOINT_URL_DYNAMODB`. Nothing else is: no
/// profile, no SSO, no role of a container or of a machine. Elsewhere than on Lambda, set those variables, as
/// `aws configure export-credentials --format env` prints them. In a container or on EC2, where credentials change while
/// a process lives, take a provider of the crate `aws-config` here instead: `ecs::EcsCredentialsProvider` or
/// `imds::credentials::ImdsCredentialsProvider`.
fn configuration() -> SdkConfig {
    let mut configuration = aws_configuration_over(http::client()).service_config(environment::Endpoints);
    configuration.set_region(environment::region());
    configuration.set_credentials_provider(environment::credentials().map(SharedCredentialsProvider::new));
    configuration.build()
}

/// The patience of every client of AWS, over a way to AWS that somebody gives. Every call ends within 8 seconds, retries
/// included: API Gateway gives up after 30.
pub fn aws_configuration_over(http: impl HttpClient + 'static) -> Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(http::CONNECT_WITHIN)
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
}
