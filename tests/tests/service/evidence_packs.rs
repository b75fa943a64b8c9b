//! `GET .../consent/evidence`: what a pack holds, at which moment, for whom, and that it verifies.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use consent::evidence::{Check, Examination, KeySet};
use consent::record::rfc3339;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{ADA, BEN, Item, World, attribute, call};
use tokio::time::Instant;

/// A life in which everything happens that can be recorded here. Its tenant is `t1`.
pub(crate) async fn life() -> World {
    let world = World::with_ada().await;
    world
        .send_text("t1", "Your rent is due on Friday.", None)
        .await
        .is(202);
    world.text("M1", ADA, "pls stop texting me").await;
    world
        .send_text("t1", "refused", None)
        .await
        .is_problem(409, "consent_required");
    world.text("M2", ADA, "START").await;
    world.portal("t1", "uncheck").await.is(200);
    world.text("M3", ADA, "STOP").await;
    world.text("M4", ADA, "START").await;
    world.portal("t1", "check").await.is(200);
    world
        .send_text("t1", "Your gate code is 4711.", None)
        .await
        .is(202);
    let came = consent_http::clock::now() - jiff::SignedDuration::from_hours(48);
    let letter = json!({"consented": false, "received_via": "letter", "received_at": came.to_string()});
    let letter = call("PUT /v1/facilities/f1/tenants/t1/consent").json(&letter);
    world.send(letter).await.is(200);
    world.profile("t1", "check").await.is(200);
    world
        .register("t1", &json!({"cell_phone": BEN, "created_on": "2020-01-01"}))
        .await;
    world.portal("t1", "check").await.is(200);
    world.send_text("t1", "Welcome back.", None).await.is(202);
    world
}

/// The lines of the verifier.
pub(crate) fn lines(packs: Vec<Value>, keys: Option<&Value>) -> Vec<String> {
    let mut pack = Examination::of(packs).unwrap();
    let keys = keys.map(|keys| KeySet::read(keys).unwrap());
    pack.signature(keys.as_ref());
    pack.checks().iter().map(Check::to_string).collect()
}

#[track_caller]
pub(crate) fn verifies(packs: Vec<Value>, keys: &Value) {
    let lines = lines(packs, Some(keys));
    assert!(lines.iter().all(|line| line.starts_with("ok ")), "{lines:#?}");
}

#[tokio::test]
async fn a_pack_has_everything_and_verifies() {
    let world = life().await;
    let (pack, keys) = (world.evidence("t1", "").await, world.evidence_keys().await);
    verifies(vec![pack.clone()], &keys);
    let records = world.history("t1").await;
    assert_eq!(pack["records"], json!(records));
    assert_eq!(pack["format"], "consent-evidence/1");
    assert_eq!(
        pack["facility"],
        json!({"facility_id": "f1", "name": "Main Street Storage"})
    );
    let tenant = json!({"tenant_id": "t1", "name": "Ada Moreno", "cell_phone": BEN, "units": ["A12"], "moved_out": false});
    assert_eq!(pack["tenant"], tenant);
    let last = records.last().unwrap();
    let standing = json!({
        "status": "provided", "source": "portal", "on_hold": false, "evidence": "signed_disclosure",
        "record_id": last["record_id"],
    });
    assert_eq!(pack["standing"], standing);
    assert_eq!(
        pack["head"],
        json!({"sequence": records.len(), "hash": last["hash"]})
    );
    assert_eq!(pack["decisions_left_out"], 0);
    assert_eq!(pack.get("part"), None);
    let decisions = pack["decisions"].as_array().unwrap();
    let allowed: Vec<bool> = decisions
        .iter()
        .map(|it| it["allowed"].as_bool().unwrap())
        .collect();
    assert_eq!(allowed, [true, false, true, true]);
    let bodies: Vec<&Value> = decisions.iter().map(|it| &it["message"]["body"]).collect();
    let expected = [
        "Your rent is due on Friday.",
        "",
        "Your gate code is 4711.",
        "Welcome back.",
    ];
    for (body, expected) in bodies.into_iter().zip(expected) {
        assert_eq!(body.as_str().unwrap_or_default(), expected);
    }
}

