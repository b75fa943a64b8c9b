//! The local stack's stand-in for SNS, in this process.

use std::time::Duration;

use aws_sdk_sns::config::{BehaviorVersion, Credentials, Region};
use consent_sns::{EventsTopic, Sns};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::counts::Counts;
use crate::simulated::Simulated;

/// The stand-in, until the test ends.
#[derive(Clone)]
pub struct SnsStandIn {
    endpoint: String,
    counts: Counts,
    /// The way to it, where that is no socket.
    simulated: Option<Simulated>,
}

impl SnsStandIn {
    pub(crate) async fn start(counts: &Counts) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/sns", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, dev::sns::router()).await });
        Self {
            endpoint,
            counts: counts.clone(),
            simulated: None,
        }
    }

    /// A simulation answers for it.
    pub(crate) fn simulated(simulated: &Simulated, counts: &Counts) -> Self {
        Self {
            endpoint: String::new(),
            counts: counts.clone(),
            simulated: Some(simulated.clone()),
        }
    }

    pub(crate) fn client(&self) -> Sns {
        let metrics = self.counts.metrics();
        match &self.simulated {
            Some(simulated) => Sns::from_configuration(simulated.configuration(), metrics),
            None => Sns::new(self.sdk(), metrics),
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
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
            .retry_config(aws_sdk_sns::config::retry::RetryConfig::disabled())
            .timeout_config(
                aws_sdk_sns::config::timeout::TimeoutConfig::builder()
                    .operation_timeout(Duration::from_secs(2))
                    .build(),
            )
            .endpoint_url(&self.endpoint)
            .build();
        aws_sdk_sns::Client::from_conf(config)
    }

    /// The texts sent, oldest first.
    pub async fn outbox(&self) -> Vec<Value> {
        self.list("/outbox").await
    }

    /// The events published, oldest first.
    pub async fn events(&self) -> Vec<Value> {
        self.list("/events").await
    }

    async fn list(&self, path: &str) -> Vec<Value> {
        match self.tell("GET", path).await {
            Value::Array(list) => list,
            other => panic!("no list: {other}"),
        }
    }

    /// How many texts were sent.
    pub async fn outbox_length(&self) -> usize {
        let length = self.tell("GET", "/outbox/length").await;
        length
            .as_u64()
            .and_then(|length| usize::try_from(length).ok())
            .expect("a number")
    }

    /// Uses one of the stand-in's controls, such as `PUT /failures/1`.
    pub async fn tell(&self, method: &str, path: &str) -> Value {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .body(dev::http::Body::default())
            .unwrap();
        let answer = dev::http::send(&dev::http::client(), request).await.unwrap();
        serde_json::from_slice(answer.body()).unwrap_or_default()
    }
}
