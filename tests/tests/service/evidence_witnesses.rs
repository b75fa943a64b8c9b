//! What shows a chain that was written anew, or cut off, by somebody who may sign: an earlier head, and published events.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use consent::evidence::{Check, Events, Examination, Outcome};
use serde_json::{Value, json};

use crate::evidence_altered::resealed;
use crate::evidence_packs::{life, lines};

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
    // Who has the key may sign a chain whose end is cut off. The events tell, once they are not of the last minute.
    let mut cut = pack.clone();
    cut["records"].as_array_mut().unwrap().pop();
    resealed(&mut cut, 1);
    cut["standing"] = json!({
        "status": "opted_out", "source": "text", "on_hold": false, "evidence": null, "record_id": "f1/t1/2",
    });
    let now = consent_http::clock::now();
    for (minutes, expected) in [
        (
            2,
            "FAILED events: f1/t1/3: it was published, and the pack lacks it",
        ),
        (0, "ok events: 2 were published"),
    ] {
        cut["generated_at"] = json!((now + jiff::SignedDuration::from_mins(minutes)).to_string());
        cut["as_of"] = json!(now.to_string());
        let line = compared(cut.clone(), &events).to_string();
        assert!(line.starts_with(expected), "{line}");
    }
    cut["as_of"] = cut["records"][1]["at"].clone();
    let line = compared(cut, &events).to_string();
    assert!(line.starts_with("ok events: 2 were published"), "{line}");
    // Nothing is said where there is nothing to compare.
    let others = world.evidence("t2", "").await;
    let of_ada = events.iter().filter(|event| event.contains("f1/t1/"));
    let of_ada: Vec<String> = of_ada.cloned().collect();
    let line = compared(others, &of_ada).to_string();
    assert!(line.starts_with("not checked events: none of these"), "{line}");
    let examination = Examination::of(vec![pack]).unwrap();
    for line in ["{", "[]", "{\"data\": 7}", "7"] {
        assert!(
            Events::default().line(&examination, line.as_bytes()).is_err(),
            "{line}"
        );
    }
    assert!(Events::default().line(&examination, b" \n").is_ok());
}
