//! `GET .../consent/history`: every change, for good, tied by hash.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tests::{ADA, BEN, World, canonical, twilio_id, verify_chain};

const HISTORY: &str = "/v1/facilities/f1/tenants/t1/consent/history";

/// A record without its time and hashes, which have checks of their own.
fn stable(record: &Value) -> Value {
    let mut record = record.clone();
    for member in ["at", "hash", "previous_hash"] {
        assert!(
            record.as_object_mut().unwrap().remove(member).is_some(),
            "{member}"
        );
    }
    record
}

#[tokio::test]
async fn a_record_says_what_changed_by_whom_and_what_they_saw() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.profile("t1", "check").await.is(200);
    let members = |change: &Value| {
        let mut record = json!({
            "record_id": "", "facility_id": "f1", "tenant_id": "t1", "sequence": 0, "type": "", "channel": "",
            "actor": "", "cell_phone": ADA, "from": {}, "to": {}, "disclosure": null, "text": null, "rule": "",
            "needs_review": false, "rules_version": null, "matched": null, "provider_message_id": null,
            "received_via": null, "received_at": null, "honour_by": null, "note": null,
        });
        for (name, value) in change.as_object().unwrap() {
            record[name] = value.clone();
        }
        record
    };
    let expected = members(&json!({
        "record_id": "f1/t1/1", "sequence": 1, "type": "granted", "channel": "profile", "actor": "staff@example.com",
        "from": {"status": "not_provided", "source": null}, "to": {"status": "provided", "source": "profile"},
        "disclosure": "This customer agrees to receive text message communications from this facility.",
        "rule": "profile_check",
    }));
    assert_eq!(stable(&world.last_record("t1").await), expected);

    world.portal("t1", "uncheck").await.is(200);
    let expected = members(&json!({
        "record_id": "f1/t1/2", "sequence": 2, "type": "opted_out", "channel": "portal", "actor": "tenant:t1",
        "from": {"status": "provided", "source": "profile"}, "to": {"status": "opted_out", "source": "portal"},
        "disclosure": "I agree to receive text message communications from this facility.",
        "rule": "portal_uncheck",
    }));
    assert_eq!(stable(&world.last_record("t1").await), expected);

    world.text("SM7", ADA, "  Stop! ").await;
    assert_eq!(
        world.history("t1").await.len(),
        3,
        "\"stop\" with signs around it"
    );
    assert_eq!(world.last_record("t1").await["text"], "  Stop! ", "as it came");
    world.text("SM8", ADA, " UnStop ").await;
    let mut record = stable(&world.last_record("t1").await);
    let rule = record["rule"].take();
    assert!(rule.as_str().is_some_and(|rule| !rule.is_empty()));
    assert!(record["rules_version"].take().is_string());
    record["matched"].take();
    let expected = members(&json!({
        "record_id": "f1/t1/4", "sequence": 4, "type": "opt_out_lifted", "channel": "text", "actor": ADA,
        "from": {"status": "opted_out", "source": "text"}, "to": {"status": "opted_out", "source": "portal"},
        "text": " UnStop ", "rule": null, "provider_message_id": twilio_id("SM8"),
    }));
    assert_eq!(record, expected);
}

/// A tenant to whom everything happened.
async fn eventful() -> World {
    let world = World::new().await;
    world.facility("on").await;
    world
        .register("t1", &json!({"cell_phone": ADA, "created_on": "2020-01-01"}))
        .await;
    world.text("SM1", ADA, "STOP").await;
    world.text("SM2", ADA, "START").await;
    world.profile("t1", "uncheck").await.is(200);
    world.portal("t1", "check").await.is(200);
    world.portal("t1", "uncheck").await.is(200);
    world.text("SM3", ADA, "Cancel").await;
    world.text("SM4", ADA, "start").await;
    world.portal("t1", "check").await.is(200);
    world.tenant("t1", BEN).await;
    world.profile("t1", "check").await.is(200);
    world.tenant("t1", Value::Null).await;
    world.tenant("t1", BEN).await;
    world.text("SM5", BEN, "unsubscribe").await;
    world.text("SM6", BEN, "START").await;
    world
}

#[tokio::test]
async fn the_chain_holds_whatever_happens_and_after_moving_out() {
    let world = eventful().await;
    let records = world.history("t1").await;
    let kinds: Vec<&str> = records
        .iter()
        .map(|record| record["type"].as_str().unwrap())
        .collect();
    let expected = [
        "granted",
        "opted_out",
        "granted",
        "opted_out",
        "granted",
        "opted_out",
        "opted_out",
        "opt_out_lifted",
        "granted",
        "ended",
        "granted",
        "ended",
        "opted_out",
        "granted",
    ];
    assert_eq!(kinds, expected);
    verify_chain(&records);
    assert_eq!(
        records.last().unwrap()["at"],
        world.view("t1").await["changed_at"]
    );

    world.move_out("t1").await.is(204);
    let gone = world.history("t1").await;
    assert_eq!(gone[..records.len()], records, "nothing is rewritten");
    assert_eq!(gone.last().unwrap()["type"], "ended");
    verify_chain(&gone);
    world.tenant("t1", BEN).await;
    assert_eq!(
        world.history("t1").await,
        gone,
        "coming back with nothing changes nothing"
    );
    world.profile("t1", "check").await.is(200);
    verify_chain(&world.history("t1").await);
}

