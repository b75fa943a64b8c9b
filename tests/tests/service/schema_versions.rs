//! Items that an earlier version wrote are read by this one: while a deployment goes on both are at work on the
//! same table, and records are for good.
//!
//! `items/schema-N.json` is what version N of the schema wrote for [`lived_in`]. If you change the shape of an item, raise
//! `SCHEMA_VERSION` and add a file of the new version. The other files stay.
//! `TEST_WRITE_ITEMS=1 cargo test --test service schema_versions` writes the new one.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use aws_sdk_dynamodb::types::AttributeValue;
use consent_store::schema::SCHEMA_VERSION;
use serde_json::{Map, Value, json};
use tests::{ADA, BEN, World, call, twilio, verify_chain};

const CARL: &str = "+15125550144";

/// A world that has items of every kind.
async fn lived_in() -> World {
    let world = World::embedded().await.and_ada().await;
    world
        .put_facility("f2", &json!({"enabled": true, "number": "+15125550101"}))
        .await;
    world.put_facility("f2", &json!({"enabled": false})).await;
    world.text("SM1", ADA, "STOP").await;
    world.text("SM2", ADA, "start").await;
    let send = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": "Gate code 4711."}));
    world.send(send.header("idempotency-key", "k1")).await.is(202);
    for outcome in [
        json!({"outcome": "sent", "body": "Gate code 4712.", "provider_message_id": "SM9"}),
        json!({"outcome": "not_sent"}),
    ] {
        let decision = world.open("t1", 1).await;
        world.outcome("t1", &decision, &outcome).await.is(200);
    }
    let choose = call("PUT /v1/facilities/f1/tenants/t1/notification-preferences");
    world
        .send(choose.json(&json!({"channels": {"text": true}})))
        .await
        .is(200);
    world
        .register(
            "t2",
            &json!({"name": "Ben Núñez", "cell_phone": BEN, "units": ["B1", "5512"]}),
        )
        .await;
    world.portal("t2", "check").await.is(200);
    world.portal("t2", "uncheck").await.is(200);
    world
        .register("t3", &json!({"name": "Cara Voss", "units": []}))
        .await;
    world.tenant("t4", CARL).await;
    world.profile("t4", "check").await.is(200);
    world.text("SM3", CARL, "please stop").await;
    world.move_out("t4").await.is(204);
    // Reviews, open and decided, at the other facility.
    for (tenant, number) in [("h1", ADA), ("h2", BEN)] {
        world
            .put_tenant(&format!("f2/tenants/{tenant}"), &json!({"cell_phone": number}))
            .await;
        world
            .send(twilio(tenant, number, "+15125550101", "wrong number"))
            .await
            .is(200);
    }
    let reviews = world.reviews("f2/reviews").await;
    let id = reviews["reviews"][0]["review_id"].as_str().unwrap();
    let decide = call(&format!("PUT /v1/facilities/f2/reviews/{id}"));
    world
        .send(decide.json(&json!({"decision": "no_opt_out"})))
        .await
        .is(200);
    world
}

