//! What tests say most often: the facility `f1` with its number [`OFFICE`], its tenants, and the three ways
//! in which consent changes.

use consent::id::{FacilityId, TenantId};
use consent_http::clock;
use consent_store::{Permit, SendDecision, SendRequest};
use serde_json::{Value, json};

use crate::{Answer, World, call, twilio};

/// The number of the facility `f1`.
pub const OFFICE: &str = "+15125550100";
/// A tenant's number.
pub const ADA: &str = "+15125550142";
/// Another tenant's number.
pub const BEN: &str = "+15125550143";

impl World {
    /// Sends a line such as `GET /v1/facilities/f1` by staff.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(call(&format!("GET {path}"))).await
    }

    /// `f1` with two-way texting, on or off, at [`OFFICE`].
    pub async fn facility(&self, two_way_texting: &str) {
        let texting = json!({"enabled": two_way_texting == "on", "number": OFFICE});
        self.put_facility("f1", &texting).await;
    }

    /// `f1` with two-way texting at [`OFFICE`], its texts carried by this provider, and these members instead or beside.
    pub async fn facility_by(&self, provider: &str, members: &Value) {
        let mut body = json!({
            "name": "Main Street Storage", "two_way_texting": {"enabled": true, "number": OFFICE, "provider": provider},
        });
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = self.send(call("PUT /v1/facilities/f1").json(&body)).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }

    /// Sends a text to a tenant of `f1`, under this `Idempotency-Key` if there is one.
    pub async fn send_text(&self, id: &str, body: &str, key: Option<&str>) -> Answer {
        let path = format!("POST /v1/facilities/f1/tenants/{id}/messages");
        let call = call(&path).json(&json!({"body": body}));
        let call = match key {
            Some(key) => call.header("Idempotency-Key", key),
            None => call,
        };
        self.send(call).await
    }

    /// Lets a text to a tenant of `f1` out, under this `Idempotency-Key` if there is one, and goes no further: it is in flight.
    pub async fn let_out(&self, id: &str, key: Option<&str>) -> Box<Permit> {
        let (facility, tenant) = (FacilityId::parse("f1").unwrap(), TenantId::parse(id).unwrap());
        let draft = SendRequest {
            facility: &facility,
            tenant: &tenant,
            body: "hello",
            key,
            by: "staff@example.com",
        };
        match self.store.authorise_send(&draft, clock::now).await {
            Ok(SendDecision::Publish(permit)) => permit,
            other => panic!("it may leave: {other:?}"),
        }
    }

    /// A world in which `f1` has two-way texting and one tenant, Ada, grandfathered: `t1` at [`ADA`].
    pub async fn with_ada() -> Self {
        Self::new().await.and_ada().await
    }

    /// A world in which a tenant, `t1` at [`ADA`], has agreed and then withdrawn in each of these ways, such as `portal, text`.
    /// After that, two-way texting is switched on or off.
    pub async fn who_withdrew(ways: &str, two_way_texting: &str) -> Self {
        let world = Self::new().await;
        world.facility("on").await;
        world.tenant("t1", ADA).await;
        world.profile("t1", "check").await.is(200);
        for how in ways.split(", ") {
            match how {
                "text" => drop(world.text("SM1", ADA, "STOP").await),
                "portal" => drop(world.portal("t1", "uncheck").await.is(200)),
                "profile" => drop(world.profile("t1", "uncheck").await.is(200)),
                other => panic!("no way to withdraw: {other}"),
            }
        }
        world.facility(two_way_texting).await;
        world
    }

    /// Lets Ada and her facility into a new world.
    #[must_use]
    pub async fn and_ada(self) -> Self {
        self.facility("on").await;
        self.register("t1", &json!({"cell_phone": ADA, "created_on": "2020-01-01"}))
            .await;
        self
    }

    /// A facility.
    pub async fn put_facility(&self, id: &str, texting: &Value) {
        let body = json!({"name": "Main Street Storage", "two_way_texting": texting});
        let answer = self
            .send(call(&format!("PUT /v1/facilities/{id}")).json(&body))
            .await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }

    /// Registers, or registers again, a tenant of `f1` who is too young to be grandfathered.
    pub async fn tenant(&self, id: &str, cell_phone: impl Into<Value>) -> Value {
        self.register(id, &json!({"cell_phone": cell_phone.into()})).await
    }

    /// Registers a tenant of `f1`: Ada Moreno, with these members instead or beside.
    pub async fn register(&self, id: &str, members: &Value) -> Value {
        let answer = self.put_tenant(&format!("f1/tenants/{id}"), members).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        answer.body()
    }

    /// Registers a tenant somewhere, and gives the whole answer.
    pub async fn put_tenant(&self, path: &str, members: &Value) -> Answer {
        let mut body = json!({"name": "Ada Moreno", "units": ["A12"], "created_on": "2024-05-01"});
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.send(call(&format!("PUT /v1/facilities/{path}")).json(&body))
            .await
    }

    /// Imports a CSV file into `f1`.
    pub async fn import(&self, file: &str) -> Answer {
        self.send(call("POST /v1/facilities/f1/tenant-imports").body("text/csv", file))
            .await
    }

    /// Asks what importing a CSV file into `f1` would do.
    pub async fn dry_run(&self, file: &str) -> Answer {
        self.send(call("POST /v1/facilities/f1/tenant-imports?dry_run=true").body("text/csv", file))
            .await
    }

    /// A tenant of `f1` moves out.
    pub async fn move_out(&self, id: &str) -> Answer {
        self.send(call(&format!("DELETE /v1/facilities/f1/tenants/{id}")))
            .await
    }

    /// The profile's check box of a tenant of `f1`: `check` or `uncheck`.
    pub async fn profile(&self, id: &str, click: &str) -> Answer {
        let body = json!({"consented": click == "check"});
        self.send(call(&format!("PUT /v1/facilities/f1/tenants/{id}/consent")).json(&body))
            .await
    }

    /// The portal's check box of a tenant of `f1`: `check` or `uncheck`.
    pub async fn portal(&self, id: &str, click: &str) -> Answer {
        let body = json!({"consented": click == "check"});
        self.send(call("PUT /v1/portal/consent").tenant("f1", id).json(&body))
            .await
    }

    /// A text to [`OFFICE`], by way of Twilio. The answer is what is told to the sender, empty where nothing is.
    pub async fn text(&self, label: &str, from: &str, body: &str) -> String {
        let answer = self.send(twilio(label, from, OFFICE, body)).await;
        answer.is(200);
        answer.message()
    }

    /// The consent view of a tenant of `f1`.
    pub async fn view(&self, id: &str) -> Value {
        self.get(&format!("/v1/facilities/f1/tenants/{id}/consent"))
            .await
            .is(200)
    }

    /// The portal view of a tenant of `f1`.
    pub async fn portal_view(&self, id: &str) -> Value {
        self.send(call("GET /v1/portal/consent").tenant("f1", id))
            .await
            .is(200)
    }

    /// Where a tenant of `f1` stands, such as `opted_out by text`.
    pub async fn standing(&self, id: &str) -> String {
        standing(&self.view(id).await)
    }

    /// The thread of a tenant of `f1`: its newest page.
    pub async fn thread(&self, id: &str) -> Value {
        self.get(&format!("/v1/facilities/f1/tenants/{id}/messages"))
            .await
            .is(200)
    }

    /// The records of a tenant of `f1`, oldest first, however many pages they take. They hold.
    pub async fn history(&self, id: &str) -> Vec<Value> {
        let mut records = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/facilities/f1/tenants/{id}/consent/history?limit=200{cursor}");
            let page = self.get(&path).await.is(200);
            assert_eq!(page["broken_at"], Value::Null);
            records.extend(page["records"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        records.reverse();
        records
    }

    /// The evidence pack of a tenant of `f1`, as `query` asks for it.
    pub async fn evidence(&self, id: &str, query: &str) -> Value {
        let path = format!("/v1/facilities/f1/tenants/{id}/consent/evidence{query}");
        self.get(&path).await.is(200)
    }

    /// The keys that verify evidence.
    pub async fn evidence_keys(&self) -> Value {
        let keys = call("GET /.well-known/evidence-keys.json").nobody();
        self.send(keys).await.is(200)
    }

    /// The last record of a tenant of `f1`.
    pub async fn last_record(&self, id: &str) -> Value {
        self.history(id).await.pop().expect("a record")
    }

    /// Asks whether other software may text tenants of `f1` within the next `seconds`.
    pub async fn ask(&self, tenants: &[&str], seconds: u8) -> Vec<Value> {
        let body = json!({"tenant_ids": tenants, "valid_for": seconds});
        let answer = self
            .send(call("POST /v1/facilities/f1/decisions").json(&body))
            .await;
        answer.is(200)["decisions"].as_array().unwrap().clone()
    }

    /// Asks about one tenant, whose text may leave: the decision's id.
    pub async fn open(&self, id: &str, seconds: u8) -> String {
        let decision = self.ask(&[id], seconds).await.remove(0);
        assert_eq!(decision["allowed"], true, "{decision}");
        decision["decision_id"].as_str().unwrap().to_owned()
    }

    /// Says what became of a text to a tenant of `f1`.
    pub async fn outcome(&self, id: &str, decision: &str, body: &Value) -> Answer {
        let path = format!("PUT /v1/facilities/f1/tenants/{id}/decisions/{decision}");
        self.send(call(&path).json(body)).await
    }

    /// The decisions about texts to a tenant of `f1`, newest first.
    pub async fn decisions(&self, id: &str) -> Vec<Value> {
        let path = format!("/v1/facilities/f1/tenants/{id}/decisions?limit=200");
        let page = self.get(&path).await.is(200);
        page["decisions"].as_array().unwrap().clone()
    }

    /// A facility's reviews, such as `f1/reviews?status=open`.
    pub async fn reviews(&self, path: &str) -> Value {
        self.get(&format!("/v1/facilities/{path}")).await.is(200)
    }

    /// The only open review of `f1`.
    pub async fn open_review(&self) -> Value {
        let page = self.reviews("f1/reviews").await;
        assert_eq!(
            (&page["open"], &page["next"]),
            (&json!(1), &Value::Null),
            "{page}"
        );
        page["reviews"][0].clone()
    }

    /// Staff decide about a text of `f1`.
    pub async fn decide(&self, review: &Value, decision: &str) -> Answer {
        let id = review["review_id"].as_str().unwrap();
        let body = json!({"decision": decision, "note": "I called them."});
        self.send(call(&format!("PUT /v1/facilities/f1/reviews/{id}")).json(&body))
            .await
    }

    /// What the records of a tenant of `f1` say, oldest first, such as `held, hold_lifted`.
    pub async fn story(&self, id: &str) -> String {
        let history = self.history(id).await;
        let kinds: Vec<&str> = history
            .iter()
            .map(|record| record["type"].as_str().unwrap())
            .collect();
        kinds.join(", ")
    }

    /// The totals of `f1`: provided, not provided, opted out.
    pub async fn totals(&self) -> [i64; 3] {
        let report = self.get("/v1/facilities/f1/consent-report?limit=1").await.is(200);
        ["provided", "not_provided", "opted_out"].map(|status| report["totals"][status].as_i64().unwrap())
    }
}

/// Status and source of a view, of a row of the report, or of the `from` or `to` of a record.
pub fn standing(value: &Value) -> String {
    let status = value["status"].as_str().unwrap();
    match value["source"].as_str() {
        Some(source) => format!("{status} by {source}"),
        None => status.to_owned(),
    }
}
