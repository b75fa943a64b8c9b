//! The local stack's stand-in for KMS, in this process.

use aws_sdk_kms::Client;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Credentials, Region};
use dev::kms::{EvidenceKey, KEY_ID};
use evidence::Signer;

use crate::emulator::Requests;
use crate::simulated::Simulated;
use crate::stand_in::served;

/// The stand-in, until the test ends.
#[derive(Clone)]
pub struct KmsStandIn {
    /// Counts what the functions ask of it.
    pub requests: Requests,
    endpoint: String,
    /// The way to it, where that is no socket.
    simulated: Option<Simulated>,
}

impl KmsStandIn {
    pub(crate) async fn start() -> Self {
        let router = dev::kms::router(EvidenceKey::generate().unwrap()).unwrap();
        Self {
            requests: Requests::default(),
            endpoint: format!("{}/kms", served(router).await),
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

    /// What signs with the stand-in's key. The keys that signed before it are those with these ids.
    pub fn signer(&self, earlier: &[&str]) -> Signer {
        if let Some(simulated) = &self.simulated {
            return Signer::new(simulated.kms(), KEY_ID, earlier.iter().copied());
        }
        let config = aws_sdk_kms::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(consent_store::aws_connections())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
            .retry_config(RetryConfig::disabled())
            .interceptor(self.requests.clone())
            .endpoint_url(&self.endpoint);
        Signer::new(Client::from_conf(config.build()), KEY_ID, earlier.iter().copied())
    }
}
