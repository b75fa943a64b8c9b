//! The pack of a life in which everything happens that can be recorded of a tenant, and everything that can become of a text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{ADA, BEN, World, attribute, call};

use crate::evidence_packs::{lines, verifies};

/// A person decides about the only open text, and notes why.
async fn decide(world: &World, decision: &str, note: &str) {
    let review = world.open_review().await;
    let id = review["review_id"].as_str().unwrap();
    let body = json!({"decision": decision, "note": note});
    let put = call(&format!("PUT /v1/facilities/f1/reviews/{id}"));
    world.send(put.json(&body)).await.is(200);
}

/// Its tenant is `t1`.
pub(crate) async fn whole_life() -> World {
    let world = World::with_ada().await;
    let text = async |label: &str, body: &str| drop(world.text(label, ADA, body).await);
    let refused = async |code: &str| {
        let answer = world.send_text("t1", "This one is refused.", None).await;
        answer.is_problem(409, code);
    };
    let reminder = "Your rent of $120 for unit A12 is due on Friday.";
    world.send_text("t1", reminder, None).await.is(202);
    text("M1", "wrong number").await;
    refused("on_hold").await;
    decide(&world, "no_opt_out", "She meant the number of the unit.").await;
    text("M2", "not interested").await;
    // It lifts the hold, and the review closes by itself.
    text("M3", "START").await;
    text("M4", "wrong number, stop").await;
    refused("consent_required").await;
    decide(&world, "seen", "The number is hers.").await;
    text("M5", "START").await;
    text("M6", "wrong number").await;
    decide(&world, "opt_out", "She wants no more texts.").await;
    text("M7", "START").await;
    world.portal("t1", "uncheck").await.is(200);
    text("M8", "STOP").await;
    text("M9", "START").await;
    world.portal("t1", "check").await.is(200);
    let came = consent_http::clock::now() - SignedDuration::from_hours(48);
    let letter = json!({"consented": false, "received_via": "letter", "received_at": came.to_string()});
    let put = call("PUT /v1/facilities/f1/tenants/t1/consent");
    world.send(put.json(&letter)).await.is(200);
    world.profile("t1", "check").await.is(200);
    // The number goes, and another one comes, on which a STOP stands.
    let file = "tenant_id,name,cell_phone,units,created_on\nt1,Ada Moreno,,A12,2020-01-01\n";
    world.import(file).await.is(200);
    refused("no_cell_phone").await;
    world.text("M10", BEN, "STOP").await;
    world
        .register("t1", &json!({"cell_phone": BEN, "created_on": "2020-01-01"}))
        .await;
    world.text("M11", BEN, "START").await;
    // A facility without a number of its own sends nothing.
    world.put_facility("f1", &json!({"enabled": false})).await;
    refused("no_text_number").await;
    world.facility("on").await;
    // Texts that another sends: one that left, one that did not, one of which nothing is told, and one that is still open.
    let sent = world.open("t1", 5).await;
    let body = json!({"outcome": "sent", "body": "Your gate code is 4711.", "provider_message_id": "SM9"});
    world.outcome("t1", &sent, &body).await.is(200);
    let kept = world.open("t1", 5).await;
    let body = json!({"outcome": "not_sent"});
    world.outcome("t1", &kept, &body).await.is(200);
    world.open("t1", 1).await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    world.open("t1", 10).await;
    world
}

/// What there is of a member in a list.
fn all<'a>(list: &'a Value, member: &str) -> BTreeSet<&'a str> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| item[member].as_str().unwrap_or("null"))
        .collect()
}

