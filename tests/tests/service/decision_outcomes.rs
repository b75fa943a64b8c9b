//! What became of a text that was let out, and decisions as they are read back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use consent::id::{FacilityId, TenantId};
use consent_http::clock;
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{ADA, Answer, BEN, Call, World, call};
use tokio::time::sleep;

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn ids() -> (FacilityId, TenantId) {
    (FacilityId::parse("f1").unwrap(), TenantId::parse("t1").unwrap())
}

fn send(body: &str) -> Call {
    call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": body}))
}

fn thread(answer: &Answer) -> Vec<Value> {
    answer.is(200)["messages"].as_array().unwrap().clone()
}

#[track_caller]
fn wrong(answer: &Answer, field: &str) {
    assert_eq!(answer.wrong_fields(), [field], "{}", answer.text);
}

#[tokio::test]
async fn an_outcome_closes_a_decision_once() {
    let world = World::with_ada().await;
    let first = world.open("t1", 5).await;
    let second = world.open("t1", 5).await;
    for (id, outcome, other) in [(&first, "sent", "not_sent"), (&second, "not_sent", "sent")] {
        let shown = world.decisions("t1").await;
        let of = |shown: &[Value]| {
            shown
                .iter()
                .find(|shown| shown["decision_id"] == **id)
                .unwrap()
                .clone()
        };
        assert_eq!(of(&shown)["outcome"], Value::Null);
        let closed = world
            .outcome("t1", id, &json!({"outcome": outcome}))
            .await
            .is(200);
        assert_eq!(
            (&closed["outcome"], &closed["decision_id"]),
            (&json!(outcome), &json!(id))
        );
        let again = json!({"outcome": outcome, "body": "hello"});
        assert_eq!(world.outcome("t1", id, &again).await.is(200), closed);
        let refused = world.outcome("t1", id, &json!({"outcome": other})).await;
        refused.is_problem(409, "outcome_reported");
        assert_eq!(of(&world.decisions("t1").await), closed);
    }
    // The second report's body came too late.
    let texts = world.get("/v1/facilities/f1/tenants/t1/messages").await;
    assert!(thread(&texts).is_empty());
}

#[tokio::test]
async fn a_text_that_was_sent_joins_the_thread() {
    let world = World::with_ada().await;
    let id = world.open("t1", 5).await;
    let sent = json!({"outcome": "sent", "body": "Would you like to renew?", "provider_message_id": "SM9"});
    let closed = world.outcome("t1", &id, &sent).await.is(200);
    assert_eq!(closed["provider_message_id"], "SM9");
    let texts = thread(&world.get("/v1/facilities/f1/tenants/t1/messages").await);
    assert_eq!(
        texts,
        [json!({
            "id": closed["message_id"], "direction": "outbound", "body": "Would you like to renew?",
            "at": closed["decided_at"], "classified_as": null, "state": "sent", "decision_id": id,
            "consent_record_id": "f1/t1/1",
        })]
    );
    // It asked something, so that a bare "no" is an answer to it.
    world.text("SM1", ADA, "no").await;
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
}

#[tokio::test]
async fn what_is_reported_is_read_strictly_and_beside_not_sent_not_at_all() {
    let world = World::with_ada().await;
    let id = world.open("t1", 5).await;
    let report = async |body: Value| world.outcome("t1", &id, &body).await;
    for bad in [json!("unknown"), json!("SENT"), json!(true), Value::Null] {
        wrong(&report(json!({"outcome": bad})).await, "outcome");
    }
    wrong(&report(json!({"body": "hello"})).await, "outcome");
    let long = "x".repeat(1_601);
    for bad in [json!(""), json!(long), json!(" "), json!("\u{1}"), json!(7)] {
        wrong(&report(json!({"outcome": "sent", "body": bad})).await, "body");
    }
    for bad in [json!("x".repeat(129)), json!(7)] {
        let body = json!({"outcome": "sent", "provider_message_id": bad});
        wrong(&report(body).await, "provider_message_id");
    }
    assert_eq!(world.decisions("t1").await[0]["outcome"], Value::Null);
    let other = world.open("t1", 5).await;
    let unread = json!({"outcome": "not_sent", "body": 7, "provider_message_id": long});
    let closed = world.outcome("t1", &other, &unread).await.is(200);
    assert_eq!(
        (&closed["message_id"], &closed["provider_message_id"]),
        (&Value::Null, &Value::Null)
    );
    let most = json!({"outcome": "sent", "body": "x".repeat(1_600), "provider_message_id": "é".repeat(128)});
    report(most).await.is(200);
}