#[tokio::test]
async fn a_pack_is_of_any_moment_with_that_moment_included() {
    let world = life().await;
    let keys = world.evidence_keys().await;
    let records = world.history("t1").await;
    for (at, record) in records.iter().enumerate() {
        let moment = record["at"].as_str().unwrap();
        // Records of one millisecond come together.
        let upto = records.iter().rposition(|it| it["at"] == record["at"]).unwrap();
        let pack = world.evidence("t1", &format!("?as_of={moment}")).await;
        assert_eq!(pack["as_of"], moment);
        assert_eq!(pack["records"].as_array().unwrap().len(), upto + 1, "{at}");
        assert_eq!(pack["head"]["hash"], records[upto]["hash"]);
        assert_eq!(pack["standing"]["status"], records[upto]["to"]["status"]);
        for decision in pack["decisions"].as_array().unwrap() {
            assert!(decision["decided_at"].as_str().unwrap() <= moment);
            assert!(decision["sequence"].as_u64().unwrap() <= pack["head"]["sequence"].as_u64().unwrap());
        }
        verifies(vec![pack], &keys);
    }
    let before = world.evidence("t1", "?as_of=2020-01-01T00:00:00%2B01:00").await;
    assert_eq!(before["as_of"], "2019-12-31T23:00:00.000Z");
    assert_eq!(
        (&before["records"], &before["decisions"]),
        (&json!([]), &json!([]))
    );
    let standing = json!({
        "status": "not_provided", "source": null, "on_hold": false, "evidence": null, "record_id": null,
    });
    assert_eq!(before["standing"], standing);
    assert_eq!(before["head"], Value::Null);
    verifies(vec![before], &keys);
}

#[tokio::test]
async fn a_moment_a_little_ahead_counts_as_now_and_a_later_one_is_refused() {
    let world = World::with_ada().await;
    let ahead = |seconds| (consent_http::clock::now() + jiff::SignedDuration::from_secs(seconds)).to_string();
    let pack = world.evidence("t1", &format!("?as_of={}", ahead(50))).await;
    assert_eq!(pack["as_of"], pack["generated_at"]);
    let evidence = "/v1/facilities/f1/tenants/t1/consent/evidence";
    let late = format!("as_of={}", ahead(70));
    for query in [
        late.as_str(),
        "as_of=",
        "as_of=now",
        "as_of=2026-11-27",
        "as_of=2026-11-27T00:00:00Z&as_of=2026-11-27T00:00:00Z",
    ] {
        let answer = world.get(&format!("{evidence}?{query}")).await;
        assert_eq!(answer.wrong_fields(), ["as_of"], "{query}");
    }
    for part in [
        "part=1-0-0-0",
        "part=x",
        "part=",
        "part=2-1-2-0",
        "part=2--1-1-1",
        "part=2-1-1",
    ] {
        let answer = world.get(&format!("{evidence}?{part}")).await;
        assert_eq!(answer.wrong_fields(), ["part"], "{part}");
    }
}

#[tokio::test]
async fn who_moved_out_has_evidence_and_who_never_was_has_none() {
    let world = life().await;
    world.move_out("t1").await.is(204);
    let (pack, keys) = (world.evidence("t1", "").await, world.evidence_keys().await);
    assert_eq!(pack["tenant"]["moved_out"], true);
    assert_eq!(pack["standing"]["status"], "not_provided");
    assert_eq!(pack["decisions"].as_array().unwrap().len(), 4);
    verifies(vec![pack], &keys);
    for (path, code) in [
        ("f1/tenants/t9", "tenant_not_found"),
        ("f9/tenants/t1", "facility_not_found"),
    ] {
        let path = format!("/v1/facilities/{path}/consent/evidence");
        world.get(&path).await.is_problem(404, code);
    }
    let evidence = call("GET /v1/facilities/f1/tenants/t1/consent/evidence");
    world
        .send(evidence.clone().nobody())
        .await
        .is_problem(401, "unauthenticated");
    for claims in [
        json!({"sub": "s", "scope": "consent:write", "facilities": "*"}),
        json!({"sub": "s", "scope": "consent:read", "facilities": "f2"}),
        json!({"sub": "s", "scope": "portal", "facility_id": "f1", "tenant_id": "t1"}),
    ] {
        world
            .send(evidence.clone().claims(claims))
            .await
            .is_problem(403, "forbidden");
    }
}

