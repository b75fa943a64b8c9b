//! Texts by each provider: what leaves, what each answer means, and the providers' own lists.

use std::time::Instant;

use consent_http::clock;
use serde_json::{Value, json};
use tests::{ADA, BEN, OFFICE, World, call, telnyx};

const THREAD: &str = "/v1/facilities/f1/tenants/t1/messages";
/// Those without an SDK.
const OTHERS: [&str; 2] = ["twilio", "telnyx"];

/// A world in which `f1` texts by this provider, and has Ada.
async fn by(provider: &str) -> World {
    let world = World::with_ada().await;
    world.facility_by(provider, &json!({})).await;
    world
}

/// How far the newest text to Ada came.
async fn state(world: &World) -> Value {
    world.get(THREAD).await.is(200)["messages"][0]["state"].clone()
}

async fn block(world: &World) -> Value {
    world.view("t1").await["provider_block"].clone()
}

#[tokio::test]
async fn a_text_leaves_by_the_facilitys_provider() {
    for provider in ["aws", "twilio", "telnyx"] {
        let world = by(provider).await;
        world.requests.take();
        let body = "Gate code: 4711 & more\n100 % é 👍";
        world.send_text("t1", body, None).await.is(202);
        // The read that decides, the decision, and how it went.
        assert_eq!(world.requests.take_sum(), 3, "{provider}");
        let outbox = world.sns.outbox().await;
        assert_eq!(outbox.len(), 1, "{provider}");
        let text = &outbox[0];
        assert_eq!(
            (&text["to"], &text["from"], &text["body"], &text["via"]),
            (&json!(ADA), &json!(OFFICE), &json!(body), &json!(provider))
        );
        assert_eq!(state(&world).await, "sent");
        let longest = "x".repeat(1_600);
        world.send_text("t1", &longest, None).await.is(202);
    }
}

#[tokio::test]
async fn a_facility_may_change_its_provider() {
    let world = by("twilio").await;
    world.send_text("t1", "one", None).await.is(202);
    world.facility_by("telnyx", &json!({})).await;
    world.send_text("t1", "two", None).await.is(202);
    world.facility("on").await;
    world.send_text("t1", "three", None).await.is(202);
    let outbox = world.sns.outbox().await;
    let via: Vec<&Value> = outbox.iter().map(|text| &text["via"]).collect();
    assert_eq!(via, ["twilio", "telnyx", "aws"]);
}

/// What becomes of a text that its provider answers with this status and code: `failed` or `accepted` in the thread,
/// where it may have left.
async fn check_answer(world: &World, provider: &str, (status, code): (u16, u32), expected: &str) {
    let answer = format!("/answers/{status}/{code}");
    world.sns.tell_provider(provider, "PUT", &answer).await;
    world.counts.take();
    let said = format!("{provider} {status} {code}");
    let refused = world.send_text("t1", "hello", Some(&said)).await;
    let problem = refused.is_problem(503, "unavailable");
    let may_have_left = expected == "accepted";
    assert_eq!(problem["may_have_left"] == json!(true), may_have_left, "{said}");
    assert_eq!(state(world).await, expected, "{said}");
    assert_eq!(world.counts.take().get("SendFailures"), Some(&1), "{said}");
    assert_eq!(block(world).await, Value::Null, "{said}");
    // The key of what may have left is taken; what did not leave keeps none from another text.
    let other = world.send_text("t1", "other", Some(&said)).await;
    if may_have_left {
        other.is_problem(422, "idempotency_key_reused");
    } else {
        other.is(202);
    }
}

#[tokio::test]
async fn what_a_provider_answers_says_what_became_of_the_text() {
    for provider in OTHERS {
        let world = by(provider).await;
        for (answer, expected) in [
            ((400, 21_211), "failed"),
            ((400, 21_606), "failed"),
            ((400, 21_614), "failed"),
            ((400, 40_305), "failed"),
            ((403, 20_005), "failed"),
            ((404, 20_404), "failed"),
            ((422, 10_004), "failed"),
            ((429, 20_429), "failed"),
            ((408, 10_008), "accepted"),
            ((500, 20_500), "accepted"),
            ((502, 0), "accepted"),
            ((503, 20_503), "accepted"),
        ] {
            check_answer(&world, provider, answer, expected).await;
        }
    }
}

#[tokio::test]
async fn a_text_that_a_provider_refuses_for_good_is_told_apart() {
    let world = by("twilio").await;
    let detail = async |answer: &str| {
        world.sns.tell_provider("twilio", "PUT", answer).await;
        let refused = world.send_text("t1", "hello", None).await;
        refused.is_problem(503, "unavailable")["detail"].clone()
    };
    let refused = detail("/answers/400/21614").await;
    assert!(
        refused
            .as_str()
            .unwrap()
            .starts_with("The provider refused this text")
    );
    let too_many = detail("/failures/1").await;
    assert!(too_many.as_str().unwrap().contains("safe to repeat"));
}

