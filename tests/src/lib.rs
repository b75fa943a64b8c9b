//! A world to talk to: the functions' handlers on the real SDK, against a DynamoDB-compatible emulator in
//! this process. Requests enter as API Gateway events, as they do in the cloud.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod capacity;
mod chain;
mod counts;
mod described;
mod emulator;
mod issuer;
mod kms;
mod linked;
mod python;
mod requests;
mod secrets;
mod simulated;
mod sns;
mod stand_in;
mod talk;
mod tamper;

use std::sync::Arc;

use consent_http::{Access, Problem, answer};
use consent_secrets::{Accounts, cursor_key};
use consent_store::Store;
use decisions::Decisions;
use evidence::Evidence;
use facilities::Facilities;
use lambda_http::{Body, Request, Response};
use messages::Messages;
use outbox::Outbox;
use pages::Pages;
use portal::Portal;
use profile::Profile;
use report::Report;
use reviews::Reviews;
use serde_json::Value;
use sms_topic::SmsTopic;
use sms_webhook::{ProviderKeys, SmsWebhook};

pub use capacity::{Capacity, Consumed};
pub use chain::{canonical, hash_of, verify_chain};
pub use counts::Counts;
pub use emulator::{Emulator, Faults, Requests, Step};
pub use issuer::{Issuer, Token, mac, sign};
pub use kms::KmsStandIn;
pub use linked::linked_actions;
pub use python::python_packages;
pub use requests::{
    Answer, Call, call, sns_notification, telnyx, telnyx_by, telnyx_event, twilio, twilio_at, twilio_by,
    twilio_form, twilio_id,
};
pub use secrets::{SecretsStandIn, first_secret, secret};
pub use simulated::Simulated;
pub use sns::SnsStandIn;
pub use talk::{ADA, BEN, OFFICE, standing};
pub use tamper::{Item, attribute};

/// Signs the tests' Twilio requests.
pub const TWILIO_AUTH_TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// Which sites may show the tests' pages in a frame.
pub const FRAME_ANCESTORS: &str = "https://facility.example";
/// Where the tests' webhooks are.
pub const BASE_URL: &str = "https://texts.example.com";

/// The service on a table of its own.
pub struct World {
    /// What the functions keep their data in.
    pub store: Store,
    /// Counts what the functions ask of it.
    pub requests: Requests,
    /// Measures what they consume of the table.
    pub capacity: Capacity,
    /// What the functions counted.
    pub counts: Counts,
    /// What takes the texts that the functions send.
    pub sns: SnsStandIn,
    /// What has the functions' secret.
    pub secrets: SecretsStandIn,
    /// What signs evidence.
    pub kms: KmsStandIn,
    evidence: Evidence,
    facilities: Facilities,
    // Those that send are large, and a world is handed around.
    profile: Box<Profile>,
    portal: Box<Portal>,
    report: Report,
    reviews: Reviews,
    messages: Box<Messages>,
    decisions: Decisions,
    sms_webhook: Box<SmsWebhook>,
    sms_topic: Box<SmsTopic>,
    outbox: Outbox,
    pages: Pages,
    /// Dropped last: the functions use it.
    emulator: Arc<Emulator>,
}

impl World {
    /// A new world with an empty table.
    pub async fn new() -> Self {
        Self::on(Emulator::start().await).await
    }

    /// A new world on the emulator in this process, also where the tests use another database: for what the DynamoDB
    /// Local that npm has lacks, which is transactions of more than ten items and a stream that the tests can read.
    pub async fn embedded() -> Self {
        Self::on(Emulator::embedded().await).await
    }

    async fn on(emulator: Emulator) -> Self {
        let emulator = Arc::new(emulator);
        let store = emulator.store().await;
        let sns = SnsStandIn::start(&emulator.counts, emulator.uncounted_store()).await;
        let secrets = SecretsStandIn::start().await;
        let kms = KmsStandIn::start().await;
        Self::of(emulator, store, sns, secrets, kms, Access::by_authorizer)
    }

