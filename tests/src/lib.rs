//! A world to talk to: the functions' handlers on the real SDK, against a DynamoDB-compatible emulator in
//! this process. Requests enter as API Gateway events, as they do in the cloud.

mod actions;
mod emulator;
mod openapi;
mod requests;
mod sns;

use consent_http::Access;
use consent_store::{CursorKey, Store};
use facilities::Facilities;
use lambda_http::Request;
use messages::Messages;
use outbox::Outbox;
use portal::Portal;
use profile::Profile;
use report::Report;
use serde_json::Value;
use sms_topic::SmsTopic;
use sms_webhook::{SmsWebhook, Telnyx, Twilio};

pub use actions::Actions;
pub use emulator::{Emulator, Requests};
pub use requests::{Answer, Call, call, telnyx, twilio};
pub use sns::SnsStandIn;

/// Signs the tests' Twilio requests.
pub const TWILIO_AUTH_TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// Where the tests' webhooks are.
pub const BASE_URL: &str = "https://texts.example.com";

/// The service on a table of its own.
pub struct World {
    /// What the functions keep their data in.
    pub store: Store,
    /// Counts what the functions ask of it.
    pub requests: Requests,
    /// What the functions needed permission for.
    pub actions: Actions,
    /// What takes the texts that the functions send.
    pub sns: SnsStandIn,
    facilities: Facilities,
    profile: Profile,
    portal: Portal,
    report: Report,
    messages: Messages,
    sms_webhook: SmsWebhook,
    sms_topic: SmsTopic,
    outbox: Outbox,
    /// Dropped last: the functions use it.
    emulator: Emulator,
}

impl World {
    /// A new world with an empty table.
    pub async fn new() -> Self {
        let actions = Actions::default();
        let emulator = Emulator::start(&actions).await;
        let store = emulator.store().await;
        let sns = SnsStandIn::start(&actions).await;
        let cursors = || CursorKey::new(&[7; 32]).unwrap();
        Self {
            facilities: Facilities::new(Access::by_authorizer(), store.clone()),
            profile: Profile::new(Access::by_authorizer(), store.clone(), cursors()),
            portal: Portal::new(Access::by_authorizer(), store.clone(), sns.client()),
            report: Report::new(Access::by_authorizer(), store.clone(), cursors()),
            messages: Messages {
                access: Access::by_authorizer(),
                store: store.clone(),
                sns: sns.client(),
                cursors: cursors(),
            },
            sms_webhook: SmsWebhook {
                store: store.clone(),
                sns: sns.client(),
                twilio: Some(Twilio::new(TWILIO_AUTH_TOKEN, BASE_URL)),
                telnyx: Some(Telnyx::new(requests::telnyx_public_key())),
            },
            sms_topic: SmsTopic {
                store: store.clone(),
                sns: sns.client(),
            },
            outbox: Outbox {
                topic: sns.events_topic(),
            },
            sns,
            actions,
            requests: emulator.requests.clone(),
            store,
            emulator,
        }
    }

    /// Hands an API Gateway event to the function that has its path, and checks that the OpenAPI document
    /// describes the answer.
    pub async fn send(&self, call: Call) -> Answer {
        let request: Request = call.into_request();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let handled = match segments.as_slice() {
            ["v1", "portal", "consent"] => self.portal.handle(request).await,
            ["v1", "sms", _] => self.sms_webhook.handle(request).await,
            ["v1", "facilities", _, "consent-report"] => self.report.handle(request).await,
            [
                "v1",
                "facilities",
                _,
                "tenants",
                _,
                "messages" | "notification-preferences",
            ] => self.messages.handle(request).await,
            ["v1", "facilities", _, "tenants", _, "consent", ..] => self.profile.handle(request).await,
            _ => self.facilities.handle(request).await,
        };
        let answer = Answer::of(handled.unwrap_or_else(Into::into));
        openapi::check(method.as_str(), &path, &answer);
        answer
    }

    /// Hands an SNS event to `sms-topic`, and says whether it was carried out whole.
    pub async fn deliver(&self, event: Value) -> bool {
        let event = serde_json::from_value(event).expect("an event of SNS");
        self.sms_topic.handle(event).await.is_ok()
    }

    /// The table, as it was created.
    pub async fn table(&self) -> aws_sdk_dynamodb::types::TableDescription {
        let described = self
            .emulator
            .client()
            .describe_table()
            .table_name("consent")
            .send()
            .await;
        described.unwrap().table.unwrap()
    }

    /// Everything that happened to the table so far, as one batch of its stream.
    pub fn stream(&self) -> Value {
        self.emulator.stream()
    }

    /// Hands a batch of the table's stream to `outbox`, and returns the sequence numbers it says have failed.
    pub async fn publish(&self, event: Value) -> Vec<String> {
        let event = serde_json::from_value(event).expect("an event of a table's stream");
        let failures = self.outbox.handle(event).await.batch_item_failures.into_iter();
        failures.map(|failure| failure.item_identifier).collect()
    }
}
