//! `/v1/facilities/{facility_id}/tenants/{tenant_id}`: registered, changed, moved out and back.

use serde_json::{Value, json};
use tests::{ADA, BEN, Call, World, call};

fn put(path: &str, body: &Value) -> Call {
    call(&format!("PUT /v1/facilities/{path}")).json(body)
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
        assert_eq!(answer.wrong_fields(), fields, "{body}");
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
        // Nothing to be seen, and no characters at all.
        json!("\u{200b}\u{2060} \u{feff}"),
        json!("\u{3164}"),
        json!("Ada\u{fffe}"),
        json!("Ada\u{ffff}Moreno"),
        json!("\u{fdd0}Ada"),
        json!("Ada\u{10ffff}"),
        json!("Ada\u{85}Moreno"),
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
        json!(["A1\u{ffff}"]),
        json!(["\u{200b}"]),
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
        // What software writes where it knows no date.
        "0000-00-00",
        "0001-01-01",
        "1899-12-30",
        "1900-01-01",
        "1969-12-31",
        "1970-01-01",
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
        "earliest",
        json!({"cell_phone": "+15125550156", "created_on": "1970-01-02"}),
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
    let world = World::embedded().await;
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
    assert_eq!(tests::standing(&view), "opted_out by text");
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
