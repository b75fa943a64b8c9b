//! Texts by way of Telnyx and of AWS End User Messaging.

use consent_http::clock;
use serde_json::{Value, json};
use tests::{World, call, telnyx};

const OFFICE: &str = "+15125550100";
const ADA: &str = "+15125550142";

async fn world() -> World {
    let world = World::new().await;
    let facility = json!({"name": "Main Street", "two_way_texting": {"enabled": true, "number": OFFICE}});
    world
        .send(call("PUT /v1/facilities/f1").json(&facility))
        .await
        .is(201);
    let tenant = json!({"name": "Ada Moreno", "cell_phone": ADA, "created_on": "2020-01-01"});
    world
        .send(call("PUT /v1/facilities/f1/tenants/t1").json(&tenant))
        .await
        .is(201);
    world
}

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
    let world = world().await;
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
async fn a_keyword_older_than_the_last_one_changes_nothing() {
    let world = world().await;
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
    assert_eq!(status(&world).await, "provided");
    deliver("a4", "STOP", "2026-11-23T11:00:01.000Z").await;
    assert_eq!(status(&world).await, "opted_out");
    // Two confirmations of two revocations, one answer to START, none to the text that came too late.
    assert_eq!(world.sns.outbox().await.len(), 3);
}

#[tokio::test]
async fn one_bad_record_does_not_lose_the_others() {
    let world = world().await;
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
