//! `POST /v1/sms/twilio`: texts from tenants.

use serde_json::{Value, json};
use tests::{ADA, BEN, Call, OFFICE, World, call, twilio, twilio_form, twilio_id};

/// A facility with two-way texting and one tenant who agreed.
async fn agreed() -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.profile("t1", "check").await.is(200);
    world
}

#[tokio::test]
async fn a_stop_reaches_every_tenant_with_the_number_and_is_confirmed_once() {
    let world = agreed().await;
    world.tenant("t2", ADA).await;
    world.tenant("t3", BEN).await;
    world.profile("t3", "check").await.is(200);
    let answer = world.send(twilio("SM1", ADA, OFFICE, "STOP")).await;
    answer.is(200);
    assert_eq!(answer.header("content-type"), "application/xml");
    insta::assert_snapshot!(answer.text, @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Message>Main Street Storage: You have opted out and will receive no more text messages from us.</Message></Response>"#);
    for id in ["t1", "t2"] {
        assert_eq!(world.standing(id).await, "opted_out by text");
    }
    assert_eq!(world.standing("t3").await, "provided by profile");
    let again = world.send(twilio("SM1", ADA, OFFICE, "STOP")).await;
    again.is(200);
    insta::assert_snapshot!(again.text, @r#"<?xml version="1.0" encoding="UTF-8"?><Response></Response>"#);
    assert_eq!(
        world.text("SM2", ADA, "STOP").await,
        "",
        "nothing was left to stop"
    );
    assert_eq!(world.history("t1").await.len(), 2);
    world.text("SM3", ADA, "START").await;
    assert_ne!(
        world.text("SM4", ADA, "STOP").await,
        "",
        "another revocation has its own confirmation"
    );
}

#[tokio::test]
async fn a_message_id_takes_effect_once_whatever_comes_with_it() {
    let world = agreed().await;
    world.text("SM1", ADA, "STOP").await;
    world.text("SM2", ADA, "START").await;
    assert_eq!(world.text("SM1", ADA, "STOP").await, "");
    assert_eq!(world.text("SM1", BEN, "STOP").await, "");
    assert_eq!(world.standing("t1").await, "provided by text");
    world.tenant("t2", BEN).await;
    assert_eq!(world.standing("t2").await, "not_provided");
    assert_eq!(world.history("t1").await.len(), 3);
    assert_ne!(world.text("SM3", ADA, "HELP").await, "");
    assert_eq!(world.text("SM3", ADA, "HELP").await, "");
}

#[tokio::test]
async fn start_grants_to_who_never_agreed_or_was_opted_out_by_staff_or_text() {
    let world = agreed().await;
    world.tenant("t2", ADA).await;
    world.tenant("t3", ADA).await;
    world.portal("t3", "check").await.is(200);
    world.portal("t3", "uncheck").await.is(200);
    world.profile("t1", "uncheck").await.is(200);
    let reply = world.text("SM1", ADA, "START").await;
    assert!(reply.contains("opted in") && reply.contains("portal"), "{reply}");
    assert_eq!(world.standing("t1").await, "provided by text");
    assert_eq!(world.standing("t2").await, "provided by text");
    assert_eq!(world.standing("t3").await, "opted_out by portal");
    let records = world.history("t1").await.len();
    world.text("SM2", ADA, "START").await;
    assert_eq!(
        world.history("t1").await.len(),
        records,
        "who agreed need not agree again"
    );
    world.text("SM3", ADA, "Yes").await;
    assert_eq!(world.text("SM4", ADA, "I will come by tomorrow").await, "");
    assert_eq!(world.history("t3").await.len(), 2);
}

#[tokio::test]
async fn without_two_way_texting_a_stop_counts_and_a_start_does_not() {
    let world = agreed().await;
    world.facility("off").await;
    assert_ne!(world.text("SM1", ADA, "stop").await, "");
    assert_eq!(world.standing("t1").await, "opted_out by text");
    let reply = world.text("SM2", ADA, "start").await;
    assert!(reply.contains("portal"), "{reply}");
    assert_eq!(world.standing("t1").await, "opted_out by text");
    world.tenant("t4", BEN).await;
    world.portal("t4", "check").await.is(200);
    world.portal("t4", "uncheck").await.is(200);
    let reply = world.text("SM4", BEN, "start").await;
    assert!(reply.contains("opted out on the tenant portal"), "{reply}");
    assert_eq!(world.standing("t4").await, "opted_out by portal");
    world.tenant("t2", ADA).await;
    assert_eq!(
        world.standing("t2").await,
        "opted_out by text",
        "the number is not cleared either"
    );
    world.facility("on").await;
    world.text("SM2", ADA, "start").await;
    assert_eq!(
        world.standing("t1").await,
        "opted_out by text",
        "that one was heard already"
    );
    world.text("SM3", ADA, "start").await;
    assert_eq!(world.standing("t1").await, "provided by text");
}

#[tokio::test]
async fn a_number_keeps_its_stop_until_its_start() {
    let world = World::new().await;
    world.facility("off").await;
    assert_ne!(
        world.text("SM1", ADA, "STOP").await,
        "",
        "a stranger's STOP is confirmed too"
    );
    let grandfathered = json!({"cell_phone": ADA, "created_on": "2020-01-01"});
    world.register("t1", &grandfathered).await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
    let record = world.last_record("t1").await;
    assert_eq!(
        (&record["channel"], &record["text"], &record["to"]["source"]),
        (&json!("registration"), &Value::Null, &json!("text"))
    );
    // Granted at the portal while it stands: this tenant may be texted, the next one may not.
    world.portal("t1", "check").await.is(200);
    assert_eq!(world.view("t1").await["can_text"], true);
    world.register("t1", &grandfathered).await;
    assert_eq!(world.standing("t1").await, "provided by portal");
    world.tenant("t2", ADA).await;
    assert_eq!(world.standing("t2").await, "opted_out by text");
    assert_ne!(world.text("SM2", ADA, "STOP").await, "");
    assert_eq!(world.standing("t1").await, "opted_out by text");
    world.facility("on").await;
    world.text("SM3", ADA, "START").await;
    world.tenant("t3", ADA).await;
    assert_eq!(world.standing("t3").await, "not_provided");
    assert_eq!(world.totals().await, [2, 1, 0]);
}

#[tokio::test]
async fn another_facilitys_tenants_are_untouched() {
    let world = agreed().await;
    let other = "+15125550101";
    world
        .put_facility("f2", &json!({"enabled": true, "number": other}))
        .await;
    let standing = async || {
        let view = world.get("/v1/facilities/f2/tenants/t1/consent").await.is(200);
        view["status"].as_str().unwrap().to_owned()
    };
    let grandfathered = json!({"cell_phone": ADA, "created_on": "2020-01-01"});
    world.put_tenant("f2/tenants/t1", &grandfathered).await.is(201);
    world.text("SM1", ADA, "STOP").await;
    assert_eq!(standing().await, "provided");
    world.send(twilio("SM2", ADA, other, "STOP")).await.is(200);
    assert_eq!(standing().await, "opted_out");
    world.text("SM3", ADA, "START").await;
    assert_eq!(standing().await, "opted_out");
    assert_eq!(world.standing("t1").await, "provided by text");
}

#[tokio::test]
async fn a_text_to_a_number_that_nobody_has_changes_nothing() {
    let world = agreed().await;
    let unknown = world.send(twilio("SM1", ADA, "+15125550109", "STOP")).await;
    unknown.is(200);
    assert_eq!(unknown.message(), "");
    assert_eq!(world.standing("t1").await, "provided by profile");
    // A number that was given up is the next one's alone.
    world
        .put_facility("f1", &json!({"enabled": true, "number": "+15125550109"}))
        .await;
    world
        .put_facility("f2", &json!({"enabled": true, "number": OFFICE}))
        .await;
    world.text("SM2", ADA, "STOP").await;
    assert_eq!(world.standing("t1").await, "provided by profile");
    // It took no effect then; it may now.
    world
        .send(twilio("SM1", ADA, "+15125550109", "STOP"))
        .await
        .is(200);
    assert_eq!(world.standing("t1").await, "opted_out by text");
}

#[tokio::test]
async fn what_twilio_understood_decides_before_the_words_and_is_answered_already() {
    let text = |id: &str, body: &str, understood: &str| {
        twilio_form(
            "",
            &[
                ("Body", body),
                ("From", ADA),
                ("MessageSid", &twilio_id(id)),
                ("OptOutType", understood),
                ("To", OFFICE),
            ],
        )
    };
    let world = agreed().await;
    let check = async |call: Call, standing: &str| {
        let answer = world.send(call).await;
        answer.is(200);
        assert_eq!(answer.message(), "");
        assert_eq!(world.standing("t1").await, standing);
    };
    check(
        text("SM1", "no thanks to all of this", "STOP"),
        "opted_out by text",
    )
    .await;
    let record = world.last_record("t1").await;
    assert_eq!(
        (&record["rule"], &record["needs_review"]),
        (&json!("provider.opt_out_type"), &json!(false))
    );
    assert_eq!(
        (&record["text"], &record["matched"]),
        (&json!("no thanks to all of this"), &Value::Null)
    );
    check(text("SM2", "STOP", "HELP"), "opted_out by text").await;
    check(text("SM3", "STOP", "START"), "provided by text").await;
    check(text("SM4", "STOP", "HELP"), "provided by text").await;
    check(text("SM4", "STOP", "STOP"), "provided by text").await;
    world.facility("off").await;
    check(text("SM5", "STOP", "STOP"), "opted_out by text").await;
    check(text("SM6", "START", "START"), "opted_out by text").await;
    world.facility("on").await;
    // Nothing said by the provider: the words decide, and are answered.
    let answer = world.send(text("SM7", "START", "")).await;
    assert_ne!(answer.message(), "");
    assert_eq!(world.standing("t1").await, "provided by text");
}

#[tokio::test]
async fn help_names_the_facility_and_its_contact_and_changes_nothing() {
    let world = agreed().await;
    let reply = world.text("SM1", ADA, "Help").await;
    assert!(reply.contains("Main Street Storage"), "{reply}");
    let body = json!({
        "name": "Tom & Jerry's <Storage>", "help_contact": "\"Jo\" 512-555-0111",
        "two_way_texting": {"enabled": true, "number": OFFICE},
    });
    world
        .send(call("PUT /v1/facilities/f1").json(&body))
        .await
        .is(200);
    let reply = world.text("SM2", ADA, "INFO").await;
    assert!(
        reply.starts_with("Tom &amp; Jerry&apos;s &lt;Storage&gt;"),
        "{reply}"
    );
    assert!(reply.contains("512-555-0111"), "{reply}");
    assert_ne!(
        world.text("SM3", BEN, "help").await,
        "",
        "strangers are helped too"
    );
    assert_eq!(world.standing("t1").await, "provided by profile");
    assert_eq!(world.history("t1").await.len(), 1);
}

#[tokio::test]
async fn what_is_not_signed_by_twilio_is_refused_and_changes_nothing() {
    let world = agreed().await;
    let good = || twilio("SM1", ADA, OFFICE, "STOP");
    let form = |body: &str| good().body("application/x-www-form-urlencoded", body);
    let id = twilio_id("SM1");
    let sent = format!("Body=STOP&From=%2B15125550142&MessageSid={id}&To=%2B15125550100");
    for (call, why) in [
        (good().without("x-twilio-signature"), "no signature"),
        (good().header("x-twilio-signature", ""), "an empty one"),
        (good().header("x-twilio-signature", "!"), "no base64"),
        (
            good().header("x-twilio-signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            "another",
        ),
        (good().header("x-twilio-signature", "é"), "no ASCII"),
        (form(&sent.replace("STOP", "START")), "another body"),
        (form(&format!("{sent}&OptOutType=STOP")), "one parameter more"),
        (form(&sent.replace(&format!("&MessageSid={id}"), "")), "one less"),
        (form(&sent.replace("0142", "0143")), "another sender"),
        (form(""), "no parameters"),
        (form("%FF%FE"), "no UTF-8"),
        (good().body("application/json", "{}"), "JSON"),
        (
            twilio_form("a=1", &[("MessageSid", "SM1")]).query(""),
            "its query cut off",
        ),
        (good().query("a=1"), "a query that was not signed"),
        (
            good()
                .header("host", "evil.example.com")
                .header("x-forwarded-host", "evil.example.com")
                .without("x-twilio-signature"),
            "forwarded headers",
        ),
    ] {
        let answer = world.send(call).await;
        answer.is_problem(403, "bad_signature");
        assert!(
            !answer.text.contains("0142") && !answer.text.contains("STOP"),
            "{why}"
        );
        assert_eq!(world.standing("t1").await, "provided by profile", "{why}");
    }
    // The same text, as it came, in any order of its parameters and as API Gateway encodes it.
    world
        .send(
            good()
                .header("host", "evil.example.com")
                .header("x-forwarded-proto", "http")
                .base64(),
        )
        .await
        .is(200);
    assert_eq!(world.standing("t1").await, "opted_out by text");
    world
        .send(form(&format!(
            "To=%2B15125550100&MessageSid={id}&From=+15125550142&Body=STOP",
        )))
        .await
        .is_problem(403, "bad_signature");
    world
        .send(form(&format!(
            "To=%2B15125550100&MessageSid={id}&From=%2B15125550142&Body=STOP",
        )))
        .await
        .is(200);
}

#[tokio::test]
async fn queries_and_parameters_are_signed_as_they_stand() {
    let world = agreed().await;
    let [first, second, third] = ["SM1", "SM2", "SM3"].map(twilio_id);
    let parameters = |id, body| {
        [
            ("MessageSid", id),
            ("From", ADA),
            ("To", OFFICE),
            ("Body", body),
            ("A", ""),
            ("a", "1"),
            ("NumMedia", "0"),
            ("FromCity", "SAN JOSÉ & CO=+%"),
        ]
    };
    world
        .send(twilio_form("", &parameters(&first, " stop ")))
        .await
        .is(200);
    assert_eq!(world.standing("t1").await, "opted_out by text");
    world
        .send(twilio_form("b=2&a=%20x+y", &parameters(&second, "start")))
        .await
        .is(200);
    assert_eq!(world.standing("t1").await, "provided by text");
    // Two values of one name, each once: as Twilio's libraries sort them.
    let twice = [
        ("Body", "STOP"),
        ("From", ADA),
        ("MediaUrl", "a"),
        ("MediaUrl", "b"),
        ("MessageSid", &third),
        ("To", OFFICE),
    ];
    world.send(twilio_form("", &twice)).await.is(200);
    assert_eq!(world.standing("t1").await, "opted_out by text");
}

#[tokio::test]
async fn a_signed_text_that_is_none_of_ours_is_taken_and_left() {
    let world = agreed().await;
    for (id, from, to) in [
        ("SM1", "12345", OFFICE),
        ("SM2", ADA, "whatsapp:+15125550100"),
        ("SM3", "", OFFICE),
        ("SM4", "anonymous", "x"),
    ] {
        let answer = world.send(twilio(id, from, to, "STOP")).await;
        answer.is(200);
        assert_eq!(answer.message(), "");
    }
    assert_eq!(world.text("SM5", ADA, "").await, "", "a picture alone");
    assert_eq!(world.text("SM6", ADA, &"😀".repeat(1600)).await, "");
    let long = " ".repeat(1024 * 1024);
    world
        .send(twilio("SM7", ADA, OFFICE, &long))
        .await
        .is_problem(413, "payload_too_large");
    assert_eq!(world.standing("t1").await, "provided by profile");
    let answer = world.send(call("GET /v1/sms/twilio").nobody()).await;
    answer.is_problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST");
    for path in ["/v1/sms/nobody", "/v1/sms", "/v1/sms/twilio/x"] {
        world
            .send(call("POST /v1/sms/twilio").nobody().path(path))
            .await
            .is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn many_who_share_a_number_are_reached_and_answered_as_one() {
    let world = World::embedded().await;
    world.facility("on").await;
    for number in 0..60 {
        let id = format!("t{number:02}");
        world.tenant(&id, ADA).await;
        if number >= 54 {
            world.portal(&id, "check").await.is(200);
            world.portal(&id, "uncheck").await.is(200);
        }
    }
    let reply = world.text("SM1", ADA, "START").await;
    assert!(
        reply.contains("opted in"),
        "54 of them did, in whatever order they came: {reply}"
    );
    assert_eq!(world.totals().await, [54, 0, 6]);
    assert_ne!(world.text("SM2", ADA, "STOP").await, "");
    assert_eq!(world.totals().await, [0, 0, 60]);
    for id in ["t00", "t26", "t27", "t53", "t54", "t59"] {
        assert_eq!(world.standing(id).await, "opted_out by text");
    }
    let reply = world.text("SM3", ADA, "START").await;
    assert!(reply.contains("opted in"), "{reply}");
    assert_eq!(world.standing("t59").await, "opted_out by portal");
}