#[tokio::test]
async fn a_provider_that_says_nothing_may_have_sent_the_text() {
    for provider in OTHERS {
        let world = by(provider).await;
        world.sns.tell_provider(provider, "PUT", "/silent/1").await;
        let begun = Instant::now();
        let unknown = world.send_text("t1", "hello", Some("k1")).await;
        // Before a STOP would have given it up.
        assert!(begun.elapsed().as_secs_f32() < 3.0, "{provider}");
        assert_eq!(unknown.is_problem(503, "unavailable")["may_have_left"], true);
        assert_eq!(state(&world).await, "accepted");
        world
            .send_text("t1", "another", Some("k1"))
            .await
            .is_problem(422, "idempotency_key_reused");
        // It did leave, and who asks for it again gets it again.
        assert_eq!(world.sns.outbox().await.len(), 1, "{provider}");
        world.send_text("t1", "hello", Some("k1")).await.is(202);
        assert_eq!(world.sns.outbox().await.len(), 2, "{provider}");
        assert_eq!(state(&world).await, "sent");
    }
}

#[tokio::test]
async fn a_slow_provider_is_given_up_in_time() {
    for provider in OTHERS {
        let world = by(provider).await;
        world.sns.tell_provider(provider, "PUT", "/delay/2500").await;
        let unknown = world.send_text("t1", "hello", None).await;
        assert_eq!(unknown.is_problem(503, "unavailable")["may_have_left"], true);
        world.sns.tell_provider(provider, "PUT", "/delay/300").await;
        world.send_text("t1", "hello", None).await.is(202);
    }
}

#[tokio::test]
async fn a_providers_list_keeps_texts_in_until_a_start() {
    for provider in OTHERS {
        let world = by(provider).await;
        let listed = format!("/opted-out/{ADA}");
        world.sns.tell_provider(provider, "PUT", &listed).await;
        world.counts.take();
        let refused = world.send_text("t1", "hello", None).await;
        let problem = refused.is_problem(409, "consent_required");
        assert_eq!(problem["consent_status"], "provided");
        assert_eq!(state(&world).await, "failed");
        let counts = world.counts.take();
        assert_eq!(counts.get("SendFailures"), None, "{provider}");
        assert_eq!(counts.get("RefusedSends Reason=provider_blocked"), Some(&1));
        let view = world.view("t1").await;
        assert_eq!(
            (&view["status"], &view["can_text"]),
            (&json!("provided"), &json!(false))
        );
        let known = block(&world).await;
        assert_eq!(known["retry_after"], Value::Null);
        // Only the provider knows whether it has let the number back: the next text asks it, and what was known stays.
        world
            .send_text("t1", "hello", None)
            .await
            .is_problem(409, "consent_required");
        assert_eq!(block(&world).await, known, "{provider}");
        // The portal is not what lets the number back.
        world.portal("t1", "uncheck").await.is(200);
        world.portal("t1", "check").await.is(200);
        assert_eq!(block(&world).await, known, "{provider}");
        // START is: the provider has let the number back before it delivers the text.
        world.sns.tell_provider(provider, "DELETE", &listed).await;
        world.text("SM1", ADA, "START").await;
        assert_eq!(block(&world).await, Value::Null, "{provider}");
        world.send_text("t1", "hello", None).await.is(202);
        assert_eq!(world.sns.outbox().await.len(), 1, "{provider}");
    }
}

#[tokio::test]
async fn a_number_that_a_provider_let_back_by_itself_is_found_by_the_next_text() {
    for provider in OTHERS {
        let world = by(provider).await;
        let listed = format!("/opted-out/{ADA}");
        world.sns.tell_provider(provider, "PUT", &listed).await;
        world
            .send_text("t1", "hello", None)
            .await
            .is_problem(409, "consent_required");
        world.sns.tell_provider(provider, "DELETE", &listed).await;
        world.send_text("t1", "hello", None).await.is(202);
        assert_eq!(block(&world).await, Value::Null, "{provider}");
    }
}

