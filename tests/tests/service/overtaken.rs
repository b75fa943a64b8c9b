//! Texts that arrive late, in parts or out of order, and what came in between.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use consent_http::clock;
use jiff::Timestamp;
use serde_json::json;
use tests::{ADA, Faults, OFFICE, Step, World, sns_notification, twilio};
use tokio::time::sleep;

/// A facility where several tenants who agreed share Ada's number.
async fn sharing(tenants: usize) -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    let row = |at| format!("t{at:03},Ada Moreno,{ADA},2020-01-01");
    let header = "tenant_id,name,cell_phone,created_on".to_owned();
    let file: Vec<String> = std::iter::once(header).chain((0..tenants).map(row)).collect();
    world.import(&file.join("\n")).await.is(200);
    world
}

/// A moment that nothing else has.
async fn moment() -> Timestamp {
    sleep(Duration::from_millis(3)).await;
    let moment = clock::now();
    sleep(Duration::from_millis(3)).await;
    moment
}

/// A text by way of AWS, which says when it was sent.
async fn deliver(world: &World, id: &str, body: &str, sent_at: Timestamp) -> bool {
    let event = sns_notification(id, ADA, OFFICE, body, &sent_at.to_string());
    world.deliver(json!({"Records": [event]})).await
}

async fn texts_that_left(world: &World) -> Vec<String> {
    let outbox = world.sns.outbox().await;
    outbox
        .iter()
        .map(|text| text["body"].as_str().unwrap().to_owned())
        .collect()
}

async fn how_many_are_on_hold(world: &World) -> usize {
    let report = world
        .get("/v1/facilities/f1/consent-report?limit=200")
        .await
        .is(200);
    let rows = report["rows"].as_array().unwrap();
    rows.iter().filter(|row| row["on_hold"] == true).count()
}

const DOUBT: &str = "I don't rent there anymore";

#[tokio::test]
async fn a_start_of_many_that_is_completed_after_a_stop_is_not_answered() {
    let world = sharing(34).await;
    world.text("STOP", ADA, "STOP").await;
    let start = || twilio("START", ADA, OFFICE, "START");
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing.send(start()).await.is_problem(503, "unavailable");
    assert_eq!(world.standing("t000").await, "provided by text");
    world.text("STOP2", ADA, "STOP").await;
    let answer = world.send(start()).await;
    answer.is(200);
    assert_eq!(answer.message(), "");
    assert_eq!(world.totals().await, [0, 0, 34]);
}

#[tokio::test]
async fn a_start_that_arrives_after_a_newer_stop_is_not_answered_whatever_the_settings() {
    for two_way_texting in ["on", "off"] {
        let world = World::with_ada().await;
        world.facility(two_way_texting).await;
        let sent_at = moment().await;
        assert!(deliver(&world, "a1", "STOP", moment().await).await);
        let before = texts_that_left(&world).await;
        assert!(deliver(&world, "a2", "START", sent_at).await);
        assert_eq!(texts_that_left(&world).await, before, "{two_way_texting}");
    }
}

#[tokio::test]
async fn a_start_that_was_sent_before_a_doubt_keeps_it_from_nobody() {
    let world = sharing(60).await;
    let sent_at = moment().await;
    let doubted_at = moment().await;
    let crashing = world.with_faults(&Faults::cut_after(1));
    assert!(!deliver(&crashing, "a1", DOUBT, doubted_at).await);
    assert!(deliver(&world, "a2", "START", sent_at).await);
    assert!(deliver(&world, "a1", DOUBT, doubted_at).await);
    assert_eq!(how_many_are_on_hold(&world).await, 60);
    // One that was sent after it lifts the holds.
    assert!(deliver(&world, "a3", "START", moment().await).await);
    assert_eq!(how_many_are_on_hold(&world).await, 0);
}