#[tokio::test]
async fn an_outcome_is_taken_late_and_after_the_tenant_moved_out_and_never_for_a_refusal() {
    let world = World::with_ada().await;
    let sent = json!({"outcome": "sent", "body": "hello"});
    let late = world.open("t1", 1).await;
    sleep(Duration::from_millis(1_100)).await;
    assert_eq!(world.decisions("t1").await[0]["outcome"], "unknown");
    world.outcome("t1", &late, &sent).await.is(200);
    let moved_out = world.open("t1", 1).await;
    world.move_out("t1").await.is(204);
    assert_eq!(
        world.outcome("t1", &moved_out, &sent).await.is(200)["outcome"],
        "sent"
    );
    let outcomes: Vec<Value> = world
        .decisions("t1")
        .await
        .iter()
        .map(|it| it["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["sent", "sent"]);

    world.tenant("t2", BEN).await;
    let refused = world.ask(&["t2"], 5).await.remove(0);
    let refused = refused["decision_id"].as_str().unwrap();
    for outcome in ["sent", "not_sent"] {
        let report = world.outcome("t2", refused, &json!({"outcome": outcome})).await;
        report.is_problem(409, "outcome_reported");
    }
    // Somebody else's, one in another form, and none.
    for (tenant, id) in [
        ("t2", late.as_str()),
        ("t1", "x"),
        ("t1", &"x".repeat(3_000)),
        ("t1", &"0".repeat(32)),
    ] {
        let report = world.outcome(tenant, id, &sent).await;
        report.is_problem(404, "decision_not_found");
    }
    world
        .outcome("nobody", &late, &sent)
        .await
        .is_problem(404, "tenant_not_found");
    let elsewhere = call(&format!("PUT /v1/facilities/f9/tenants/t1/decisions/{late}")).json(&sent);
    world.send(elsewhere).await.is_problem(404, "facility_not_found");
}

#[tokio::test]
async fn every_decision_can_be_read_back_those_of_texts_that_this_service_sends_among_them() {
    let world = World::with_ada().await;
    let first = world.send(send("one")).await.is(202);
    let opened = world.open("t1", 1).await;
    world.sns.tell("PUT", "/failures/1").await;
    world.send(send("two")).await;
    world.profile("t1", "uncheck").await.is(200);
    world
        .send(send("three"))
        .await
        .is_problem(409, "consent_required");
    world.profile("t1", "check").await.is(200);
    world.send(send("four")).await.is(202);
    let decisions = world.decisions("t1").await;
    let seen: Vec<[Value; 4]> = decisions
        .iter()
        .map(|it| ["allowed", "outcome", "sequence", "consent_record_id"].map(|member| it[member].clone()))
        .collect();
    assert_eq!(
        seen,
        [
            [json!(true), json!("sent"), json!(3), json!("f1/t1/3")],
            [json!(false), json!(null), json!(2), json!(null)],
            [json!(true), json!("not_sent"), json!(1), json!("f1/t1/1")],
            [json!(true), json!("unknown"), json!(1), json!("f1/t1/1")],
            [json!(true), json!("sent"), json!(1), json!("f1/t1/1")],
        ]
    );
    let last = &decisions[4];
    assert_eq!(
        last,
        &json!({
            "decision_id": first["decision_id"], "decided_at": last["decided_at"], "allowed": true, "code": null,
            "detail": null, "consent_record_id": "f1/t1/1", "policy_version": consent::gate::POLICY_VERSION,
            "by": "staff@example.com", "sequence": 1, "message_id": first["message_id"], "valid_until": null,
            "outcome": "sent", "provider_message_id": null,
        })
    );
    let refused = &decisions[1];
    assert_eq!(
        (&refused["code"], &refused["message_id"]),
        (&json!("consent_required"), &Value::Null)
    );
    assert!(refused["detail"].as_str().unwrap().contains("check the box"));
    assert_eq!(decisions[3]["decision_id"], opened);
    assert!(decisions[3]["valid_until"].is_string());

    // What this service sends it says itself: it can be repeated, and not told otherwise.
    let id = first["decision_id"].as_str().unwrap();
    let (sent, not_sent) = (json!({"outcome": "sent"}), json!({"outcome": "not_sent"}));
    assert_eq!(world.outcome("t1", id, &sent).await.is(200), *last);
    world
        .outcome("t1", id, &not_sent)
        .await
        .is_problem(409, "outcome_reported");
    let failed = decisions[2]["decision_id"].as_str().unwrap();
    world.outcome("t1", failed, &not_sent).await.is(200);
    world
        .outcome("t1", failed, &sent)
        .await
        .is_problem(409, "outcome_reported");

    // Page by page, and of one grant. After moving out, too.
    world.move_out("t1").await.is(204);
    for (query, expected) in [
        ("", &decisions[..]),
        ("&consent_record_id=f1/t1/1", &decisions[2..]),
    ] {
        let path = |cursor: &str| format!("/v1/facilities/f1/tenants/t1/decisions?limit=2{query}{cursor}");
        let mut read = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = world.get(&path(&cursor)).await.is(200);
            let listed = page["decisions"].as_array().unwrap();
            assert!(listed.len() <= 2);
            read.extend(listed.iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(read, expected, "{query}");
        if !cursor.is_empty() && query.is_empty() {
            let other = format!("{}&consent_record_id=f1/t1/1", path(&cursor));
            wrong(&world.get(&other).await, "cursor");
        }
    }
    for (query, field) in [
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("consent_record_id=f1/t2/1", "consent_record_id"),
        ("consent_record_id=", "consent_record_id"),
    ] {
        let path = format!("/v1/facilities/f1/tenants/t1/decisions?{query}");
        wrong(&world.get(&path).await, field);
    }
    for (path, code) in [
        ("f1/tenants/nobody", "tenant_not_found"),
        ("f9/tenants/t1", "facility_not_found"),
    ] {
        let path = format!("/v1/facilities/{path}/decisions");
        world.get(&path).await.is_problem(404, code);
    }
}

#[tokio::test]
async fn a_text_that_was_sent_at_the_second_try_has_a_decision_for_each() {
    let world = World::with_ada().await;
    let keyed = || send("hello").header("idempotency-key", "k1");
    world.sns.tell("PUT", "/failures/1").await;
    world.send(keyed()).await.is_problem(503, "unavailable");
    world.send(keyed()).await.is(202);
    let decisions = world.decisions("t1").await;
    let outcomes: Vec<&Value> = decisions.iter().map(|decision| &decision["outcome"]).collect();
    assert_eq!(outcomes, ["sent", "not_sent"]);
    assert_eq!(decisions[0]["message_id"], decisions[1]["message_id"]);
}

#[tokio::test]
async fn all_decisions_up_to_a_time_come_with_their_texts_as_evidence() {
    let world = World::with_ada().await;
    let (facility, tenant) = ids();
    world.send(send("one")).await.is(202);
    let id = world.open("t1", 1).await;
    world
        .outcome("t1", &id, &json!({"outcome": "sent", "body": "two"}))
        .await
        .is(200);
    world.open("t1", 1).await;
    let decided_at = time(&world.decisions("t1").await[0]["decided_at"]);
    sleep(Duration::from_millis(5)).await;
    world.send(send("four")).await.is(202);
    let evidence = async |last: usize, as_of: Timestamp| {
        let read = world
            .store
            .decisions_for_evidence(&facility, &tenant, as_of, 1, last, clock::now());
        let read = read.await.unwrap();
        let bodies: Vec<Value> = read
            .decisions
            .iter()
            .map(|decision| serde_json::to_value(decision).unwrap()["message"]["body"].clone())
            .collect();
        (bodies, read.left_out)
    };
    let all = [json!("one"), json!("two"), Value::Null, json!("four")];
    assert_eq!(evidence(2_000, clock::now()).await, (all.to_vec(), 0));
    assert_eq!(evidence(2_000, decided_at).await, (all[..3].to_vec(), 0));
    assert_eq!(evidence(2, decided_at).await, (all[1..3].to_vec(), 1));
    assert_eq!(evidence(0, clock::now()).await, (vec![], 4));
}
