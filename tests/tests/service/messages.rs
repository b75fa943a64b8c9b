//! Sending through the gate, the thread, and the provider's own list.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use consent_http::clock;
use consent_store::Outcome;
use serde_json::{Value, json};
use tests::{ADA, OFFICE, World, call};

#[tokio::test]
async fn a_text_leaves_with_the_decision_that_let_it_out() {
    let world = World::with_ada().await;
    world.requests.take();
    let sent = world
        .send_text("t1", "Your gate code is 4711.", None)
        .await
        .is(202);
    // The read that decides, the decision, and how it went.
    assert_eq!(world.requests.take_sum(), 3);
    assert_eq!(sent["consent_record_id"], "f1/t1/1");
    let outbox = world.sns.outbox().await;
    assert_eq!(outbox.len(), 1);
    assert_eq!(outbox[0]["to"], ADA);
    assert_eq!(outbox[0]["from"], OFFICE);
    assert_eq!(outbox[0]["body"], "Your gate code is 4711.");

    let thread = world.thread("t1").await;
    assert_eq!(
        (&thread["can_send"], &thread["notice"], &thread["next"]),
        (&json!(true), &json!(null), &json!(null))
    );
    let message = &thread["messages"][0];
    assert_eq!(message["id"], sent["message_id"]);
    assert_eq!(message["decision_id"], sent["decision_id"]);
    assert_eq!(
        (&message["direction"], &message["state"]),
        (&json!("outbound"), &json!("sent"))
    );
    assert_eq!(message["classified_as"], json!(null));
}

