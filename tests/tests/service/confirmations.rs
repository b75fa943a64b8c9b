//! What a grant is followed by, and what is shown with a check box: the facility's own words, and the text that confirms.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Instant;

use serde_json::{Value, json};
use tests::{ADA, BEN, OFFICE, World};

const WORDS: &str = "Main Street Storage: You have opted in to text messages. Message frequency varies. Message and data rates may apply.";
const WAYS: &str = "Reply HELP for help, STOP to opt out.";

/// A world in which `f1` confirms grants, by this provider, and has a tenant who was never asked.
async fn confirming(provider: &str) -> World {
    let world = World::new().await;
    world
        .facility_by(provider, &json!({"confirm_opt_in": true}))
        .await;
    world.tenant("t1", ADA).await;
    world
}

async fn click(world: &World, screen: &str, click: &str) -> Value {
    let answer = match screen {
        "profile" => world.profile("t1", click).await,
        _ => world.portal("t1", click).await,
    };
    answer.is(200)
}

async fn bodies(world: &World) -> Vec<String> {
    let outbox = world.sns.outbox().await;
    let bodies = outbox
        .iter()
        .map(|text| text["body"].as_str().unwrap().to_owned());
    bodies.collect()
}

#[tokio::test]
async fn a_grant_is_followed_by_one_text_through_the_gate() {
    for provider in ["aws", "twilio", "telnyx"] {
        for screen in ["profile", "portal"] {
            let world = confirming(provider).await;
            click(&world, screen, "check").await;
            let outbox = world.sns.outbox().await;
            assert_eq!(outbox.len(), 1, "{screen}");
            let text = &outbox[0];
            assert_eq!(
                (&text["to"], &text["from"], &text["via"]),
                (&json!(ADA), &json!(OFFICE), &json!(provider))
            );
            assert_eq!(text["body"], format!("{WORDS} {WAYS}"));
            // It is in the thread, with the decision that rests on the grant.
            let thread = world.thread("t1").await;
            let message = &thread["messages"][0];
            assert_eq!(
                (&message["direction"], &message["state"], &message["body"]),
                (&json!("outbound"), &json!("sent"), &text["body"])
            );
            let path = "/v1/facilities/f1/tenants/t1/decisions?consent_record_id=f1/t1/1";
            let decisions = world.get(path).await.is(200);
            assert_eq!(decisions["decisions"][0]["message_id"], message["id"]);
            assert_eq!(decisions["decisions"][0]["allowed"], true);
            // What was granted already is not confirmed again.
            click(&world, screen, "check").await;
            click(&world, screen, "uncheck").await;
            assert_eq!(world.sns.outbox().await.len(), 1, "{screen}");
            click(&world, screen, "check").await;
            assert_eq!(world.sns.outbox().await.len(), 2, "{screen}");
        }
    }
}

#[tokio::test]
async fn only_a_grant_on_a_screen_of_a_facility_that_wants_it_is_confirmed() {
    let world = confirming("aws").await;
    // By registration.
    world
        .register("t2", &json!({"cell_phone": BEN, "created_on": "2020-01-01"}))
        .await;
    // What is refused.
    world.tenant("t3", Value::Null).await;
    world
        .profile("t3", "check")
        .await
        .is_problem(409, "no_cell_phone");
    assert!(bodies(&world).await.is_empty());
    // Without a number nothing can leave, and nothing is decided.
    let numberless = json!({"confirm_opt_in": true, "two_way_texting": {"enabled": false}});
    world.facility_by("aws", &numberless).await;
    click(&world, "profile", "check").await;
    let path = "/v1/facilities/f1/tenants/t1/decisions?consent_record_id=f1/t1/1";
    assert_eq!(world.get(path).await.is(200)["decisions"], json!([]));
    click(&world, "profile", "uncheck").await;
    world.facility("on").await;
    click(&world, "profile", "check").await;
    assert!(bodies(&world).await.is_empty());
}

#[tokio::test]
async fn a_facility_without_two_way_texting_asks_for_no_reply() {
    let world = confirming("aws").await;
    let one_way = json!({"confirm_opt_in": true, "two_way_texting": {"enabled": false, "number": OFFICE}});
    world.facility_by("aws", &one_way).await;
    click(&world, "portal", "check").await;
    assert_eq!(bodies(&world).await, [WORDS]);
}

#[tokio::test]
async fn a_grant_stands_whatever_becomes_of_the_text_that_confirms_it() {
    for (provider, control) in [
        ("sns", "/failures/1"),
        ("twilio", "/failures/1"),
        ("twilio", "/answers/400/21614"),
        ("twilio", "/answers/500/20500"),
        ("telnyx", "/silent/1"),
    ] {
        for screen in ["profile", "portal"] {
            let world = confirming(if provider == "sns" { "aws" } else { provider }).await;
            world.sns.tell_provider(provider, "PUT", control).await;
            world.counts.take();
            let begun = Instant::now();
            let view = click(&world, screen, "check").await;
            assert_eq!(view["status"], "provided", "{provider} {control}");
            assert!(begun.elapsed().as_secs_f32() < 3.0, "{provider} {control}");
            assert_eq!(world.counts.take().get("SendFailures"), Some(&1));
            // Who says it again is told the same, and sends nothing.
            click(&world, screen, "check").await;
            assert_eq!(world.history("t1").await.len(), 1);
        }
    }
}

