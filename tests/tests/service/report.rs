//! `GET .../consent-report`: the Customer Consent Status report.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tests::{ADA, BEN, World, call};

const REPORT: &str = "/v1/facilities/f1/consent-report";

/// A facility with tenants of every kind, registered in no order.
async fn peopled() -> World {
    let world = World::new().await;
    world.facility("on").await;
    for (id, name, phone, units) in [
        ("t-zoe", "zoë Álvarez", "+15125550101", json!(["C1"])),
        ("t-ann2", "ann", "+15125550102", json!([])),
        ("t-ada", "Ada Moreno", ADA, json!(["A12", "B 7"])),
        ("t-ben", "Ben O'Brien-Smith", BEN, json!(["a13"])),
        ("t-ann1", "Ann", "+15125551142", json!(["12"])),
        ("t-annb", "Ann Bell", "+442071838750", json!(["É1"])),
        ("t-emil", "Émile", "+15125550106", json!([])),
    ] {
        let phone = if phone.starts_with("+44") {
            Value::Null
        } else {
            json!(phone)
        };
        world
            .register(id, &json!({"name": name, "cell_phone": phone, "units": units}))
            .await;
    }
    world.profile("t-ada", "check").await.is(200);
    world.profile("t-ben", "check").await.is(200);
    world.text("SM1", BEN, "STOP").await;
    world.profile("t-zoe", "check").await.is(200);
    world
}