    /// The functions of one instance in a simulation, which answers whatever they ask of AWS and of providers. `table` is
    /// in `database`.
    pub fn simulated(simulated: &Simulated, database: dynoxide::Database, table: &str) -> Self {
        let emulator = Emulator::unlistened(database, table);
        let store = Store::new(simulated.dynamodb(), table, emulator.counts.metrics());
        let sns = SnsStandIn::simulated(simulated, &emulator.counts);
        let secrets = SecretsStandIn::simulated(simulated);
        let kms = KmsStandIn::simulated(simulated);
        Self::of(
            Arc::new(emulator),
            store,
            sns,
            secrets,
            kms,
            Access::by_authorizer,
        )
    }

    fn of(
        emulator: Arc<Emulator>,
        store: Store,
        sns: SnsStandIn,
        secrets: SecretsStandIn,
        kms: KmsStandIn,
        access: impl Fn() -> Access,
    ) -> Self {
        let cursors = || secrets.secret(cursor_key);
        let accounts = || secrets.secret(Accounts::read);
        let sender = || sns.sender(accounts());
        Self {
            evidence: Evidence::new(access(), store.clone(), kms.signer(&[])),
            facilities: Facilities::new(access(), store.clone(), accounts()),
            profile: Box::new(Profile::new(access(), store.clone(), sender(), cursors())),
            portal: Box::new(Portal::new(access(), store.clone(), sender())),
            report: Report::new(access(), store.clone(), cursors()),
            reviews: Reviews::new(access(), store.clone(), cursors()),
            messages: Box::new(Messages {
                access: access(),
                store: store.clone(),
                sender: sender(),
                cursors: cursors(),
                metrics: emulator.counts.metrics(),
            }),
            decisions: Decisions {
                access: access(),
                store: store.clone(),
                cursors: cursors(),
                metrics: emulator.counts.metrics(),
            },
            sms_webhook: Box::new(SmsWebhook {
                store: store.clone(),
                sender: sender(),
                keys: secrets.secret(ProviderKeys::read),
                base_url: BASE_URL.to_owned(),
                metrics: emulator.counts.metrics(),
            }),
            sms_topic: Box::new(SmsTopic {
                store: store.clone(),
                sender: sender(),
                metrics: emulator.counts.metrics(),
            }),
            outbox: Outbox {
                topic: sns.events_topic(),
                metrics: emulator.counts.metrics(),
            },
            pages: Pages::new(store.clone(), FRAME_ANCESTORS).expect("a header"),
            sns,
            secrets,
            kms,
            counts: emulator.counts.clone(),
            requests: emulator.requests.clone(),
            capacity: emulator.capacity.clone(),
            store,
            emulator,
        }
    }

    /// The same table, seen by functions that verify tokens themselves.
    #[must_use]
    pub fn with_access(&self, access: impl Fn() -> Access) -> Self {
        Self::of(
            Arc::clone(&self.emulator),
            self.store.clone(),
            self.sns.clone(),
            self.secrets.clone(),
            self.kms.clone(),
            access,
        )
    }

    /// The same table, seen by functions that have just started.
    #[must_use]
    pub fn restarted(&self) -> Self {
        self.with_access(Access::by_authorizer)
    }

    /// The same table, seen by functions whose way to it is disturbed.
    #[must_use]
    pub fn with_faults(&self, faults: &Faults) -> Self {
        let store = self.emulator.store_with(faults);
        Self::of(
            Arc::clone(&self.emulator),
            store,
            self.sns.clone(),
            self.secrets.clone(),
            self.kms.clone(),
            Access::by_authorizer,
        )
    }

    /// Where the database is.
    pub fn database_endpoint(&self) -> &str {
        self.emulator.endpoint()
    }

    /// The name of the table.
    pub fn table_name(&self) -> &str {
        self.emulator.table()
    }

    /// Hands a request to the function that has its path, and checks that the answer is one that
    /// `infra/openapi.yaml` describes.
    pub async fn send(&self, call: Call) -> Answer {
        self.send_event(&call.event().to_string()).await
    }

    /// Hands an API Gateway event, as JSON, to the function that has its path.
    pub async fn send_event(&self, event: &str) -> Answer {
        let read: Value = serde_json::from_str(event).expect("JSON");
        let method = read["requestContext"]["http"]["method"]
            .as_str()
            .expect("a method");
        let path = read["rawPath"].as_str().expect("a path");
        let answer = self.invoke_event(Self::function_of(path), event).await;
        described::check(method, path, &answer);
        answer
    }

