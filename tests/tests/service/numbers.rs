//! A number has one form, however it is spelled: a text from it finds its tenant.

use consent_http::clock;
use serde_json::{Value, json};
use tests::{OFFICE, World, call, telnyx, twilio};

/// Two spellings of a number, and the form that it has here.
const NUMBERS: [(&str, &str, &str); 3] = [
    ("+525512345678", "+5215512345678", "+525512345678"),
    ("+5491123456789", "+541123456789", "+5491123456789"),
    ("+5511987654321", "+551187654321", "+5511987654321"),
];

fn aws(message_id: &str, from: &str, to: &str, body: &str) -> Value {
    let message = json!({
        "originationNumber": from, "destinationNumber": to, "messageKeyword": "KEYWORD_1", "messageBody": body,
        "inboundMessageId": message_id, "previousPublishedMessageId": "previous",
    });
    let sns = json!({
        "Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:us-east-1:0:in",
        "Message": message.to_string(), "Timestamp": clock::now().to_string(),
    });
    json!({"Records": [{
        "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn:aws:sns:us-east-1:0:in:1", "Sns": sns,
    }]})
}

/// A text by way of a provider.
async fn text(world: &World, provider: &str, from: &str, to: &str, body: &str) {
    let id = format!("{provider}-{body}");
    match provider {
        "twilio" => drop(
            world
                .send(twilio(&format!("SM{body}"), from, to, body))
                .await
                .is(200),
        ),
        "telnyx" => {
            let now = clock::now().as_second();
            world.send(telnyx(&id, from, to, body, now)).await.is(200);
        }
        _ => assert!(world.deliver(aws(&id, from, to, body)).await),
    }
}

#[tokio::test]
async fn a_stop_from_either_spelling_of_a_number_opts_out() {
    for (one, other, form) in NUMBERS {
        for (registered, from) in [(one, other), (other, one)] {
            for provider in ["twilio", "telnyx", "aws"] {
                let world = World::new().await;
                world.facility("on").await;
                let members = json!({"cell_phone": registered, "created_on": "2020-01-01"});
                assert_eq!(world.register("t1", &members).await["cell_phone"], form);
                assert_eq!(world.standing("t1").await, "provided by grandfathered");
                text(&world, provider, from, OFFICE, "STOP").await;
                assert_eq!(
                    world.standing("t1").await,
                    "opted_out by text",
                    "{registered}, {from}, {provider}"
                );
                // The other spelling is no new number, and the next tenant with it is stopped as well.
                let members = json!({"cell_phone": from, "created_on": "2020-01-01"});
                assert_eq!(world.register("t1", &members).await["cell_phone"], form);
                world.register("t2", &members).await;
                assert_eq!(world.standing("t2").await, "opted_out by text");
                text(&world, provider, from, OFFICE, "START").await;
                assert_eq!(world.standing("t1").await, "provided by text");
            }
        }
    }
}

#[tokio::test]
async fn a_facilitys_number_has_one_form_too() {
    for (one, other, form) in NUMBERS {
        for (registered, to) in [(one, other), (other, one)] {
            let world = World::new().await;
            let texting = json!({"enabled": true, "number": registered});
            world.put_facility("f1", &texting).await;
            let facility = world.get("/v1/facilities/f1").await.is(200);
            assert_eq!(facility["two_way_texting"]["number"], form);
            let body = json!({"name": "Other", "two_way_texting": {"enabled": true, "number": to}});
            world
                .send(call("PUT /v1/facilities/f2").json(&body))
                .await
                .is_problem(409, "number_in_use");
            let members = json!({"cell_phone": "512-555-0142", "created_on": "2020-01-01"});
            world.register("t1", &members).await;
            text(&world, "twilio", "+15125550142", to, "STOP").await;
            assert_eq!(
                world.standing("t1").await,
                "opted_out by text",
                "{registered}, {to}"
            );
        }
    }
}

#[tokio::test]
async fn an_import_the_portal_and_the_search_have_the_same_form() {
    for (one, other, form) in NUMBERS {
        let world = World::new().await;
        world.facility("on").await;
        let file = |number: &str| {
            format!("tenant_id,name,cell_phone,created_on\nt1,Ada Moreno,{number},2024-05-01\n")
        };
        assert_eq!(world.import(&file(other)).await.is(200)["created"], 1);
        assert_eq!(world.import(&file(one)).await.is(200)["unchanged"], 1);
        assert_eq!(world.portal_view("t1").await["cell_phone"], form);
        for search in [one, other] {
            let path = format!("/v1/facilities/f1/consent-report?search=%2B{}", &search[1..]);
            let report = world.get(&path).await.is(200);
            assert_eq!(report["rows"][0]["cell_phone"], form, "{search}");
        }
    }
}

#[tokio::test]
async fn what_may_be_another_number_is_refused_wherever_it_comes_from() {
    let world = World::new().await;
    world.facility("on").await;
    for spelling in [
        "5.12555014E9",
        "1.51255501E10",
        "512555014.0",
        "5125550142.0",
        "512-555-0142 x7",
        "512-555-0142 / 512-555-0143",
        "Cell: 512-555-0142",
        "012-555-0142",
        "512-155-0142",
    ] {
        let members = json!({"cell_phone": spelling, "created_on": "2020-01-01"});
        let answer = world.put_tenant("f1/tenants/t1", &members).await;
        assert_eq!(answer.wrong_fields(), ["cell_phone"], "{spelling}");
        assert!(!answer.text.contains(spelling));
        let file = format!("tenant_id,name,cell_phone,created_on\nt1,Ada Moreno,{spelling},2020-01-01\n");
        let outcome = world.import(&file).await.is(200);
        assert_eq!(
            (&outcome["created"], &outcome["rejected_count"]),
            (&json!(0), &json!(1))
        );
        let body = json!({"name": "Other", "two_way_texting": {"enabled": true, "number": spelling}});
        let answer = world.send(call("PUT /v1/facilities/f2").json(&body)).await;
        assert_eq!(answer.wrong_fields(), ["two_way_texting.number"], "{spelling}");
    }
    assert_eq!(world.totals().await, [0, 0, 0]);
    for (spelling, number) in [
        ("+1 679 555 0142", "+16795550142"),
        ("555-555-0142", "+15555550142"),
        ("+44 (0)7911 123456", "+447911123456"),
    ] {
        let members = json!({"cell_phone": spelling});
        assert_eq!(world.register("t1", &members).await["cell_phone"], number);
    }
}
