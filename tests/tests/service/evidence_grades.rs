//! How well a grant is proven: in the view, in the report, in its CSV, and as the report's filter.

use serde_json::{Value, json};
use tests::{World, call};

const REPORT: &str = "/v1/facilities/f1/consent-report";

/// A tenant of each grade, one who has not agreed and one who withdrew.
async fn graded() -> World {
    let world = World::new().await;
    world.facility("on").await;
    for (at, id) in (0..).zip(["t-assumed", "t-keyword", "t-portal", "t-staff", "t-none", "t-out"]) {
        let created_on = if id == "t-assumed" {
            "2020-01-01"
        } else {
            "2024-05-01"
        };
        let phone = format!("+1512555014{at}");
        let members = json!({"name": format!("Tenant {id}"), "cell_phone": phone, "created_on": created_on});
        world.register(id, &members).await;
    }
    world.text("M1", "+15125550141", "START").await;
    world.portal("t-portal", "check").await.is(200);
    world.profile("t-staff", "check").await.is(200);
    world.profile("t-out", "check").await.is(200);
    world.profile("t-out", "uncheck").await.is(200);
    world
}

/// The ids that a page of the report has.
async fn ids(world: &World, query: &str) -> Vec<String> {
    let page = world.get(&format!("{REPORT}?{query}")).await.is(200);
    assert_eq!(
        page["totals"],
        json!({"provided": 4, "not_provided": 1, "opted_out": 1})
    );
    let rows = page["rows"].as_array().into_iter().flatten();
    rows.map(|row| row["tenant_id"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn view_and_report_say_how_well_a_grant_is_proven() {
    let world = graded().await;
    for (id, grade) in [
        ("t-assumed", json!("assumed")),
        ("t-keyword", json!("keyword")),
        ("t-portal", json!("signed_disclosure")),
        ("t-staff", json!("staff_attested")),
        ("t-none", Value::Null),
        ("t-out", Value::Null),
    ] {
        assert_eq!(world.view(id).await["evidence"], grade, "{id}");
        let page = world.get(&format!("{REPORT}?search={id}")).await.is(200);
        let rows = page["rows"].as_array().into_iter().flatten();
        for row in rows.filter(|row| row["tenant_id"] == id) {
            assert_eq!(row["evidence"], grade, "{id}");
        }
    }
}

#[tokio::test]
async fn the_report_filters_by_one_grade() {
    let world = graded().await;
    for (grade, id) in [
        ("assumed", "t-assumed"),
        ("keyword", "t-keyword"),
        ("signed_disclosure", "t-portal"),
        ("staff_attested", "t-staff"),
    ] {
        assert_eq!(ids(&world, &format!("evidence={grade}")).await, [id]);
        assert_eq!(
            ids(&world, &format!("evidence={grade}&search=ten&status=provided")).await,
            [id]
        );
        assert!(
            ids(&world, &format!("evidence={grade}&status=opted_out"))
                .await
                .is_empty()
        );
        assert!(
            ids(&world, &format!("evidence={grade}&search=nobody"))
                .await
                .is_empty()
        );
        let file = call(&format!("GET {REPORT}?evidence={grade}")).header("accept", "text/csv");
        let file = world.send(file).await;
        file.is(200);
        let lines: Vec<&str> = file.text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(
            lines[1].starts_with(id) && lines[1].ends_with(grade),
            "{}",
            lines[1]
        );
    }
    for other in [
        "evidence=signed",
        "evidence=",
        "evidence=null",
        "evidence=assumed&evidence=keyword",
    ] {
        let problem = world.get(&format!("{REPORT}?{other}")).await;
        let problem = problem.is_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], "evidence", "{other}");
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_the_filter_that_gave_it() {
    let world = graded().await;
    for at in 0..3 {
        let members = json!({"cell_phone": format!("+1512555015{at}"), "created_on": "2020-01-01"});
        world.register(&format!("t-old{at}"), &members).await;
    }
    let page = world
        .get(&format!("{REPORT}?evidence=assumed&limit=2"))
        .await
        .is(200);
    let next = page["next"].as_str().unwrap_or_default();
    let rest = world
        .get(&format!("{REPORT}?evidence=assumed&limit=2&cursor={next}"))
        .await
        .is(200);
    let found = [&page, &rest].map(|page| page["rows"].as_array().map_or(0, Vec::len));
    assert_eq!(found.iter().sum::<usize>(), 4);
    for other in ["", "evidence=keyword&"] {
        world
            .get(&format!("{REPORT}?{other}limit=2&cursor={next}"))
            .await
            .is_problem(400, "invalid_request");
    }
}
