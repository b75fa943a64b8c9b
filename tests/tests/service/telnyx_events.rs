//! Texts as Telnyx's events have them: their time, their subject, their recipients.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use consent_http::clock;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{ADA, BEN, Call, Faults, OFFICE, World, telnyx_event};

/// The number of another facility.
const OTHER: &str = "+15125550101";
/// A number that no facility has.
const NOBODY: &str = "+15125550109";

/// A text from Ada to [`OFFICE`] as Telnyx delivers it, with these members of the payload instead or beside.
pub(crate) fn message(id: &str, members: Value) -> Call {
    let payload = json!({
        "id": id, "from": {"phone_number": ADA}, "to": [{"phone_number": OFFICE}], "text": "", "cc": [],
    });
    event(&json!({"event_type": "message.received", "payload": with(payload, members)}))
}

fn event(data: &Value) -> Call {
    let body = json!({ "data": data }).to_string();
    telnyx_event(&body, clock::now().as_second())
}

fn with(mut object: Value, mut members: Value) -> Value {
    let members = members.as_object_mut().unwrap();
    object.as_object_mut().unwrap().append(members);
    object
}

/// A second facility with two-way texting and Ada as a tenant, too.
async fn and_another(world: World) -> World {
    let texting = json!({"enabled": true, "number": OTHER});
    world.put_facility("f2", &texting).await;
    let ada = json!({"cell_phone": ADA, "created_on": "2020-01-01"});
    world.put_tenant("f2/tenants/t1", &ada).await.is(201);
    world
}

/// Where Ada stands at both facilities.
async fn statuses(world: &World) -> [String; 2] {
    let mut statuses = Vec::new();
    for facility in ["f1", "f2"] {
        let view = world
            .get(&format!("/v1/facilities/{facility}/tenants/t1/consent"))
            .await;
        statuses.push(view.is(200)["status"].as_str().unwrap().to_owned());
    }
    statuses.try_into().unwrap()
}

