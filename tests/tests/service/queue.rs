//! Texts of AWS End User Messaging, by the queue and by its topic alone.

use std::time::Duration;

use consent_http::clock;
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{ADA, BEN, Faults, OFFICE, World};

/// A text as AWS publishes it.
fn text(id: &str, body: &str) -> Value {
    json!({
        "originationNumber": ADA, "destinationNumber": OFFICE, "messageKeyword": "KEYWORD_1",
        "messageBody": body, "inboundMessageId": id, "previousPublishedMessageId": "previous",
    })
}

/// A notification of SNS.
fn notification(message: &str, sent_at: &str) -> Value {
    json!({
        "Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:us-east-1:0:in",
        "Message": message, "Timestamp": sent_at, "SignatureVersion": "1",
    })
}

/// A message of the queue.
fn queued(id: &str, body: &str) -> Value {
    json!({
        "messageId": id, "receiptHandle": "r", "body": body, "md5OfBody": "x", "messageAttributes": {},
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795417929120"},
        "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:0:texts", "awsRegion": "us-east-1",
    })
}

/// A message of the queue with a text that was sent at this moment.
fn at(id: &str, body: &str, sent_at: Timestamp) -> Value {
    queued(
        id,
        &notification(&text(id, body).to_string(), &sent_at.to_string()).to_string(),
    )
}

/// A moment, by the millisecond, that comes after everything before and before everything after.
async fn moment() -> Timestamp {
    tokio::time::sleep(Duration::from_millis(3)).await;
    let moment = clock::now();
    tokio::time::sleep(Duration::from_millis(3)).await;
    moment
}

fn batch(records: &[Value]) -> Value {
    json!({ "Records": records })
}

#[tokio::test]
async fn texts_come_through_the_queue_with_the_time_they_were_sent_at() {
    let world = World::with_ada().await;
    let deliver = async |record: Value| {
        assert_eq!(world.deliver_queued(batch(&[record])).await, [""; 0]);
        world.standing("t1").await
    };
    let (early, stop) = (moment().await, moment().await);
    assert_eq!(deliver(at("a1", "STOP", stop)).await, "opted_out by text");
    assert_eq!(deliver(at("a2", "START", early)).await, "opted_out by text");
    let late = moment().await;
    assert_eq!(deliver(at("a3", "START", late)).await, "provided by text");
    assert_eq!(deliver(at("a1", "STOP", stop)).await, "provided by text");
    // An answer for each that changed something.
    assert_eq!(world.sns.outbox().await.len(), 2);
    assert_eq!(world.last_record("t1").await["provider_message_id"], "a3");
}

#[tokio::test]
async fn what_is_no_text_comes_again_by_itself_and_counts() {
    let world = World::with_ada().await;
    world.counts.take();
    let good = notification(&text("a1", "STOP").to_string(), "2026-11-23T10:00:00Z");
    let with = |member: &str, value: Value| {
        let mut bad = good.clone();
        bad[member] = value;
        bad.to_string()
    };
    let without = |member: &str| {
        let mut text = text("a2", "STOP");
        text.as_object_mut().unwrap().remove(member);
        text.to_string()
    };
    let bad = [
        String::new(),
        "STOP".to_owned(),
        "{".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        with("Message", json!("hello")),
        with("Message", json!("{}")),
        with("Message", json!(null)),
        with("Message", json!(text("a2", "STOP"))),
        with("Timestamp", json!("now")),
        // Somebody has to confirm it, with the address in it.
        json!({"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe to the topic",
               "Timestamp": "2026-11-23T10:00:00Z", "SubscribeURL": "https://sns.us-east-1.amazonaws.com/"})
        .to_string(),
        without("inboundMessageId"),
        without("originationNumber"),
        without("destinationNumber"),
        text("", "STOP").to_string(),
        text(&"x".repeat(65), "STOP").to_string(),
        json!({"originationNumber": 15_125_550_142_i64, "destinationNumber": OFFICE, "inboundMessageId": "a2"}).to_string(),
    ];
    let ids: Vec<String> = (0..bad.len()).map(|number| format!("bad{number}")).collect();
    let mut records: Vec<Value> = ids.iter().zip(&bad).map(|(id, body)| queued(id, body)).collect();
    records.insert(3, queued("good", &good.to_string()));
    assert_eq!(world.deliver_queued(batch(&records)).await, ids);
    assert_eq!(world.standing("t1").await, "opted_out by text");
    let counts = world.counts.take();
    assert_eq!(counts["UnreadableTexts Provider=aws"], bad.len() as u64);
    assert_eq!(counts["UnreadableTexts"], bad.len() as u64);
    // Told once, however often it comes.
    let mut again = queued("bad", "STOP");
    again["attributes"]["ApproximateReceiveCount"] = json!("2");
    assert_eq!(world.deliver_queued(batch(&[again])).await, ["bad"]);
    assert!(world.counts.take().is_empty());
}

