//! Texts in doubt hold texts back until a person has read them, and what the decision does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{ADA, Answer, BEN, OFFICE, World, call, telnyx, twilio, twilio_form, twilio_id};

/// A text in doubt.
const DOUBT: &str = "wrong number";
/// A plain opt-out that leaves the number to be corrected.
const NOT_MINE: &str = "wrong number, stop";
const HOLD_NOTICE: &str =
    "This customer's last text may ask for no more texts. Read it and decide about it first.";

async fn send(world: &World, tenant: &str) -> Answer {
    let call = call(&format!("POST /v1/facilities/f1/tenants/{tenant}/messages"));
    world.send(call.json(&json!({"body": "Gate code 4711."}))).await
}

/// Ada, on hold from the text `M1`, with its review.
async fn held() -> (World, Value) {
    let world = World::with_ada().await;
    world.text("M1", ADA, DOUBT).await;
    let review = world.open_review().await;
    (world, review)
}

/// Whether texts to a tenant are held back, and by which review.
async fn hold(world: &World, tenant: &str) -> Option<String> {
    let hold = world.view(tenant).await["hold"].clone();
    hold["review_id"].as_str().map(str::to_owned)
}

/// How the only decided review ended.
async fn ending(world: &World) -> String {
    let page = world.reviews("f1/reviews?status=decided").await;
    assert_eq!(page["open"], 0, "{page}");
    assert_eq!(page["reviews"].as_array().unwrap().len(), 1, "{page}");
    page["reviews"][0]["decision"].as_str().unwrap().to_owned()
}

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
    let refused = send(&world, "t1").await.is_problem(409, "on_hold");
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
    let thread = world.get("/v1/facilities/f1/tenants/t1/messages").await.is(200);
    assert_eq!(
        (&thread["messages"][0]["classified_as"], &thread["notice"]),
        (&json!("doubt"), &json!(HOLD_NOTICE))
    );
}

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
async fn a_further_doubt_joins_the_thread_and_changes_nothing() {
    let (world, review) = held().await;
    for (label, body) in [("M1", DOUBT), ("M2", "not interested"), ("M3", DOUBT)] {
        assert_eq!(world.text(label, ADA, body).await, "");
    }
    assert_eq!(world.open_review().await, review);
    assert_eq!(world.story("t1").await, "granted, held");
    let thread = world.get("/v1/facilities/f1/tenants/t1/messages").await.is(200);
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
        send(&world, "never").await.is_problem(409, "consent_required");
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
    send(&world, "t1").await.is(202);
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
    send(&world, "t1").await.is(202);
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
    send(&world, "t1").await.is(202);
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
    send(&world, "t1").await.is_problem(409, "on_hold");
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
    world.send(twilio("M1", ADA, OFFICE, DOUBT)).await.is(200);
    assert!(hold(&world, "t1").await.is_some());
}
