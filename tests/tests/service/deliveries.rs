//! How providers hand texts over, and what they may not be taken for.

use consent_http::clock;
use serde_json::{Value, json};
use tests::{ADA, BEN, Call, OFFICE, World, telnyx, twilio, twilio_at, twilio_form, twilio_id};

use crate::telnyx_events::{message, newest};

/// A number that no facility has.
const NOBODY: &str = "+15125550109";

#[tokio::test]
async fn a_request_of_twilio_that_was_cut_elsewhere_takes_no_effect_again() {
    let world = World::with_ada().await;
    let id = twilio_id("SM1");
    let start = |id: &str, rest: &[(&str, &str)]| {
        let text = [("Body", "START"), ("From", ADA), ("MessageSid", id)];
        twilio_form("", &[&text, rest, &[("To", OFFICE)]].concat())
    };
    let whole = start(&id, &[("NumMedia", "0"), ("NumSegments", "1")]);
    let signature = whole.event()["headers"]["x-twilio-signature"].clone();
    world.send(whole).await.is(200);
    world.text("SM2", ADA, "STOP").await;
    // Names and values are signed run together: the signature of each of these is that of the whole.
    for (longer, rest) in [
        (format!("{id}NumMedia0"), &[("NumSegments", "1")][..]),
        (format!("{id}NumMedia0NumSegments1"), &[]),
    ] {
        let cut = start(&longer, rest);
        assert_eq!(
            cut.event()["headers"]["x-twilio-signature"],
            signature,
            "{longer}"
        );
        assert_eq!(world.send(cut).await.wrong_fields(), ["MessageSid"], "{longer}");
        assert_eq!(world.standing("t1").await, "opted_out by text", "{longer}");
    }
}

