//! `GET .../consent/history` says where a chain of records does not hold: each page is checked as it is read.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join;
use serde_json::{Value, json};
use tests::{ADA, Item, World, attribute};

const HISTORY: &str = "/v1/facilities/f1/tenants/t1/consent/history";
const RECORDS: usize = 6;

/// Ada's chain has six records.
async fn with_records() -> World {
    let world = World::with_ada().await;
    for click in ["uncheck", "check", "uncheck", "check"] {
        world.profile("t1", click).await.is(200);
    }
    world.text("SM1", ADA, "STOP").await;
    assert_eq!(world.history("t1").await.len(), RECORDS);
    world.counts.take();
    world
}

/// Every page of the history, by pages of this length.
async fn pages(world: &World, limit: usize) -> Vec<Value> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world
            .get(&format!("{HISTORY}?limit={limit}{cursor}"))
            .await
            .is(200);
        let next = page["next"].as_str().map(|next| format!("&cursor={next}"));
        pages.push(page);
        match next {
            Some(next) => cursor = next,
            None => return pages,
        }
    }
}

/// Checks, by short pages and long ones, where the chain breaks first, and that each page that says so is counted.
async fn check(world: &World, broken_at: Option<usize>, after: &str) {
    let expected = broken_at.map_or(Value::Null, |sequence| json!(format!("f1/t1/{sequence}")));
    for limit in [1, 3, 200] {
        world.counts.take();
        let pages = pages(world, limit).await;
        let breaks: Vec<&Value> = pages.iter().map(|page| &page["broken_at"]).collect();
        let first = breaks.iter().find(|broken_at| !broken_at.is_null());
        let first = first.map_or(Value::Null, |first| (**first).clone());
        assert_eq!(first, expected, "{after}, pages of {limit}");
        let broken = breaks.iter().filter(|broken_at| !broken_at.is_null()).count();
        let counted = world.counts.take().remove("BrokenChains").unwrap_or_default();
        assert_eq!(counted, broken as u64, "{after}, pages of {limit}");
    }
}

#[tokio::test]
async fn a_chain_that_holds_shows_its_head_on_every_page() {
    let world = with_records().await;
    check(&world, None, "nothing").await;
    let last = world.last_record("t1").await;
    let head = json!({"sequence": RECORDS, "hash": last["hash"]});
    for limit in [1, 4, 200] {
        for page in pages(&world, limit).await {
            assert_eq!(page["head"], head, "{limit}");
        }
    }
    // On later pages it is the head as it is then.
    let first = world.get(&format!("{HISTORY}?limit=2")).await.is(200);
    world.text("SM2", ADA, "START").await;
    let cursor = first["next"].as_str().unwrap();
    let second = world
        .get(&format!("{HISTORY}?limit=2&cursor={cursor}"))
        .await
        .is(200);
    assert_eq!(second["head"]["sequence"], RECORDS + 1);
    assert_eq!(second["broken_at"], Value::Null);
    world.move_out("t1").await.is(204);
    check(&world, None, "moving out").await;
}

#[tokio::test]
async fn a_record_that_is_missing_or_altered_shows_wherever_it_was() {
    let world = with_records().await;
    for sequence in 1..=RECORDS {
        let item = world.record_item(sequence).await;
        world.delete_record(sequence).await;
        check(&world, Some(sequence), "deleting it").await;
        for (name, value) in [
            ("actor", attribute(&json!("somebody else"))),
            ("at", attribute(&json!("2020-01-01T00:00:00.000Z"))),
            (
                "to",
                attribute(&json!({"status": "provided", "source": "portal"})),
            ),
            ("extra", attribute(&json!(null))),
            ("hash", attribute(&json!("0".repeat(64)))),
            ("previous_hash", attribute(&json!("0".repeat(64)))),
            ("sequence", attribute(&json!(RECORDS + 9))),
            ("record_id", attribute(&json!("f1/t2/1"))),
            // What this version cannot read, and what JSON does not have.
            ("actor", attribute(&json!(7))),
            ("at", attribute(&json!(0.5))),
            ("type", attribute(&json!("waved_at"))),
            ("text", AttributeValue::B(Blob::new("STOP"))),
        ] {
            let mut altered = item.clone();
            altered.insert(name.to_owned(), value);
            world.put_record(sequence, altered).await;
            check(&world, Some(sequence), name).await;
        }
        let mut incomplete = item.clone();
        incomplete.remove("rule");
        world.put_record(sequence, incomplete).await;
        check(&world, Some(sequence), "removing a member").await;
        world.put_record(sequence, Item::new()).await;
        check(&world, Some(sequence), "an empty item").await;
        world.put_record(sequence, item).await;
    }
    check(&world, None, "all as it was").await;
}

