//! What a person sees of a text in doubt, and what their decision does.

use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{ADA, World, call, twilio_id};

use super::{DOUBT, NOT_MINE, ending, held};

#[tokio::test]
async fn a_review_tells_what_somebody_has_to_know() {
    let (world, review) = held().await;
    let mut expected = json!({
        "review_id": review["review_id"], "kind": "hold", "received_at": review["received_at"],
        "decide_by": review["decide_by"], "cell_phone": ADA, "text": DOUBT, "rule": "party.plain",
        "matched": "wrong number", "tenants": [{"tenant_id": "t1", "name": "Ada Moreno"}], "tenant_count": 1,
        "decision": null, "decided_by": null, "decided_at": null, "note": null,
    });
    assert_eq!(review, expected);
    let received: Timestamp = review["received_at"].as_str().unwrap().parse().unwrap();
    let day = jiff::tz::TimeZone::UTC.to_datetime(received).date();
    let due = consent::business_days::business_days_after(day, 10);
    assert_eq!(review["decide_by"], due.to_string());
    let decided = world.decide(&review, "no_opt_out").await.is(200);
    expected["decision"] = json!("no_opt_out");
    expected["decided_by"] = json!("staff@example.com");
    expected["note"] = json!("I called them.");
    expected["decided_at"] = world.last_record("t1").await["at"].clone();
    assert_eq!(decided, expected);
    assert_eq!(
        world.reviews("f1/reviews?status=decided").await["reviews"][0],
        expected
    );
}

#[tokio::test]
async fn an_opt_out_decided_is_a_stop_received_now() {
    let (world, review) = held().await;
    world.tenant("t2", ADA).await;
    let decided = world.decide(&review, "opt_out").await.is(200);
    assert_eq!(decided["decision"], "opt_out");
    for tenant in ["t1", "t2"] {
        assert_eq!(world.standing(tenant).await, "opted_out by text");
        let record = world.last_record(tenant).await;
        assert_eq!(
            (&record["channel"], &record["actor"], &record["rule"]),
            (
                &json!("review"),
                &json!("staff@example.com"),
                &json!("review_opt_out")
            )
        );
        assert_eq!(
            (
                &record["text"],
                &record["provider_message_id"],
                &record["needs_review"]
            ),
            (&json!(DOUBT), &json!(twilio_id("M1")), &json!(false))
        );
    }
    // The number is stopped as well, and nobody is told: only the tenant's own STOP is confirmed.
    world.tenant("t3", ADA).await;
    assert_eq!(world.standing("t3").await, "opted_out by text");
    assert_eq!(world.sns.outbox().await, Vec::<Value>::new());
    // Again, and by somebody else: nothing changes.
    assert_eq!(world.decide(&review, "opt_out").await.is(200), decided);
    assert_eq!(world.story("t1").await, "granted, held, opted_out");
    world
        .decide(&review, "no_opt_out")
        .await
        .is_problem(409, "review_decided");
    world.decide(&review, "seen").await.wrong_fields();
    // What a later START grants is not taken back by a repetition.
    world.text("M2", ADA, "START").await;
    world.decide(&review, "opt_out").await.is(200);
    assert_eq!(world.standing("t1").await, "provided by text");
}

#[tokio::test]
async fn a_second_look_may_find_an_opt_out_and_never_the_other_way() {
    let (world, review) = held().await;
    let first = world.decide(&review, "no_opt_out").await.is(200);
    assert_eq!(world.story("t1").await, "granted, held, hold_lifted");
    let record = world.last_record("t1").await;
    assert_eq!(
        (&record["channel"], &record["rule"], &record["text"]),
        (&json!("review"), &json!("review_no_opt_out"), &json!(DOUBT))
    );
    world.send_text("t1", "Gate code 4711.", None).await.is(202);
    let id = first["review_id"].as_str().unwrap();
    let again = call(&format!("PUT /v1/facilities/f1/reviews/{id}")).json(&json!({"decision": "no_opt_out"}));
    assert_eq!(world.send(again).await.is(200), first, "the first note stays");
    // It counts also where the tenant has granted anew.
    world.profile("t1", "uncheck").await.is(200);
    world.profile("t1", "check").await.is(200);
    let second = world.decide(&review, "opt_out").await.is(200);
    assert_eq!(second["decision"], "opt_out");
    assert_eq!(world.standing("t1").await, "opted_out by text");
    world
        .decide(&review, "no_opt_out")
        .await
        .is_problem(409, "review_decided");
    assert_eq!(ending(&world).await, "opt_out");
}