#[tokio::test]
async fn a_message_id_of_twilio_has_its_two_letters_and_32_hexadecimal_digits() {
    let world = World::with_ada().await;
    let digits = "0123456789abcdef0123456789ABCDEF";
    let text = |id: &str| {
        twilio_form(
            "",
            &[
                ("Body", "hello"),
                ("From", ADA),
                ("MessageSid", id),
                ("To", OFFICE),
            ],
        )
    };
    for prefix in ["SM", "MM"] {
        world.send(text(&format!("{prefix}{digits}"))).await.is(200);
    }
    for wrong in [
        "",
        "SM",
        "SM1",
        digits,
        &format!("sm{digits}"),
        &format!("CA{digits}"),
        &format!("SM{digits}0"),
        &format!("SM{}", &digits[1..]),
        &format!("SM{}g", &digits[1..]),
        &format!("SM{}é", &digits[2..]),
        &format!(" SM{digits}"),
        &format!("SM{digits}\n"),
        &"x".repeat(65),
    ] {
        assert_eq!(
            world.send(text(wrong)).await.wrong_fields(),
            ["MessageSid"],
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn who_writes_by_rcs_is_who_they_are_by_sms() {
    let world = World::with_ada().await;
    for (id, from, to, body, standing) in [
        ("1", "rcs:+15125550142", OFFICE, "STOP", "opted_out by text"),
        ("2", "RCS:+15125550142", OFFICE, "START", "provided by text"),
        (
            "3",
            "rcs:+15125550142",
            "rcs:+15125550100",
            "STOP",
            "opted_out by text",
        ),
    ] {
        world.send(twilio(id, from, to, body)).await.is(200);
        assert_eq!(world.standing("t1").await, standing, "{from} {to}");
    }
}

#[tokio::test]
async fn a_text_to_what_is_no_facilitys_number_changes_nothing_and_counts() {
    let world = World::with_ada().await;
    world.counts.take();
    let check = async |call: Call, counted: &[&str], what: &str| {
        let answer = world.send(call).await;
        answer.is(200);
        assert_eq!(answer.message(), "", "{what}");
        assert_eq!(world.standing("t1").await, "provided by grandfathered", "{what}");
        let counts = world.counts.take();
        let names: Vec<&str> = counts.keys().map(String::as_str).collect();
        assert_eq!(names, counted, "{what}");
    };
    let by_twilio = ["UnknownNumbers", "UnknownNumbers Provider=twilio"];
    for to in [
        NOBODY,
        "rcs:elm_street_agent",
        "whatsapp:+15125550100",
        "messenger:1",
        "rcs:",
        "",
        "12345",
        "é€rcs",
    ] {
        check(twilio("1", ADA, to, "STOP"), &by_twilio, to).await;
    }
    let by_telnyx = ["UnknownNumbers", "UnknownNumbers Provider=telnyx"];
    for to in [
        json!([{"phone_number": NOBODY}]),
        json!([{"phone_number": NOBODY}, {"phone_number": BEN}]),
        json!([{"agent_id": "elm_street", "agent_name": "Elm"}]),
        json!([]),
        json!([null, 1, [], {}]),
        json!(NOBODY),
        json!({}),
        json!(true),
        Value::Null,
    ] {
        let what = to.to_string();
        check(
            message("m1", json!({"to": to, "text": "STOP"})),
            &by_telnyx,
            &what,
        )
        .await;
    }
    // Who has no number is no tenant.
    for from in [
        "",
        "12345",
        "ADA",
        "whatsapp:+15125550142",
        "rcs:elm_street_agent",
    ] {
        check(twilio("1", from, OFFICE, "STOP"), &[], from).await;
    }
    for from in [
        json!({"phone_number": "12345"}),
        json!({}),
        json!(null),
        json!(7),
        json!([]),
    ] {
        let what = from.to_string();
        check(message("m1", json!({"from": from, "text": "STOP"})), &[], &what).await;
    }
}

#[tokio::test]
async fn twilio_signs_the_url_with_its_port_or_without() {
    let check = async |base_url: &str, status: u16| {
        let world = World::with_ada().await;
        let id = twilio_id("1");
        let text = [
            ("Body", "STOP"),
            ("From", ADA),
            ("MessageSid", id.as_str()),
            ("To", OFFICE),
        ];
        for query in ["", "a=1"] {
            let answer = world.send(twilio_at(base_url, query, &text)).await;
            assert_eq!(answer.status, status, "{base_url} {query}");
        }
    };
    check("https://texts.example.com", 200).await;
    check("https://texts.example.com:443", 200).await;
    for other in [
        "https://texts.example.com:80",
        "https://texts.example.com:8443",
        "http://texts.example.com",
        "https://texts.example.com:443:443",
        "https://texts.example.com.",
    ] {
        check(other, 403).await;
    }
}

#[tokio::test]
async fn what_cannot_be_signed_is_refused_before_it_is_read() {
    let world = World::with_ada().await;
    let now = clock::now().as_second();
    // No form and no JSON: what reads it would say so.
    let garbage = |call: Call| call.bytes("application/x-www-form-urlencoded", b"%FF\xff{");
    for signature in [
        "",
        "!",
        "AAAA",
        &"A".repeat(27),
        &"A".repeat(28),
        &"A".repeat(88),
        &"A".repeat(60_000),
        "é",
    ] {
        let text = garbage(twilio("1", ADA, OFFICE, "STOP")).header("x-twilio-signature", signature);
        world.send(text).await.is_problem(403, "bad_signature");
        let text =
            garbage(telnyx("1", ADA, OFFICE, "STOP", now)).header("telnyx-signature-ed25519", signature);
        world.send(text).await.is_problem(403, "bad_signature");
    }
    for (header, call) in [
        ("x-twilio-signature", twilio("1", ADA, OFFICE, "STOP")),
        ("telnyx-signature-ed25519", telnyx("1", ADA, OFFICE, "STOP", now)),
        ("telnyx-timestamp", telnyx("1", ADA, OFFICE, "STOP", now)),
    ] {
        world
            .send(call.without(header))
            .await
            .is_problem(403, "bad_signature");
    }
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
}

#[tokio::test]
async fn a_webhooks_body_has_64_kibibytes_at_most() {
    const LIMIT: usize = 64 * 1024;
    let world = World::with_ada().await;
    let empty = twilio("1", ADA, OFFICE, "");
    let rest = empty.event()["body"].as_str().unwrap().len();
    let long = |bytes: usize| twilio("1", ADA, OFFICE, &"a".repeat(bytes - rest));
    world.send(long(LIMIT)).await.is(200);
    world
        .send(long(LIMIT + 1))
        .await
        .is_problem(413, "payload_too_large");
    world
        .send(long(LIMIT + 1).without("x-twilio-signature"))
        .await
        .is_problem(413, "payload_too_large");
    let now = clock::now().as_second();
    world
        .send(telnyx("1", ADA, OFFICE, &"a".repeat(LIMIT), now))
        .await
        .is_problem(413, "payload_too_large");
    // The longest texts there are fit.
    let longest = "👩🏽\u{200d}🚀".chars().cycle().take(1600).collect::<String>();
    world.send(twilio("2", ADA, OFFICE, &longest)).await.is(200);
    assert_eq!(newest(&world).await, longest);
}

#[tokio::test]
async fn a_parameter_of_twilios_stands_there_once() {
    let world = World::with_ada().await;
    let id = twilio_id("1");
    let text = [
        ("Body", "STOP"),
        ("From", ADA),
        ("MessageSid", id.as_str()),
        ("To", OFFICE),
    ];
    for (name, other) in [
        ("Body", "START"),
        ("From", BEN),
        ("MessageSid", "SM0123456789abcdef0123456789abcdef"),
        ("To", NOBODY),
    ] {
        let twice = [&text[..], &[(name, other)]].concat();
        assert_eq!(world.send(twilio_form("", &twice)).await.wrong_fields(), [name]);
    }
    let twice = [&text[..], &[("OptOutType", "STOP"), ("OptOutType", "START")]].concat();
    assert_eq!(
        world.send(twilio_form("", &twice)).await.wrong_fields(),
        ["OptOutType"]
    );
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    // Missing ones are empty; what a text does not need may be there as often as it likes.
    let nothing = [("MessageSid", id.as_str())];
    world.send(twilio_form("", &nothing)).await.is(200);
    world.send(twilio_form("", &text[1..])).await.is(200);
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    let stop = twilio_id("2");
    let text = [
        ("Body", "no more"),
        ("From", ADA),
        ("MediaUrl", "a"),
        ("MediaUrl", "b"),
        ("MessageSid", stop.as_str()),
        ("NumSegments", "x"),
        ("OptOutType", "Stop"),
        ("To", OFFICE),
    ];
    let answer = world.send(twilio_form("", &text)).await;
    assert_eq!(answer.message(), "", "Twilio has answered");
    assert_eq!(world.standing("t1").await, "opted_out by text");
}