#[tokio::test]
async fn an_altered_or_missing_record_shows() {
    let records = eventful().await.history("t1").await;
    let shows = |records: Vec<Value>| std::panic::catch_unwind(|| verify_chain(&records)).is_err();
    assert!(!shows(records.clone()));
    for (member, value) in [
        ("actor", json!("x")),
        ("at", json!("2020-01-01T00:00:00.000Z")),
        ("text", json!("START")),
        ("needs_review", json!(true)),
        ("extra", json!(null)),
    ] {
        let mut altered = records.clone();
        altered[1][member] = value;
        assert!(shows(altered), "{member}");
    }
    let mut missing = records.clone();
    missing.remove(3);
    assert!(shows(missing));
    assert_eq!(
        canonical(&json!({"b": 1, "a": {"d": "é\"\n", "c": null}})),
        r#"{"a":{"c":null,"d":"é\"\n"},"b":1}"#
    );
}

#[tokio::test]
async fn pages_are_newest_first_and_join_without_gap_or_repetition() {
    let world = eventful().await;
    let newest: Vec<Value> = world.history("t1").await.into_iter().rev().collect();
    for limit in [1, 4, 7, 13, 14, 15, 200] {
        let (mut records, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world
                .get(&format!("{HISTORY}?limit={limit}{cursor}"))
                .await
                .is(200);
            let some = page["records"].as_array().unwrap().clone();
            assert!((1..=limit).contains(&some.len()), "{limit}");
            records.extend(some);
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(records, newest, "{limit}");
    }
    // A change between two pages shifts nothing.
    let page = world.get(&format!("{HISTORY}?limit=5")).await.is(200);
    world.profile("t1", "uncheck").await.is(200);
    let next = page["next"].as_str().unwrap();
    let rest = world
        .get(&format!("{HISTORY}?limit=200&cursor={next}"))
        .await
        .is(200);
    assert_eq!(rest["records"].as_array().unwrap()[..], newest[5..]);
    assert_eq!(rest["next"], Value::Null);
}

#[tokio::test]
async fn a_cursor_or_limit_that_is_none_is_refused() {
    let world = eventful().await;
    world.tenant("t2", BEN).await;
    for bad in [
        "0",
        "201",
        "-1",
        "+5",
        "1.0",
        "x",
        "",
        "1e2",
        "99999999999999999999",
    ] {
        world
            .get(&format!("{HISTORY}?limit={bad}"))
            .await
            .is_problem(400, "invalid_request");
    }
    let next = world.get(&format!("{HISTORY}?limit=2")).await.is(200)["next"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut altered = next.clone();
    altered.replace_range(0..1, if next.starts_with('A') { "B" } else { "A" });
    for bad in [
        "",
        "x",
        "AAAA",
        "%20",
        "10",
        &altered,
        &next[1..],
        &format!("{next}AA"),
        "%F0%9F%98%80",
    ] {
        let problem = world
            .get(&format!("{HISTORY}?cursor={bad}"))
            .await
            .is_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], "cursor");
    }
    world
        .get(&format!(
            "/v1/facilities/f1/tenants/t2/consent/history?cursor={next}"
        ))
        .await
        .is_problem(400, "invalid_request");
    let report = world
        .get("/v1/facilities/f1/consent-report?limit=1")
        .await
        .is(200);
    let foreign = report["next"].as_str().unwrap();
    world
        .get(&format!("{HISTORY}?cursor={foreign}"))
        .await
        .is_problem(400, "invalid_request");
}

#[tokio::test]
async fn a_tenant_without_changes_has_an_empty_history_and_a_stranger_none() {
    let world = World::new().await;
    world.get(HISTORY).await.is_problem(404, "facility_not_found");
    world.facility("on").await;
    world.get(HISTORY).await.is_problem(404, "tenant_not_found");
    world.tenant("t1", ADA).await;
    assert_eq!(
        world.get(HISTORY).await.is(200),
        json!({"records": [], "next": null, "head": null, "broken_at": null})
    );
    world.profile("t1", "check").await.is(200);
    let page = world.get(&format!("{HISTORY}?limit=1")).await.is(200);
    assert_eq!(page["next"], Value::Null, "the last page has no next");
}
