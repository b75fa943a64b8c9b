//! Texts by way of Telnyx and of AWS End User Messaging.

use std::time::Duration;

use consent_http::clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{ADA, BEN, OFFICE, World, call, sns_notification, telnyx, telnyx_event, twilio};

async fn status(world: &World) -> Value {
    world
        .send(call("GET /v1/facilities/f1/tenants/t1/consent"))
        .await
        .is(200)["status"]
        .clone()
}

fn notification(message_id: &str, body: &str, sent_at: &str) -> Value {
    sns_notification(message_id, ADA, OFFICE, body, sent_at)
}

#[tokio::test]
async fn telnyx_is_verified_and_answered_through_sns() {
    let world = World::with_ada().await;
    let now = clock::now().as_second();
    let answer = world.send(telnyx("m1", ADA, OFFICE, "stop", now)).await;
    answer.is(200);
    assert_eq!(answer.text, "");
    assert_eq!(status(&world).await, "opted_out");
    assert_eq!(world.sns.outbox().await.len(), 1);
    // A redelivery takes no effect and is not answered.
    world.send(telnyx("m1", ADA, OFFICE, "stop", now)).await.is(200);
    assert_eq!(world.sns.outbox().await.len(), 1);
    let outbox = world.sns.outbox().await;
    assert_eq!(
        (&outbox[0]["to"], &outbox[0]["from"]),
        (&json!(ADA), &json!(OFFICE))
    );

    for age in [301, -305] {
        world
            .send(telnyx("m2", ADA, OFFICE, "start", now - age))
            .await
            .is_problem(403, "bad_signature");
    }
    let altered = telnyx("m3", ADA, OFFICE, "start", now).header("telnyx-timestamp", &(now + 1).to_string());
    world.send(altered).await.is_problem(403, "bad_signature");
    for missing in ["telnyx-timestamp", "telnyx-signature-ed25519"] {
        let call = telnyx("m4", ADA, OFFICE, "start", now).header(missing, "");
        world.send(call).await.is_problem(403, "bad_signature");
    }
    assert_eq!(status(&world).await, "opted_out");
    world
        .send(telnyx("m5", ADA, OFFICE, "start", now - 290))
        .await
        .is(200);
    assert_eq!(status(&world).await, "provided");
}

/// A moment that nothing else has.
async fn moment() -> Timestamp {
    tokio::time::sleep(Duration::from_millis(3)).await;
    let moment = clock::now();
    tokio::time::sleep(Duration::from_millis(3)).await;
    moment
}

async fn deliver(world: &World, id: &str, body: &str, sent_at: Timestamp) {
    let notification = notification(id, body, &sent_at.to_string());
    assert!(world.deliver(json!({"Records": [notification]})).await);
}

#[tokio::test]
async fn a_stop_counts_however_late_it_comes_and_a_start_does_not() {
    let world = World::with_ada().await;
    deliver(&world, "a1", "STOP", moment().await).await;
    let (late_stop, late_start) = (moment().await, moment().await);
    deliver(&world, "a2", "START", moment().await).await;
    assert_eq!(status(&world).await, "provided");
    deliver(&world, "a3", "STOP", late_stop).await;
    assert_eq!(status(&world).await, "opted_out");
    deliver(&world, "a4", "START", late_start).await;
    assert_eq!(status(&world).await, "opted_out");
    // Two confirmations of two revocations, one answer to START, none to the one that came too late.
    assert_eq!(world.sns.outbox().await.len(), 3);
    deliver(&world, "a5", "START", moment().await).await;
    assert_eq!(status(&world).await, "provided");
}

#[tokio::test]
async fn a_stop_that_was_sent_long_ago_counts_and_is_not_confirmed() {
    for (minutes, confirmations) in [(4, 1), (6, 0)] {
        let world = World::with_ada().await;
        let sent_at = clock::now() - SignedDuration::from_mins(minutes);
        deliver(&world, "a1", "STOP", sent_at).await;
        assert_eq!(world.standing("t1").await, "opted_out by text");
        assert_eq!(world.sns.outbox().await.len(), confirmations, "{minutes} minutes");
    }
}

#[tokio::test]
async fn a_start_undoes_nothing_that_came_after_it_was_sent() {
    // Staff uncheck the box while the START is on its way.
    let world = World::with_ada().await;
    let sent_at = moment().await;
    world.profile("t1", "uncheck").await.is(200);
    deliver(&world, "a1", "START", sent_at).await;
    assert_eq!(world.standing("t1").await, "opted_out by profile");
    deliver(&world, "a2", "START", moment().await).await;
    assert_eq!(world.standing("t1").await, "provided by text");

    // Somebody else had the number when it was sent: as a new tenant, by a change of number, after coming back.
    for arrival in ["new", "changed", "back"] {
        let world = World::new().await;
        world.facility("on").await;
        match arrival {
            "changed" => drop(world.tenant("t1", BEN).await),
            "back" => {
                world.tenant("t1", ADA).await;
                world.move_out("t1").await.is(204);
            }
            _ => {}
        }
        let sent_at = moment().await;
        world.tenant("t1", ADA).await;
        deliver(&world, "a1", "START", sent_at).await;
        assert_eq!(world.standing("t1").await, "not_provided", "{arrival}");
        deliver(&world, "a2", "START", moment().await).await;
        assert_eq!(world.standing("t1").await, "provided by text", "{arrival}");
    }
}

#[tokio::test]
async fn a_start_with_a_time_ahead_of_ours_counts_as_now() {
    let world = World::with_ada().await;
    let hour = SignedDuration::from_hours(1);
    deliver(&world, "a1", "START", clock::now() + hour).await;
    world.profile("t1", "uncheck").await.is(200);
    let sent_at = moment().await;
    deliver(&world, "a2", "STOP", clock::now() + hour).await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
    deliver(&world, "a3", "START", sent_at).await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
    deliver(&world, "a4", "START", moment().await).await;
    assert_eq!(world.standing("t1").await, "provided by text");
}