#[tokio::test]
async fn a_text_that_cannot_be_written_comes_again_and_counts() {
    let world = World::with_ada().await;
    world.counts.take();
    let records = batch(&[
        at("a1", "STOP", moment().await),
        at("a2", "hello", moment().await),
    ]);
    let away = world.with_faults(&Faults::read_only());
    assert_eq!(away.deliver_queued(records.clone()).await, ["a1", "a2"]);
    assert_eq!(world.counts.take()["DelayedTexts"], 2);
    assert!(!away.deliver(json!({"Records": [{"Sns": notification(&text("a1", "STOP").to_string(), "2026-11-23T10:00:00Z")}]})).await);
    assert_eq!(world.counts.take()["DelayedTexts"], 1);
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    assert_eq!(world.deliver_queued(records).await, [""; 0]);
    assert_eq!(world.standing("t1").await, "opted_out by text");
}

#[tokio::test]
async fn raw_messages_were_sent_when_they_came_to_the_queue() {
    let world = World::with_ada().await;
    let raw = |id: &str, body: &str, sent_at: &str| {
        let mut record = queued(id, &text(id, body).to_string());
        record["attributes"]["SentTimestamp"] = json!(sent_at);
        batch(&[record])
    };
    for (id, body, early, standing) in [
        ("a1", "STOP", 0, "opted_out by text"),
        ("a2", "START", 60_000, "opted_out by text"),
        ("a3", "START", 0, "provided by text"),
    ] {
        let sent_at = (moment().await.as_millisecond() - early).to_string();
        assert_eq!(world.deliver_queued(raw(id, body, &sent_at)).await, [""; 0]);
        assert_eq!(world.standing("t1").await, standing, "{body} {early} ms earlier");
    }
    // Without the time an old START would count as the newest.
    for sent_at in ["", "x", "99999999999999999999"] {
        assert_eq!(world.deliver_queued(raw("a4", "STOP", sent_at)).await, ["a4"]);
    }
}

#[tokio::test]
async fn what_is_to_nobody_or_of_nobody_is_taken_and_left() {
    let world = World::with_ada().await;
    world.counts.take();
    let to = |to: &str, from: &str| {
        let mut text = text("a1", "STOP");
        text["destinationNumber"] = json!(to);
        text["originationNumber"] = json!(from);
        batch(&[queued(
            "q",
            &notification(&text.to_string(), "2026-11-23T10:00:00Z").to_string(),
        )])
    };
    for nobody in [
        BEN,
        "rcs-agent-1234",
        "arn:aws:sms-voice:us-east-1:0:rcs-agent/rcs-1",
        "12345",
        "",
    ] {
        assert_eq!(world.deliver_queued(to(nobody, ADA)).await, [""; 0], "{nobody}");
        assert_eq!(world.counts.take()["UnknownNumbers Provider=aws"], 1, "{nobody}");
    }
    for nobody in ["12345", "", "ADA"] {
        assert_eq!(
            world.deliver_queued(to(OFFICE, nobody)).await,
            [""; 0],
            "{nobody}"
        );
        assert!(world.counts.take().is_empty(), "{nobody}");
    }
    let mut picture = text("a5", "");
    picture["messageBody"] = Value::Null;
    let picture = notification(&picture.to_string(), "2026-11-23T10:00:00Z").to_string();
    assert_eq!(
        world.deliver_queued(batch(&[queued("q", &picture)])).await,
        [""; 0]
    );
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
}

#[tokio::test]
async fn an_event_without_records_asks_for_nothing() {
    let world = World::with_ada().await;
    assert!(world.deliver(batch(&[])).await);
    // Nothing in it says which message has failed: all of them come again.
    let nameless = json!({"eventSource": "aws:sqs", "body": "x"});
    assert!(!world.deliver(batch(&[nameless])).await);
    assert!(!world.deliver(batch(&[json!(null), json!("x"), json!({})])).await);
}
