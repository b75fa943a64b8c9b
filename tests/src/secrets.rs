//! The local stack's stand-in for Secrets Manager, in this process.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent_secrets::{Reader, Secret};
use dev::secrets::SECRET_ARN;
use serde_json::{Value, json};

use crate::TWILIO_AUTH_TOKEN;
use crate::emulator::Requests;
use crate::requests::{TELNYX_SEED, telnyx_public_key};
use crate::simulated::Simulated;
use crate::stand_in::served;

/// A secret with these keys: one byte, over and over, for cursors; Twilio's token; the seed of Telnyx's key.
fn with_keys(cursor: u8, auth_token: &str, telnyx: u8) -> Value {
    json!({
        "cursor_key": STANDARD.encode([cursor; 32]),
        "twilio_account_sid": dev::twilio::ACCOUNT_SID,
        "twilio_auth_token": auth_token,
        "telnyx_public_key": telnyx_public_key(telnyx),
        "telnyx_api_key": dev::telnyx::API_KEY,
    })
}

/// The secret as the tests begin with it.
pub fn first_secret() -> Value {
    with_keys(7, TWILIO_AUTH_TOKEN, TELNYX_SEED)
}

/// Another version of the secret than the tests begin with: every key of it is another for another number, and
/// `twilio-N` signs Twilio's requests and the seed N those of Telnyx.
pub fn secret(number: u8) -> Value {
    with_keys(number, &format!("twilio-{number}"), number)
}

/// The stand-in, until the test ends.
#[derive(Clone)]
pub struct SecretsStandIn {
    /// Counts what the functions ask of it.
    pub requests: Requests,
    endpoint: String,
    /// The way to it, where that is no socket.
    simulated: Option<Simulated>,
}

impl SecretsStandIn {
    pub(crate) async fn start() -> Self {
        let router = dev::secrets::router(&first_secret());
        Self {
            requests: Requests::default(),
            endpoint: format!("{}/secrets", served(router).await),
            simulated: None,
        }
    }

    /// A simulation answers for it.
    pub(crate) fn simulated(simulated: &Simulated) -> Self {
        Self {
            requests: Requests::default(),
            endpoint: String::new(),
            simulated: Some(simulated.clone()),
        }
    }

    /// Where it is.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn config(&self) -> aws_sdk_secretsmanager::config::Builder {
        aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(consent_store::aws_connections())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(&self.endpoint)
    }

    /// The secret as a function has it that has just started.
    pub fn secret<T>(&self, read: Reader<T>) -> Secret<T> {
        let config = match &self.simulated {
            Some(simulated) => simulated.secrets(),
            None => self.config(),
        };
        let config = config.interceptor(self.requests.clone());
        Secret::new(Client::from_conf(config.build()), SECRET_ARN, read)
    }

    /// Puts a new version.
    pub async fn rotate(&self, version: &Value) {
        self.put(&version.to_string()).await;
    }

    /// Puts a new version, whatever it is.
    pub async fn put(&self, text: &str) {
        let client = Client::from_conf(self.config().build());
        let put = client.put_secret_value().secret_id(SECRET_ARN);
        put.secret_string(text).send().await.unwrap();
    }

    /// Makes the next requests fail.
    pub async fn fail(&self, requests: u32) {
        let request = axum::http::Request::builder()
            .method("PUT")
            .uri(format!("{}/failures/{requests}", self.endpoint))
            .body(dev::http::Body::default())
            .unwrap();
        dev::http::send(&dev::http::client(), request).await.unwrap();
    }

    /// How many times the secret was read since that was last asked.
    pub fn reads(&self) -> u32 {
        // Two versions each.
        self.requests.take_sum() / 2
    }
}