#[tokio::test]
async fn what_the_provider_says_of_the_number_shows_at_once() {
    for provider in ["sns", "twilio"] {
        let world = confirming(if provider == "sns" { "aws" } else { provider }).await;
        let listed = format!("/opted-out/{ADA}");
        world.sns.tell_provider(provider, "PUT", &listed).await;
        let view = click(&world, "profile", "check").await;
        assert_eq!(
            (&view["status"], &view["can_text"]),
            (&json!("provided"), &json!(false))
        );
        assert!(view["provider_block"]["since"].is_string(), "{provider}");
        assert_eq!(view, world.view("t1").await);
    }
}

#[tokio::test]
async fn an_uncheck_waits_for_the_text_that_confirms() {
    let world = confirming("telnyx").await;
    world.sns.tell_provider("telnyx", "PUT", "/delay/400").await;
    let check = click(&world, "profile", "check");
    let uncheck = async {
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        click(&world, "profile", "uncheck").await;
        world.sns.outbox_length().await
    };
    let (_, left_before) = tokio::join!(check, uncheck);
    assert_eq!(world.sns.outbox_length().await, left_before);
}

#[tokio::test]
async fn a_start_that_granted_is_answered_in_the_words_that_confirm_a_grant() {
    for confirms in [true, false] {
        let world = World::with_ada().await;
        world
            .facility_by("aws", &json!({"confirm_opt_in": confirms}))
            .await;
        world.text("SM1", ADA, "STOP").await;
        assert_eq!(world.text("SM2", ADA, "START").await, format!("{WORDS} {WAYS}"));
        // It granted nothing more.
        let again = world.text("SM3", ADA, "START").await;
        assert_eq!(
            again,
            "Main Street Storage: You have opted in to text messages. Reply STOP to opt out, HELP for help."
        );
        // Nor is there a second text.
        assert!(bodies(&world).await.is_empty());
        // One of two who share the number stays opted out on the portal.
        world.register("t2", &json!({"cell_phone": ADA})).await;
        world.portal("t2", "check").await.is(200);
        world.portal("t2", "uncheck").await.is(200);
        world.text("SM4", ADA, "STOP").await;
        let in_part = world.text("SM5", ADA, "START").await;
        for words in [
            "You have opted in to text messages.",
            "an opt-out on the tenant portal stands",
            "Message frequency varies. Message and data rates may apply.",
            WAYS,
        ] {
            assert!(
                in_part.to_lowercase().contains(&words.to_lowercase()),
                "{in_part}"
            );
        }
    }
}

#[tokio::test]
async fn the_answer_to_help_says_who_texts_how_often_and_what_it_costs() {
    let world = World::with_ada().await;
    world
        .facility_by("aws", &json!({"help_contact": "512-555-0199"}))
        .await;
    let answer = world.text("SM1", ADA, "HELP").await;
    assert_eq!(
        answer,
        "Main Street Storage: For help, contact 512-555-0199. Message frequency varies. Message and data rates may apply. \
         Reply STOP to opt out."
    );
}

#[tokio::test]
async fn the_facilitys_own_words_are_shown_and_recorded_with_a_check() {
    let world = World::new().await;
    let words = "Texts about rent & access.\nAbout once a week.";
    world.facility_by("aws", &json!({"disclosure": words})).await;
    world.tenant("t1", ADA).await;
    for screen in ["profile", "portal"] {
        let (label, view) = match screen {
            "profile" => (
                "This customer agrees to receive text message communications from this facility.",
                world.view("t1").await["profile"]["checkbox"].clone(),
            ),
            _ => (
                "I agree to receive text message communications from this facility.",
                world.portal_view("t1").await["checkbox"].clone(),
            ),
        };
        assert_eq!(
            (&view["label"], &view["disclosure"]),
            (&json!(label), &json!(words))
        );
        click(&world, screen, "check").await;
        assert_eq!(
            world.last_record("t1").await["disclosure"],
            format!("{label}\n{words}")
        );
        // Who unchecks agrees to nothing.
        click(&world, screen, "uncheck").await;
        assert_eq!(world.last_record("t1").await["disclosure"], label);
    }
    // The words of then stay in the records.
    world.facility("on").await;
    assert_eq!(
        world.view("t1").await["profile"]["checkbox"]["disclosure"],
        Value::Null
    );
    click(&world, "portal", "check").await;
    let records = world.history("t1").await;
    let (first, last) = (&records[0], &records[4]);
    assert!(first["disclosure"].as_str().unwrap().ends_with(words));
    assert_eq!(
        last["disclosure"],
        "I agree to receive text message communications from this facility."
    );
}

/// Who saw other words does not agree to these.
#[tokio::test]
async fn a_check_of_a_box_with_other_words_fails_its_precondition() {
    let world = World::new().await;
    world
        .facility_by("aws", &json!({"disclosure": "Rent only."}))
        .await;
    world.tenant("t1", ADA).await;
    let path = "/v1/facilities/f1/tenants/t1/consent";
    let tag = world.get(path).await.header("etag").to_owned();
    world
        .facility_by("aws", &json!({"disclosure": "Rent and offers."}))
        .await;
    let check = tests::call(&format!("PUT {path}"))
        .json(&json!({"consented": true}))
        .header("if-match", &tag);
    world.send(check).await.is_problem(412, "precondition_failed");
}
