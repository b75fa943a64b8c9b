//! Withdrawals that reach the facility by voice, mail, letter or in person: `received_via` and `received_at`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use consent::record::rfc3339;
use consent_http::clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{ADA, Answer, Call, World, call, hash_of, verify_chain};
use tokio::time::Instant;

const CONSENT: &str = "PUT /v1/facilities/f1/tenants/t1/consent";

/// A withdrawal of `t1` with these members instead or beside.
fn withdrawal(members: &Value) -> Call {
    let mut body = json!({"consented": false, "received_via": "letter"});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    call(CONSENT).json(&body)
}

/// What `t1` is recorded with after a withdrawal that came so long ago.
async fn withdraw(world: &World, members: Value) -> Answer {
    world.send(withdrawal(&members)).await
}

fn ago(hours: i64) -> Timestamp {
    clock::now() - SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn a_withdrawal_by_another_way_is_recorded_with_how_and_when_it_came() {
    for via in ["voice", "email", "letter", "in_person"] {
        let world = World::with_ada().await;
        let at = ago(36);
        let view = withdraw(
            &world,
            json!({"received_via": via, "received_at": at.to_string()}),
        )
        .await;
        let view = view.is(200);
        assert_eq!(tests::standing(&view), "opted_out by profile");
        let record = world.last_record("t1").await;
        assert_eq!(record["type"], "opted_out");
        assert_eq!(record["channel"], "profile");
        assert_eq!(record["received_via"], via);
        assert_eq!(record["received_at"], rfc3339(at));
        assert_eq!(record["rule"], "off_channel_withdrawal");
        assert_eq!(record["disclosure"], Value::Null, "nobody saw a check box");
        assert_eq!(record["actor"], "staff@example.com");
        verify_chain(&world.history("t1").await);
    }
}

#[tokio::test]
async fn the_law_wants_it_honoured_ten_business_days_later() {
    let world = World::with_ada().await;
    let at = ago(24 * 30);
    withdraw(&world, json!({"received_at": at.to_string()}))
        .await
        .is(200);
    let day = at.to_string()[..10].parse().unwrap();
    let honour_by = consent::business_days::business_days_after(day, 10).to_string();
    assert_eq!(world.last_record("t1").await["honour_by"], honour_by);

    // The day is the day in UTC, whatever the zone in which it is told.
    let world = World::with_ada().await;
    let at = ago(48).to_string();
    let midnight = format!("{}T23:30:00-05:00", &at[..10]);
    withdraw(&world, json!({"received_at": midnight})).await.is(200);
    let record = world.last_record("t1").await;
    let day = record["received_at"].as_str().unwrap()[..10].parse().unwrap();
    assert!(
        record["received_at"]
            .as_str()
            .unwrap()
            .ends_with("T04:30:00.000Z")
    );
    let honour_by = consent::business_days::business_days_after(day, 10).to_string();
    assert_eq!(record["honour_by"], honour_by);
}

#[tokio::test]
async fn without_a_time_it_came_now() {
    for absent in [json!({}), json!({"received_at": null})] {
        let world = World::with_ada().await;
        withdraw(&world, absent).await.is(200);
        let record = world.last_record("t1").await;
        assert_eq!(record["received_at"], record["at"]);
    }
}

#[tokio::test]
async fn it_counts_from_not_provided_and_without_a_phone() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", Value::Null).await;
    withdraw(&world, json!({})).await.is(200);
    assert_eq!(world.standing("t1").await, "opted_out by profile");
    let record = world.last_record("t1").await;
    assert_eq!(record["from"], json!({"status": "not_provided", "source": null}));
    assert_eq!(record["cell_phone"], Value::Null);
    assert_eq!(world.totals().await, [0, 0, 1]);
    // An uncheck of the box alone still changes nothing there.
    world.tenant("t2", ADA).await;
    world.profile("t2", "uncheck").await.is(200);
    assert_eq!(world.standing("t2").await, "not_provided");
}

#[tokio::test]
async fn where_the_tenant_has_opted_out_it_changes_and_records_nothing() {
    for by in ["profile", "portal", "text", "letter"] {
        let world = World::with_ada().await;
        match by {
            "profile" => drop(world.profile("t1", "uncheck").await.is(200)),
            "portal" => drop(world.portal("t1", "uncheck").await.is(200)),
            "text" => drop(world.text("M1", ADA, "STOP").await),
            _ => drop(withdraw(&world, json!({})).await.is(200)),
        }
        let (before, records) = (world.view("t1").await, world.history("t1").await);
        withdraw(&world, json!({"received_via": "voice"})).await.is(200);
        assert_eq!(world.view("t1").await, before, "{by}");
        assert_eq!(world.history("t1").await, records, "{by}");
    }
}