async fn ids(world: &World, query: &str) -> Vec<String> {
    let report = world.get(&format!("{REPORT}?{query}")).await.is(200);
    assert_eq!(
        report["totals"],
        world.get(REPORT).await.is(200)["totals"],
        "totals are the facility's"
    );
    report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["tenant_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn rows_have_these_members_and_totals_count_the_facility() {
    let world = World::new().await;
    world.get(REPORT).await.is_problem(404, "facility_not_found");
    world.facility("on").await;
    let empty =
        json!({"rows": [], "next": null, "totals": {"provided": 0, "not_provided": 0, "opted_out": 0}});
    assert_eq!(world.get(REPORT).await.is(200), empty);
    world
        .register("t1", &json!({"cell_phone": ADA, "units": ["A12", "B7"]}))
        .await;
    world.register("t2", &json!({"name": "Zed", "units": []})).await;
    let granted = world.profile("t1", "check").await.is(200);
    let expected = json!({
        "rows": [
            {
                "tenant_id": "t1", "name": "Ada Moreno", "cell_phone": ADA, "units": ["A12", "B7"],
                "provided_consent": "Yes", "status": "provided", "source": "profile", "changed_at": granted["changed_at"],
                "on_hold": false,
                "evidence": "staff_attested",
            },
            {
                "tenant_id": "t2", "name": "Zed", "cell_phone": null, "units": [],
                "provided_consent": "No", "status": "not_provided", "source": null, "changed_at": null,
                "on_hold": false,
                "evidence": null,
            },
        ],
        "next": null,
        "totals": {"provided": 1, "not_provided": 1, "opted_out": 0},
    });
    assert_eq!(world.get(REPORT).await.is(200), expected);
    world.profile("t1", "uncheck").await.is(200);
    let row = &world.get(REPORT).await.is(200)["rows"][0];
    assert_eq!(
        (&row["provided_consent"], &row["status"], &row["source"]),
        (&json!("No"), &json!("opted_out"), &json!("profile"))
    );
}

#[tokio::test]
async fn rows_are_by_name_without_regard_to_case_and_accents() {
    let world = peopled().await;
    let expected = ["t-ada", "t-ann1", "t-ann2", "t-annb", "t-ben", "t-emil", "t-zoe"];
    assert_eq!(ids(&world, "").await, expected);
    world
        .register("t-ada", &json!({"name": "Zz Top", "cell_phone": ADA}))
        .await;
    assert_eq!(
        ids(&world, "").await.last().unwrap(),
        "t-ada",
        "a new name has a new place"
    );
}

#[tokio::test]
async fn a_search_finds_names_phones_and_units() {
    let world = peopled().await;
    let check = async |search: &str, expected: &[&str]| {
        assert_eq!(
            ids(&world, &format!("search={search}")).await,
            expected,
            "{search}"
        );
    };
    check("mor", &["t-ada"]).await;
    check("MOR", &["t-ada"]).await;
    check("oreno", &[]).await;
    check("ann", &["t-ann1", "t-ann2", "t-annb"]).await;
    check("bell%20ann", &["t-annb"]).await;
    check("bell+ann", &["t-annb"]).await;
    check("alvarez", &["t-zoe"]).await;
    check("%C3%A1LV", &["t-zoe"]).await;
    check("ZOE", &["t-zoe"]).await;
    check("emile", &["t-emil"]).await;
    check("smith", &["t-ben"]).await;
    check("o%27brien", &["t-ben"]).await;
    check("obrien", &["t-ben"]).await;
    check("%2B15125550142", &["t-ada"]).await;
    check("+15125550142", &["t-ada"]).await;
    check("15125550142", &["t-ada"]).await;
    check("(512)%20555-0142", &["t-ada"]).await;
    check("512.555.0142", &["t-ada"]).await;
    check("Cell:%20512-555-0142", &["t-ada"]).await;
    check("512-555-0142%20h", &["t-ada"]).await;
    check("%2B1%201%20512%20555%200142", &["t-ada"]).await;
    check("0142", &["t-ada"]).await;
    check("1142", &["t-ann1"]).await;
    check("142", &[]).await;
    check("550142", &["t-ada"]).await;
    check("5125", &[]).await;
    check("a1", &["t-ada", "t-ben"]).await;
    check("A12", &["t-ada"]).await;
    check("12", &["t-ann1"]).await;
    check("b%207", &["t-ada"]).await;
    check("e1", &["t-annb"]).await;
    check(
        "%20%20",
        &["t-ada", "t-ann1", "t-ann2", "t-annb", "t-ben", "t-emil", "t-zoe"],
    )
    .await;
    check("%25", &[]).await;
    check("*", &[]).await;
    world
        .get(&format!("{REPORT}?search={}", "x".repeat(201)))
        .await
        .is_problem(400, "invalid_request");
}

#[tokio::test]
async fn statuses_filter_and_may_be_repeated() {
    let world = peopled().await;
    assert_eq!(ids(&world, "status=provided").await, ["t-ada", "t-zoe"]);
    assert_eq!(ids(&world, "status=opted_out").await, ["t-ben"]);
    assert_eq!(
        ids(&world, "status=opted_out&status=provided").await,
        ["t-ada", "t-ben", "t-zoe"]
    );
    assert_eq!(
        ids(&world, "status=provided&status=provided&search=zoe").await,
        ["t-zoe"]
    );
    assert_eq!(ids(&world, "status=opted_out&search=zoe").await, [""; 0]);
    for bad in ["", "Provided", "provided,opted_out", "all", "provided&status=x"] {
        let problem = world
            .get(&format!("{REPORT}?status={bad}"))
            .await
            .is_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], "status");
    }
}