#[tokio::test]
async fn a_plain_opt_out_of_somebody_else_is_read_and_stands() {
    let world = World::with_ada().await;
    world.tenant("t2", ADA).await;
    world.text("M1", ADA, "STOP").await;
    world.text("M2", ADA, "START").await;
    let told = world.text("M3", ADA, NOT_MINE).await;
    assert!(told.contains("opted out"), "{told}");
    let review = world.open_review().await;
    assert_eq!(
        (&review["kind"], &review["tenant_count"]),
        (&json!("opted_out"), &json!(2))
    );
    let changed_at = world.view("t1").await["changed_at"].clone();
    for decision in ["opt_out", "no_opt_out"] {
        assert_eq!(world.decide(&review, decision).await.wrong_fields(), ["decision"]);
    }
    let seen = world.decide(&review, "seen").await.is(200);
    assert_eq!(world.decide(&review, "seen").await.is(200), seen);
    for tenant in ["t1", "t2"] {
        let record = world.last_record(tenant).await;
        assert_eq!(
            (&record["type"], &record["from"]),
            (&json!("reviewed"), &record["to"])
        );
        assert_eq!(world.standing(tenant).await, "opted_out by text");
    }
    assert_eq!(world.story("t2").await, "opted_out, granted, opted_out, reviewed");
    assert_eq!(world.view("t1").await["changed_at"], changed_at);
    assert_eq!(ending(&world).await, "seen");
    // A second one opts nobody out, and nobody has to read it.
    world.text("M4", ADA, NOT_MINE).await;
    assert_eq!(world.reviews("f1/reviews").await["open"], 0);
}

#[tokio::test]
async fn a_plain_opt_out_of_somebody_on_hold_closes_one_review_and_opens_another() {
    let (world, _) = held().await;
    world.text("M2", ADA, NOT_MINE).await;
    assert_eq!(world.open_review().await["kind"], "opted_out");
    let decided = world.reviews("f1/reviews?status=decided").await;
    assert_eq!(decided["reviews"][0]["decision"], "superseded");
}

