//! The functions, a request to each, and the world that they find.

use std::path::Path;

use serde_json::{Value, json};
use tests::{ADA, OFFICE, World, call, twilio};

use crate::tls;

/// Tenants of the facility: more than a page of the report.
const TENANTS: usize = 120;

/// A function and a request to it.
pub(crate) struct Subject {
    pub(crate) function: &'static str,
    pub(crate) request: &'static str,
    event: Box<dyn Fn(usize) -> Value>,
}

impl Subject {
    /// So many events.
    pub(crate) fn events(&self, number: usize) -> Vec<String> {
        (0..number).map(|number| (self.event)(number).to_string()).collect()
    }
}

/// A world, and how functions find it.
pub(crate) struct Stage {
    world: World,
    database: String,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let world = World::embedded().await;
        world.facility("on").await;
        world.tenant("t1", ADA).await;
        let rows: Vec<String> = (0..TENANTS)
            .map(|number| format!("r{number},Person Number{number},+1512555{:04},A{number},2020-01-01", 1000 + number))
            .collect();
        let file = format!("tenant_id,name,cell_phone,units,created_on\n{}\n", rows.join("\n"));
        assert!(world.import(&file).await.status.is_success());
        let database = tls::in_front_of(world.database_endpoint()).await;
        Self { world, database }
    }

    /// The environment of every function.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("keys/tls/root.pem");
        vec![
            ("TABLE_NAME", self.world.table_name().to_owned()),
            ("METRICS_NAMESPACE", "starts".to_owned()),
            ("SECRETS_ARN", dev::secrets::SECRET_ARN.to_owned()),
            ("SMS_WEBHOOK_BASE_URL", tests::BASE_URL.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("AWS_SESSION_TOKEN", "token".repeat(80)),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.database.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.world.secrets.endpoint().to_owned()),
            // One certificate, about what the five of AWS take that are compiled in: those are not PEM.
            ("SSL_CERT_FILE", root.display().to_string()),
        ]
    }

    #[expect(clippy::unused_self, reason = "what is asked for has to be there")]
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let subject = |function, request, event: fn(usize) -> Value| Subject {
            function,
            request,
            event: Box::new(event),
        };
        vec![
            subject("profile", "toggle", |number| {
                let body = json!({"consented": number % 2 == 0});
                call("PUT /v1/facilities/f1/tenants/t1/consent").json(&body).event()
            }),
            subject("report", "page of 50", |_| call("GET /v1/facilities/f1/consent-report").event()),
            subject("portal", "view", |_| call("GET /v1/portal/consent").tenant("f1", "t1").event()),
            subject("facilities", "tenant, as it is", |_| {
                let body = json!({"name": "Ada Moreno", "cell_phone": ADA, "units": ["A12"], "created_on": "2024-05-01"});
                call("PUT /v1/facilities/f1/tenants/t1").json(&body).event()
            }),
            subject("messages", "thread", |_| call("GET /v1/facilities/f1/tenants/t1/messages").event()),
            subject("decisions", "ask", |_| {
                call("POST /v1/facilities/f1/decisions").json(&json!({"tenant_ids": ["r1"]})).event()
            }),
            subject("sms-webhook", "any text", |number| {
                twilio(&format!("{}-{number}", std::process::id()), ADA, OFFICE, "I will come by tomorrow").event()
            }),
            subject("reviews", "open ones", |_| call("GET /v1/facilities/f1/reviews").event()),
            subject("openapi", "document", |_| call("GET /openapi.json").event()),
        ]
    }
}