#[tokio::test]
async fn one_bad_record_does_not_lose_the_others() {
    let world = World::with_ada().await;
    let good = notification("a1", "STOP", "2026-11-23T10:00:00.000Z");
    let mut broken = good.clone();
    broken["Sns"]["Message"] = json!("{");
    assert!(
        !world
            .deliver(json!({"Records": [broken, {"no": "sns"}, good]}))
            .await
    );
    assert_eq!(status(&world).await, "opted_out");
}

#[tokio::test]
async fn a_number_that_was_given_up_still_takes_a_stop_and_no_more() {
    let world = World::with_ada().await;
    let put = async |facility: &str, number: Value| {
        let body = json!({"name": "Main Street", "two_way_texting": {"enabled": !number.is_null(), "number": number}});
        world
            .send(call(&format!("PUT /v1/facilities/{facility}")).json(&body))
            .await
            .status
            .as_u16()
    };
    assert_eq!(put("f1", json!(null)).await, 200);
    world.text("SM1", ADA, "stop").await;
    assert_eq!(status(&world).await, "opted_out");
    assert_eq!(put("f1", json!("+15125550199")).await, 200);
    world.text("SM2", ADA, "start").await;
    assert_eq!(status(&world).await, "opted_out");
    // Another facility may take it, and has its texts from then on; the first may not have it back.
    assert_eq!(put("f2", json!(OFFICE)).await, 201);
    assert_eq!(put("f1", json!(OFFICE)).await, 409);
    world
        .send(twilio("SM3", ADA, "+15125550199", "start"))
        .await
        .is(200);
    world.text("SM4", ADA, "stop").await;
    assert_eq!(status(&world).await, "provided");
}

#[tokio::test]
async fn a_doubtful_reply_right_after_a_question_is_an_answer() {
    let world = World::with_ada().await;
    let send = async |body: &str| {
        let call = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": body}));
        world.send(call).await.is(202);
    };
    send("Would you like a larger unit?").await;
    world.text("SM1", ADA, "not interested").await;
    assert_eq!(world.view("t1").await["hold"], Value::Null);
    send("Your rent is due on Friday.").await;
    world.text("SM2", ADA, "not interested").await;
    assert_eq!(world.view("t1").await["hold"]["text"], "not interested");
}

#[tokio::test]
async fn a_stop_is_a_stop_after_a_question_too() {
    let world = World::with_ada().await;
    let question = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": "Coming today?"}));
    world.send(question).await.is(202);
    world.text("SM1", ADA, "no, stop texting me").await;
    assert_eq!(status(&world).await, "opted_out");
}

#[tokio::test]
async fn what_is_no_question_or_no_answer_leaves_a_reply_in_doubt() {
    for (sent, reply) in [
        (
            "Your rent is due Friday. Questions? Call 512-555-0199.",
            "not interested",
        ),
        ("Pay at pay.example.com/p?id=4", "not interested"),
    ] {
        let world = World::with_ada().await;
        let message = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": sent}));
        world.send(message).await.is(202);
        world.text("SM1", ADA, reply).await;
        assert_eq!(world.view("t1").await["hold"]["text"], reply, "{sent}");
    }
}

#[tokio::test]
async fn a_number_is_the_same_without_its_plus_and_its_country() {
    let now = clock::now().as_second();
    for (from, to) in [
        ("15125550142", "5125550100"),
        ("512-555-0142", OFFICE),
        ("+1 (512) 555 0142", " 15125550100"),
    ] {
        let by_twilio = World::with_ada().await;
        by_twilio.send(twilio("SM1", from, to, "STOP")).await.is(200);
        assert_eq!(status(&by_twilio).await, "opted_out", "{from} {to}");
        let by_telnyx = World::with_ada().await;
        by_telnyx.send(telnyx("m1", from, to, "STOP", now)).await.is(200);
        assert_eq!(status(&by_telnyx).await, "opted_out", "{from} {to}");
    }
    let world = World::with_ada().await;
    for nobody in ["50142", "ADA", "whatsapp:+15125550142", "", "0125550142"] {
        world.text("SM1", nobody, "STOP").await;
    }
    assert_eq!(status(&world).await, "provided");
}

#[tokio::test]
async fn half_an_emoji_beside_a_stop_loses_nothing() {
    let world = World::with_ada().await;
    let event = json!({"data": {"event_type": "message.received", "payload": {
        "id": "m1", "from": {"phone_number": ADA}, "to": [{"phone_number": OFFICE}], "text": "STOP HALF", "cost": "LARGE",
    }}});
    let event = event
        .to_string()
        .replace("HALF", "\\ud83d")
        .replace("\"LARGE\"", "1e999");
    let now = clock::now().as_second();
    world.send(telnyx_event(&event, now)).await.is(200);
    assert_eq!(status(&world).await, "opted_out");
    world.text("SM2", ADA, "START").await;

    let mut event = notification("a1", "STOP HALF", "2026-11-23T10:00:00.000Z");
    let message = event["Sns"]["Message"]
        .as_str()
        .unwrap()
        .replace("HALF", "\\ud83d");
    event["Sns"]["Message"] = message.into();
    assert!(world.deliver(json!({"Records": [event]})).await);
    assert_eq!(status(&world).await, "opted_out");
    let thread = world.thread("t1").await;
    let body = thread["messages"][0]["body"].as_str().unwrap();
    assert!(body.starts_with("STOP \u{fffd}"), "{body}");
}
