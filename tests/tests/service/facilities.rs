//! `/v1/facilities/{facility_id}` and its tenants: what the facility software tells of.

use serde_json::{Value, json};
use tests::{Call, OFFICE, World, call, secret};

fn put(path: &str, body: &Value) -> Call {
    call(&format!("PUT /v1/facilities/{path}")).json(body)
}

fn settings(enabled: bool, number: impl Into<Value>) -> Value {
    json!({"name": "Main Street Storage", "two_way_texting": {"enabled": enabled, "number": number.into()}})
}

#[tokio::test]
async fn a_facility_is_created_then_replaced_and_read_with_the_same_members() {
    let world = World::new().await;
    world
        .get("/v1/facilities/f1")
        .await
        .is_problem(404, "facility_not_found");
    let body = json!({
        "name": "Main Street Storage", "help_contact": "512-555-0111",
        "two_way_texting": {"enabled": true, "number": OFFICE, "provider": "telnyx"},
        "disclosure": " Texts about rent.\nAbout once a week. ", "confirm_opt_in": true,
    });
    assert_eq!(world.send(put("f1", &body)).await.is(201), body);
    assert_eq!(world.send(put("f1", &body)).await.is(200), body);
    assert_eq!(world.get("/v1/facilities/f1").await.is(200), body);
    // It replaces: what is not sent is gone, and what is not known is ignored.
    let shorter =
        json!({"name": " Storage ", "two_way_texting": {"enabled": false, "x": 1}, "open_on": ["Mon"]});
    let expected = json!({"name": "Storage", "help_contact": null, "disclosure": null, "confirm_opt_in": false,
        "two_way_texting": {"enabled": false, "number": null, "provider": "aws"}});
    assert_eq!(world.send(put("f1", &shorter)).await.is(200), expected);
    assert_eq!(world.get("/v1/facilities/f1").await.is(200), expected);
}

#[tokio::test]
async fn a_facilitys_number_is_taken_in_any_us_spelling() {
    let world = World::new().await;
    for (at, spelling) in [
        "(512) 555-0100",
        "512.555.0100",
        "1 512 555 0100",
        "+1-512-555-0100",
        OFFICE,
    ]
    .into_iter()
    .enumerate()
    {
        let answer = world.send(put("f1", &settings(true, spelling))).await;
        assert_eq!(
            answer.is(if at == 0 { 201 } else { 200 })["two_way_texting"]["number"],
            OFFICE
        );
    }
    world
        .send(put("f2", &settings(true, "(888) 555-0100")))
        .await
        .is(201);
}

#[tokio::test]
async fn what_is_absent_is_as_before_there_was_a_choice() {
    let world = World::new().await;
    let mut body = settings(true, OFFICE);
    let answer = world.send(put("f1", &body)).await.is(201);
    assert_eq!(answer["two_way_texting"]["provider"], "aws");
    assert_eq!(
        (&answer["disclosure"], &answer["confirm_opt_in"]),
        (&Value::Null, &json!(false))
    );
    for member in ["disclosure", "confirm_opt_in"] {
        body[member] = Value::Null;
    }
    body["two_way_texting"]["provider"] = Value::Null;
    assert_eq!(world.send(put("f1", &body)).await.is(200), answer);
    body["disclosure"] = json!("é".repeat(1_000));
    let longest = world.send(put("f1", &body)).await.is(200);
    assert_eq!(longest["disclosure"], body["disclosure"]);
}

#[tokio::test]
async fn a_provider_without_an_account_is_refused() {
    let world = World::new().await;
    let by = |provider: &str| {
        let mut body = settings(true, OFFICE);
        body["two_way_texting"]["provider"] = json!(provider);
        put("f1", &body)
    };
    // A facility with AWS alone needs no secret.
    world.secrets.reads();
    world.send(by("aws")).await.is(201);
    assert_eq!(world.secrets.reads(), 0);
    let whole = secret(1);
    for (provider, member) in [
        ("twilio", "twilio_account_sid"),
        ("twilio", "twilio_auth_token"),
        ("telnyx", "telnyx_api_key"),
    ] {
        let mut without = whole.clone();
        without.as_object_mut().unwrap().remove(member);
        world.secrets.rotate(&without).await;
        let started = world.restarted();
        let refused = started.send(by(provider)).await;
        assert_eq!(refused.wrong_fields(), ["two_way_texting.provider"], "{member}");
        assert_eq!(
            started.get("/v1/facilities/f1").await.is(200)["two_way_texting"]["provider"],
            "aws"
        );
        started.send(by("aws")).await.is(200);
        let other = if provider == "twilio" { "telnyx" } else { "twilio" };
        started.send(by(other)).await.is(200);
        // Once the account is there, so is the provider: nobody has to wait for the secret to be read again.
        world.secrets.rotate(&whole).await;
        started.send(by(provider)).await.is(200);
        started.send(by("aws")).await.is(200);
    }
    // What is not known is not refused.
    world.secrets.put("{\"twilio_account_sid\": \"AC1\"}").await;
    world
        .restarted()
        .send(by("twilio"))
        .await
        .is_problem(503, "unavailable");
}