#[tokio::test]
async fn a_texts_answer_leaves_by_the_facilitys_provider_and_twilios_in_the_response() {
    for provider in ["aws", "twilio", "telnyx"] {
        let world = by(provider).await;
        let now = clock::now();
        for (id, body) in [("m1", "STOP"), ("m2", "START"), ("m3", "HELP")] {
            let webhook = telnyx(id, ADA, OFFICE, body, now.as_second());
            world.send(webhook).await.is(200);
            // Delivered again, it is not answered again.
            let webhook = telnyx(id, ADA, OFFICE, body, now.as_second());
            world.send(webhook).await.is(200);
        }
        let event = tests::sns_notification("a1", ADA, OFFICE, "HELP", &now.to_string());
        assert!(world.deliver(json!({"Records": [event]})).await);
        let outbox = world.sns.outbox().await;
        assert_eq!(outbox.len(), 4, "{provider}");
        assert!(outbox.iter().all(|text| text["via"] == provider), "{provider}");
        assert!(
            outbox
                .iter()
                .all(|text| text["to"] == ADA && text["from"] == OFFICE)
        );
        let confirmed = outbox[0]["body"].as_str().unwrap();
        assert!(confirmed.contains("You have opted out"), "{confirmed}");
        // Twilio is told in the response.
        assert!(!world.text("SM1", ADA, "HELP").await.is_empty());
        assert_eq!(world.sns.outbox().await.len(), 4, "{provider}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_leave_is_counted_unless_the_providers_list_has_the_number() {
    for provider in OTHERS {
        let world = by(provider).await;
        let stop = |id: &str| telnyx(id, ADA, OFFICE, "STOP", clock::now().as_second());
        let listed = format!("/opted-out/{ADA}");
        world.sns.tell_provider(provider, "PUT", &listed).await;
        world.counts.take();
        world.send(stop("m1")).await.is(200);
        assert_eq!(world.counts.take().get("ReplyFailures"), None, "{provider}");
        world.sns.tell_provider(provider, "DELETE", &listed).await;
        world.text("SM1", ADA, "START").await;
        world.sns.tell_provider(provider, "PUT", "/failures/1").await;
        world.send(stop("m2")).await.is(200);
        assert_eq!(world.counts.take().get("ReplyFailures"), Some(&1), "{provider}");
        assert_eq!(world.standing("t1").await, "opted_out by text");
        assert!(world.sns.outbox().await.is_empty());
    }
}

#[tokio::test]
async fn an_account_that_was_changed_counts_at_once_and_one_that_is_gone_sends_nothing() {
    for (provider, member) in [("twilio", "twilio_auth_token"), ("telnyx", "telnyx_api_key")] {
        let world = by(provider).await;
        let good = tests::first_secret();
        let mut old = good.clone();
        old[member] = json!("of-last-year");
        world.secrets.rotate(&old).await;
        let world = world.restarted();
        let refused = world.send_text("t1", "hello", None).await;
        assert_eq!(
            refused.is_problem(503, "unavailable").get("may_have_left"),
            None,
            "{provider}"
        );
        world.secrets.rotate(&good).await;
        world.send_text("t1", "hello", None).await.is(202);
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(member);
        world.secrets.rotate(&without).await;
        let world = world.restarted();
        let refused = world.send_text("t1", "hello", None).await;
        assert_eq!(
            refused.is_problem(503, "unavailable").get("may_have_left"),
            None,
            "{provider}"
        );
        assert_eq!(world.sns.outbox().await.len(), 1, "{provider}");
        // Nobody stops hearing because nobody can answer.
        let stop = telnyx("m1", ADA, OFFICE, "STOP", clock::now().as_second());
        world.send(stop).await.is(200);
        assert_eq!(world.standing("t1").await, "opted_out by text");
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_holds_texts_back_and_leaves_those_by_aws_alone() {
    let world = by("twilio").await;
    world.secrets.fail(100).await;
    let refused = world.restarted().send_text("t1", "hello", None).await;
    assert_eq!(refused.is_problem(503, "unavailable").get("may_have_left"), None);
    world.facility("on").await;
    world.restarted().send_text("t1", "hello", None).await.is(202);
    world.secrets.fail(0).await;
    let thread = world.get(THREAD).await.is(200);
    assert_eq!(thread["messages"][1]["state"], "failed");
}

#[tokio::test]
async fn no_provider_sends_without_consent_or_a_number() {
    for provider in OTHERS {
        let world = by(provider).await;
        world.tenant("t2", BEN).await;
        world
            .send_text("t2", "hello", None)
            .await
            .is_problem(409, "consent_required");
        world.text("SM1", ADA, "STOP").await;
        world
            .send_text("t1", "hello", None)
            .await
            .is_problem(409, "consent_required");
        world.text("SM2", ADA, "START").await;
        let texting = json!({"enabled": false, "number": null, "provider": provider});
        world.put_facility("f1", &texting).await;
        world
            .send_text("t1", "hello", None)
            .await
            .is_problem(409, "no_text_number");
        assert!(world.sns.outbox().await.is_empty(), "{provider}");
    }
}

/// A facility that was kept before there was a choice texts by AWS.
#[tokio::test]
async fn the_provider_of_a_facility_from_before_is_aws() {
    let world = by("aws").await;
    let (client, table) = world.client();
    client
        .update_item()
        .table_name(table)
        .key("PK", tests::attribute(&json!("FACILITY#f1")))
        .key("SK", tests::attribute(&json!("FACILITY")))
        .update_expression("REMOVE provider, disclosure, confirm_opt_in")
        .send()
        .await
        .unwrap();
    let facility = world.send(call("GET /v1/facilities/f1")).await.is(200);
    assert_eq!(facility["two_way_texting"]["provider"], "aws");
    assert_eq!(
        (&facility["disclosure"], &facility["confirm_opt_in"]),
        (&Value::Null, &json!(false))
    );
    world.send_text("t1", "hello", None).await.is(202);
    assert_eq!(world.sns.outbox().await[0]["via"], "aws");
}
