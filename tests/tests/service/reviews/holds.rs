//! What puts a tenant on hold, what a hold keeps in, and what ends it.

use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{ADA, BEN, OFFICE, World, call, telnyx, twilio_form, twilio_id};

use super::{DOUBT, ending, held, hold};

const HOLD_NOTICE: &str =
    "This customer's last text may ask for no more texts. Read it and decide about it first.";

#[tokio::test]
async fn a_text_in_doubt_holds_texts_back_and_changes_no_status() {
    let (world, review) = held().await;
    let view = world.view("t1").await;
    let record = world.last_record("t1").await;
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    assert_eq!(
        view["hold"],
        json!({"review_id": review["review_id"], "since": record["at"], "text": DOUBT})
    );
    assert_eq!(
        (&view["can_text"], &view["profile"]["cell_phone_icon"]),
        (&json!(false), &json!("x"))
    );
    assert_eq!(
        view["two_way_texting"],
        json!({"can_send": false, "notice": HOLD_NOTICE})
    );
    assert_eq!(view["opt_in_via"], json!(["review", "text"]));
    assert_eq!(view["changed_at"], world.history("t1").await[0]["at"]);
    assert_eq!(view["notification_templates"]["text"], "dash");
    assert_eq!(view["profile"]["checkbox"]["checked"], true);
    let portal = world.portal_view("t1").await;
    assert_eq!(
        (&portal["can_text"], &portal["status"]),
        (&json!(false), &json!("provided"))
    );
    assert_eq!(
        portal["note"],
        "Please reply START to receive communications via text messages."
    );
    assert_eq!(
        (
            &record["type"],
            &record["from"],
            &record["channel"],
            &record["actor"]
        ),
        (&json!("held"), &record["to"], &json!("text"), &json!(ADA))
    );
    assert_eq!(
        (&record["needs_review"], &record["text"]),
        (&json!(true), &json!(DOUBT))
    );
    assert_eq!(record["provider_message_id"], twilio_id("M1"));
    let refused = world
        .send_text("t1", "Gate code 4711.", None)
        .await
        .is_problem(409, "on_hold");
    assert_eq!(
        (&refused["review_id"], &refused["detail"]),
        (&review["review_id"], &json!(HOLD_NOTICE))
    );
    let report = world.get("/v1/facilities/f1/consent-report").await.is(200);
    let row = &report["rows"][0];
    assert_eq!(
        (&row["on_hold"], &row["provided_consent"]),
        (&json!(true), &json!("Yes"))
    );
    let thread = world.thread("t1").await;
    assert_eq!(
        (&thread["messages"][0]["classified_as"], &thread["notice"]),
        (&json!("doubt"), &json!(HOLD_NOTICE))
    );
}

