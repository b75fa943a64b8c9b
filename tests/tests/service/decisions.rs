//! Decisions for who sends by other means: what is answered. What became of the text, and what is
//! read back, is in `decision_outcomes.rs`; what a decision promises in `decision_promise.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::time::Duration;

use consent::gate::ProviderBlock;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent_http::clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{ADA, Answer, BEN, Faults, OFFICE, World, call};
use tokio::time::Instant;

const ASK: &str = "POST /v1/facilities/f1/decisions";

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn ids() -> (FacilityId, TenantId) {
    (FacilityId::parse("f1").unwrap(), TenantId::parse("t1").unwrap())
}

/// A facility with several grandfathered tenants, each with a number of their own: `t000` and on.
async fn crowd(tenants: usize) -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    let rows = (0..tenants).map(|at| format!("t{at:03},Ada Moreno,+1512556{at:04},2020-01-01\n"));
    let file = format!(
        "tenant_id,name,cell_phone,created_on\n{}",
        rows.collect::<String>()
    );
    world.import(&file).await.is(200);
    world.requests.take();
    world
}

fn crowd_ids(tenants: usize) -> Vec<String> {
    (0..tenants).map(|at| format!("t{at:03}")).collect()
}

#[tokio::test]
async fn each_tenant_is_decided_on_in_their_place() {
    let world = World::with_ada().await;
    let old = |number: Value| json!({"cell_phone": number, "created_on": "2020-01-01"});
    world.tenant("t2", BEN).await;
    world.register("t3", &old(Value::Null)).await;
    world.register("t4", &old(json!("+15125550144"))).await;
    world.text("SM1", "+15125550144", "STOP").await;
    world.register("t5", &old(json!("+15125550145"))).await;
    world.move_out("t5").await.is(204);
    world.register("t6", &old(json!("+15125550146"))).await;
    world.portal("t6", "uncheck").await.is(200);
    let before = clock::now();
    let rows = world
        .ask(&["t2", "t1", "nobody", "t3", "t4", "t5", "t6"], 3)
        .await;
    let is_now = |at: &Value| time(at) >= before - SignedDuration::from_secs(1) && time(at) <= clock::now();
    let allowed = &rows[1];
    assert!(is_now(&allowed["decided_at"]), "{allowed}");
    assert_eq!(
        time(&allowed["valid_until"]),
        time(&allowed["decided_at"]) + SignedDuration::from_secs(3)
    );
    assert_eq!(
        allowed,
        &json!({
            "tenant_id": "t1", "decision_id": allowed["decision_id"], "decided_at": allowed["decided_at"],
            "allowed": true, "to": ADA, "from": OFFICE, "consent_record_id": "f1/t1/1",
            "valid_until": allowed["valid_until"],
        })
    );
    let mut told = BTreeMap::new();
    for (row, (tenant, code, status, via)) in rows.iter().filter(|row| row["allowed"] == false).zip([
        (
            "t2",
            "consent_required",
            json!("not_provided"),
            json!(["profile", "portal", "text"]),
        ),
        ("nobody", "tenant_not_found", Value::Null, json!([])),
        ("t3", "no_cell_phone", json!("not_provided"), json!([])),
        ("t4", "consent_required", json!("opted_out"), json!(["text"])),
        ("t5", "tenant_not_found", Value::Null, json!([])),
        ("t6", "consent_required", json!("opted_out"), json!(["portal"])),
    ]) {
        let seen = ["tenant_id", "code", "consent_status", "opt_in_via"].map(|member| row[member].clone());
        assert_eq!(seen, [json!(tenant), json!(code), status, via], "{row}");
        assert_eq!(row["decision_id"].is_null(), code == "tenant_not_found", "{row}");
        assert!(is_now(&row["decided_at"]), "{row}");
        told.insert(tenant, row["detail"].as_str().unwrap().to_owned());
    }
    // Each says what has to happen.
    for (tenant, words) in [
        ("t2", "check the box on their profile"),
        ("t3", "Add one"),
        ("t4", "reply START"),
        ("t6", "check the box on the tenant portal"),
    ] {
        assert!(told[tenant].contains(words), "{}", told[tenant]);
    }
    let kept = &world.decisions("t2").await[0];
    assert_eq!(
        (&kept["decision_id"], &kept["sequence"]),
        (&rows[0]["decision_id"], &json!(0))
    );
    assert_eq!(kept["detail"], rows[0]["detail"]);
    assert!(
        world.sns.outbox().await.iter().all(|text| text["to"] != ADA),
        "nothing is sent"
    );
    // A facility without a number of its own cannot send, which is said after everything else.
    world
        .put_facility("f1", &json!({"enabled": false, "number": null}))
        .await;
    let rows = world.ask(&["t1", "t2"], 3).await;
    assert_eq!(
        [&rows[0]["code"], &rows[1]["code"]],
        ["no_text_number", "consent_required"]
    );
    let elsewhere = call("POST /v1/facilities/f9/decisions").json(&json!({"tenant_ids": ["t1"]}));
    world.send(elsewhere).await.is_problem(404, "facility_not_found");
}