    /// The function that has a path.
    pub fn function_of(path: &str) -> &'static str {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match segments.as_slice() {
            ["openapi.json"] => "openapi",
            [".well-known", ..] | ["v1", "facilities", _, "tenants", _, "consent", "evidence"] => "evidence",
            ["elements" | "staff" | "portal" | "programs", ..] => "pages",
            ["v1", "portal", ..] => "portal",
            ["v1", "sms", ..] => "sms-webhook",
            ["v1", "facilities", _, "consent-report"] => "report",
            ["v1", "facilities", _, "decisions"] | ["v1", "facilities", _, "tenants", _, "decisions", ..] => {
                "decisions"
            }
            ["v1", "facilities", _, "reviews", ..] => "reviews",
            [
                "v1",
                "facilities",
                _,
                "tenants",
                _,
                "messages" | "notification-preferences",
            ] => "messages",
            ["v1", "facilities", _, "tenants", _, "consent", ..] => "profile",
            _ => "facilities",
        }
    }

    /// Hands an API Gateway event to a function by its name, whatever the path.
    pub async fn invoke_event(&self, function: &str, event: &str) -> Answer {
        let handled = match consent_http::event::read(event) {
            Ok(request) => self.invoke(function, request).await,
            Err(problem) => Err(problem),
        };
        Answer::of(answer(handled))
    }

    async fn invoke(&self, function: &str, request: Request) -> Result<Response<Body>, Problem> {
        match function {
            "facilities" => Box::pin(self.facilities.handle(request)).await,
            "evidence" => Box::pin(self.evidence.handle(request)).await,
            "profile" => Box::pin(self.profile.handle(request)).await,
            "portal" => Box::pin(self.portal.handle(request)).await,
            "report" => Box::pin(self.report.handle(request)).await,
            "decisions" => Box::pin(self.decisions.handle(request)).await,
            "reviews" => Box::pin(self.reviews.handle(request)).await,
            "messages" => Box::pin(self.messages.handle(request)).await,
            "sms-webhook" => Box::pin(self.sms_webhook.handle(request)).await,
            "openapi" => openapi::handle(&request),
            "pages" => Box::pin(self.pages.handle(request)).await,
            _ => panic!("no function {function}"),
        }
    }

    /// Hands an SNS event to `sms-topic`, and says whether it was carried out whole.
    pub async fn deliver(&self, event: Value) -> bool {
        let event = serde_json::from_value(event).expect("an event of SNS");
        match self.sms_topic.handle(event).await {
            Ok(answer) => {
                assert_eq!(answer, None, "SNS takes no answer");
                true
            }
            Err(_) => false,
        }
    }

    /// Hands an SQS event to `sms-topic`, and returns the ids of the messages that it says have failed.
    pub async fn deliver_queued(&self, event: Value) -> Vec<String> {
        let event = serde_json::from_value(event).expect("an event of SQS");
        let answer = self.sms_topic.handle(event).await.expect("an answer");
        let failures = answer.expect("a batch").batch_item_failures.into_iter();
        failures.map(|failure| failure.item_identifier).collect()
    }

    /// Whether the database takes transactions of more than ten items. The DynamoDB Local that npm has does not.
    pub fn takes_large_transactions(&self) -> bool {
        self.emulator.is_embedded()
    }

    /// A client of the table's database, and the table's name.
    pub fn client(&self) -> (aws_sdk_dynamodb::Client, &str) {
        (self.emulator.client(), self.emulator.table())
    }

    /// Where the table's database is.
    pub fn endpoint(&self) -> &str {
        self.emulator.endpoint()
    }

    /// The table, as it was created.
    pub async fn table(&self) -> aws_sdk_dynamodb::types::TableDescription {
        let described = self
            .emulator
            .client()
            .describe_table()
            .table_name(self.emulator.table())
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
        let failed = self.publish_unchecked(event).await;
        self.sns.events().await.iter().for_each(described::check_event);
        failed
    }

    /// The same, with whatever has been published.
    pub async fn publish_unchecked(&self, event: Value) -> Vec<String> {
        let event = serde_json::from_value(event).expect("an event of a table's stream");
        let failures = self.outbox.handle(event).await.batch_item_failures.into_iter();
        failures.map(|failure| failure.item_identifier).collect()
    }
}