#[tokio::test]
async fn a_later_grant_does_not_stand_against_a_letter_that_came_before_it() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.portal("t1", "check").await.is(200);
    withdraw(&world, json!({"received_at": ago(48).to_string()}))
        .await
        .is(200);
    assert_eq!(world.standing("t1").await, "opted_out by profile");
    // It is an opt-out by profile, so a check lifts it as any of them.
    world.profile("t1", "check").await.is(200);
    assert_eq!(world.standing("t1").await, "provided by profile");
}

#[tokio::test]
async fn what_is_no_withdrawal_is_refused_and_changes_nothing() {
    let world = World::with_ada().await;
    let (early, late) = (ago(366 * 24 + 1).to_string(), ago(-1).to_string());
    for (members, field) in [
        (json!({"received_via": "fax"}), "received_via"),
        (json!({"received_via": true}), "received_via"),
        (json!({"received_via": "Letter"}), "received_via"),
        (json!({"received_at": "yesterday"}), "received_at"),
        (json!({"received_at": "2026-11-01"}), "received_at"),
        (json!({"received_at": 1_795_417_929}), "received_at"),
        (json!({"received_at": early}), "received_at"),
        (json!({"received_at": late}), "received_at"),
        (
            json!({"received_via": null, "received_at": ago(1).to_string()}),
            "received_via",
        ),
        (json!({"consented": true}), "consented"),
        (
            json!({"consented": true, "received_via": null, "received_at": ago(1).to_string()}),
            "consented",
        ),
        (json!({"consented": null}), "consented"),
    ] {
        let answer = withdraw(&world, members.clone()).await;
        let problem = answer.is_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], field, "{members}");
    }
    assert_eq!(world.history("t1").await.len(), 1);
    // Both null are as absent, with the box checked and unchecked.
    for consented in [true, false] {
        let members = json!({"consented": consented, "received_via": null, "received_at": null});
        withdraw(&world, members).await.is(200);
    }
    let record = world.last_record("t1").await;
    assert_eq!(record["rule"], "profile_uncheck");
    for member in ["received_via", "received_at", "honour_by"] {
        assert_eq!(record.get(member), Some(&Value::Null), "{member}");
    }
}

#[tokio::test]
async fn the_portal_knows_no_such_members() {
    let world = World::with_ada().await;
    let body = json!({"consented": true, "received_via": "fax", "received_at": 7});
    world
        .send(call("PUT /v1/portal/consent").tenant("f1", "t1").json(&body))
        .await
        .is(200);
}

#[tokio::test]
async fn a_stale_if_match_keeps_it_from_being_recorded() {
    let world = World::with_ada().await;
    let stale = withdrawal(&json!({})).header("if-match", "\"stale\"");
    world.send(stale).await.is_problem(412, "precondition_failed");
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    let tag = world
        .get("/v1/facilities/f1/tenants/t1/consent")
        .await
        .header("etag")
        .to_owned();
    world
        .send(withdrawal(&json!({})).header("if-match", &tag))
        .await
        .is(200);
}

#[tokio::test]
async fn it_is_acknowledged_when_no_text_can_leave_any_more_also_where_it_changes_nothing() {
    let world = World::with_ada().await;
    let _in_flight = world.let_out("t1", None).await;
    let begun = Instant::now();
    tokio::join!(async { withdraw(&world, json!({})).await.is(200) }, async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        withdraw(&world, json!({"received_via": "voice"})).await.is(200)
    });
    assert!(begun.elapsed().as_secs_f64() > 3.0, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_record_from_before_these_members_is_shown_without_them_and_holds() {
    let world = World::with_ada().await;
    world.profile("t1", "uncheck").await.is(200);
    let records = world.history("t1").await;
    let strip = |record: &Value, previous: &Value| {
        let mut old = record.clone();
        for member in ["received_via", "received_at", "honour_by", "note"] {
            old.as_object_mut().unwrap().remove(member).unwrap();
        }
        old["previous_hash"] = previous.clone();
        old["hash"] = hash_of(&old).into();
        old
    };
    let mut previous = Value::Null;
    for (at, record) in (1..).zip(&records) {
        let old = strip(record, &previous);
        let aws_sdk_dynamodb::types::AttributeValue::M(item) = tests::attribute(&old) else {
            panic!("a record")
        };
        world.put_record(at, item).await;
        previous = old["hash"].clone();
    }
    world.set_chain_end(2, &previous).await;
    let shown = world.history("t1").await;
    assert!(shown.iter().all(|record| record.get("received_via").is_none()));
    // The chain goes on behind them.
    world.portal("t1", "check").await.is(200);
    verify_chain(&world.history("t1").await);
}