#[tokio::test]
async fn a_pack_of_everything_verifies_at_every_moment() {
    let world = whole_life().await;
    let (pack, keys) = (world.evidence("t1", "").await, world.evidence_keys().await);
    verifies(vec![pack.clone()], &keys);
    let (records, decisions) = (&pack["records"], &pack["decisions"]);
    let kinds = [
        "ended",
        "granted",
        "held",
        "hold_lifted",
        "opt_out_lifted",
        "opted_out",
        "reviewed",
    ];
    assert_eq!(all(records, "type"), BTreeSet::from(kinds));
    let channels = ["import", "portal", "profile", "registration", "review", "text"];
    assert_eq!(all(records, "channel"), BTreeSet::from(channels));
    let outcomes = ["not_sent", "null", "sent", "unknown"];
    assert_eq!(all(decisions, "outcome"), BTreeSet::from(outcomes));
    let codes = [
        "consent_required",
        "no_cell_phone",
        "no_text_number",
        "null",
        "on_hold",
    ];
    assert_eq!(all(decisions, "code"), BTreeSet::from(codes));
    // Each record by itself is a moment of which there is a pack.
    for record in records.as_array().unwrap() {
        let query = format!("?as_of={}", record["at"].as_str().unwrap());
        verifies(vec![world.evidence("t1", &query).await], &keys);
    }
    world.move_out("t1").await.is(204);
    let gone = world.evidence("t1", "").await;
    assert_eq!(
        gone["records"].as_array().unwrap().len(),
        records.as_array().unwrap().len() + 1
    );
    assert_eq!(gone["decisions"], {
        let mut ended = decisions.clone();
        // What was open then has had its time since.
        ended.as_array_mut().unwrap().last_mut().unwrap()["outcome"] = json!("unknown");
        ended
    });
    verifies(vec![gone], &keys);
}

#[tokio::test]
async fn who_decided_about_a_text_and_what_they_noted_is_in_the_chain() {
    let world = whole_life().await;
    let pack = world.evidence("t1", "").await;
    let records = pack["records"].as_array().unwrap();
    let decided: Vec<[&str; 5]> = records
        .iter()
        .filter(|record| record["channel"] == "review")
        .map(|record| {
            ["type", "actor", "text", "rule", "note"].map(|member| record[member].as_str().unwrap())
        })
        .collect();
    let by = "staff@example.com";
    let expected = [
        [
            "hold_lifted",
            by,
            "wrong number",
            "review_no_opt_out",
            "She meant the number of the unit.",
        ],
        [
            "reviewed",
            by,
            "wrong number, stop",
            "review_seen",
            "The number is hers.",
        ],
        [
            "opted_out",
            by,
            "wrong number",
            "review_opt_out",
            "She wants no more texts.",
        ],
    ];
    assert_eq!(decided, expected);
    let others = records.iter().filter(|record| record["channel"] != "review");
    for record in others {
        assert_eq!(record.get("note"), Some(&Value::Null), "{record}");
    }
    let page = call("GET /v1/facilities/f1/tenants/t1/consent/evidence").header("accept", "text/html");
    let page = world.send(page).await.text;
    for [_, by, text, _, note] in expected {
        for words in [by, text, note] {
            assert!(page.contains(words), "{words}");
        }
    }
    // A note is no more to be altered than the rest.
    let mut altered = pack.clone();
    let at = records
        .iter()
        .position(|record| record["type"] == "reviewed")
        .unwrap();
    altered["records"][at]["note"] = json!("Nobody has looked.");
    let id = records[at]["record_id"].as_str().unwrap();
    let line = format!("FAILED chain: {id}: it does not match its hash: it was altered");
    assert!(lines(vec![altered], None).contains(&line));
}

#[tokio::test]
async fn the_words_of_a_text_can_be_erased_and_nothing_else_goes() {
    let world = World::with_ada().await;
    let words = "Your rent of $120 is due.";
    world.send_text("t1", words, None).await.is(202);
    let before = world.evidence("t1", "").await;
    let message = &before["decisions"][0]["message"];
    let [at, id] = ["at", "id"].map(|member| message[member].as_str().unwrap());
    let mut item = world.item("TENANT#f1#t1", &format!("THREAD#{at}#{id}")).await;
    item.insert("body".to_owned(), attribute(&json!("")));
    world.put_item(item).await;
    let (pack, keys) = (world.evidence("t1", "").await, world.evidence_keys().await);
    let mut expected = before["decisions"].clone();
    expected[0]["message"]["body"] = json!("");
    assert_eq!(
        (&pack["decisions"], &pack["records"]),
        (&expected, &before["records"])
    );
    verifies(vec![pack], &keys);
    let page = call("GET /v1/facilities/f1/tenants/t1/consent/evidence").header("accept", "text/html");
    let page = world.send(page).await.text;
    assert!(page.contains("It was sent.") && page.contains("The words of the text were erased."));
    assert!(!page.contains(words));
    let thread = world.thread("t1").await;
    assert_eq!(thread["messages"][0]["body"], "");
}