#[tokio::test]
async fn what_no_decision_is_changes_nothing() {
    let (world, review) = held().await;
    let id = review["review_id"].as_str().unwrap();
    let put = |path: &str, body: &Value| call(&format!("PUT /v1/facilities/{path}")).json(body);
    let at = |body: &Value| put(&format!("f1/reviews/{id}"), body);
    for (body, fields) in [
        (json!({}), vec!["decision"]),
        (json!({"decision": "superseded"}), vec!["decision"]),
        (json!({"decision": true, "note": 1}), vec!["decision", "note"]),
        (json!({"decision": "no_opt_out", "note": ""}), vec!["note"]),
        (
            json!({"decision": "no_opt_out", "note": "x".repeat(501)}),
            vec!["note"],
        ),
    ] {
        assert_eq!(world.send(at(&body)).await.wrong_fields(), fields, "{body}");
    }
    let body = json!({"decision": "no_opt_out"});
    world
        .send(put("f1/reviews/none", &body))
        .await
        .is_problem(404, "review_not_found");
    world
        .send(put(&format!("f9/reviews/{id}"), &body))
        .await
        .is_problem(404, "facility_not_found");
    world.put_facility("f2", &json!({"enabled": false})).await;
    world
        .send(put(&format!("f2/reviews/{id}"), &body))
        .await
        .is_problem(404, "review_not_found");
    let read_only = json!({"sub": "s", "scope": "consent:read", "facilities": "*"});
    world
        .send(at(&body).claims(read_only.clone()))
        .await
        .is_problem(403, "forbidden");
    let elsewhere = json!({"sub": "s", "scope": "consent:read consent:write", "facilities": "f2"});
    world
        .send(at(&body).claims(elsewhere.clone()))
        .await
        .is_problem(403, "forbidden");
    world
        .send(at(&body).nobody())
        .await
        .is_problem(401, "unauthenticated");
    let list = || call("GET /v1/facilities/f1/reviews");
    world.send(list().claims(read_only)).await.is(200);
    world
        .send(list().claims(elsewhere))
        .await
        .is_problem(403, "forbidden");
    world
        .get("/v1/facilities/f9/reviews")
        .await
        .is_problem(404, "facility_not_found");
    for (query, field) in [
        ("status=closed", "status"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let answer = world.get(&format!("/v1/facilities/f1/reviews?{query}")).await;
        assert_eq!(answer.wrong_fields(), [field]);
    }
    for method in ["POST", "DELETE"] {
        let answer = world
            .send(call(&format!("{method} /v1/facilities/f1/reviews/{id}")))
            .await;
        answer.is_problem(405, "method_not_allowed");
        let answer = world
            .send(call(&format!("{method} /v1/facilities/f1/reviews")))
            .await;
        answer.is_problem(405, "method_not_allowed");
    }
    assert_eq!(world.open_review().await, review);
    assert_eq!(world.story("t1").await, "granted, held");
    world
        .send(at(&json!({"decision": "no_opt_out", "note": "x".repeat(500)})))
        .await
        .is(200);
}

#[tokio::test]
async fn open_reviews_are_listed_oldest_first_and_decided_ones_newest_first() {
    let world = World::new().await;
    world.facility("on").await;
    let number = |at: usize| format!("+1512555{:04}", 200 + at);
    for at in 0..5 {
        world.tenant(&format!("t{at}"), number(at)).await;
        world.text(&format!("M{at}"), &number(at), DOUBT).await;
    }
    let turn = async |status: &str| {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = world
                .reviews(&format!("f1/reviews?status={status}&limit=2{cursor}"))
                .await;
            let reviews = page["reviews"].as_array().unwrap().clone();
            assert!(reviews.len() <= 2);
            seen.extend(
                reviews
                    .iter()
                    .map(|review| review["cell_phone"].as_str().unwrap().to_owned()),
            );
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return (seen, page["open"].clone()),
            }
        }
    };
    let numbers: Vec<String> = (0..5).map(number).collect();
    assert_eq!(turn("open").await, (numbers.clone(), json!(5)));
    let all = world.reviews("f1/reviews").await["reviews"].clone();
    for at in [3, 0, 4] {
        world.decide(&all[at], "no_opt_out").await.is(200);
    }
    let left = vec![numbers[1].clone(), numbers[2].clone()];
    assert_eq!(turn("open").await, (left, json!(2)));
    let decided = vec![numbers[4].clone(), numbers[0].clone(), numbers[3].clone()];
    assert_eq!(turn("decided").await, (decided, json!(2)));
    let cursor = world.reviews("f1/reviews?limit=1").await["next"].clone();
    let of_other = format!(
        "/v1/facilities/f1/reviews?status=decided&cursor={}",
        cursor.as_str().unwrap()
    );
    assert_eq!(world.get(&of_other).await.wrong_fields(), ["cursor"]);
}

#[tokio::test]
async fn holds_and_decisions_are_published_and_counted() {
    let world = World::embedded().await.and_ada().await;
    world.counts.take();
    world.text("M1", ADA, DOUBT).await;
    let counts = world.counts.take();
    assert_eq!(counts.get("Holds"), Some(&1), "{counts:?}");
    let review = world.open_review().await;
    world.decide(&review, "no_opt_out").await.is(200);
    world.decide(&review, "no_opt_out").await.is(200);
    world.decide(&review, "opt_out").await.is(200);
    let counts = world.counts.take();
    for (metric, times) in [
        ("ReviewDecisions", 2),
        ("ReviewDecisions Decision=no_opt_out", 1),
        ("ReviewDecisions Decision=opt_out", 1),
        ("OptOuts Channel=review", 1),
    ] {
        assert_eq!(counts.get(metric), Some(&times), "{metric}: {counts:?}");
    }
    assert_eq!(world.publish(world.stream()).await, Vec::<String>::new());
    let events = world.sns.events().await;
    let types: Vec<&str> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "consent.granted",
            "consent.held",
            "consent.hold_lifted",
            "consent.opted_out"
        ]
    );
}
