//! What the environment says of AWS, as Lambda sets it
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>).

use std::env;

use aws_sdk_dynamodb::config::{Credentials, Region};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::http;

/// How this instance was started.
const INITIALIZATION_TYPE: &str = "AWS_LAMBDA_INITIALIZATION_TYPE";
/// What it says where it becomes a snapshot, from which others are started.
const SNAPSHOT: &str = "snap-start";
/// Where AWS is, for all services. With a service's name behind it, for that service.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The region, if the environment names one.
pub(super) fn region() -> Option<Region> {
    variable("AWS_REGION")
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .map(Region::new)
}

/// The credentials of the function's role, if the environment has them. They stay the same as long as the process lives.
pub(super) fn credentials() -> Option<Credentials> {
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Some(Credentials::new(
        id,
        secret,
        variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    ))
}

/// Where services are that are not where AWS has them.
#[derive(Debug)]
pub(super) struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        (key.env() == ENDPOINT).then(|| endpoint_of(key.service_id()))?
    }
}

fn endpoint_of(service: &str) -> Option<String> {
    let service = service.to_ascii_uppercase().replace(' ', "_");
    variable(&format!("{ENDPOINT}_{service}")).or_else(|| variable(ENDPOINT))
}

/// Opens a connection to DynamoDB, so that the first request finds it open: a start has a whole processor, and the first
/// request has somebody who waits. Where that fails, the first request tries again and says why.
///
/// A snapshot gets none: an instance that is started from it would have a connection that nobody is at the other end of,
/// and the secrets of its TLS in common with all others.
pub(crate) async fn open_connection_to_dynamodb() {
    if variable(INITIALIZATION_TYPE).as_deref() == Some(SNAPSHOT) {
        return;
    }
    let usual = || region().map(|region| format!("https://dynamodb.{region}.amazonaws.com/"));
    if let Some(url) = endpoint_of("DynamoDB").or_else(usual) {
        http::open(&url).await;
    }
}
