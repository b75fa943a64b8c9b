//! The local stack's stand-ins for SNS, Twilio and Telnyx, in this process.

use std::time::Duration;

use aws_sdk_sns::config::{BehaviorVersion, Credentials, Region};
use consent_secrets::{Accounts, Secret};
use consent_sns::EventsTopic;
use consent_store::Store;
use consent_texts::{Sender, Urls};
use dev::outbox::Outbox;
use dev::provider::Numbers;
use serde_json::Value;

use crate::TWILIO_AUTH_TOKEN;
use crate::counts::Counts;
use crate::simulated::Simulated;
use crate::stand_in::served;

/// The stand-ins, until the test ends.
#[derive(Clone)]
pub struct SnsStandIn {
    endpoint: String,
    counts: Counts,
    /// The way to it, where that is no socket.
    simulated: Option<Simulated>,
}

impl SnsStandIn {
    /// `store` says whose numbers are whose.
    pub(crate) async fn start(counts: &Counts, store: Store) -> Self {
        let outbox = Outbox::default();
        let numbers = Numbers::OfFacilities(store);
        let auth_token = TWILIO_AUTH_TOKEN.to_owned();
        let router = outbox
            .clone()
            .router()
            .merge(dev::sns::router(outbox.clone()))
            .merge(dev::twilio::router(auth_token, numbers.clone(), outbox.clone()))
            .merge(dev::telnyx::router(numbers, outbox));
        Self {
            endpoint: served(router).await,
            counts: counts.clone(),
            simulated: None,
        }
    }

    /// A simulation answers for all of them.
    pub(crate) fn simulated(simulated: &Simulated, counts: &Counts) -> Self {
        Self {
            endpoint: "http://providers.example.com".to_owned(),
            counts: counts.clone(),
            simulated: Some(simulated.clone()),
        }
    }

    pub(crate) fn sender(&self, accounts: Secret<Accounts>) -> Sender {
        let urls = Urls {
            twilio: format!("{}/twilio", self.endpoint),
            telnyx: format!("{}/telnyx", self.endpoint),
        };
        let metrics = self.counts.metrics();
        match &self.simulated {
            Some(simulated) => {
                let (aws, others) = (simulated.configuration(), simulated.others());
                Sender::over(aws, others, urls, accounts, metrics)
            }
            None => Sender::new(self.sdk(), urls, accounts, metrics),
        }
    }

    pub(crate) fn events_topic(&self) -> EventsTopic {
        let client = match &self.simulated {
            Some(simulated) => simulated.sns(),
            None => self.sdk(),
        };
        EventsTopic::new(client, dev::sns::EVENTS_TOPIC_ARN.to_owned())
    }

    fn sdk(&self) -> aws_sdk_sns::Client {
        let config = aws_sdk_sns::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(consent_store::aws_connections())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
            .retry_config(aws_sdk_sns::config::retry::RetryConfig::disabled())
            .timeout_config(
                aws_sdk_sns::config::timeout::TimeoutConfig::builder()
                    .operation_timeout(Duration::from_secs(2))
                    .build(),
            )
            .endpoint_url(format!("{}/sns", self.endpoint))
            .build();
        aws_sdk_sns::Client::from_conf(config)
    }

    /// The texts sent by all providers, oldest first.
    pub async fn outbox(&self) -> Vec<Value> {
        self.list("/outbox").await
    }

    /// The events published, oldest first.
    pub async fn events(&self) -> Vec<Value> {
        self.list("/sns/events").await
    }

    async fn list(&self, path: &str) -> Vec<Value> {
        match self.ask("GET", path).await {
            Value::Array(list) => list,
            other => panic!("no list: {other}"),
        }
    }

    /// How many texts were sent.
    pub async fn outbox_length(&self) -> usize {
        let length = self.ask("GET", "/outbox/length").await;
        length
            .as_u64()
            .and_then(|length| usize::try_from(length).ok())
            .expect("a number")
    }

    /// Uses one of the controls of the stand-in for SNS, such as `PUT /failures/1`.
    pub async fn tell(&self, method: &str, path: &str) {
        self.tell_provider("sns", method, path).await;
    }

    /// Uses one of the controls of a stand-in: `sns`, `twilio` or `telnyx`.
    pub async fn tell_provider(&self, provider: &str, method: &str, path: &str) {
        self.ask(method, &format!("/{provider}{path}")).await;
    }

    async fn ask(&self, method: &str, path: &str) -> Value {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .body(dev::http::Body::default())
            .unwrap();
        let answer = dev::http::send(&dev::http::client(), request).await.unwrap();
        assert!(answer.status().is_success(), "{method} {path}");
        serde_json::from_slice(answer.body()).unwrap_or_default()
    }
}