#[tokio::test]
async fn records_that_are_swapped_or_sealed_anew_show() {
    let world = with_records().await;
    let records = world.history("t1").await;
    for (one, other) in [(1, 2), (2, 3), (1, 6), (4, 6)] {
        let items = [world.record_item(one).await, world.record_item(other).await];
        let [first, second] = items.clone();
        world.put_record(one, second).await;
        world.put_record(other, first).await;
        check(&world, Some(other), "swapping").await;
        let [first, second] = items;
        world.put_record(one, first).await;
        world.put_record(other, second).await;
    }
    for sequence in 1..=RECORDS {
        let record = &records[sequence - 1];
        let sealed = world
            .put_resealed(sequence, record, |it| it["text"] = json!("START"))
            .await;
        check(&world, Some(sequence), "a hash made anew").await;
        if sequence == RECORDS {
            // With the end of the chain written as well, nothing in the table shows it: infra/operate compares heads.
            world.set_chain_end(RECORDS, &sealed).await;
            check(&world, None, "the last record and the head").await;
            world.set_chain_end(RECORDS, &record["hash"]).await;
        }
        world.put_resealed(sequence, record, |_| ()).await;
    }
    check(&world, None, "all as it was").await;
}

#[tokio::test]
async fn a_head_that_is_not_the_chains_shows() {
    let world = with_records().await;
    let records = world.history("t1").await;
    let hash = |sequence: usize| &records[sequence - 1]["hash"];
    for (sequence, hash, broken_at) in [
        (RECORDS + 1, hash(RECORDS), Some(RECORDS + 1)),
        (RECORDS, hash(1), Some(RECORDS)),
        (RECORDS, &Value::Null, Some(RECORDS)),
        (RECORDS - 1, hash(RECORDS - 1), Some(RECORDS)),
        (1, hash(1), Some(RECORDS)),
        (0, &Value::Null, Some(RECORDS)),
        (RECORDS, hash(RECORDS), None),
    ] {
        world.set_chain_end(sequence, hash).await;
        check(&world, broken_at, &format!("the end set to {sequence}")).await;
        let page = world.get(HISTORY).await.is(200);
        let sequence = Some(sequence).filter(|sequence| *sequence > 0);
        assert_eq!(page["head"]["sequence"], json!(sequence));
    }
    for sequence in 1..=RECORDS {
        world.delete_record(sequence).await;
    }
    check(&world, Some(RECORDS), "deleting all").await;
    world.set_chain_end(0, &Value::Null).await;
    check(&world, None, "deleting the head as well").await;
}

#[tokio::test]
async fn a_broken_page_shows_what_is_stored_and_the_pages_behind_it_hold() {
    let world = with_records().await;
    let records = world.history("t1").await;
    let mut altered = world.record_item(4).await;
    altered.insert("actor".to_owned(), attribute(&json!(7)));
    world.put_record(4, altered).await;
    let pages = pages(&world, 2).await;
    let breaks: Vec<&Value> = pages.iter().map(|page| &page["broken_at"]).collect();
    assert_eq!(breaks, [&Value::Null, &json!("f1/t1/4"), &Value::Null]);
    assert_eq!(pages[1]["records"][0]["actor"], 7);
    assert_eq!(pages[1]["records"][1], records[2]);
    assert_eq!(pages[2]["records"], json!([records[1], records[0]]));
}

#[tokio::test]
async fn a_record_holds_with_the_members_that_it_was_written_with() {
    let world = with_records().await;
    let last = world.last_record("t1").await;
    let changes: [fn(&mut Value); 3] = [
        // As an earlier version wrote it, before there was a member.
        |record| {
            record.as_object_mut().unwrap().remove("matched");
        },
        // As a later version writes it.
        |record| record["heard_via"] = json!(["voice", {"minutes": 4}, null, true]),
        |record| record["kept_for"] = json!("7 years \u{1f600} \"\n\u{1}"),
    ];
    for change in changes {
        let hash = world.put_resealed(RECORDS, &last, change).await;
        world.set_chain_end(RECORDS, &hash).await;
        check(&world, None, "another version").await;
        let mut expected = last.clone();
        change(&mut expected);
        expected["hash"] = hash;
        assert_eq!(world.get(HISTORY).await.is(200)["records"][0], expected);
        // The chain goes on from there.
        assert_eq!(world.last_record("t1").await, expected);
    }
    world.text("SM2", ADA, "START").await;
    check(&world, None, "a record that follows").await;
}

#[tokio::test]
async fn records_that_are_written_while_a_history_is_read_are_no_alarm() {
    let world = with_records().await;
    world.text("SM2", ADA, "START").await;
    let clicks = async {
        for click in ["check", "uncheck"].into_iter().cycle().take(80) {
            world.portal("t1", click).await;
            world.profile("t1", click).await;
        }
    };
    let reads = async {
        for limit in [1, 2, 200].into_iter().cycle().take(60) {
            let path = format!("{HISTORY}?limit={limit}");
            let page = world.get(&path).await.is(200);
            assert_eq!(page["broken_at"], Value::Null);
            assert!(page["head"]["hash"].is_string());
            let newest = &page["records"][0];
            assert!(page["head"]["sequence"].as_u64() >= newest["sequence"].as_u64());
            let Some(next) = page["next"].as_str() else {
                continue;
            };
            let next = world.get(&format!("{path}&cursor={next}")).await.is(200);
            assert_eq!(next["broken_at"], Value::Null);
        }
    };
    join(clicks, reads).await;
    assert!(world.history("t1").await.len() > 50);
}
