//! `/v1/facilities/{facility_id}` and its tenants: what the facility software tells of.

use serde_json::{Value, json};
use tests::{ADA, Answer, BEN, Call, OFFICE, World, call};

fn put(path: &str, body: &Value) -> Call {
    call(&format!("PUT /v1/facilities/{path}")).json(body)
}

fn settings(enabled: bool, number: impl Into<Value>) -> Value {
    json!({"name": "Main Street Storage", "two_way_texting": {"enabled": enabled, "number": number.into()}})
}

/// The members that are wrong, in the order in which the problem names them.
#[track_caller]
fn wrong_fields(answer: &Answer) -> Vec<String> {
    let problem = answer.is_problem(400, "invalid_request");
    let errors = problem["errors"].as_array().unwrap();
    assert!(errors.iter().all(|error| error["detail"].is_string()));
    errors
        .iter()
        .map(|error| error["field"].as_str().unwrap().to_owned())
        .collect()
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
        "two_way_texting": {"enabled": true, "number": OFFICE},
    });
    assert_eq!(world.send(put("f1", &body)).await.is(201), body);
    assert_eq!(world.send(put("f1", &body)).await.is(200), body);
    assert_eq!(world.get("/v1/facilities/f1").await.is(200), body);
    // It replaces: what is not sent is gone, and what is not known is ignored.
    let shorter =
        json!({"name": " Storage ", "two_way_texting": {"enabled": false, "x": 1}, "open_on": ["Mon"]});
    let expected = json!({"name": "Storage", "help_contact": null, "two_way_texting": {"enabled": false, "number": null}});
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
async fn settings_that_cannot_be_taken_are_named_all_at_once() {
    let world = World::new().await;
    let wrong = async |body: Value, fields: &[&str]| {
        let answer = world.send(put("f1", &body)).await;
        assert_eq!(wrong_fields(&answer), fields, "{body}");
    };
    wrong(json!({}), &["name", "two_way_texting"]).await;
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
async fn a_tenant_is_created_then_updated_and_comes_back() {
    let world = World::new().await;
    world
        .put_tenant("f1/tenants/t1", &json!({}))
        .await
        .is_problem(404, "facility_not_found");
    world.facility("on").await;
    let register = async |members: Value| world.put_tenant("f1/tenants/t1", &members).await;
    let view = register(json!({"cell_phone": ADA})).await.is(201);
    assert_eq!(view, world.view("t1").await);
    assert_eq!(register(json!({"cell_phone": ADA})).await.is(200), view);
    let view = register(json!({"cell_phone": ADA, "name": "Ada Bell", "locker": 5}))
        .await
        .is(200);
    assert_eq!(view["name"], "Ada Bell");
    // It replaces: without a cell phone there is none.
    assert_eq!(register(json!({})).await.is(200)["cell_phone"], Value::Null);
    assert_eq!(
        register(json!({"cell_phone": null, "units": []})).await.is(200)["cell_phone"],
        Value::Null
    );
    let gone = world.move_out("t1").await;
    gone.is(204);
    assert_eq!(gone.text, "");
    world.move_out("t1").await.is_problem(404, "tenant_not_found");
    register(json!({"cell_phone": ADA})).await.is(201);
    register(json!({"cell_phone": ADA})).await.is(200);
    world.move_out("t1").await.is(204);
    world.move_out("nobody").await.is_problem(404, "tenant_not_found");
    world
        .send(call("DELETE /v1/facilities/f2/tenants/t1"))
        .await
        .is_problem(404, "facility_not_found");
}

#[tokio::test]
async fn details_that_cannot_be_taken_are_named_all_at_once_and_never_quoted() {
    let world = World::new().await;
    world.facility("on").await;
    let wrong = async |body: Value, fields: &[&str]| {
        let answer = world.send(put("f1/tenants/t1", &body)).await;
        assert_eq!(wrong_fields(&answer), fields, "{body}");
        for sent in ["Secret", "0142", "A-secret"] {
            assert!(!answer.text.contains(sent), "{}", answer.text);
        }
    };
    wrong(json!({}), &["name", "created_on"]).await;
    wrong(
        json!({"name": 1, "cell_phone": 2, "units": 3, "created_on": 4, "replied_stop": 5}),
        &["name", "cell_phone", "units", "created_on", "replied_stop"],
    )
    .await;
    wrong(json!({"name": "Secret\n", "cell_phone": "512-555-0142-0142", "units": ["A-secret", 1], "created_on": "Secret"}), &["cell_phone", "units", "created_on"]).await;
    wrong(
        json!({"name": "Secret\u{0}Name", "created_on": "2024-01-01"}),
        &["name"],
    )
    .await;
    let with = |name: &str, value: Value| {
        let mut body = json!({"name": "Ada", "created_on": "2024-01-01"});
        body[name] = value;
        body
    };
    for bad in [
        json!(" "),
        json!(""),
        json!(null),
        json!(["Ada"]),
        json!("é".repeat(201)),
    ] {
        wrong(with("name", bad), &["name"]).await;
    }
    for bad in [
        json!(""),
        json!("911"),
        json!("n/a"),
        json!(15_125_550_142_i64),
        json!(false),
        json!("+1512555014"),
        json!("5125550142x3"),
    ] {
        wrong(with("cell_phone", bad), &["cell_phone"]).await;
    }
    for bad in [
        json!(null),
        json!("A1"),
        json!([null]),
        json!([""]),
        json!([["A1"]]),
        json!(vec!["A"; 201]),
    ] {
        wrong(with("units", bad), &["units"]).await;
    }
    for bad in [
        "2024-1-1",
        "20240101",
        "2024-02-30",
        "2024-01-01T00:00:00Z",
        "01/02/2024",
        "",
        "+002024-01-01",
        "2024-W01-1",
        " 2024-01-01",
    ] {
        wrong(with("created_on", json!(bad)), &["created_on"]).await;
    }
    for bad in [json!("true"), json!(1)] {
        wrong(with("replied_stop", bad), &["replied_stop"]).await;
    }
    assert_eq!(world.totals().await, [0, 0, 0]);
}

#[tokio::test]
async fn tenants_from_before_the_day_are_grandfathered_once_and_with_a_phone() {
    let world = World::new().await;
    world.facility("off").await;
    let check = async |id: &str, members: Value, expected: &str| {
        world.register(id, &members).await;
        assert_eq!(world.standing(id).await, expected, "{id} {members}");
    };
    check(
        "before",
        json!({"cell_phone": "+15125550151", "created_on": "2023-09-25"}),
        "provided by grandfathered",
    )
    .await;
    check(
        "long-before",
        json!({"cell_phone": "+15125550152", "created_on": "1979-02-28"}),
        "provided by grandfathered",
    )
    .await;
    check(
        "on",
        json!({"cell_phone": "+15125550153", "created_on": "2023-09-26"}),
        "not_provided",
    )
    .await;
    check(
        "after",
        json!({"cell_phone": "+15125550154", "created_on": "2027-01-01"}),
        "not_provided",
    )
    .await;
    check("no-phone", json!({"created_on": "2020-01-01"}), "not_provided").await;
    check(
        "no-phone",
        json!({"created_on": "2020-01-01", "cell_phone": "+15125550155"}),
        "not_provided",
    )
    .await;
    // The day is read on the first registration alone.
    check(
        "after",
        json!({"cell_phone": "+15125550154", "created_on": "2020-01-01"}),
        "not_provided",
    )
    .await;
    check(
        "before",
        json!({"cell_phone": "+15125550151", "created_on": "2024-01-01"}),
        "provided by grandfathered",
    )
    .await;
    world.move_out("before").await.is(204);
    check(
        "before",
        json!({"cell_phone": "+15125550151", "created_on": "2020-01-01"}),
        "not_provided",
    )
    .await;
    let record = &world.history("long-before").await[0];
    assert_eq!(
        (&record["type"], &record["channel"], &record["rule"]),
        (&json!("granted"), &json!("registration"), &json!("grandfathered"))
    );
}

#[tokio::test]
async fn replied_stop_counts_for_the_number_and_for_everybody_who_has_it() {
    let world = World::new().await;
    world.facility("on").await;
    world
        .register("old", &json!({"cell_phone": ADA, "created_on": "2020-01-01"}))
        .await;
    world.tenant("other", BEN).await;
    let view = world
        .register(
            "t1",
            &json!({"cell_phone": ADA, "created_on": "2020-01-01", "replied_stop": true}),
        )
        .await;
    assert_eq!(
        (&view["status"], &view["source"]),
        (&json!("opted_out"), &json!("text"))
    );
    assert_eq!(world.standing("old").await, "opted_out by text");
    assert_eq!(world.standing("other").await, "not_provided");
    for id in ["t1", "old"] {
        let record = world.last_record(id).await;
        assert_eq!(
            (&record["type"], &record["channel"]),
            (&json!("opted_out"), &json!("registration")),
            "{id}"
        );
        assert_eq!(
            (&record["actor"], &record["text"]),
            (&json!("staff@example.com"), &Value::Null)
        );
        assert_eq!(record["needs_review"], false);
    }
    world.tenant("late", ADA).await;
    assert_eq!(world.standing("late").await, "opted_out by text");
    // A repetition is no first registration.
    world.text("SM1", ADA, "START").await;
    world
        .register("t1", &json!({"cell_phone": ADA, "replied_stop": true}))
        .await;
    assert_eq!(world.standing("t1").await, "provided by text");
    world.move_out("t1").await.is(204);
    world
        .register("t1", &json!({"cell_phone": ADA, "replied_stop": true}))
        .await;
    assert_eq!(world.standing("t1").await, "not_provided");
    assert_eq!(world.standing("old").await, "provided by text");
    // Without a phone it is not read, then or later.
    world.register("t2", &json!({"replied_stop": true})).await;
    world
        .register("t2", &json!({"cell_phone": "+15125550177", "replied_stop": true}))
        .await;
    assert_eq!(world.standing("t2").await, "not_provided");
    world
        .register(
            "t3",
            &json!({"cell_phone": "+15125550178", "replied_stop": false, "created_on": "2020-01-01"}),
        )
        .await;
    assert_eq!(world.standing("t3").await, "provided by grandfathered");
}

#[tokio::test]
async fn a_grant_belongs_to_its_number_and_a_withdrawal_to_the_person() {
    let world = World::new().await;
    world.facility("on").await;
    world.tenant("t1", ADA).await;
    world.profile("t1", "check").await.is(200);
    world.tenant("t1", "(512) 555-0142").await;
    assert_eq!(
        world.standing("t1").await,
        "provided by profile",
        "another spelling is no other number"
    );
    world.tenant("t1", BEN).await;
    assert_eq!(world.standing("t1").await, "not_provided");
    let record = world.last_record("t1").await;
    assert_eq!(
        (&record["type"], &record["cell_phone"]),
        (&json!("ended"), &json!(ADA))
    );
    world.tenant("t1", ADA).await;
    assert_eq!(
        world.standing("t1").await,
        "not_provided",
        "a grant does not come back"
    );

    world.profile("t1", "check").await.is(200);
    world.tenant("t1", Value::Null).await;
    assert_eq!(world.last_record("t1").await["type"], "ended");
    assert_eq!(world.standing("t1").await, "not_provided");

    world.tenant("t1", ADA).await;
    world.profile("t1", "check").await.is(200);
    world.text("SM1", ADA, "STOP").await;
    world.tenant("t1", BEN).await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
    // The number left behind keeps its STOP; the new one has none, and its START counts.
    world.tenant("t2", ADA).await;
    assert_eq!(world.standing("t2").await, "opted_out by text");
    world.text("SM2", BEN, "START").await;
    assert_eq!(world.standing("t1").await, "provided by text");
    assert_eq!(world.standing("t2").await, "opted_out by text");

    // Onto a stopped number: one record, an opt-out of that number.
    let records = world.history("t1").await.len();
    world.tenant("t1", ADA).await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
    assert_eq!(world.history("t1").await.len(), records + 1);
    let record = world.last_record("t1").await;
    assert_eq!(
        (&record["type"], &record["cell_phone"], &record["channel"]),
        (&json!("opted_out"), &json!(ADA), &json!("registration"))
    );
}

#[tokio::test]
async fn moved_out_and_back_only_withdrawals_return() {
    let world = World::new().await;
    world.facility("on").await;
    let away = async |id: &str, phone: &str| {
        world.move_out(id).await.is(204);
        world.tenant(id, phone).await;
        world.standing(id).await
    };
    world.tenant("t1", ADA).await;
    world.profile("t1", "check").await.is(200);
    assert_eq!(away("t1", ADA).await, "not_provided");
    assert_eq!(world.last_record("t1").await["type"], "ended");
    world.profile("t1", "check").await.is(200);
    world.profile("t1", "uncheck").await.is(200);
    assert_eq!(away("t1", ADA).await, "opted_out by profile");
    assert_eq!(away("t1", BEN).await, "opted_out by profile");
    world.portal("t1", "check").await.is(200);
    world.portal("t1", "uncheck").await.is(200);
    assert_eq!(away("t1", BEN).await, "opted_out by portal");

    // While away the number stops: they are not touched, and come back to it.
    world.tenant("t2", ADA).await;
    world.profile("t2", "check").await.is(200);
    world.move_out("t2").await.is(204);
    let records = world.history("t2").await.len();
    world.text("SM1", ADA, "STOP").await;
    assert_eq!(world.history("t2").await.len(), records);
    world.tenant("t2", ADA).await;
    assert_eq!(world.standing("t2").await, "opted_out by text");
    // A START while away clears the number, and not the tenant.
    world.move_out("t2").await.is(204);
    world.text("SM2", ADA, "START").await;
    world.tenant("t2", ADA).await;
    assert_eq!(world.standing("t2").await, "opted_out by text");
    world.text("SM3", ADA, "START").await;
    assert_eq!(world.standing("t2").await, "provided by text");
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