#[tokio::test]
async fn no_text_leaves_without_consent() {
    let world = World::with_ada().await;
    world.text("SM1", ADA, "STOP").await;
    let problem = world
        .send_text("t1", "hello", Some("k"))
        .await
        .is_problem(409, "consent_required");
    assert_eq!(problem["consent_status"], "opted_out");
    assert_eq!(problem["opt_in_via"], json!(["text"]));
    world
        .register("t1", &json!({"cell_phone": null, "created_on": "2020-01-01"}))
        .await;
    world
        .send_text("t1", "hello", None)
        .await
        .is_problem(409, "no_cell_phone");
    assert!(world.sns.outbox().await.is_empty());
    // A refusal is not remembered under its key: the next try may be allowed.
    world
        .register("t1", &json!({"cell_phone": ADA, "created_on": "2020-01-01"}))
        .await;
    world.text("SM2", ADA, "START").await;
    world.send_text("t1", "hello", Some("k")).await.is(202);

    let thread = world.thread("t1").await;
    let meanings: Vec<&Value> = thread["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| &message["classified_as"])
        .collect();
    assert_eq!(meanings, [&json!(null), &json!("opt_in"), &json!("opt_out")]);
}

#[tokio::test]
async fn a_key_sends_once_and_stands_for_one_body() {
    let world = World::with_ada().await;
    let first = world.send_text("t1", "hello", Some("k1")).await.is(202);
    assert_eq!(world.send_text("t1", "hello", Some("k1")).await.is(202), first);
    world
        .send_text("t1", "hallo", Some("k1"))
        .await
        .is_problem(422, "idempotency_key_reused");
    assert_ne!(world.send_text("t1", "hello", Some("k2")).await.is(202), first);
    assert_eq!(world.sns.outbox().await.len(), 2);
    let both = tokio::join!(
        world.send_text("t1", "twice", Some("k3")),
        world.send_text("t1", "twice", Some("k3"))
    );
    assert_eq!(both.0.is(202), both.1.is(202));
    assert_eq!(world.sns.outbox().await.len(), 3);
    for bad in ["", &"k".repeat(256)] {
        world
            .send_text("t1", "hello", Some(bad))
            .await
            .is_problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_failed_publish_is_visible_and_a_retry_with_the_key_completes_it() {
    let world = World::with_ada().await;
    world.sns.tell("PUT", "/failures/1").await;
    let failed = world.send_text("t1", "hello", Some("k1")).await;
    failed.is_problem(503, "unavailable");
    assert_eq!(failed.header("retry-after"), "1");
    let state = async |expected: &str| {
        let thread = world.thread("t1").await;
        assert_eq!(thread["messages"].as_array().unwrap().len(), 1);
        assert_eq!(thread["messages"][0]["state"], expected);
    };
    state("failed").await;
    world.send_text("t1", "hello", Some("k1")).await.is(202);
    state("sent").await;
    assert_eq!(world.sns.outbox().await.len(), 1);
    // A STOP between the two tries wins.
    world.sns.tell("PUT", "/failures/1").await;
    world
        .send_text("t1", "again", Some("k2"))
        .await
        .is_problem(503, "unavailable");
    world.text("SM1", ADA, "STOP").await;
    world
        .send_text("t1", "again", Some("k2"))
        .await
        .is_problem(409, "consent_required");
    assert_eq!(world.sns.outbox().await.len(), 1);
}

#[tokio::test]
async fn a_key_under_which_nothing_left_is_free_for_another_body() {
    let world = World::with_ada().await;
    world.sns.tell("PUT", "/failures/1").await;
    world
        .send_text("t1", "first", Some("k1"))
        .await
        .is_problem(503, "unavailable");
    let second = world.send_text("t1", "second", Some("k1")).await.is(202);
    assert_eq!(world.send_text("t1", "second", Some("k1")).await.is(202), second);
    world
        .send_text("t1", "first", Some("k1"))
        .await
        .is_problem(422, "idempotency_key_reused");
    let left = world.sns.outbox().await;
    assert_eq!((left.len(), &left[0]["body"]), (1, &json!("second")));
}

#[tokio::test]
async fn a_text_that_may_have_left_keeps_its_key() {
    let world = World::with_ada().await;
    world.sns.tell("PUT", "/delay/2500").await;
    let unknown = world.send_text("t1", "first", Some("k1")).await;
    let problem = unknown.is_problem(503, "unavailable");
    assert_eq!(problem["may_have_left"], true);
    world.sns.tell("PUT", "/delay/0").await;
    world
        .send_text("t1", "second", Some("k1"))
        .await
        .is_problem(422, "idempotency_key_reused");
    let thread = world.thread("t1").await;
    assert_eq!(thread["messages"][0]["state"], "accepted");
    // The same text is tried again once nobody can be at it any more.
    world.send_text("t1", "first", Some("k1")).await.is(202);
}

#[tokio::test]
async fn a_crash_between_decision_and_publish_sends_neither_twice_nor_never() {
    let world = World::with_ada().await;
    // The decision is written, and then nothing more happens.
    let permit = world.let_out("t1", Some("k1")).await;
    let state = async || world.thread("t1").await["messages"][0]["state"].clone();
    assert_eq!(state().await, "accepted");
    assert!(world.sns.outbox().await.is_empty());
    // Two retries at once wait until nobody can be at it any more; then one of them sends it.
    let both = tokio::join!(
        world.send_text("t1", "hello", Some("k1")),
        world.send_text("t1", "hello", Some("k1"))
    );
    assert_eq!(both.0.is(202)["message_id"], permit.message().message_id.as_str());
    assert_eq!(both.1.is(202)["message_id"], permit.message().message_id.as_str());
    assert_eq!(world.sns.outbox().await.len(), 1);
    assert_eq!(state().await, "sent");
    // Whoever comes back from the dead is too late.
    assert!(!permit.holds(clock::now()));
}

#[tokio::test]
async fn a_stop_waits_for_a_text_in_flight() {
    let world = World::with_ada().await;
    let permit = world.let_out("t1", None).await;
    let settled = AtomicBool::new(false);
    let publish = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        settled.store(true, Ordering::SeqCst);
        let sent = world.store.record_outcome(*permit, &Outcome::Sent).await;
        sent.unwrap();
    };
    let stop = async |id: &str| {
        world.text(id, ADA, "STOP").await;
        assert!(
            settled.load(Ordering::SeqCst),
            "acknowledged while a text was in flight"
        );
    };
    // Delivered again at the same time, it is not acknowledged earlier.
    tokio::join!(publish, stop("SM1"), stop("SM1"));
}

#[tokio::test]
async fn a_body_has_1_to_1600_characters_and_something_to_be_seen() {
    let world = World::with_ada().await;
    for good in [
        "é".repeat(1_600),
        "\tGate code:\n\n4711\n".to_owned(),
        "4711\u{2028}0\u{a0}\u{200b}".to_owned(),
        "👍🏽".to_owned(),
        ".".to_owned(),
    ] {
        world.send_text("t1", &good, None).await.is(202);
    }
    let blank = [
        "",
        " ",
        "  ",
        "\n",
        "\t \n",
        "\u{a0}",
        "\u{2028}",
        "\u{200b}",
        " \u{feff}\u{2060}",
        "\u{3164}",
    ];
    let with_controls = [
        "4711\r\n",
        "\r",
        "4711\u{0}",
        "\u{1b}[1m",
        "\u{7f}4711",
        "47\u{85}11",
        "\u{b}4711",
    ];
    let texts = blank
        .into_iter()
        .chain(with_controls)
        .map(|body| json!({"body": body}));
    for bad in texts.chain([json!({"body": "x".repeat(1_601)}), json!({"body": 7}), json!({})]) {
        let answer = world
            .send(call("POST /v1/facilities/f1/tenants/t1/messages").json(&bad))
            .await;
        assert_eq!(answer.wrong_fields(), ["body"], "{bad}");
    }
    assert_eq!(world.sns.outbox().await.len(), 5);
}

#[tokio::test]
async fn the_providers_list_keeps_texts_in_and_changes_no_consent() {
    let world = World::with_ada().await;
    world.sns.tell("PUT", &format!("/opted-out/{ADA}")).await;
    let problem = world
        .send_text("t1", "hello", None)
        .await
        .is_problem(409, "consent_required");
    assert_eq!(problem["consent_status"], "provided");
    let view = world.view("t1").await;
    assert_eq!(
        (&view["status"], &view["can_text"]),
        (&json!("provided"), &json!(false))
    );
    assert!(view["provider_block"]["since"].is_string());
    assert_eq!(view["provider_block"]["retry_after"], json!(null));
    world
        .send_text("t1", "hello", None)
        .await
        .is_problem(409, "consent_required");

    // START asks the provider to let the number back.
    world.text("SM1", ADA, "START").await;
    let view = world.view("t1").await;
    assert_eq!(
        (&view["can_text"], &view["provider_block"]),
        (&json!(true), &json!(null))
    );
    world.send_text("t1", "hello", None).await.is(202);

    // It does so once in 30 days.
    world.text("SM2", ADA, "STOP").await;
    world.sns.tell("PUT", &format!("/opted-out/{ADA}")).await;
    world.text("SM3", ADA, "START").await;
    let view = world.view("t1").await;
    assert_eq!(
        (&view["status"], &view["can_text"]),
        (&json!("provided"), &json!(false))
    );
    assert!(view["provider_block"]["retry_after"].is_string());
    // Where the provider has let it back meanwhile, the next text finds out.
    world.sns.tell("DELETE", &format!("/opted-out/{ADA}")).await;
    world.send_text("t1", "hello", None).await.is(202);
    // Another number has no part in it.
    world.sns.tell("PUT", &format!("/opted-out/{ADA}")).await;
    world
        .send_text("t1", "hello", None)
        .await
        .is_problem(409, "consent_required");
    world
        .register(
            "t1",
            &json!({"cell_phone": "+15125550143", "created_on": "2020-01-01"}),
        )
        .await;
    let view = world.view("t1").await;
    assert_eq!(view["provider_block"], json!(null));
}

#[tokio::test]
async fn preferences_follow_consent() {
    let world = World::with_ada().await;
    let path = "/v1/facilities/f1/tenants/t1/notification-preferences";
    let put = |body: Value| world.send(call(&format!("PUT {path}")).json(&body));
    let get = || world.send(call(&format!("GET {path}")));
    let defaults = get().await.is(200);
    assert_eq!(
        defaults["channels"],
        json!({"email": true, "print": false, "text": false})
    );
    let reminder = json!({"id": "payment_reminder", "name": "Payment reminder", "email": "on", "print": "off", "text": "off"});
    assert_eq!(defaults["templates"][0], reminder);
    let choice =
        json!({"channels": {"text": true}, "templates": {"late_notice": {"text": true, "email": false}}});
    let chosen = put(choice.clone()).await.is(200);
    assert_eq!(
        (&chosen["channels"]["text"], &chosen["templates"][1]["text"]),
        (&json!(true), &json!("on"))
    );

    world.text("SM1", ADA, "STOP").await;
    let hidden = get().await.is(200);
    assert_eq!(
        (&hidden["channels"]["text"], &hidden["text_selectable"]),
        (&json!(false), &json!(false))
    );
    assert!(
        hidden["templates"]
            .as_array()
            .unwrap()
            .iter()
            .all(|template| template["text"] == "dash")
    );
    put(choice).await.is_problem(409, "consent_required");
    put(json!({"channels": {"text": false, "print": true}}))
        .await
        .is(200);

    world.text("SM2", ADA, "START").await;
    let shown = get().await.is(200);
    assert_eq!(
        shown["channels"],
        json!({"email": true, "print": true, "text": true})
    );
    assert_eq!(shown["templates"][1]["text"], "on");
    for bad in [
        json!({"channels": {"fax": true}}),
        json!({"templates": {"nope": {"text": false}}}),
        json!({"templates": {"late_notice": {"fax": true}}}),
        json!({"channels": {"email": "yes"}}),
        json!({"channels": []}),
        json!({"channels": null}),
        json!({"templates": null}),
        json!([]),
    ] {
        put(bad).await.is_problem(400, "invalid_request");
    }
    world.tenant("t1", Value::Null).await;
    put(json!({"channels": {"text": true}}))
        .await
        .is_problem(409, "no_cell_phone");
}