#[tokio::test]
async fn settings_that_cannot_be_taken_are_named_all_at_once() {
    let world = World::new().await;
    let wrong = async |body: Value, fields: &[&str]| {
        let answer = world.send(put("f1", &body)).await;
        assert_eq!(answer.wrong_fields(), fields, "{body}");
    };
    wrong(json!({}), &["name", "two_way_texting"]).await;
    for provider in [json!("sns"), json!("Twilio"), json!(""), json!(1), json!(["aws"])] {
        let texting = json!({"enabled": false, "provider": provider});
        wrong(
            json!({"name": "S", "two_way_texting": texting}),
            &["two_way_texting.provider"],
        )
        .await;
    }
    for disclosure in [
        json!(""),
        json!(" \n"),
        json!("a\tb"),
        json!("a\r\nb"),
        json!("\u{7f}"),
        json!("\u{ffff}"),
        json!("x".repeat(1_001)),
        json!(1),
        json!(["x"]),
    ] {
        let mut body = settings(false, Value::Null);
        body["disclosure"] = disclosure;
        wrong(body, &["disclosure"]).await;
    }
    for confirm_opt_in in [json!("true"), json!(1), json!({})] {
        let mut body = settings(false, Value::Null);
        body["confirm_opt_in"] = confirm_opt_in;
        wrong(body, &["confirm_opt_in"]).await;
    }
    wrong(json!([]), &[""]).await;
    wrong(
        json!({"name": 1, "help_contact": 2, "two_way_texting": []}),
        &["name", "help_contact", "two_way_texting"],
    )
    .await;
    wrong(
        json!({"name": "", "two_way_texting": {}}),
        &["name", "two_way_texting.enabled"],
    )
    .await;
    wrong(
        json!({"name": "a\u{7}", "two_way_texting": null}),
        &["name", "two_way_texting"],
    )
    .await;
    wrong(settings(true, Value::Null), &["two_way_texting.number"]).await;
    wrong(
        json!({"name": "a", "two_way_texting": {"enabled": true}}),
        &["two_way_texting.number"],
    )
    .await;
    wrong(
        json!({"name": "a", "two_way_texting": {"enabled": "true", "number": 5}}),
        &["two_way_texting.enabled", "two_way_texting.number"],
    )
    .await;
    for number in [
        json!(""),
        json!("555"),
        json!(true),
        json!({}),
        json!("+1512555010O"),
        json!("512 555 0100 x5"),
    ] {
        wrong(settings(true, number.clone()), &["two_way_texting.number"]).await;
        wrong(settings(false, number), &["two_way_texting.number"]).await;
    }
    wrong(
        json!({"name": "a".repeat(201), "two_way_texting": {"enabled": false}}),
        &["name"],
    )
    .await;
    // XML, in which Twilio is answered, cannot hold these.
    wrong(
        json!({"name": "a\u{ffff}", "help_contact": "b\u{fffe}", "two_way_texting": {"enabled": false}}),
        &["name", "help_contact"],
    )
    .await;
    world
        .get("/v1/facilities/f1")
        .await
        .is_problem(404, "facility_not_found");
}

#[tokio::test]
async fn a_number_is_one_facilitys_until_it_is_given_up() {
    let world = World::new().await;
    world.send(put("f1", &settings(true, OFFICE))).await.is(201);
    world
        .send(put("f2", &settings(true, OFFICE)))
        .await
        .is_problem(409, "number_in_use");
    world
        .send(put("f2", &settings(false, OFFICE)))
        .await
        .is_problem(409, "number_in_use");
    world
        .get("/v1/facilities/f2")
        .await
        .is_problem(404, "facility_not_found");
    // Two-way texting off: it still has the number.
    world.send(put("f1", &settings(false, OFFICE))).await.is(200);
    world
        .send(put("f2", &settings(true, OFFICE)))
        .await
        .is_problem(409, "number_in_use");
    world
        .send(put("f1", &settings(true, "+15125550101")))
        .await
        .is(200);
    world.send(put("f2", &settings(true, OFFICE))).await.is(201);
    world
        .send(put("f1", &settings(true, OFFICE)))
        .await
        .is_problem(409, "number_in_use");
    assert_eq!(
        world.get("/v1/facilities/f1").await.is(200)["two_way_texting"]["number"],
        "+15125550101"
    );
    world.send(put("f2", &settings(false, Value::Null))).await.is(200);
    world.send(put("f1", &settings(true, OFFICE))).await.is(200);
    world
        .send(put("f3", &settings(true, "+15125550101")))
        .await
        .is(201);
}

