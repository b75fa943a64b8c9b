//! Racing requests, crashes in the middle, and a database that is away.

#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::time::Duration;

use consent::facility::Provider;
use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent_http::clock;
use consent_store::{InboundText, Received};
use jiff::SignedDuration;
use serde_json::json;
use tests::{ADA, Answer, BEN, Faults, OFFICE, World, call, twilio, verify_chain};
use tokio::task::JoinSet;

/// Whether an answer to a racing writer is one that the contract allows.
#[track_caller]
fn done(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        200 | 201 | 204 => true,
        409 if answer.body()["code"] == "conflict" => false,
        _ => panic!("{}", answer.text),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_who_click_at_once_leave_one_dense_chain_and_right_totals() {
    let world = Arc::new(World::new().await);
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    let mut clicks = JoinSet::new();
    for at in 0..50 {
        let world = Arc::clone(&world);
        clicks.spawn(async move {
            let click = if at % 2 == 0 { "check" } else { "uncheck" };
            if at % 4 < 2 {
                world.profile("t1", click).await
            } else {
                world.portal("t1", click).await
            }
        });
    }
    // A profile check may meet a portal opt-out: that is a refusal, and as good as an answer.
    let answers = clicks.join_all().await;
    let refused = |answer: &Answer| answer.status == 409 && answer.body()["code"] == "portal_opt_in_required";
    let done = answers
        .iter()
        .filter(|answer| refused(answer) || done(answer))
        .count();
    assert!(done >= 1);
    let records = world.history("t1").await;
    verify_chain(&records);
    let last = records.last().unwrap();
    let view = world.view("t1").await;
    assert_eq!(
        (&last["to"]["status"], &last["to"]["source"]),
        (&view["status"], &view["source"])
    );
    let totals = world.totals().await;
    assert_eq!(
        totals,
        if view["status"] == "provided" {
            [1, 0, 0]
        } else {
            [0, 0, 1]
        }
    );
    let report = world.get("/v1/facilities/f1/consent-report").await.is(200);
    assert_eq!(report["rows"][0]["changed_at"], last["at"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_can_be_texted_after_an_acknowledged_stop() {
    for round in 0..10 {
        let world = Arc::new(World::embedded().await);
        world.facility("on").await;
        for id in ["t1", "t2"] {
            world.tenant(id, ADA).await;
        }
        world.profile("t1", "check").await.is(200);
        let mut racing = JoinSet::new();
        for at in 0..12 {
            let world = Arc::clone(&world);
            racing.spawn(async move {
                match at % 4 {
                    0 => drop(world.profile("t2", "check").await),
                    1 => drop(world.portal("t1", "check").await),
                    2 => {
                        let old = json!({"cell_phone": ADA, "created_on": "2020-01-01"});
                        drop(world.put_tenant(&format!("f1/tenants/new{at}"), &old).await);
                    }
                    // Onto the number, and back to the box.
                    _ => {
                        drop(
                            world
                                .put_tenant("f1/tenants/t3", &json!({"cell_phone": BEN}))
                                .await,
                        );
                        drop(world.profile("t3", "check").await);
                        drop(
                            world
                                .put_tenant("f1/tenants/t3", &json!({"cell_phone": ADA}))
                                .await,
                        );
                    }
                }
            });
        }
        let stopping = Arc::clone(&world);
        let stop = tokio::spawn(async move {
            stopping
                .send(twilio(&format!("SM{round}"), ADA, OFFICE, "STOP"))
                .await
        });
        stop.await.unwrap().is(200);
        // From here on, those who are still under way.
        let quiet = async || {
            for id in ["t1", "t2", "t3", "new2", "new6", "new10"] {
                let answer = world
                    .get(&format!("/v1/facilities/f1/tenants/{id}/consent"))
                    .await;
                if answer.status == 200 && answer.body()["cell_phone"] == ADA {
                    assert_eq!(answer.body()["can_text"], false, "{round} {}", answer.text);
                }
            }
        };
        quiet().await;
        racing.join_all().await;
        quiet().await;
        let rows = world.get("/v1/facilities/f1/consent-report").await.is(200);
        for row in rows["rows"].as_array().unwrap() {
            verify_chain(&world.history(row["tenant_id"].as_str().unwrap()).await);
        }
        let count = |status: &str| {
            i64::try_from(
                rows["rows"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|row| row["status"] == status)
                    .count(),
            )
            .unwrap()
        };
        assert_eq!(
            world.totals().await,
            [count("provided"), count("not_provided"), count("opted_out")]
        );
        world.text("SM-start", ADA, "START").await;
        assert_eq!(world.view("t2").await["can_text"], true);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_of_one_message_at_the_same_time_take_effect_once() {
    for round in 0..10 {
        let world = Arc::new(World::new().await);
        world.facility("on").await;
        world.tenant("t1", ADA).await;
        world.tenant("t2", ADA).await;
        let mut deliveries = JoinSet::new();
        for _ in 0..4 {
            let world = Arc::clone(&world);
            deliveries.spawn(async move { world.send(twilio("SM1", ADA, OFFICE, "STOP")).await });
        }
        let answers = deliveries.join_all().await;
        for answer in &answers {
            answer.is(200);
        }
        let told = answers
            .iter()
            .filter(|answer| !answer.message().is_empty())
            .count();
        assert_eq!(told, 1, "{round}");
        assert_eq!(world.history("t1").await.len(), 1);
        assert_eq!(world.history("t2").await.len(), 1);
        assert_eq!(world.totals().await, [0, 0, 2]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_registrations_of_one_tenant_and_of_one_number_both_hold() {
    let world = Arc::new(World::embedded().await);
    world.facility("on").await;
    let mut racing = JoinSet::new();
    for at in 0..16 {
        let world = Arc::clone(&world);
        racing.spawn(async move {
            let id = if at % 2 == 0 {
                "same".to_owned()
            } else {
                format!("t{at}")
            };
            world
                .put_tenant(&format!("f1/tenants/{id}"), &json!({"cell_phone": ADA}))
                .await
        });
    }
    let answers = racing.join_all().await;
    let all = answers.iter().filter(|answer| done(answer)).count();
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        9,
        "of {all}"
    );
    assert_eq!(world.totals().await, [0, 9, 0]);
    // The number knows every one of them.
    world.text("SM1", ADA, "STOP").await;
    assert_eq!(world.totals().await, [0, 0, 9]);

    let mut racing = JoinSet::new();
    for at in 0..8 {
        let world = Arc::clone(&world);
        racing.spawn(async move {
            let body =
                json!({"name": "Other", "two_way_texting": {"enabled": true, "number": "+15125550177"}});
            world
                .send(call(&format!("PUT /v1/facilities/g{at}")).json(&body))
                .await
                .status
                .as_u16()
        });
    }
    let mut statuses = racing.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

/// A facility where several tenants who agreed share a number.
async fn sharing(tenants: usize) -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    for number in 0..tenants {
        let old = json!({"cell_phone": ADA, "created_on": "2020-01-01"});
        world.register(&format!("t{number:03}"), &old).await;
    }
    world
}

#[tokio::test]
async fn a_stop_reaches_two_hundred_who_share_the_number() {
    let world = sharing(200).await;
    assert_eq!(world.totals().await, [200, 0, 0]);
    assert_ne!(world.text("SM1", ADA, "STOP").await, "");
    assert_eq!(world.totals().await, [0, 0, 200]);
    let report = world
        .get("/v1/facilities/f1/consent-report?status=opted_out&limit=200")
        .await
        .is(200);
    assert_eq!(report["rows"].as_array().unwrap().len(), 200);
    for number in 0..200 {
        let records = world.history(&format!("t{number:03}")).await;
        assert_eq!(records.len(), 2);
        verify_chain(&records);
    }
}

/// The way to the database is cut after some of the three transactions that a STOP of 60 takes.
async fn crash(transactions: u32) {
    let world = sharing(60).await;
    let faults = Faults::cut_after(transactions);
    let crashing = world.with_faults(&faults);
    let stop = || twilio("SM1", ADA, OFFICE, "STOP");
    let answer = crashing.send(stop()).await;
    answer.is_problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "1");
    let reached = world.totals().await[2];
    if transactions == 0 {
        assert_eq!(reached, 0);
    } else {
        assert!((1..60).contains(&reached), "{reached}");
        // The number is stopped already: nobody joins it.
        world
            .register("new", &json!({"cell_phone": ADA, "created_on": "2020-01-01"}))
            .await;
        assert_eq!(world.standing("new").await, "opted_out by text");
        world.move_out("new").await.is(204);
    }
    crashing.send(stop()).await.is_problem(503, "unavailable");
    faults.heal();
    assert_ne!(
        crashing.send(stop()).await.message(),
        "",
        "confirmed when it is complete"
    );
    assert_eq!(world.totals().await, [0, 0, 60]);
    assert_eq!(crashing.send(stop()).await.message(), "", "and once");
    for number in 0..60 {
        let records = world.history(&format!("t{number:03}")).await;
        assert_eq!(records.len(), 2, "{number}");
        verify_chain(&records);
    }
}

#[tokio::test]
async fn a_crash_between_the_transactions_of_a_stop_is_made_good_by_the_next_delivery() {
    for transactions in 0..3 {
        Box::pin(crash(transactions)).await;
    }
}

#[tokio::test]
async fn a_stop_that_was_completed_too_late_is_not_confirmed() {
    for (minutes, told) in [(4, true), (6, false)] {
        let world = sharing(60).await;
        let faults = Faults::cut_after(1);
        let crashing = world.with_faults(&faults);
        let number = |text| PhoneNumber::parse_e164(text).unwrap();
        let text = InboundText {
            provider: Provider::Twilio,
            message_id: "SM1".to_owned(),
            from: number(ADA),
            to: number(OFFICE),
            body: "STOP".to_owned(),
            sent_at: None,
            patience: Duration::from_secs(15),
        };
        let (intent, now) = (Intent::read("STOP"), clock::now());
        assert!(crashing.store.receive(&text, &intent, now).await.is_err());
        faults.heal();
        let later = now + SignedDuration::from_mins(minutes);
        let received = crashing.store.receive(&text, &intent, later).await.unwrap();
        assert!(matches!(received, Received::Accepted(accepted) if accepted.reply.is_some() == told));
        assert_eq!(world.totals().await, [0, 0, 60]);
    }
}

#[tokio::test]
async fn a_start_between_a_crashed_stop_and_its_redelivery_is_not_undone() {
    let world = sharing(60).await;
    let faults = Faults::cut_after(1);
    let stop = || twilio("SM1", ADA, OFFICE, "STOP");
    world
        .with_faults(&faults)
        .send(stop())
        .await
        .is_problem(503, "unavailable");
    assert_ne!(world.text("SM2", ADA, "START").await, "");
    assert_eq!(world.totals().await, [60, 0, 0]);
    world.send(stop()).await.is(200);
    assert_eq!(
        world.totals().await,
        [60, 0, 0],
        "the START is what was said last"
    );
}

#[tokio::test]
async fn a_stop_and_a_start_that_both_crashed_end_as_they_were_said() {
    let world = sharing(60).await;
    let (stop, start) = (
        twilio("SM1", ADA, OFFICE, "STOP"),
        twilio("SM2", ADA, OFFICE, "START"),
    );
    for text in [&stop, &start] {
        let crashing = world.with_faults(&Faults::cut_after(1));
        crashing.send(text.clone()).await.is_problem(503, "unavailable");
    }
    world.send(stop).await.is(200);
    world.send(start).await.is(200);
    assert_eq!(world.totals().await, [60, 0, 0]);
}
