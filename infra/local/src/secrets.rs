//! A stand-in for AWS Secrets Manager: it speaks as much of its protocol (AWS JSON 1.1) as the service and whoever
//! rotates the secret use, and holds one secret in memory.
//!
//! What a test may tell it: `PUT /secrets/failures/{count}`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::clock;

/// The one secret.
pub const SECRET_ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:consent-000000";

struct World {
    /// The text of each version, oldest first.
    versions: Vec<String>,
    failures_to_come: u32,
}

/// An error as Secrets Manager names it.
struct Refusal {
    status: StatusCode,
    name: &'static str,
}

impl Refusal {
    const NOT_FOUND: Self = Self {
        status: StatusCode::BAD_REQUEST,
        name: "ResourceNotFoundException",
    };
    const INVALID: Self = Self {
        status: StatusCode::BAD_REQUEST,
        name: "InvalidRequestException",
    };
    const FAILED: Self = Self {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        name: "InternalServiceError",
    };
}

#[derive(Clone)]
struct Shared(Arc<Mutex<World>>);

impl Shared {
    /// A request that panicked cannot have left the world half changed: every change is one statement.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stand-in's endpoint and its control. The secret's first version is `secret`.
pub fn router(secret: &Value) -> Router {
    let world = World {
        versions: vec![secret.to_string()],
        failures_to_come: 0,
    };
    Router::new()
        .route("/secrets", post(call))
        .route("/secrets/", post(call))
        .route("/secrets/failures/{count}", put(fail))
        .with_state(Shared(Arc::new(Mutex::new(world))))
}

/// Makes the next `count` reads fail with 500. A function asks for two versions at a time, and the SDK repeats what
/// fails.
async fn fail(State(world): State<Shared>, Path(count): Path<u32>) -> StatusCode {
    world.lock().failures_to_come = count;
    StatusCode::NO_CONTENT
}

async fn call(State(world): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    let mut world = world.lock();
    let result = match (target, request["SecretId"].as_str()) {
        (Some("secretsmanager.GetSecretValue"), Some(SECRET_ARN)) => get(
            &mut world,
            request["VersionStage"].as_str().unwrap_or("AWSCURRENT"),
        ),
        (Some("secretsmanager.PutSecretValue"), Some(SECRET_ARN)) => {
            put_value(&mut world, request["SecretString"].as_str())
        }
        (Some("secretsmanager.GetSecretValue" | "secretsmanager.PutSecretValue"), _) => {
            Err(Refusal::NOT_FOUND)
        }
        _ => Err(Refusal::INVALID),
    };
    let (status, answer) = match result {
        Ok(answer) => (StatusCode::OK, answer),
        Err(Refusal { status, name }) => {
            let message = "The stand-in for Secrets Manager does not do this.";
            (status, json!({"__type": name, "message": message}))
        }
    };
    (
        status,
        [(CONTENT_TYPE, "application/x-amz-json-1.1")],
        Json(answer),
    )
        .into_response()
}

fn get(world: &mut World, stage: &str) -> Result<Value, Refusal> {
    if let Some(fewer) = world.failures_to_come.checked_sub(1) {
        world.failures_to_come = fewer;
        return Err(Refusal::FAILED);
    }
    let back = match stage {
        "AWSCURRENT" => 1,
        "AWSPREVIOUS" => 2,
        _ => return Err(Refusal::NOT_FOUND),
    };
    let number = world.versions.len().checked_sub(back).ok_or(Refusal::NOT_FOUND)?;
    Ok(json!({
        "ARN": SECRET_ARN, "Name": "consent", "VersionId": version_id(number), "VersionStages": [stage],
        "SecretString": world.versions[number], "CreatedDate": clock::now().as_second(),
    }))
}

/// A new version is the current one, and the one that was current is the previous one.
fn put_value(world: &mut World, text: Option<&str>) -> Result<Value, Refusal> {
    let text = text.ok_or(Refusal::INVALID)?.to_owned();
    let number = world.versions.len();
    world.versions.push(text);
    Ok(json!({
        "ARN": SECRET_ARN, "Name": "consent", "VersionId": version_id(number), "VersionStages": ["AWSCURRENT"],
    }))
}

fn version_id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, Result};
    use aws_sdk_secretsmanager::Client;
    use aws_sdk_secretsmanager::config::retry::RetryConfig;
    use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
    use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
    use tokio::net::TcpListener;

    use super::*;
    use crate::http;

    /// The real SDK against the stand-in: what it can read is what counts.
    async fn sdk() -> Result<(Client, String)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}/secrets", listener.local_addr()?);
        let router = router(&json!({"version": 1}));
        tokio::spawn(async { axum::serve(listener, router).await });
        let config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(consent_store::aws_connections())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(&base)
            .build();
        Ok((Client::from_conf(config), base))
    }

    /// The text of a version, or the name of the error.
    async fn read(client: &Client, id: &str, stage: &str) -> String {
        let request = client.get_secret_value().secret_id(id).version_stage(stage);
        match request.send().await {
            Ok(version) => version.secret_string.unwrap_or_default(),
            Err(error) => error.code().unwrap_or_default().to_owned(),
        }
    }

    #[tokio::test]
    async fn versions_move_from_stage_to_stage() -> Result<()> {
        let (client, base) = sdk().await?;
        let check = async |current: &str, previous: &str| {
            assert_eq!(read(&client, SECRET_ARN, "AWSCURRENT").await, current);
            assert_eq!(read(&client, SECRET_ARN, "AWSPREVIOUS").await, previous);
        };
        check(r#"{"version":1}"#, "ResourceNotFoundException").await;
        for (text, previous) in [("second", r#"{"version":1}"#), ("third", "second")] {
            client
                .put_secret_value()
                .secret_id(SECRET_ARN)
                .secret_string(text)
                .send()
                .await?;
            check(text, previous).await;
        }
        assert_eq!(
            read(&client, "another", "AWSCURRENT").await,
            "ResourceNotFoundException"
        );
        let other = client.get_random_password().send().await;
        let code = other.err().context("an error")?.code().map(str::to_owned);
        assert_eq!(code.as_deref(), Some("InvalidRequestException"));

        let request = axum::http::Request::builder()
            .method("PUT")
            .uri(format!("{base}/failures/2"))
            .body(http::Body::default())?;
        http::send(&http::client(), request).await?;
        check("InternalServiceError", "InternalServiceError").await;
        check("third", "second").await;
        Ok(())
    }
}