#[tokio::test]
async fn pages_join_whatever_is_asked() {
    let world = peopled().await;
    for query in [
        "",
        "search=a",
        "status=not_provided",
        "status=not_provided&status=provided&search=ann",
        "search=nobody",
    ] {
        let whole = ids(&world, &format!("{query}&limit=200")).await;
        for limit in 1..=8 {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = world
                    .get(&format!("{REPORT}?{query}&limit={limit}{cursor}"))
                    .await
                    .is(200);
                let rows = page["rows"].as_array().unwrap();
                assert!(rows.len() <= limit);
                found.extend(
                    rows.iter()
                        .map(|row| row["tenant_id"].as_str().unwrap().to_owned()),
                );
                let Some(next) = page["next"].as_str() else { break };
                assert_eq!(rows.len(), limit, "a page with a next one is full");
                cursor = format!("&cursor={next}");
            }
            assert_eq!(found, whole, "{query} {limit}");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_of_its_own_query_and_unaltered() {
    let world = peopled().await;
    world.put_facility("f2", &json!({"enabled": false})).await;
    let next = world
        .get(&format!("{REPORT}?limit=2&status=not_provided"))
        .await
        .is(200)["next"]
        .as_str()
        .unwrap()
        .to_owned();
    world
        .get(&format!("{REPORT}?status=not_provided&cursor={next}"))
        .await
        .is(200);
    let altered = format!("{}{}", if next.starts_with('x') { 'y' } else { 'x' }, &next[1..]);
    for other in [
        format!("{REPORT}?cursor={next}"),
        format!("{REPORT}?status=provided&cursor={next}"),
        format!("{REPORT}?status=not_provided&search=a&cursor={next}"),
        format!("/v1/facilities/f2/consent-report?status=not_provided&cursor={next}"),
        format!("{REPORT}?status=not_provided&cursor={}", &next[..next.len() - 1]),
        format!("{REPORT}?status=not_provided&cursor={altered}"),
        format!("{REPORT}?status=not_provided&cursor="),
        format!("{REPORT}?status=not_provided&cursor=dC1hZGE"),
    ] {
        let problem = world.get(&other).await.is_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], "cursor", "{other}");
    }
    for bad in ["0", "201", "-1", "1.5", "a", ""] {
        let problem = world
            .get(&format!("{REPORT}?limit={bad}"))
            .await
            .is_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], "limit");
    }
    let cursor = format!("status=not_provided&cursor={next}");
    for (field, once) in [("limit", "limit=5"), ("search", "search=a"), ("cursor", &cursor)] {
        world.get(&format!("{REPORT}?{once}")).await.is(200);
        let answer = world.get(&format!("{REPORT}?{once}&{once}")).await;
        assert_eq!(answer.wrong_fields(), [field]);
    }
}

#[tokio::test]
async fn totals_follow_everything_that_happens() {
    let world = World::new().await;
    world.facility("on").await;
    let totals =
        async |expected: [i64; 3], after: &str| assert_eq!(world.totals().await, expected, "{after}");
    world.tenant("t1", ADA).await;
    world.tenant("t2", ADA).await;
    world
        .register("t3", &json!({"cell_phone": BEN, "created_on": "2020-01-01"}))
        .await;
    totals([1, 2, 0], "three registrations").await;
    world.profile("t1", "check").await.is(200);
    world.profile("t1", "check").await.is(200);
    totals([2, 1, 0], "a check, twice").await;
    world.text("SM1", ADA, "STOP").await;
    world.text("SM1", ADA, "STOP").await;
    world.text("SM2", ADA, "STOP").await;
    totals([1, 0, 2], "a STOP, again and again").await;
    world.text("SM3", ADA, "START").await;
    totals([3, 0, 0], "a START").await;
    world.tenant("t2", BEN).await;
    totals([2, 1, 0], "a grant ends with its number").await;
    world.portal("t1", "uncheck").await.is(200);
    world.text("SM4", ADA, "STOP").await;
    world.text("SM5", ADA, "START").await;
    totals([1, 1, 1], "a lifted opt-out").await;
    world.move_out("t1").await.is(204);
    world.move_out("t1").await.is_problem(404, "tenant_not_found");
    totals([1, 1, 0], "moved out").await;
    world.tenant("t1", ADA).await;
    totals([1, 1, 1], "and back").await;
    world.move_out("t3").await.is(204);
    totals([0, 1, 1], "a grant ends with moving out").await;
    assert_eq!(ids(&world, "").await.len(), 2);
}

#[tokio::test]
async fn a_facility_sees_its_own_tenants_and_other_methods_are_refused() {
    let world = peopled().await;
    world
        .put_facility("f2", &json!({"enabled": false, "number": "+15125550199"}))
        .await;
    world.put_facility("f", &json!({"enabled": false})).await;
    for other in ["f2", "f"] {
        let report = world
            .get(&format!("/v1/facilities/{other}/consent-report"))
            .await
            .is(200);
        assert_eq!(
            report,
            json!({"rows": [], "next": null, "totals": {"provided": 0, "not_provided": 0, "opted_out": 0}})
        );
    }
    for method in ["PUT", "POST", "DELETE", "HEAD"] {
        let answer = world.send(call(&format!("{method} {REPORT}"))).await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET");
    }
    world
        .send(call("GET /v1/facilities/a%20b/consent-report"))
        .await
        .is_problem(400, "invalid_request");
}