#[tokio::test]
async fn a_number_on_the_providers_own_list_may_not_be_texted() {
    let world = World::with_ada().await;
    let block = ProviderBlock {
        number: PhoneNumber::parse_e164(ADA).unwrap(),
        since: clock::now(),
        retry_after: None,
    };
    let (facility, tenant) = ids();
    let kept = world.store.keep_provider_block(&facility, &tenant, Some(&block));
    kept.await.unwrap();
    let row = world.ask(&["t1"], 5).await.remove(0);
    assert_eq!(
        (&row["code"], &row["consent_status"]),
        (&json!("consent_required"), &json!("provided"))
    );
    assert!(row["detail"].as_str().unwrap().contains("opt-out list"), "{row}");
}

#[track_caller]
fn wrong(answer: &Answer, field: &str) {
    assert_eq!(answer.wrong_fields(), [field], "{}", answer.text);
}

#[tokio::test]
async fn what_is_asked_is_read_strictly() {
    let world = World::with_ada().await;
    let ask = async |body: Value| world.send(call(ASK).json(&body)).await;
    let many: Vec<String> = (0..101).map(|at| format!("t{at}")).collect();
    for bad in [
        json!([]),
        json!(many),
        json!(["t1", "t1"]),
        json!(["t1", 1]),
        json!(["t 1"]),
        json!("t1"),
        Value::Null,
    ] {
        wrong(&ask(json!({"tenant_ids": bad})).await, "tenant_ids");
    }
    for bad in [
        json!(0),
        json!(11),
        json!(2.5),
        json!(-1),
        json!("5"),
        json!(true),
        Value::Null,
    ] {
        wrong(
            &ask(json!({"tenant_ids": ["t1"], "valid_for": bad})).await,
            "valid_for",
        );
    }
    assert_eq!(
        ask(json!({"valid_for": 0})).await.wrong_fields(),
        ["tenant_ids", "valid_for"]
    );
    assert!(world.decisions("t1").await.is_empty());
    for (valid_for, seconds) in [
        (json!({}), 5),
        (json!({"valid_for": 1}), 1),
        (json!({"valid_for": 10.0}), 10),
    ] {
        let mut body = json!({"tenant_ids": ["t1"], "what": "else"});
        body.as_object_mut()
            .unwrap()
            .extend(valid_for.as_object().unwrap().clone());
        let row = ask(body).await.is(200)["decisions"][0].clone();
        let holds = time(&row["valid_until"]).duration_since(time(&row["decided_at"]));
        assert_eq!(holds, SignedDuration::from_secs(seconds));
    }
    let claims =
        |scope: &str, facilities: &str| json!({"sub": "s", "scope": scope, "facilities": facilities});
    let one = json!({"tenant_ids": ["t1"]});
    for (scope, facilities) in [("consent:read consent:write", "*"), ("messages:send", "f2")] {
        let asked = call(ASK).json(&one).claims(claims(scope, facilities));
        world.send(asked).await.is_problem(403, "forbidden");
    }
    let none = call(ASK).json(&one).nobody();
    world.send(none).await.is_problem(401, "unauthenticated");
    let id = world.open("t1", 1).await;
    let path = format!("/v1/facilities/f1/tenants/t1/decisions/{id}");
    for (call, status) in [
        (call("GET /v1/facilities/f1/decisions"), 405),
        (call("POST /v1/facilities/f1/tenants/t1/decisions"), 405),
        (call(&format!("GET {path}")), 405),
        (
            call("GET /v1/facilities/f1/tenants/t1/decisions").claims(claims("messages:send", "*")),
            403,
        ),
        (
            call(&format!("PUT {path}"))
                .json(&json!({"outcome": "sent"}))
                .claims(claims("consent:read", "*")),
            403,
        ),
    ] {
        assert_eq!(world.send(call).await.status, status);
    }
}