/// What a world of any version's items has to say and to do.
async fn reads(world: &World) {
    for (tenant, standing, records) in [
        ("t1", "provided by text", 3),
        ("t2", "opted_out by portal", 2),
        ("t3", "not_provided", 0),
    ] {
        assert_eq!(world.standing(tenant).await, standing, "{tenant}");
        let history = world.history(tenant).await;
        assert_eq!(history.len(), records, "{tenant}");
        verify_chain(&history);
    }
    let page = world.get("/v1/facilities/f1/consent-report").await.is(200);
    let ids: Vec<&Value> = page["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["tenant_id"])
        .collect();
    assert_eq!(ids, ["t1", "t2", "t3"]);
    assert_eq!(
        page["totals"],
        json!({"provided": 1, "not_provided": 1, "opted_out": 1})
    );
    let thread = world.thread("t1").await;
    let bodies: Vec<&Value> = thread["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| &text["body"])
        .collect();
    assert!(bodies.iter().any(|body| *body == "Gate code 4711."), "{bodies:?}");
    let decisions = world.decisions("t1").await;
    let send = decisions.last().unwrap();
    assert_eq!(
        (&send["outcome"], &send["consent_record_id"], &send["sequence"]),
        (&json!("sent"), &json!("f1/t1/3"), &json!(3))
    );
    let id = send["decision_id"].as_str().unwrap();
    let report = async |outcome: &str| world.outcome("t1", id, &json!({"outcome": outcome})).await;
    assert_eq!(report("sent").await.is(200), *send);
    report("not_sent").await.is_problem(409, "outcome_reported");
    assert_eq!(world.ask(&["t1"], 1).await[0]["consent_record_id"], "f1/t1/3");
    let preferences = world
        .get("/v1/facilities/f1/tenants/t1/notification-preferences")
        .await
        .is(200);
    assert_eq!(preferences["channels"]["text"], true);
    // Enough of them that a search is looked up.
    let others: Vec<String> = (0..200)
        .map(|number| format!("other{number},Zz Quill,,,2024-05-01\n"))
        .collect();
    let file = format!("tenant_id,name,cell_phone,units,created_on\n{}", others.concat());
    assert_eq!(world.import(&file).await.is(200)["created"], 200);
    for (search, tenant) in [
        ("nunez", "t2"),
        ("b1", "t2"),
        ("5512", "t2"),
        (&BEN[2..], "t2"),
        ("voss", "t3"),
    ] {
        let path = format!("/v1/facilities/f1/consent-report?search={search}");
        let page = world.get(&path).await.is(200);
        assert_eq!(page["rows"][0]["tenant_id"], tenant, "{search}");
    }
    for number in 0..200 {
        world.move_out(&format!("other{number}")).await.is(204);
    }

    // Nothing takes effect twice, and what was withdrawn stays so.
    world.text("SM1", ADA, "STOP").await;
    assert_eq!(world.standing("t1").await, "provided by text");
    world.tenant("t5", CARL).await;
    assert_eq!(world.standing("t5").await, "opted_out by text");
    world.tenant("t4", CARL).await;
    assert_eq!(world.standing("t4").await, "opted_out by text");
    world
        .profile("t2", "check")
        .await
        .is_problem(409, "portal_opt_in_required");
    // And life goes on.
    world.portal("t2", "check").await.is(200);
    world.text("SM9", ADA, "STOP").await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
    world
        .register("t3", &json!({"name": "Cara Voss-Hill", "cell_phone": BEN}))
        .await;
    world.move_out("t2").await.is(204);
    for tenant in ["t1", "t2", "t4"] {
        verify_chain(&world.history(tenant).await);
    }
    assert_eq!(world.totals().await, [0, 1, 3]);
}

#[tokio::test]
async fn what_every_version_wrote_is_read() {
    for file in (1..=SCHEMA_VERSION).map(file) {
        let world = World::embedded().await;
        let (client, table) = world.client();
        for item in read(&file) {
            client
                .put_item()
                .table_name(table)
                .set_item(Some(attributes(&item)))
                .send()
                .await
                .unwrap();
        }
        reads(&world).await;
    }
}

#[tokio::test]
async fn what_a_newer_version_wrote_is_left_alone() {
    let world = World::with_ada().await;
    let (client, table) = world.client();
    let mut tenant = scan(&world)
        .await
        .into_iter()
        .find(|item| item["SK"]["S"] == "TENANT#t1")
        .unwrap();
    tenant["schema"]["N"] = json!((SCHEMA_VERSION + 1).to_string());
    tenant["what_it_added"] = json!({"S": "something"});
    let put = client.put_item().table_name(table);
    put.set_item(Some(attributes(&tenant))).send().await.unwrap();
    world.profile("t1", "check").await.is_problem(503, "unavailable");
    let text = tests::twilio("SM1", ADA, tests::OFFICE, "STOP");
    assert_eq!(
        world.send(text).await.status,
        503,
        "the provider delivers it again"
    );
    assert!(scan(&world).await.contains(&tenant));
}

#[tokio::test]
async fn items_have_the_shape_of_their_version() {
    let world = lived_in().await;
    let items = scan(&world).await;
    if std::env::var("TEST_WRITE_ITEMS").is_ok() {
        let lines: Vec<String> = items.iter().map(Value::to_string).collect();
        std::fs::write(file(SCHEMA_VERSION), format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
    }
    let written = shapes(&items);
    let kept = shapes(&read(&file(SCHEMA_VERSION)));
    assert_eq!(written, kept, "a new shape is a new version of the schema");
    reads(&world).await;
}

fn file(version: u32) -> PathBuf {
    PathBuf::from(format!(
        "{}/items/schema-{version}.json",
        env!("CARGO_MANIFEST_DIR")
    ))
}

fn read(file: &PathBuf) -> Vec<Value> {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Everything in the table, in DynamoDB's JSON.
async fn scan(world: &World) -> Vec<Value> {
    let (client, table) = world.client();
    let answer = client.scan().table_name(table).send().await.unwrap();
    let items = answer.items.unwrap_or_default().into_iter();
    let mut items: Vec<Value> = items.map(|item| members(&item)).collect();
    items.sort_by_key(|item| (item["PK"]["S"].to_string(), item["SK"]["S"].to_string()));
    items
}

fn members(item: &HashMap<String, AttributeValue>) -> Value {
    item.iter()
        .map(|(name, value)| (name.clone(), json(value)))
        .collect::<Map<_, _>>()
        .into()
}

fn json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(value) => json!({"BOOL": value}),
        AttributeValue::Null(_) => json!({"NULL": true}),
        AttributeValue::L(values) => json!({"L": values.iter().map(json).collect::<Vec<_>>()}),
        AttributeValue::M(values) => json!({"M": members(values)}),
        other => panic!("no item has a {other:?}"),
    }
}

fn attributes(item: &Value) -> HashMap<String, AttributeValue> {
    item.as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect()
}

fn attribute(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    let text = || value.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
        _ => AttributeValue::M(attributes(value)),
    }
}

/// The attributes of each kind of item, with their types.
fn shapes(items: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let mut shapes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in items {
        let key = |name: &str| item[name]["S"].as_str().unwrap();
        let kind = match key("SK") {
            _ if key("PK").starts_with("FIND#") => "FIND",
            totals if totals.starts_with("FACILITY#") => "TOTALS",
            other => other.split('#').next().unwrap(),
        };
        shape(item, "", shapes.entry(kind.to_owned()).or_default());
    }
    shapes
}

fn shape(item: &Value, path: &str, shape_so_far: &mut BTreeSet<String>) {
    for (name, value) in item.as_object().unwrap() {
        let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
        let path = format!("{path}/{name}");
        if kind == "M" {
            shape(value, &path, shape_so_far);
        }
        shape_so_far.insert(format!("{path} {kind}"));
    }
}
