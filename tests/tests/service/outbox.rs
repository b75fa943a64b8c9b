//! The outbox: records in, from a recorded batch of the table's stream; events out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tests::{World, call};

const BATCH: &str = include_str!("../../../events/outbox/records.json");

fn batch() -> Value {
    serde_json::from_str(BATCH).unwrap()
}

/// The positions of a tenant's records in a batch.
fn positions(batch: &Value, tenant: &str) -> Vec<usize> {
    let records = batch["Records"].as_array().unwrap().iter().enumerate();
    let partition = format!("TENANT#demo#{tenant}");
    records
        .filter(|(_, record)| record["dynamodb"]["Keys"]["PK"]["S"] == partition)
        .map(|(position, _)| position)
        .collect()
}

fn sequence_number(batch: &Value, position: usize) -> &str {
    batch["Records"][position]["dynamodb"]["SequenceNumber"]
        .as_str()
        .unwrap()
}

/// The sequence numbers of the records at these positions.
fn sequence_numbers<'a>(batch: &'a Value, positions: &[usize]) -> Vec<&'a str> {
    positions
        .iter()
        .map(|&position| sequence_number(batch, position))
        .collect()
}

/// The ids of the events, each tenant's in the order in which they were published.
async fn ids(world: &World) -> Vec<String> {
    let mut events = world.sns.events().await;
    events.sort_by_key(|event| event["subject"].to_string());
    let events = events.into_iter();
    events
        .map(|event| event["id"].as_str().unwrap().to_owned())
        .collect()
}

const IN_ORDER: [&str; 5] = [
    "demo/t-foster/1",
    "demo/t-foster/2",
    "demo/t-novak/1",
    "demo/t-novak/2",
    "demo/t-novak/3",
];