#[tokio::test]
async fn a_hundred_take_a_bounded_number_of_requests_and_no_time() {
    let world = crowd(100).await;
    let names = crowd_ids(100);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let begun = Instant::now();
    let rows = world.ask(&names, 5).await;
    let took = begun.elapsed();
    assert!(rows.iter().all(|row| row["allowed"] == true));
    assert!(rows.iter().map(|row| &row["tenant_id"]).eq(names.iter()));
    assert!(took < Duration::from_secs(3), "{took:?}");
    let requests: Vec<(String, u32)> = world.requests.take().into_iter().collect();
    assert_eq!(
        requests,
        [
            ("BatchGetItem".to_owned(), 5),
            ("TransactWriteItems".to_owned(), 100)
        ]
    );
    world.ask(&names[..1], 5).await;
    assert_eq!(world.requests.take_sum(), 2);
}

#[tokio::test]
async fn a_database_that_is_away_is_told_for_those_who_were_not_decided_on() {
    let world = crowd(30).await;
    let names = crowd_ids(30);
    let body = json!({"tenant_ids": names});
    let away = world.with_faults(&Faults::cut_after(10));
    let rows = away.send(call(ASK).json(&body)).await.is(200);
    let rows = rows["decisions"].as_array().unwrap();
    let (decided, undecided): (Vec<&Value>, Vec<&Value>) =
        rows.iter().partition(|row| row["allowed"] == true);
    assert_eq!((decided.len(), undecided.len()), (10, 20));
    for row in undecided {
        assert_eq!(row["code"], "unavailable", "{row}");
        let absent = ["decision_id", "decided_at", "consent_status"];
        assert!(absent.iter().all(|member| row[member].is_null()), "{row}");
    }
    for faults in [Faults::cut(), Faults::read_only()] {
        let away = world.with_faults(&faults);
        let answer = away.send(call(ASK).json(&body)).await;
        answer.is_problem(503, "unavailable");
    }
    // A report that could not be written is repeated.
    let id = decided[0]["decision_id"].as_str().unwrap();
    let tenant = decided[0]["tenant_id"].as_str().unwrap();
    let sent = json!({"outcome": "sent", "body": "hello"});
    let away = world.with_faults(&Faults::read_only());
    away.outcome(tenant, id, &sent)
        .await
        .is_problem(503, "unavailable");
    world.outcome(tenant, id, &sent).await.is(200);
}

#[tokio::test]
async fn refusals_count_as_texts_that_were_not_let_out() {
    let world = World::with_ada().await;
    for tenant in ["t2", "t3"] {
        world.tenant(tenant, BEN).await;
    }
    world.counts.take();
    world.ask(&["t1", "t2", "t3", "nobody"], 1).await;
    let counts: Vec<(String, u64)> = world.counts.take().into_iter().collect();
    assert_eq!(
        counts,
        [
            ("RefusedSends".to_owned(), 2),
            ("RefusedSends Reason=consent_required".to_owned(), 2)
        ]
    );
}

#[tokio::test]
async fn those_who_share_a_number_are_each_decided_on() {
    let world = World::embedded().await;
    world.facility("on").await;
    let rows = (0..30).map(|at| format!("t{at:03},Ada Moreno,{ADA},2020-01-01\n"));
    let header = "tenant_id,name,cell_phone,created_on\n".to_owned();
    world.import(&(header + &rows.collect::<String>())).await.is(200);
    let names = crowd_ids(30);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = world.ask(&names, 5).await;
    assert!(rows.iter().map(|row| &row["tenant_id"]).eq(names.iter()));
    assert!(rows.iter().all(|row| row["to"] == ADA), "{rows:?}");
}