#[tokio::test]
async fn ids_and_methods_are_read_strictly() {
    let world = World::new().await;
    world.facility("on").await;
    let longest = "A_z.9-".repeat(11)[..64].to_owned();
    world
        .send(put(&longest, &settings(false, Value::Null)))
        .await
        .is(201);
    world
        .put_tenant(&format!("{longest}/tenants/{longest}"), &json!({}))
        .await
        .is(201);
    world.put_tenant("f1/tenants/...", &json!({})).await.is(201);
    for bad in ["..", ".", "a%20b", "a%2Fb", "%E2%82%AC", &"x".repeat(65), ""] {
        let event = |line: String| {
            call(&line)
                .json(&settings(false, Value::Null))
                .event()
                .to_string()
        };
        world
            .invoke_event("facilities", &event(format!("PUT /v1/facilities/{bad}")))
            .await
            .is_problem(400, "invalid_request");
        world
            .invoke_event(
                "facilities",
                &event(format!("DELETE /v1/facilities/f1/tenants/{bad}")),
            )
            .await
            .is_problem(400, "invalid_request");
    }
    for (line, allow) in [
        ("DELETE /v1/facilities/f1", "GET, PUT"),
        ("POST /v1/facilities/f1", "GET, PUT"),
        ("GET /v1/facilities/f1/tenants/t1", "DELETE, PUT"),
        ("PATCH /v1/facilities/f1/tenants/t1", "DELETE, PUT"),
    ] {
        let answer = world.send(call(line)).await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), allow, "{line}");
    }
    for line in [
        "GET /",
        "GET /v1",
        "GET /v1/facilities",
        "PUT /v2/facilities/f1",
        "GET /v1/facilities/f1/tenants",
    ] {
        world.send(call(line)).await.is_problem(404, "not_found");
    }
    for body in ["", "{", "\"name\""] {
        world
            .send(call("PUT /v1/facilities/f9").body("application/json", body))
            .await
            .is_problem(400, "invalid_request");
    }
    world
        .send(put("f9", &json!({})).body("text/csv", "{}"))
        .await
        .is_problem(415, "unsupported_media_type");
    let long = " ".repeat(1024 * 1024 + 1);
    world
        .send(put("f9", &json!({})).body("application/json", &long))
        .await
        .is_problem(413, "payload_too_large");
}

#[tokio::test]
async fn scopes_and_facilities_are_asked_before_anything_is_looked_at() {
    let world = World::new().await;
    world.facility("on").await;
    let claims =
        |scope: &str, facilities: &str| json!({"sub": "s", "scope": scope, "facilities": facilities});
    let lines = [
        ("PUT /v1/facilities/f1", "tenants:write"),
        ("GET /v1/facilities/f1", "consent:read"),
        ("PUT /v1/facilities/f1/tenants/t1", "tenants:write"),
        ("DELETE /v1/facilities/f1/tenants/t1", "tenants:write"),
        ("GET /v1/facilities/f1/tenants/t1/consent", "consent:read"),
        ("PUT /v1/facilities/f1/tenants/t1/consent", "consent:write"),
        ("GET /v1/facilities/f1/tenants/t1/consent/history", "consent:read"),
        ("GET /v1/facilities/f1/consent-report", "consent:read"),
    ];
    let all = "consent:read consent:write tenants:write messages:send portal";
    for (line, needed) in lines {
        world
            .send(call(line).nobody())
            .await
            .is_problem(401, "unauthenticated");
        world
            .send(call(line).nobody().header("authorization", "Bearer x"))
            .await
            .is_problem(401, "unauthenticated");
        let others: Vec<&str> = all.split(' ').filter(|scope| *scope != needed).collect();
        for (scope, facilities) in [
            (others.join(" ").as_str(), "*"),
            (all, "f2"),
            (all, "f"),
            (all, "f11 F1"),
            (all, ""),
            (all, "f1,f2"),
            ("", "f1"),
        ] {
            world
                .send(call(line).claims(claims(scope, facilities)))
                .await
                .is_problem(403, "forbidden");
        }
        // Neither what is not there nor what cannot be is told to those who may not know.
        for other in ["nowhere", "%20", &"x".repeat(65)] {
            let elsewhere = line.replace("/f1", &format!("/{other}"));
            world
                .send(call(&elsewhere).claims(claims(all, "f1")))
                .await
                .is_problem(403, "forbidden");
        }
        let allowed = world.send(call(line).claims(claims(needed, "f0 f1"))).await;
        assert!(![401, 403].contains(&allowed.status.as_u16()), "{line}");
    }
}