/// A tenant with so many records, each with a long text.
async fn long_chain(records: usize) -> World {
    let world = World::with_ada().await;
    world.text("M0", ADA, "STOP").await;
    let first = world.history("t1").await;
    let mut previous = first.last().unwrap().clone();
    for sequence in first.len() + 1..=records {
        let (from, to) = (previous["to"].clone(), previous["from"].clone());
        let hash = previous["hash"].clone();
        let is_grant = to["status"] == "provided";
        let mut record = previous.clone();
        record["record_id"] = json!(format!("f1/t1/{sequence}"));
        record["sequence"] = json!(sequence);
        record["type"] = json!(if is_grant { "granted" } else { "opted_out" });
        record["channel"] = json!("text");
        record["from"] = from;
        record["to"] = json!({"status": if is_grant { "provided" } else { "opted_out" }, "source": "text"});
        record["text"] = json!("\"stop\" <b>&amp;</b> ".repeat(100));
        record["previous_hash"] = hash;
        world.put_resealed(sequence, &record, |_| ()).await;
        record["hash"] = tests::hash_of(&record).into();
        previous = record;
    }
    world.set_chain_end(records, &previous["hash"]).await;
    world
}

#[tokio::test]
async fn a_pack_that_one_answer_does_not_hold_comes_in_parts_that_verify_together() {
    let world = long_chain(1_500).await;
    let keys = world.evidence_keys().await;
    for accept in ["application/json", "text/html"] {
        let mut path = "/v1/facilities/f1/tenants/t1/consent/evidence".to_owned();
        let mut parts = Vec::new();
        loop {
            let answer = world
                .send(call(&format!("GET {path}")).header("accept", accept))
                .await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            // What Lambda takes, the answer being a JSON string in it.
            assert!(serde_json::to_string(&answer.text).unwrap().len() < 6_000_000);
            parts.push(answer.text.clone());
            let Some(link) = answer.headers.get("link") else {
                break;
            };
            let link = link.to_str().unwrap().trim_start_matches("<?");
            let (query, _) = link.split_once('>').unwrap();
            path = format!("/v1/facilities/f1/tenants/t1/consent/evidence?{query}");
            // What is recorded meanwhile is in none of the parts.
            world.profile("t1", "uncheck").await.is(200);
        }
        assert!(parts.len() > 1, "{accept}");
        if accept == "text/html" {
            assert!(
                parts[0].contains("another one follows") && parts[parts.len() - 1].contains("the last one")
            );
            continue;
        }
        let parts: Vec<Value> = parts
            .iter()
            .map(|part| serde_json::from_str(part).unwrap())
            .collect();
        let records: usize = parts
            .iter()
            .map(|part| part["records"].as_array().unwrap().len())
            .sum();
        assert_eq!(records, 1_500);
        verifies(parts.clone(), &keys);
        let mut of_another = parts.clone();
        of_another[1]["as_of"] = json!("2099-01-01T00:00:00.000Z");
        of_another[1]["generated_at"] = json!("2099-01-01T00:00:00.000Z");
        let mut without = parts.clone();
        without.remove(0);
        for (packs, expected) in [
            (without, "FAILED parts: file 1 is not part 1"),
            (parts[..1].to_vec(), "FAILED parts: file 1 is not part 1 of 1"),
            (
                parts.iter().rev().cloned().collect(),
                "FAILED parts: file 1 is not part 1",
            ),
            (
                [&parts[..1], &parts[..1]].concat(),
                "FAILED parts: file 2 is not part 2 of 2",
            ),
            (
                vec![
                    parts[0].clone(),
                    world.evidence("t1", "?as_of=2020-01-01T00:00:00Z").await,
                ],
                "FAILED parts: file 2 is not part 2 of 2",
            ),
            (of_another, "FAILED parts: file 2 is a part of another pack"),
        ] {
            let lines = lines(packs, Some(&keys));
            assert!(lines[1].starts_with(expected), "{}", lines[1]);
        }
    }
}

