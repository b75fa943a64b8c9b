//! Texts by way of Telnyx and of AWS End User Messaging.

use consent_http::clock;
use serde_json::{Value, json};
use tests::{ADA, OFFICE, World, call, telnyx, telnyx_event, twilio};

async fn status(world: &World) -> Value {
    world
        .send(call("GET /v1/facilities/f1/tenants/t1/consent"))
        .await
        .is(200)["status"]
        .clone()
}

fn notification(message_id: &str, body: &str, sent_at: &str) -> Value {
    let message = json!({
        "originationNumber": ADA, "destinationNumber": OFFICE, "messageKeyword": "KEYWORD_1",
        "messageBody": body, "inboundMessageId": message_id, "previousPublishedMessageId": "previous",
    });
    json!({
        "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn:aws:sns:us-east-1:0:in:1",
        "Sns": {"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:us-east-1:0:in",
                "Message": message.to_string(), "Timestamp": sent_at},
    })
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

#[tokio::test]
async fn a_stop_counts_however_late_it_comes_and_a_start_does_not() {
    let world = World::with_ada().await;
    let deliver = async |id: &str, body: &str, at: &str| {
        assert!(
            world
                .deliver(json!({"Records": [notification(id, body, at)]}))
                .await
        );
    };
    deliver("a1", "STOP", "2026-11-23T10:00:00.000Z").await;
    deliver("a2", "START", "2026-11-23T11:00:00.000Z").await;
    assert_eq!(status(&world).await, "provided");
    deliver("a3", "STOP", "2026-11-23T10:30:00.000Z").await;
    assert_eq!(status(&world).await, "opted_out");
    deliver("a4", "START", "2026-11-23T10:45:00.000Z").await;
    assert_eq!(status(&world).await, "opted_out");
    // Two confirmations of two revocations, one answer to START, none to the one that came too late.
    assert_eq!(world.sns.outbox().await.len(), 3);
    deliver("a5", "START", "2026-11-23T11:00:01.000Z").await;
    assert_eq!(status(&world).await, "provided");
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
    world.send(twilio("SM1", ADA, OFFICE, "stop")).await.is(200);
    assert_eq!(status(&world).await, "opted_out");
    assert_eq!(put("f1", json!("+15125550199")).await, 200);
    world.send(twilio("SM2", ADA, OFFICE, "start")).await.is(200);
    assert_eq!(status(&world).await, "opted_out");
    // Another facility may take it, and has its texts from then on; the first may not have it back.
    assert_eq!(put("f2", json!(OFFICE)).await, 201);
    assert_eq!(put("f1", json!(OFFICE)).await, 409);
    world
        .send(twilio("SM3", ADA, "+15125550199", "start"))
        .await
        .is(200);
    world.send(twilio("SM4", ADA, OFFICE, "stop")).await.is(200);
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
    world
        .send(twilio("SM1", ADA, OFFICE, "not interested"))
        .await
        .is(200);
    assert_eq!(status(&world).await, "provided");
    send("Your rent is due on Friday.").await;
    world
        .send(twilio("SM2", ADA, OFFICE, "not interested"))
        .await
        .is(200);
    assert_eq!(status(&world).await, "opted_out");
}

#[tokio::test]
async fn a_stop_is_a_stop_after_a_question_too() {
    let world = World::with_ada().await;
    let question = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": "Coming today?"}));
    world.send(question).await.is(202);
    world
        .send(twilio("SM1", ADA, OFFICE, "no, stop texting me"))
        .await
        .is(200);
    assert_eq!(status(&world).await, "opted_out");
}

#[tokio::test]
async fn what_is_no_question_or_no_answer_leaves_a_doubtful_reply_an_opt_out() {
    for (sent, reply) in [
        (
            "Your rent is due Friday. Questions? Call 512-555-0199.",
            "not interested",
        ),
        ("Pay at pay.example.com/p?id=4", "not interested"),
        ("Would you like a larger unit?", "not interested in your texts"),
    ] {
        let world = World::with_ada().await;
        let message = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": sent}));
        world.send(message).await.is(202);
        world.text("SM1", ADA, reply).await;
        assert_eq!(status(&world).await, "opted_out", "{sent} {reply}");
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
        world.send(twilio("SM1", nobody, OFFICE, "STOP")).await.is(200);
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
    let thread = world.get("/v1/facilities/f1/tenants/t1/messages").await.is(200);
    let body = thread["messages"][0]["body"].as_str().unwrap();
    assert!(body.starts_with("STOP \u{fffd}"), "{body}");
}