#[tokio::test]
async fn every_new_record_becomes_an_event_and_nothing_else_does() {
    let world = World::new().await;
    assert_eq!(world.publish(batch()).await, Vec::<String>::new());
    assert_eq!(ids(&world).await, IN_ORDER);
    let event = world.sns.events().await.swap_remove(0);
    insta::assert_json_snapshot!(event, @r#"
    {
      "data": {
        "actor": "front-desk@example.com",
        "at": "2026-11-23T16:19:02.184Z",
        "cell_phone": "+15125550172",
        "channel": "registration",
        "disclosure": null,
        "facility_id": "demo",
        "from": {
          "source": null,
          "status": "not_provided"
        },
        "hash": "8549bf2f24d563472aa3e99288c4613a7953560a481119357ebe6b1dca7691a7",
        "matched": null,
        "needs_review": false,
        "previous_hash": null,
        "provider_message_id": null,
        "record_id": "demo/t-foster/1",
        "rule": "grandfathered",
        "rules_version": null,
        "sequence": 1,
        "tenant_id": "t-foster",
        "text": null,
        "to": {
          "source": "grandfathered",
          "status": "provided"
        },
        "type": "granted"
      },
      "datacontenttype": "application/json",
      "id": "demo/t-foster/1",
      "source": "/facilities/demo",
      "specversion": "1.0",
      "subject": "t-foster",
      "time": "2026-11-23T16:19:02.184Z",
      "type": "consent.granted"
    }
    "#);
}

#[tokio::test]
async fn the_data_is_what_the_history_serves() {
    let world = World::embedded().await;
    let facility =
        json!({"name": "Main Street Storage", "two_way_texting": {"enabled": false, "number": null}});
    world
        .send(call("PUT /v1/facilities/f1").json(&facility))
        .await
        .is(201);
    let tenant = json!({"name": "Ada Moreno", "cell_phone": "512-555-0142", "created_on": "2020-01-01"});
    world
        .send(call("PUT /v1/facilities/f1/tenants/t1").json(&tenant))
        .await
        .is(201);
    let uncheck = call("PUT /v1/facilities/f1/tenants/t1/consent").json(&json!({"consented": false}));
    world.send(uncheck).await.is(200);
    let history = world
        .send(call("GET /v1/facilities/f1/tenants/t1/consent/history"))
        .await
        .is(200);

    assert_eq!(world.publish(world.stream()).await, Vec::<String>::new());
    let mut data: Vec<Value> = world
        .sns
        .events()
        .await
        .into_iter()
        .map(|mut it| it["data"].take())
        .collect();
    data.reverse();
    assert_eq!(json!(data), history["records"]);
}

#[tokio::test]
async fn the_data_has_the_members_that_the_record_was_written_with() {
    let world = World::new().await;
    let mut batch = batch();
    let first = positions(&batch, "t-foster")[0];
    let image = batch["Records"][first]["dynamodb"]["NewImage"]
        .as_object_mut()
        .unwrap();
    image.remove("matched");
    image.insert("received_via".to_owned(), json!({"S": "voice"}));
    assert_eq!(world.publish(batch).await, Vec::<String>::new());
    let events = world.sns.events().await;
    let data = events
        .iter()
        .find(|event| event["id"] == "demo/t-foster/1")
        .unwrap()["data"]
        .clone();
    let members = data.as_object().unwrap();
    assert_eq!(data["received_via"], "voice");
    for other in ["matched", "PK", "SK", "schema", "version"] {
        assert!(!members.contains_key(other), "{other}");
    }
}

#[tokio::test]
async fn changed_and_removed_items_are_no_news() {
    let world = World::new().await;
    for name in ["MODIFY", "REMOVE"] {
        let mut batch = batch();
        for record in batch["Records"].as_array_mut().unwrap() {
            record["eventName"] = json!(name);
            if name == "REMOVE" {
                record["dynamodb"].as_object_mut().unwrap().remove("NewImage");
            }
        }
        assert_eq!(world.publish(batch).await, Vec::<String>::new());
    }
    assert!(world.sns.events().await.is_empty());
}

#[tokio::test]
async fn a_malformed_record_holds_up_its_tenant_alone() {
    let world = World::new().await;
    let good = batch();
    let novak = positions(&good, "t-novak");
    for broken in [
        Value::Null,
        json!({"record_id": {"S": "x"}}),
        json!({"at": {"X": 1}}),
        json!([]),
    ] {
        let mut batch = good.clone();
        batch["Records"][novak[1]]["dynamodb"]["NewImage"] = broken;
        // The platform repeats the batch from the first of them on.
        let unpublished = sequence_numbers(&good, &novak[1..]);
        assert_eq!(world.publish(batch).await, unpublished);
        assert_eq!(
            ids(&world).await,
            ["demo/t-foster/1", "demo/t-foster/2", "demo/t-novak/1"]
        );
    }
    // Repaired, or parked: the batch goes on from there.
    let rest = good["Records"].as_array().unwrap()[novak[1]..].to_vec();
    assert_eq!(
        world.publish(json!({"Records": rest})).await,
        Vec::<String>::new()
    );
    assert_eq!(ids(&world).await, IN_ORDER);
}

#[tokio::test]
async fn a_malformed_first_record_does_not_hold_up_the_others() {
    let world = World::new().await;
    let mut batch = batch();
    let foster = positions(&batch, "t-foster");
    batch["Records"][foster[0]]["dynamodb"]["NewImage"] = json!({});
    let failed = world.publish(batch.clone()).await;
    assert_eq!(failed, sequence_numbers(&batch, &foster));
    assert_eq!(
        ids(&world).await,
        ["demo/t-novak/1", "demo/t-novak/2", "demo/t-novak/3"]
    );
}

#[tokio::test]
async fn while_sns_is_away_the_batch_waits() {
    let world = World::new().await;
    let batch = batch();
    world.sns.tell("PUT", "/failures/1000").await;
    let mut unpublished = world.publish(batch.clone()).await;
    unpublished.sort();
    let mut records = [positions(&batch, "t-foster"), positions(&batch, "t-novak")].concat();
    records.sort_unstable();
    assert_eq!(unpublished, sequence_numbers(&batch, &records));
    assert!(world.sns.events().await.is_empty());
    world.sns.tell("PUT", "/failures/0").await;
    assert_eq!(world.publish(batch).await, Vec::<String>::new());
    assert_eq!(ids(&world).await, IN_ORDER);
}

#[tokio::test]
async fn while_sns_is_away_few_are_tried() {
    let world = World::new().await;
    let mut batch = batch();
    let novak = positions(&batch, "t-novak")[0];
    let record = batch["Records"][novak].clone();
    let many = (0..60).map(|number| {
        let mut record = record.clone();
        record["dynamodb"]["Keys"]["PK"]["S"] = json!(format!("TENANT#demo#t{number}"));
        record["dynamodb"]["SequenceNumber"] = json!(number.to_string());
        record
    });
    batch["Records"] = many.collect();
    world.sns.tell("PUT", "/failures/1000").await;
    world.counts.take();
    assert_eq!(world.publish(batch).await.len(), 60);
    let tried = world.counts.take()["PublishFailures"];
    assert!((1..=16).contains(&tried), "{tried}");
}

#[tokio::test]
async fn a_tenants_records_are_published_in_turn_whatever_order_they_come_in() {
    let world = World::new().await;
    let mut batch = batch();
    batch["Records"].as_array_mut().unwrap().reverse();
    assert_eq!(world.publish(batch).await, Vec::<String>::new());
    assert_eq!(ids(&world).await, IN_ORDER);
}

#[tokio::test]
async fn a_batch_that_comes_again_changes_nothing_for_subscribers() {
    let world = World::new().await;
    for _ in 0..2 {
        assert_eq!(world.publish(batch()).await, Vec::<String>::new());
    }
    assert_eq!(ids(&world).await, IN_ORDER);
}

#[test]
fn an_event_without_its_place_in_the_stream_is_refused_whole() {
    let mut batch = batch();
    batch["Records"][0]["dynamodb"]
        .as_object_mut()
        .unwrap()
        .remove("SequenceNumber");
    assert!(serde_json::from_value::<outbox::Event>(batch).is_err());
}