#[tokio::test]
async fn a_start_that_was_sent_before_a_stop_arrived_keeps_it_from_nobody() {
    let world = sharing(60).await;
    let (stopped_at, started_at) = (moment().await, moment().await);
    let crashing = world.with_faults(&Faults::cut_after(1));
    assert!(!deliver(&crashing, "a1", "STOP", stopped_at).await);
    assert!(deliver(&world, "a2", "START", started_at).await);
    // Who has the number only now is not meant by the STOP.
    world.tenant("t900", ADA).await;
    assert!(deliver(&world, "a1", "STOP", stopped_at).await);
    assert_eq!(world.totals().await, [0, 1, 60]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_arrived_before_a_stop_undoes_nothing_of_it_however_slow_it_is() {
    let world = World::with_ada().await;
    let slow = world.with_faults(&Faults::scripted([Step::PassAfter(Duration::from_secs(1))]));
    let start = tokio::spawn(async move { slow.send(twilio("START", ADA, OFFICE, "START")).await });
    sleep(Duration::from_millis(300)).await;
    world.text("STOP", ADA, "STOP").await;
    assert!(!start.is_finished());
    let answer = start.await.unwrap();
    answer.is(200);
    assert_eq!(answer.message(), "");
    assert_eq!(world.standing("t1").await, "opted_out by text");
}

#[tokio::test]
async fn a_stop_from_before_counts_although_an_attempt_at_the_registration_had_it_heard() {
    let world = World::embedded().await;
    world.facility("on").await;
    let crashing = world.with_faults(&Faults::cut_after(1));
    let ada =
        json!({"name": "Ada Moreno", "cell_phone": ADA, "created_on": "2020-01-01", "replied_stop": true});
    let path = "f1/tenants/t1";
    crashing
        .put_tenant(path, &ada)
        .await
        .is_problem(503, "unavailable");
    world.text("START", ADA, "START").await;
    world.put_tenant(path, &ada).await.is(201);
    assert_eq!(world.standing("t1").await, "opted_out by text");
}

#[tokio::test]
async fn a_start_that_was_sent_before_the_last_of_two_doubts_lifts_nothing() {
    let world = World::with_ada().await;
    deliver(&world, "a1", DOUBT, moment().await).await;
    let sent_at = moment().await;
    deliver(&world, "a2", DOUBT, moment().await).await;
    let records = world.history("t1").await.len();
    deliver(&world, "a3", "START", sent_at).await;
    assert_eq!(how_many_are_on_hold(&world).await, 1);
    assert_eq!(world.history("t1").await.len(), records);
    deliver(&world, "a4", "START", moment().await).await;
    assert_eq!(how_many_are_on_hold(&world).await, 0);
}

#[tokio::test]
async fn a_reply_that_was_written_before_the_question_is_no_answer_to_it() {
    let world = World::with_ada().await;
    let written_at = moment().await;
    world
        .send_text("t1", "Would you like a larger unit?", None)
        .await
        .is(202);
    deliver(&world, "a1", "not interested", written_at).await;
    assert_eq!(how_many_are_on_hold(&world).await, 1);
}

#[tokio::test]
async fn a_question_that_has_not_left_is_not_answered() {
    let world = World::with_ada().await;
    world.facility_by("twilio", &json!({})).await;
    world
        .sns
        .tell_provider("twilio", "PUT", "/answers/400/21617")
        .await;
    let question = world.send_text("t1", "Would you like a larger unit?", None).await;
    question.is(503);
    world.text("D", ADA, "not interested").await;
    assert_eq!(how_many_are_on_hold(&world).await, 1);
}

#[tokio::test]
async fn a_question_between_two_deliveries_of_a_doubt_takes_nothing_from_it() {
    let world = sharing(60).await;
    let reply = || twilio("D", ADA, OFFICE, "not interested");
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing.send(reply()).await.is_problem(503, "unavailable");
    world
        .send_text("t059", "Would you like a larger unit?", None)
        .await
        .is(202);
    world.send(reply()).await.is(200);
    assert_eq!(how_many_are_on_hold(&world).await, 60);
}
