//! The main job from end to end, as a conversation.

use serde_json::{Value, json};
use tests::{World, call, twilio};

const OFFICE: &str = "+15125550100";
const ADA: &str = "+15125550142";

async fn facility(world: &World, enabled: bool) {
    let body =
        json!({"name": "Main Street Storage", "two_way_texting": {"enabled": enabled, "number": OFFICE}});
    let answer = world.send(call("PUT /v1/facilities/f1").json(&body)).await;
    assert!(answer.status.is_success(), "{}", answer.text);
}

async fn tenant(world: &World, id: &str, phone: Value, created_on: &str) -> tests::Answer {
    let body = json!({"name": "Ada Moreno", "cell_phone": phone, "units": ["A12"], "created_on": created_on});
    world
        .send(call(&format!("PUT /v1/facilities/f1/tenants/{id}")).json(&body))
        .await
}

#[tokio::test]
async fn a_tenants_own_withdrawal_stands_until_they_take_it_back() {
    let world = World::new().await;
    facility(&world, true).await;
    let view = tenant(&world, "t1", json!("(512) 555-0142"), "2020-01-01")
        .await
        .is(201);
    assert_eq!(
        (&view["status"], &view["source"]),
        (&json!("provided"), &json!("grandfathered"))
    );
    assert_eq!(view["cell_phone"], ADA);

    let stopped = world.send(twilio("SM1", ADA, OFFICE, "Stop")).await;
    stopped.is(200);
    assert!(stopped.text.contains("<Message>"), "{}", stopped.text);
    let again = world.send(twilio("SM1", ADA, OFFICE, "Stop")).await;
    again.is(200);
    assert!(!again.text.contains("<Message>"), "{}", again.text);

    let check = call("PUT /v1/facilities/f1/tenants/t1/consent").json(&json!({"consented": true}));
    let problem = world
        .send(check.clone())
        .await
        .is_problem(409, "start_reply_required");
    assert_eq!(problem["opt_in_via"], json!(["text"]));
    let portal = call("PUT /v1/portal/consent")
        .tenant("f1", "t1")
        .json(&json!({"consented": true}));
    world.send(portal).await.is_problem(409, "start_reply_required");

    world.send(twilio("SM2", ADA, OFFICE, "start")).await.is(200);
    let view = world
        .send(call("GET /v1/facilities/f1/tenants/t1/consent"))
        .await
        .is(200);
    assert_eq!(
        (&view["status"], &view["source"]),
        (&json!("provided"), &json!("text"))
    );

    let history = world
        .send(call("GET /v1/facilities/f1/tenants/t1/consent/history"))
        .await
        .is(200);
    let kinds: Vec<&Value> = history["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["type"])
        .collect();
    assert_eq!(kinds, ["granted", "opted_out", "granted"]);
    let report = world
        .send(call("GET /v1/facilities/f1/consent-report"))
        .await
        .is(200);
    assert_eq!(
        report["totals"],
        json!({"provided": 1, "not_provided": 0, "opted_out": 0})
    );
    assert_eq!(report["rows"][0]["provided_consent"], "Yes");
}