/// The newest text in Ada's thread.
pub(crate) async fn newest(world: &World) -> String {
    let thread = world.thread("t1").await;
    thread["messages"][0]["body"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_start_that_telnyx_received_before_a_stop_changes_nothing() {
    let at = |seconds: i64| (clock::now() - SignedDuration::from_secs(seconds)).to_string();
    for (name, later) in [
        ("by when it was received", json!({"received_at": at(60)})),
        (
            "in another time zone",
            json!({"received_at": at(60).replace('Z', "+00:00")}),
        ),
    ] {
        let world = World::with_ada().await;
        let text = |id: &str, text: &str, times: Value| message(id, with(json!({"text": text}), times));
        world
            .send(text("m2", "STOP", json!({"received_at": at(30)})))
            .await
            .is(200);
        world.send(text("m1", "START", later)).await.is(200);
        assert_eq!(world.standing("t1").await, "opted_out by text", "{name}");
        world
            .send(text("m3", "START", json!({"received_at": at(0)})))
            .await
            .is(200);
        assert_eq!(world.standing("t1").await, "provided by text", "{name}");
    }
}

#[tokio::test]
async fn telnyxs_event_says_when_where_its_message_does_not() {
    let ago = |seconds: i64| (clock::now() - SignedDuration::from_secs(seconds)).to_string();
    let check = async |received_at: Value, occurred_at: Value, standing: &str| {
        let world = World::with_ada().await;
        world
            .send(message("m1", json!({"text": "STOP", "received_at": ago(30)})))
            .await
            .is(200);
        let payload = json!({
            "id": "m2", "from": {"phone_number": ADA}, "to": [{"phone_number": OFFICE}], "text": "START",
            "received_at": received_at,
        });
        let data = json!({"event_type": "message.received", "occurred_at": occurred_at, "payload": payload});
        world.send(event(&data)).await.is(200);
        assert_eq!(world.standing("t1").await, standing, "{data}");
    };
    let (out, back) = ("opted_out by text", "provided by text");
    check(Value::Null, json!(ago(60)), out).await;
    check(json!("yesterday"), json!(ago(60)), out).await;
    check(json!(ago(60)), json!(ago(0)), out).await;
    // A time ahead of ours counts as now.
    check(json!(ago(-60)), json!(ago(60)), back).await;
    // Without a time it counts as the newest.
    for nothing in [Value::Null, json!(""), json!(12), json!({}), json!([ago(60)])] {
        check(nothing.clone(), nothing, back).await;
    }
}

#[tokio::test]
async fn a_subject_is_part_of_the_text() {
    let check = async |subject: Value, text: Value, standing: &str, shown: &str| {
        let world = World::with_ada().await;
        let sent = json!({"type": "MMS", "subject": subject, "text": text});
        world.send(message("m1", sent.clone())).await.is(200);
        assert_eq!(world.standing("t1").await, standing, "{sent}");
        assert_eq!(newest(&world).await, shown, "{sent}");
    };
    let (out, kept) = ("opted_out by text", "provided by grandfathered");
    check(json!("STOP"), json!(""), out, "STOP").await;
    check(json!("STOP"), Value::Null, out, "STOP").await;
    check(json!(" Stop"), json!(" \n"), out, " Stop").await;
    check(json!(""), json!("STOP"), out, "STOP").await;
    check(json!(" "), json!("STOP"), out, "STOP").await;
    check(Value::Null, json!("STOP"), out, "STOP").await;
    check(
        json!("STOP"),
        json!("Sent from my phone"),
        out,
        "STOP\nSent from my phone",
    )
    .await;
    check(
        json!("Your reminder"),
        json!("Please stop texting me"),
        out,
        "Your reminder\nPlease stop texting me",
    )
    .await;
    check(json!("NoSubject"), json!("STOP"), out, "NoSubject\nSTOP").await;
    check(json!("Photo"), json!("of the gate"), kept, "Photo\nof the gate").await;
    check(json!("Photo"), json!(""), kept, "Photo").await;
}

#[tokio::test]
async fn a_group_message_counts_whichever_of_its_recipients_is_a_facilitys() {
    let parties = |numbers: &[&str]| -> Value {
        numbers
            .iter()
            .map(|number| json!({"phone_number": number}))
            .collect()
    };
    for (to, cc) in [
        (parties(&[BEN, OFFICE]), json!([])),
        (parties(&[BEN, NOBODY]), parties(&[BEN, OFFICE])),
        (parties(&[BEN]), json!([BEN, OFFICE])),
        (json!([]), parties(&[OFFICE])),
        (Value::Null, parties(&[OFFICE, OFFICE])),
        (json!(BEN), json!(OFFICE)),
        (json!({"phone_number": NOBODY}), json!({"phone_number": OFFICE})),
        (parties(&["12345", "", OFFICE]), Value::Null),
    ] {
        let world = World::with_ada().await;
        let sent = json!({"to": to, "cc": cc, "text": "STOP"});
        for _ in 0..2 {
            world.send(message("m1", sent.clone())).await.is(200);
            assert_eq!(world.standing("t1").await, "opted_out by text", "{sent}");
            let outbox = world.sns.outbox().await;
            assert_eq!(outbox.len(), 1, "confirmed once: {sent}");
            assert_eq!(
                (&outbox[0]["from"], &outbox[0]["to"]),
                (&json!(OFFICE), &json!(ADA))
            );
        }
        assert_eq!(world.last_record("t1").await["provider_message_id"], "m1");
    }
}

#[tokio::test]
async fn every_facility_in_a_group_message_hears_it_once() {
    let world = and_another(World::with_ada().await).await;
    let group = |id: &str, text: &str| {
        message(
            id,
            json!({"to": [{"phone_number": OTHER}], "cc": [{"phone_number": OFFICE}], "text": text}),
        )
    };
    for _ in 0..2 {
        world.send(group("m1", "STOP")).await.is(200);
        assert_eq!(statuses(&world).await, ["opted_out", "opted_out"]);
        let mut confirmed: Vec<Value> = world
            .sns
            .outbox()
            .await
            .iter()
            .map(|text| text["from"].clone())
            .collect();
        confirmed.sort_by_key(Value::to_string);
        assert_eq!(confirmed, [OFFICE, OTHER], "each in its own name");
    }
    world.send(group("m2", "START")).await.is(200);
    assert_eq!(statuses(&world).await, ["provided", "provided"]);
    // Delivered again, it takes no effect at either.
    world.send(group("m1", "STOP")).await.is(200);
    assert_eq!(statuses(&world).await, ["provided", "provided"]);
    // At one of them alone.
    world.send(message("m3", json!({"text": "STOP"}))).await.is(200);
    assert_eq!(statuses(&world).await, ["opted_out", "provided"]);
}

#[tokio::test]
async fn a_group_message_goes_on_at_the_facility_where_it_began() {
    let world = and_another(World::with_ada().await).await;
    let group = || {
        let to = json!([{"phone_number": OTHER}, {"phone_number": OFFICE}]);
        message("m1", json!({"to": to, "text": "STOP"}))
    };
    // It has been put down where it goes, and no facility has heard it.
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing.send(group()).await.is_problem(503, "unavailable");
    assert_eq!(statuses(&world).await, ["provided", "provided"]);
    // Another facility takes over the number before the text comes again.
    let none = json!({"enabled": false, "number": null});
    world.put_facility("f1", &none).await;
    world
        .put_facility("f3", &json!({"enabled": true, "number": OFFICE}))
        .await;
    world.send(group()).await.is(200);
    assert_eq!(statuses(&world).await, ["opted_out", "opted_out"]);
}

#[tokio::test]
async fn a_facility_with_two_numbers_in_a_group_message_hears_it_once() {
    let world = World::with_ada().await;
    world
        .put_facility("f1", &json!({"enabled": true, "number": OTHER}))
        .await;
    // The number that was given up still leads here.
    let to = json!([{"phone_number": OTHER}, {"phone_number": OFFICE}]);
    world
        .send(message("m1", json!({"to": to, "text": "hello"})))
        .await
        .is(200);
    let thread = world.thread("t1").await;
    assert_eq!(thread["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_telnyx_signs_and_is_no_text_is_said_to_be_none() {
    let world = World::with_ada().await;
    for data in [
        json!({"event_type": "message.finalized", "payload": {"id": 1, "to": "x"}}),
        json!({"event_type": "message.sent"}),
        json!({"event_type": "call.initiated", "payload": null}),
    ] {
        world.send(event(&data)).await.is(200);
    }
    for data in [
        Value::Null,
        json!([]),
        json!({"event_type": "message.received"}),
        json!({"event_type": 1}),
        json!({"event_type": "message.received", "payload": []}),
        json!({"event_type": "message.received", "payload": {"id": 1}}),
        json!({"event_type": "message.received", "payload": {"id": "m", "text": 5}}),
    ] {
        assert_eq!(world.send(event(&data)).await.wrong_fields(), [""], "{data}");
    }
    for id in [Value::Null, json!(""), json!("x".repeat(65))] {
        let call = message("", json!({"id": id, "text": "STOP"}));
        assert_eq!(world.send(call).await.wrong_fields(), ["data.payload.id"]);
    }
    let now = clock::now();
    for body in ["", "{", "STOP", "\u{feff}{}"] {
        let call = telnyx_event(body, now.as_second());
        assert_eq!(world.send(call).await.wrong_fields(), [""], "{body}");
    }
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    world
        .send(message(
            "m1",
            json!({"text": "no more", "autoresponse_type": "opt_out"}),
        ))
        .await
        .is(200);
    assert_eq!(world.standing("t1").await, "opted_out by text");
}

#[tokio::test]
async fn words_of_a_profile_at_telnyx_grant_nothing_and_hide_no_stop() {
    let world = World::with_ada().await;
    for (id, text, understood, standing) in [
        ("m1", "STOP", "HELP", "opted_out by text"),
        ("m2", "Yes", "OPT_IN", "opted_out by text"),
        ("m3", "START", "OPT_IN", "provided by text"),
        ("m4", "leave me off your list", "START", "opted_out by text"),
    ] {
        let text = json!({"text": text, "autoresponse_type": understood});
        world.send(message(id, text)).await.is(200);
        assert_eq!(world.standing("t1").await, standing, "{id}");
    }
}