#[tokio::test]
async fn a_further_doubt_joins_the_thread_and_changes_nothing() {
    let (world, review) = held().await;
    for (label, body) in [("M1", DOUBT), ("M2", "not interested"), ("M3", DOUBT)] {
        assert_eq!(world.text(label, ADA, body).await, "");
    }
    assert_eq!(world.open_review().await, review);
    assert_eq!(world.story("t1").await, "granted, held");
    let thread = world.thread("t1").await;
    assert_eq!(thread["messages"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_doubt_holds_whatever_the_settings_and_whoever_has_not_withdrawn_by_themselves() {
    for two_way in ["on", "off"] {
        let world = World::with_ada().await;
        for tenant in ["never", "staff", "portal", "gone"] {
            world.tenant(tenant, ADA).await;
        }
        world.profile("staff", "check").await.is(200);
        world.profile("staff", "uncheck").await.is(200);
        world.portal("portal", "check").await.is(200);
        world.portal("portal", "uncheck").await.is(200);
        world.move_out("gone").await.is(204);
        world.tenant("other", BEN).await;
        world.facility(two_way).await;
        world.text("M1", ADA, DOUBT).await;
        let review = world.open_review().await;
        assert_eq!(review["tenant_count"], 3, "{review}");
        for held in ["t1", "never", "staff"] {
            assert_eq!(hold(&world, held).await.as_deref(), review["review_id"].as_str());
        }
        for free in ["portal", "other"] {
            assert_eq!(hold(&world, free).await, None);
        }
        // Another tenant who gets the number is not on hold: the hold is not the number's.
        world.tenant("late", ADA).await;
        assert_eq!(hold(&world, "late").await, None);
        let ways = if two_way == "on" {
            json!(["review", "portal", "text"])
        } else {
            json!(["review", "portal"])
        };
        let view = world.view("never").await;
        assert_eq!(view["opt_in_via"], ways);
        assert_eq!(view["two_way_texting"]["notice"], HOLD_NOTICE);
        let checkbox = &view["profile"]["checkbox"];
        assert_eq!(
            (&checkbox["enabled"], checkbox["reason"].is_string()),
            (&json!(false), true)
        );
        world
            .send_text("never", "Gate code 4711.", None)
            .await
            .is_problem(409, "consent_required");
    }
}

#[tokio::test]
async fn who_has_withdrawn_by_text_is_not_held_and_nothing_has_to_be_read() {
    let world = World::with_ada().await;
    world.text("M1", ADA, "STOP").await;
    world.text("M2", ADA, DOUBT).await;
    world.text("M3", BEN, DOUBT).await;
    assert_eq!(world.story("t1").await, "granted, opted_out");
    let page = world.reviews("f1/reviews").await;
    assert_eq!(page, json!({"reviews": [], "next": null, "open": 0}));
}

#[tokio::test]
async fn on_hold_staff_cannot_grant_and_the_tenant_can() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.text("M1", ADA, DOUBT).await;
    let refused = world
        .profile("t1", "check")
        .await
        .is_problem(409, "review_required");
    assert_eq!(refused["opt_in_via"], json!(["review", "portal", "text"]));
    world.portal("t1", "check").await.is(200);
    assert_eq!(world.story("t1").await, "held, granted");
    assert_eq!(hold(&world, "t1").await, None);
    assert_eq!(ending(&world).await, "superseded");
    world.send_text("t1", "Gate code 4711.", None).await.is(202);
}

#[tokio::test]
async fn unchecking_and_checking_gets_round_no_review() {
    let (world, _) = held().await;
    world.profile("t1", "check").await.is(200);
    world.profile("t1", "uncheck").await.is(200);
    assert!(hold(&world, "t1").await.is_some());
    world
        .profile("t1", "check")
        .await
        .is_problem(409, "review_required");
    assert_eq!(world.story("t1").await, "granted, held, opted_out");
    assert_eq!(
        world.view("t1").await["opt_in_via"],
        json!(["review", "portal", "text"])
    );
    let review = world.open_review().await;
    world.decide(&review, "no_opt_out").await.is(200);
    assert_eq!(world.standing("t1").await, "opted_out by profile");
    world.profile("t1", "check").await.is(200);
}

#[tokio::test]
async fn whatever_ends_a_hold_ends_its_review() {
    for (what, story) in [
        ("STOP", "granted, held, opted_out"),
        ("START", "granted, held, hold_lifted"),
        ("portal", "granted, held, opted_out"),
        ("new number", "granted, held, ended"),
        ("no number", "granted, held, ended"),
        ("import", "granted, held, ended"),
        ("moved out", "granted, held, ended"),
    ] {
        let (world, _) = held().await;
        let old = |cell_phone: Value| json!({"cell_phone": cell_phone, "created_on": "2020-01-01"});
        match what {
            "portal" => drop(world.portal("t1", "uncheck").await.is(200)),
            "new number" => drop(world.register("t1", &old(json!(BEN))).await),
            "no number" => drop(world.register("t1", &old(Value::Null)).await),
            "import" => {
                let file = format!("tenant_id,name,cell_phone,created_on\nt1,Ada Moreno,{BEN},2020-01-01\n");
                assert_eq!(world.import(&file).await.is(200)["updated"], 1);
            }
            "moved out" => drop(world.move_out("t1").await.is(204)),
            keyword => drop(world.text("M2", ADA, keyword).await),
        }
        assert_eq!(world.story("t1").await, story, "{what}");
        assert_eq!(ending(&world).await, "superseded", "{what}");
        let page = world.reviews("f1/reviews?status=decided").await;
        let review = &page["reviews"][0];
        assert_eq!(
            (&review["decided_by"], &review["note"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(
            review["decided_at"],
            world.last_record("t1").await["at"],
            "{what}"
        );
        for decision in ["opt_out", "no_opt_out"] {
            world
                .decide(review, decision)
                .await
                .is_problem(409, "review_decided");
        }
    }
}

#[tokio::test]
async fn where_no_grant_ends_the_hold_is_lifted_by_a_record_of_its_own() {
    for what in ["new number", "no number", "moved out"] {
        let world = World::new().await;
        world.facility("on").await;
        world.tenant("t1", ADA).await;
        world.text("M1", ADA, DOUBT).await;
        match what {
            "new number" => drop(world.tenant("t1", BEN).await),
            "no number" => drop(world.tenant("t1", Value::Null).await),
            _ => drop(world.move_out("t1").await.is(204)),
        }
        assert_eq!(world.story("t1").await, "held, hold_lifted", "{what}");
        let record = world.last_record("t1").await;
        assert_eq!(
            (&record["cell_phone"], &record["channel"]),
            (&json!(ADA), &json!("registration"))
        );
        assert_eq!(ending(&world).await, "superseded", "{what}");
    }
}

#[tokio::test]
async fn a_start_lifts_a_hold_only_where_tenants_can_reply_and_says_what_holds() {
    let (world, _) = held().await;
    world.facility("off").await;
    let told = world.text("M2", ADA, "START").await;
    assert!(told.contains("not available"), "{told}");
    assert!(hold(&world, "t1").await.is_some());
    world.facility("on").await;
    let told = world.text("M3", ADA, "START").await;
    assert!(told.contains("opted in"), "{told}");
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    world.send_text("t1", "Gate code 4711.", None).await.is(202);
}

#[tokio::test]
async fn a_start_that_was_sent_before_the_doubt_lifts_nothing() {
    let (world, _) = held().await;
    let since: Timestamp = world.view("t1").await["hold"]["since"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let start = |id: &str, seconds: i64| {
        let sent_at = (since + jiff::SignedDuration::from_secs(seconds)).to_string();
        tests::sns_notification(id, ADA, OFFICE, "START", &sent_at)
    };
    assert!(world.deliver(json!({"Records": [start("S1", -1)]})).await);
    assert!(hold(&world, "t1").await.is_some());
    assert_eq!(world.sns.outbox().await, Vec::<Value>::new(), "nothing is told");
    assert!(world.deliver(json!({"Records": [start("S2", 60)]})).await);
    assert_eq!(hold(&world, "t1").await, None);
}

#[tokio::test]
async fn the_provider_s_own_stop_ends_a_hold_too() {
    let (world, _) = held().await;
    let id = twilio_id("M2");
    let stop = [
        ("Body", "no mas"),
        ("From", ADA),
        ("MessageSid", &*id),
        ("OptOutType", "STOP"),
        ("To", OFFICE),
    ];
    world.send(twilio_form("", &stop)).await.is(200);
    assert_eq!(world.standing("t1").await, "opted_out by text");
    assert_eq!(ending(&world).await, "superseded");
}

#[tokio::test]
async fn preferences_say_on_hold_and_show_the_earlier_choice_again() {
    let world = World::with_ada().await;
    let path = "/v1/facilities/f1/tenants/t1/notification-preferences";
    let choose = |text: bool| call(&format!("PUT {path}")).json(&json!({"channels": {"text": text}}));
    world.send(choose(true)).await.is(200);
    world.text("M1", ADA, DOUBT).await;
    let shown = world.get(path).await.is(200);
    assert_eq!(
        (&shown["channels"]["text"], &shown["text_selectable"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(shown["templates"][0]["text"], "dash");
    let review = world.open_review().await;
    let refused = world.send(choose(true)).await.is_problem(409, "on_hold");
    assert_eq!(refused["review_id"], review["review_id"]);
    world.send(choose(false)).await.is(200);
    world.decide(&review, "no_opt_out").await.is(200);
    assert_eq!(world.get(path).await.is(200)["channels"]["text"], true);
    // Where both would fit, consent comes first.
    world.tenant("t2", BEN).await;
    world.text("M2", BEN, DOUBT).await;
    let other = call("PUT /v1/facilities/f1/tenants/t2/notification-preferences");
    let other = other.json(&json!({"channels": {"text": true}}));
    world.send(other).await.is_problem(409, "consent_required");
}

#[tokio::test]
async fn a_hold_comes_before_a_missing_number_of_the_facility() {
    let (world, _) = held().await;
    world.put_facility("f1", &json!({"enabled": false})).await;
    world
        .send_text("t1", "Gate code 4711.", None)
        .await
        .is_problem(409, "on_hold");
}

#[tokio::test]
async fn the_view_s_tag_changes_with_a_hold() {
    let world = World::with_ada().await;
    let tag = async || {
        let answer = world.get("/v1/facilities/f1/tenants/t1/consent").await;
        answer.header("etag").to_owned()
    };
    let before = tag().await;
    world.text("M1", ADA, DOUBT).await;
    let held = tag().await;
    assert_ne!(before, held);
    let uncheck = call("PUT /v1/facilities/f1/tenants/t1/consent").json(&json!({"consented": false}));
    world
        .send(uncheck.header("if-match", &before))
        .await
        .is_problem(412, "precondition_failed");
    world
        .decide(&world.open_review().await, "no_opt_out")
        .await
        .is(200);
    assert_ne!(held, tag().await);
}

#[tokio::test]
async fn a_doubt_of_each_provider_holds() {
    let now = consent_http::clock::now().as_second();
    let world = World::with_ada().await;
    world.send(telnyx("T1", ADA, OFFICE, DOUBT, now)).await.is(200);
    assert!(hold(&world, "t1").await.is_some());
    world
        .decide(&world.open_review().await, "no_opt_out")
        .await
        .is(200);
    let sent_at = consent_http::clock::now().to_string();
    let notification = tests::sns_notification("S1", ADA, OFFICE, DOUBT, &sent_at);
    assert!(world.deliver(json!({"Records": [notification]})).await);
    assert!(hold(&world, "t1").await.is_some());
    assert_eq!(
        world.sns.outbox().await,
        Vec::<Value>::new(),
        "a doubt is not answered"
    );
    // To a number that the facility gave up, too.
    world
        .decide(&world.open_review().await, "no_opt_out")
        .await
        .is(200);
    world
        .put_facility("f1", &json!({"enabled": true, "number": "+15125550111"}))
        .await;
    world.text("M1", ADA, DOUBT).await;
    assert!(hold(&world, "t1").await.is_some());
}
