//! What is measured: functions, a request to each, and the world that they find.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tests::{ADA, OFFICE, World, call, twilio};

use crate::capacity::Counter;
use crate::tls::{self, Opened};

/// Tenants of the facility: more than a page of the report.
const TENANTS: usize = 120;
/// The roots that a function of a deployment trusts.
const ROOTS_OF_AWS: &str = "../shared/store/src/aws/roots.pem";

/// What a subject is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// This repository's functions.
    Rust,
    /// `others/python`.
    Python,
    /// `others/node`.
    Node,
}

/// A function and a request to it.
pub(crate) struct Subject {
    pub(crate) language: Language,
    pub(crate) function: &'static str,
    pub(crate) request: &'static str,
    event: Box<dyn Fn(usize) -> Value>,
    asked: AtomicUsize,
}

impl Subject {
    /// So many events, each another than the one before.
    pub(crate) fn events(&self, number: usize) -> Vec<String> {
        let next = || self.asked.fetch_add(1, Ordering::Relaxed);
        (0..number).map(|_| (self.event)(next()).to_string()).collect()
    }

    /// What starts it.
    pub(crate) fn command(&self, binaries: &Path, others: &Path) -> Command {
        let (root, mut command) = match self.language {
            Language::Rust => return Command::new(binaries.join(self.function)),
            Language::Python => {
                let root = others.join("python");
                let mut command = Command::new(root.join("bin/python"));
                command.args(["-m", "awslambdaric", "app.handler"]);
                (root, command)
            }
            Language::Node => {
                let root = others.join("node");
                let mut command = Command::new("node");
                command.args(["node_modules/.bin/aws-lambda-ric", "app.handler"]);
                (root, command)
            }
        };
        command
            .env("LAMBDA_TASK_ROOT", &root)
            .env("_HANDLER", "app.handler")
            .current_dir(root);
        command
    }
}

/// A world, and how functions find it.
pub(crate) struct Stage {
    world: World,
    database: String,
    secrets: String,
    keys: String,
    trusted: PathBuf,
    /// What was asked of the database, where it is asked at `counted`.
    pub(crate) counter: Counter,
    /// Connections with TLS.
    pub(crate) opened: Opened,
    counted: String,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let world = World::embedded().await;
        world.facility("on").await;
        world.tenant("t1", ADA).await;
        world.tenant("python", "+12565550143").await;
        world.tenant("node", "+12565550144").await;
        let rows: Vec<String> = (0..TENANTS)
            .map(|number| {
                format!(
                    "r{number},Person Number{number},+1512555{:04},A{number},2020-01-01",
                    1000 + number
                )
            })
            .collect();
        let file = format!(
            "tenant_id,name,cell_phone,units,created_on\n{}\n",
            rows.join("\n")
        );
        assert!(world.import(&file).await.status.is_success());
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let trusted = Path::new(env!("CARGO_TARGET_TMPDIR")).join("starts.pem");
        let roots = [here.join("keys/tls/root.pem"), here.join(ROOTS_OF_AWS)];
        fs::write(&trusted, roots.map(|it| fs::read_to_string(it).unwrap()).concat()).unwrap();
        let (counter, url) = Counter::in_front_of(world.database_endpoint()).await;
        let opened = Opened::default();
        Self {
            database: tls::in_front_of(world.database_endpoint(), &opened).await,
            secrets: tls::in_front_of(world.secrets.endpoint(), &opened).await,
            keys: tls::in_front_of(world.kms.endpoint(), &opened).await,
            opened,
            world,
            trusted,
            counter,
            counted: url,
        }
    }

    /// The environment of every function.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let trusted = self.trusted.display().to_string();
        vec![
            ("TABLE_NAME", self.world.table_name().to_owned()),
            ("METRICS_NAMESPACE", "starts".to_owned()),
            ("SECRETS_ARN", dev::secrets::SECRET_ARN.to_owned()),
            ("EVIDENCE_KEY_ID", dev::kms::KEY_ID.to_owned()),
            ("SMS_WEBHOOK_BASE_URL", tests::BASE_URL.to_owned()),
            ("FRAME_ANCESTORS", "'none'".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("AWS_SESSION_TOKEN", "token".repeat(80)),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.database.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.secrets.clone()),
            ("AWS_ENDPOINT_URL_KMS", self.keys.clone()),
            // The root of this TLS, and with it the five that a deployed function reads instead of a system's.
            ("SSL_CERT_FILE", trusted.clone()),
            ("AWS_CA_BUNDLE", trusted.clone()),
            ("NODE_EXTRA_CA_CERTS", trusted),
        ]
    }

    /// The environment of a function whose requests of the database are counted: without TLS.
    pub(crate) fn counted_environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.environment();
        let secrets = self.world.secrets.endpoint().to_owned();
        environment.push(("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets));
        environment.push(("AWS_ENDPOINT_URL_DYNAMODB", self.counted.clone()));
        environment
    }

    #[expect(clippy::unused_self, reason = "what is asked for has to be there")]
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let subject = |language, function, request, event: fn(usize) -> Value| Subject {
            language,
            function,
            request,
            event: Box::new(event),
            asked: AtomicUsize::new(0),
        };
        let ours = |function, request, event| subject(Language::Rust, function, request, event);
        vec![
            ours("profile", "toggle", |number| toggle("t1", number)),
            ours("report", "page of 50", |_| report()),
            ours("portal", "view", |_| {
                call("GET /v1/portal/consent").tenant("f1", "t1").event()
            }),
            ours("facilities", "tenant, as it is", |_| {
                let body = json!({"name": "Ada Moreno", "cell_phone": ADA, "units": ["A12"], "created_on": "2024-05-01"});
                call("PUT /v1/facilities/f1/tenants/t1").json(&body).event()
            }),
            ours("messages", "thread", |_| {
                call("GET /v1/facilities/f1/tenants/t1/messages").event()
            }),
            ours("decisions", "ask", |_| {
                call("POST /v1/facilities/f1/decisions")
                    .json(&json!({"tenant_ids": ["r1"]}))
                    .event()
            }),
            ours("sms-webhook", "any text", |number| {
                twilio(
                    &format!("{}-{number}", std::process::id()),
                    ADA,
                    OFFICE,
                    "I will come by tomorrow",
                )
                .event()
            }),
            ours("reviews", "open ones", |_| {
                call("GET /v1/facilities/f1/reviews").event()
            }),
            ours("evidence", "of a tenant", |_| {
                call("GET /v1/facilities/f1/tenants/r2/consent/evidence").event()
            }),
            ours("pages", "text programme", |_| {
                call("GET /programs/f1").nobody().event()
            }),
            ours("openapi", "document", |_| {
                call("GET /openapi.json").nobody().event()
            }),
            subject(Language::Python, "python", "toggle", |number| {
                toggle("python", number)
            }),
            subject(Language::Python, "python", "page of 50", |_| report()),
            subject(Language::Node, "node", "toggle", |number| toggle("node", number)),
            subject(Language::Node, "node", "page of 50", |_| report()),
        ]
    }
}

fn toggle(tenant: &str, number: usize) -> Value {
    let body = json!({"consented": number.is_multiple_of(2)});
    call(&format!("PUT /v1/facilities/f1/tenants/{tenant}/consent"))
        .json(&body)
        .event()
}

fn report() -> Value {
    call("GET /v1/facilities/f1/consent-report").event()
}
