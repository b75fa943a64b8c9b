//! What the other side's expert would try: each alteration of a pack, and the line of the verifier that shows it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use consent::evidence::{Check, Events, Examination, Outcome};
use serde_json::{Value, json};
use tests::hash_of;

use crate::evidence_packs::{life, lines};

/// Makes every record from a sequence on anew, so that hashes and links hold, and the head with them.
fn resealed(pack: &mut Value, from: usize) {
    let records = pack["records"].as_array_mut().unwrap();
    for at in from - 1..records.len() {
        let previous = at.checked_sub(1).map(|before| records[before]["hash"].clone());
        records[at]["previous_hash"] = previous.unwrap_or_default();
        let hash = hash_of(&records[at]);
        records[at]["hash"] = hash.into();
    }
    let (count, hash) = (records.len(), records.last().unwrap()["hash"].clone());
    pack["head"] = json!({"sequence": count, "hash": hash});
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of alterations, each with its lines")]
async fn twelve_alterations_each_have_their_line() {
    let world = life().await;
    let keys = world.evidence_keys().await;
    let whole = world.evidence("t1", "").await;
    assert!(
        lines(vec![whole.clone()], Some(&keys))
            .iter()
            .all(|line| line.starts_with("ok "))
    );
    let check = |what: &str, alter: &dyn Fn(&mut Value), expected: &[&str]| {
        let mut pack = whole.clone();
        alter(&mut pack);
        assert_ne!(pack, whole, "{what}");
        let lines = lines(vec![pack], Some(&keys));
        for expected in expected {
            assert!(
                lines.iter().any(|line| line.starts_with(expected)),
                "{what}: {lines:#?}"
            );
        }
        // Whatever else was done to it, the service did not sign it so.
        assert!(
            lines.iter().any(|line| line.starts_with("FAILED")),
            "{what}: {lines:#?}"
        );
    };
    let signature = "FAILED signature: it is not the key's over this pack: the pack was altered";
    check(
        "the STOP says something else",
        &|pack| pack["records"][1]["text"] = json!("thanks!"),
        &[
            "FAILED chain: f1/t1/2: it does not match its hash: it was altered",
            signature,
        ],
    );
    check(
        "the STOP is left out",
        &|pack| drop(pack["records"].as_array_mut().unwrap().remove(1)),
        &[
            "FAILED chain: f1/t1/2: it is missing, or another record is in its place",
            signature,
        ],
    );
    check(
        "the STOP is written anew, with its hash",
        &|pack| {
            pack["records"][1]["text"] = json!("thanks!");
            let hash = hash_of(&pack["records"][1]);
            pack["records"][1]["hash"] = hash.into();
        },
        &[
            "FAILED chain: f1/t1/3: its `previous_hash` is not the hash of the record before it",
            signature,
        ],
    );
    check(
        "the STOP is written anew, and all behind it",
        &|pack| {
            pack["records"][1]["text"] = json!("thanks!");
            resealed(pack, 2);
        },
        &["ok chain", "ok head", signature],
    );
    check(
        "the STOP becomes a grant",
        &|pack| {
            pack["records"][1]["type"] = json!("granted");
            pack["records"][1]["to"] = json!({"status": "provided", "source": "text"});
            resealed(pack, 2);
        },
        &[
            "FAILED rules: f1/t1/2: no rule leads from its `from` to its `to`",
            signature,
        ],
    );
    check(
        "a record is put in between",
        &|pack| {
            let mut record = pack["records"][2].clone();
            record["channel"] = json!("profile");
            pack["records"].as_array_mut().unwrap().insert(2, record);
            for at in 2..pack["records"].as_array().unwrap().len() {
                pack["records"][at]["sequence"] = json!(at + 1);
                pack["records"][at]["record_id"] = json!(format!("f1/t1/{}", at + 1));
            }
            resealed(pack, 3);
        },
        &["FAILED rules: f1/t1/3: its channel is not one", signature],
    );
    check(
        "the last records are cut off",
        &|pack| {
            pack["records"].as_array_mut().unwrap().truncate(3);
            resealed(pack, 1);
        },
        &[
            "FAILED standing: f1/t1/3: `standing` is not what stands",
            "FAILED decisions: f1/t1/7: decision",
            signature,
        ],
    );
    check(
        "it stands otherwise",
        &|pack| pack["standing"]["status"] = json!("opted_out"),
        &["FAILED standing: ", signature],
    );
    check(
        "it rests on another record",
        &|pack| pack["standing"]["record_id"] = json!("f1/t1/1"),
        &["FAILED standing: ", signature],
    );
    check(
        "a refused text was allowed",
        &|pack| {
            pack["decisions"][1]["allowed"] = json!(true);
            pack["decisions"][1]["consent_record_id"] = json!("f1/t1/1");
        },
        &["FAILED decisions: f1/t1/2: decision", signature],
    );
    check(
        "an allowed text saw an earlier record",
        &|pack| {
            pack["decisions"][2]["sequence"] = json!(4);
            pack["decisions"][2]["consent_record_id"] = json!("f1/t1/3");
        },
        &["FAILED decisions: f1/t1/4: decision", signature],
    );
    check(
        "a text says something else",
        &|pack| pack["decisions"][0]["message"]["body"] = json!("hello"),
        &["ok decisions", signature],
    );
    check(
        "a decision is there twice",
        &|pack| {
            let decision = pack["decisions"][0].clone();
            pack["decisions"].as_array_mut().unwrap().push(decision);
        },
        &["FAILED decisions: f1/t1/1: decision", signature],
    );
    check(
        "the head is another",
        &|pack| pack["head"]["sequence"] = json!(3),
        &["FAILED head: ", signature],
    );
    check(
        "another tenant's",
        &|pack| pack["tenant"]["tenant_id"] = json!("t2"),
        &[
            "FAILED chain: f1/t2/1: it is missing, or another record is in its place",
            signature,
        ],
    );
    check(
        "another key is named",
        &|pack| pack["signature"]["key_id"] = json!("mine"),
        &["FAILED signature: no key has the id mine"],
    );
    check(
        "another algorithm is named",
        &|pack| pack["signature"]["algorithm"] = json!("none"),
        &["FAILED signature: its algorithm is none"],
    );
    check(
        "a member is gone",
        &|pack| drop(pack.as_object_mut().unwrap().remove("decisions")),
        &["FAILED shape: /decisions is missing"],
    );
    check(
        "a time moves",
        &|pack| pack["as_of"] = json!("2020-01-01T00:00:00.000Z"),
        &["FAILED chain: f1/t1/1: it is later", signature],
    );
}

#[tokio::test]
async fn without_keys_the_last_line_says_that_the_signature_was_not_checked() {
    let world = life().await;
    let lines = lines(vec![world.evidence("t1", "").await], None);
    assert!(
        lines
            .last()
            .unwrap()
            .starts_with("not checked signature: the signature was not checked")
    );
}

#[tokio::test]
async fn an_earlier_head_shows_a_chain_that_was_written_anew() {
    let world = life().await;
    let earlier = world.evidence("t1", "").await["head"]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    world.portal("t1", "uncheck").await.is(200);
    let outcome = |pack: Value, hash: &str| {
        let mut pack = Examination::of(vec![pack]).unwrap();
        pack.earlier_head(hash);
        pack.checks().last().unwrap().clone()
    };
    let pack = world.evidence("t1", "").await;
    assert!(matches!(
        outcome(pack.clone(), &earlier.to_uppercase()).outcome,
        Outcome::Holds(_)
    ));
    let mut anew = pack;
    anew["records"][1]["text"] = json!("thanks!");
    resealed(&mut anew, 2);
    assert!(outcome(anew, &earlier).fails());
}

/// What a subscriber has kept.
async fn published(world: &tests::World) -> Vec<String> {
    world.publish(world.stream()).await;
    world.sns.events().await.iter().map(Value::to_string).collect()
}

fn compared(pack: Value, events: &[String]) -> Check {
    let mut pack = Examination::of(vec![pack]).unwrap();
    let mut compared = Events::default();
    for event in events {
        compared.line(&pack, event.as_bytes()).unwrap();
    }
    compared.conclude(&mut pack);
    pack.checks().last().unwrap().clone()
}

#[tokio::test]
async fn published_events_are_witnesses_of_a_pack() {
    let world = tests::World::embedded().await.and_ada().await;
    world.text("M1", tests::ADA, "STOP").await;
    world.text("M2", tests::ADA, "START").await;
    world.tenant("t2", tests::BEN).await;
    world.profile("t2", "check").await.is(200);
    let events = published(&world).await;
    let pack = world.evidence("t1", "").await;
    assert_eq!(
        compared(pack.clone(), &events).to_string(),
        "ok events: 3 were published, as the pack has them"
    );
    let mut anew = pack.clone();
    anew["records"][1]["text"] = json!("thanks!");
    resealed(&mut anew, 2);
    assert!(
        compared(anew, &events)
            .to_string()
            .starts_with("FAILED events: f1/t1/2: another record was published")
    );
    let altered: Vec<String> = events
        .iter()
        .map(|event| event.replace("\"STOP\"", "\"thanks!\""))
        .collect();
    assert!(
        compared(pack.clone(), &altered)
            .to_string()
            .contains("does not match its own hash")
    );
    let examination = Examination::of(vec![pack]).unwrap();
    for line in ["{", "[]", "{\"data\": 7}", "7"] {
        assert!(
            Events::default().line(&examination, line.as_bytes()).is_err(),
            "{line}"
        );
    }
    assert!(Events::default().line(&examination, b" \n").is_ok());
}