/// Puts decisions like one that there is, a minute after each other from its time on, each with these changes.
async fn put_decisions(world: &World, like: &Value, count: i64, change: impl Fn(&mut Item)) {
    let id = like["decision_id"].as_str().unwrap();
    let item = world.item("TENANT#f1#t1", &format!("DECISION#t#{id}")).await;
    let first: Timestamp = like["decided_at"].as_str().unwrap().parse().unwrap();
    for number in 0..count {
        let at = first - SignedDuration::from_mins(count - number);
        let id = format!("{:012x}{number:020x}", at.as_millisecond());
        let mut item = item.clone();
        for (name, text) in [
            ("SK", format!("DECISION#t#{id}")),
            ("decision_id", id),
            ("at", rfc3339(at)),
        ] {
            item.insert(name.to_owned(), attribute(&json!(text)));
        }
        change(&mut item);
        world.put_item(item).await;
    }
}

#[tokio::test]
async fn a_pack_has_the_last_2000_decisions_and_those_before_are_in_the_pack_of_an_earlier_moment() {
    let world = World::with_ada().await;
    world.send_text("t1", "Your rent is due.", None).await.is(202);
    let sent = world.decisions("t1").await.remove(0);
    // Her agreement is from before all of them.
    let began = json!("2020-01-01T00:00:00.000Z");
    let first = world.last_record("t1").await;
    let hash = world
        .put_resealed(1, &first, |record| record["at"] = began.clone())
        .await;
    world.set_chain_end(1, &hash).await;
    put_decisions(&world, &sent, 2_004, |_| ()).await;
    let keys = world.evidence_keys().await;
    let asked_at = Instant::now();
    let pack = world.evidence("t1", "").await;
    // Lambda gives it 29 seconds, and the emulator is slower than DynamoDB.
    assert!(asked_at.elapsed().as_secs() < 20, "{:?}", asked_at.elapsed());
    let decisions = pack["decisions"].as_array().unwrap();
    assert_eq!((decisions.len(), &pack["decisions_left_out"]), (2_000, &json!(5)));
    assert_eq!(decisions[1_999]["decision_id"], sent["decision_id"]);
    let query = format!("?as_of={}", decisions[0]["decided_at"].as_str().unwrap());
    let earlier = world.evidence("t1", &query).await;
    let before = earlier["decisions"].as_array().unwrap();
    assert_eq!((before.len(), &earlier["decisions_left_out"]), (6, &json!(0)));
    assert_eq!(before[5]["decision_id"], decisions[0]["decision_id"]);
    verifies(vec![pack], &keys);
    verifies(vec![earlier], &keys);
    let page = call("GET /v1/facilities/f1/tenants/t1/consent/evidence").header("accept", "text/html");
    let page = world.send(page).await.text;
    assert!(page.contains("5 earlier decisions about texts are on file"));
}

#[tokio::test]
async fn a_decision_that_saw_a_record_which_the_pack_lacks_is_left_out_with_it() {
    let world = World::with_ada().await;
    world.send_text("t1", "Your rent is due.", None).await.is(202);
    let sent = world.decisions("t1").await.remove(0);
    put_decisions(&world, &sent, 3, |item| {
        item.insert("sequence".to_owned(), attribute(&json!(2)));
    })
    .await;
    let (pack, keys) = (world.evidence("t1", "").await, world.evidence_keys().await);
    assert_eq!(pack["decisions"].as_array().unwrap().len(), 1);
    assert_eq!(pack["decisions_left_out"], 0);
    verifies(vec![pack], &keys);
    // With the record they are in it.
    world.text("M1", ADA, "STOP").await;
    assert_eq!(
        world.evidence("t1", "").await["decisions"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
}

#[tokio::test]
async fn a_facility_may_have_a_time_zone() {
    let world = World::new().await;
    let put = async |zone: Value| {
        let body = json!({"name": "Storage", "two_way_texting": {"enabled": false}, "time_zone": zone});
        world.send(call("PUT /v1/facilities/f1").json(&body)).await
    };
    assert_eq!(
        put(json!("America/Chicago")).await.is(201)["time_zone"],
        "America/Chicago"
    );
    assert_eq!(
        world.get("/v1/facilities/f1").await.is(200)["time_zone"],
        "America/Chicago"
    );
    for other in [
        json!("Central"),
        json!("america/chicago"),
        json!(""),
        json!(-6),
        json!("../etc/passwd"),
    ] {
        assert_eq!(put(other).await.wrong_fields(), ["time_zone"]);
    }
    assert_eq!(put(Value::Null).await.is(200).get("time_zone"), None);
}
