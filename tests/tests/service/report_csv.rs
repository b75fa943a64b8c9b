//! The report as CSV: `Accept: text/csv`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tests::{ADA, Answer, BEN, World, call};

const REPORT: &str = "/v1/facilities/f1/consent-report";

/// Four tenants: one provided, one opted out, two never asked.
async fn peopled() -> World {
    let world = World::new().await;
    world.facility("on").await;
    for (id, name, phone, units) in [
        ("t-zoe", "zoë Álvarez", json!("+15125550101"), json!(["C1"])),
        ("t-ada", "Ada Moreno", json!(ADA), json!(["A12", "B 7"])),
        ("t-ben", "Ben O'Brien-Smith", json!(BEN), json!(["a13"])),
        ("t-annb", "Ann Bell", Value::Null, json!(["É1"])),
    ] {
        let members = json!({"name": name, "cell_phone": phone, "units": units});
        world.register(id, &members).await;
    }
    world.profile("t-ada", "check").await.is(200);
    world.text("SM1", BEN, "STOP").await;
    world
}

/// A small reader of RFC 4180, so that the answer is not read by the library that wrote it.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut characters = text.chars().peekable();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        match (character, quoted) {
            ('"', true) if characters.peek() == Some(&'"') => cell.push(characters.next().unwrap()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\r', false) => {
                assert_eq!(characters.next(), Some('\n'), "lines end in CRLF");
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            ('\n', false) => panic!("a bare line feed"),
            (other, _) => cell.push(other),
        }
    }
    assert!(
        row.is_empty() && cell.is_empty() && !quoted,
        "the last line ends too"
    );
    rows
}

async fn download(world: &World, query: &str) -> Answer {
    world
        .send(call(&format!("GET {REPORT}?{query}")).header("accept", "text/csv"))
        .await
}

async fn csv(world: &World, query: &str) -> Vec<Vec<String>> {
    let answer = download(world, query).await;
    answer.is(200);
    assert!(answer.headers.get("link").is_none(), "the whole of it");
    assert!(
        answer.header("content-type").starts_with("text/csv"),
        "{}",
        answer.header("content-type")
    );
    read_csv(&answer.text)
}

#[tokio::test]
async fn csv_has_the_members_of_a_row_and_the_whole_of_what_matches() {
    let world = peopled().await;
    let rows = csv(&world, "limit=1").await;
    assert_eq!(rows.len(), 5);
    assert_eq!(
        rows[0].join(","),
        "tenant_id,name,cell_phone,units,provided_consent,status,source,changed_at,on_hold,evidence"
    );
    let ada = world.view("t-ada").await;
    let changed_at = ada["changed_at"].as_str().unwrap();
    assert_eq!(
        rows[1],
        [
            "t-ada",
            "Ada Moreno",
            ADA,
            "A12;B 7",
            "Yes",
            "provided",
            "profile",
            changed_at,
            "false",
            "staff_attested"
        ]
    );
    assert_eq!(
        rows[2],
        [
            "t-annb",
            "Ann Bell",
            "",
            "É1",
            "No",
            "not_provided",
            "",
            "",
            "false",
            ""
        ]
    );
    assert_eq!(rows[4][1], "zoë Álvarez");
    assert_eq!(csv(&world, "status=opted_out").await.len(), 2);
    assert_eq!(csv(&world, "search=nobody").await.len(), 1);
    let first = world.get(&format!("{REPORT}?limit=2")).await.is(200);
    let cursor = first["next"].as_str().unwrap();
    assert_eq!(
        csv(&world, &format!("limit=2&cursor={cursor}")).await.len(),
        5,
        "whole, wherever the screen was"
    );
}

#[tokio::test]
async fn csv_cells_are_no_formulas_and_survive_quotes_and_commas() {
    let world = World::new().await;
    world.facility("on").await;
    for (id, name, units) in [
        ("-t1", "=HYPERLINK(\"http://evil\",\"a\")", json!(["=1+1", "B"])),
        ("t2", "+1 Ada", json!(["-1"])),
        ("t3", "-Ada", json!(["@A"])),
        ("t4", "@Ada", json!(["A;B"])),
        ("t5", "Ada, \"the\" Moreno", json!(["A,1"])),
        ("t6", "Zoë Łukasz 株式会社 😀", json!([])),
        ("t7", "＝1", json!([])),
        ("t8", "Ada=1", json!(["A=1"])),
        ("t9", "Ada \u{2028}x", json!(["A", "=1+1"])),
    ] {
        world
            .register(id, &json!({"name": name, "cell_phone": ADA, "units": units}))
            .await;
    }
    let rows = csv(&world, "").await;
    assert_eq!(rows.len(), 10);
    for row in &rows {
        assert_eq!(row.len(), 10, "{row:?}");
        for (at, cell) in row.iter().enumerate() {
            let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
            assert!(!formula || (at == 2 && cell == ADA), "{cell}");
            // Where `;` separates cells, a unit within begins one.
            assert!(
                at != 3 || !cell.split(';').any(|unit| unit.starts_with(['=', '+', '-', '@'])),
                "{cell}"
            );
        }
    }
    let row = |id: &str| rows.iter().find(|row| row[0] == id).unwrap();
    assert_eq!(row("t5")[1], "Ada, \"the\" Moreno");
    assert_eq!(row("t5")[3], "A,1");
    assert_eq!(row("t6")[1], "Zoë Łukasz 株式会社 😀");
    assert_eq!(row("t8")[1], "Ada=1");
    assert_eq!(row("'-t1")[1], "'=HYPERLINK(\"http://evil\",\"a\")");
}

#[tokio::test]
async fn csv_is_given_to_who_prefers_it() {
    let world = peopled().await;
    let check = async |accept: &str, csv: bool| {
        let answer = world
            .send(call(&format!("GET {REPORT}")).header("accept", accept))
            .await;
        answer.is(200);
        assert_eq!(
            answer.header("content-type").starts_with("text/csv"),
            csv,
            "{accept}"
        );
    };
    check("text/csv", true).await;
    check("Text/CSV; charset=utf-8", true).await;
    check("text/csv, */*;q=0.5", true).await;
    check("application/json;q=0.5, text/csv", true).await;
    check("text/csv;q=0.5, application/json", false).await;
    check("text/csv;q=0, */*", false).await;
    check("text/*, text/csv;q=0", false).await;
    check("*/*, text/csv;q=0.5", false).await;
    check("*/*;q=0.1, application/json;q=0", true).await;
    check("application/json", false).await;
    check("*/*", false).await;
    check("", false).await;
    check("text/html", false).await;
    // What is refused is refused in JSON.
    let refused = call(&format!("GET {REPORT}?status=x")).header("accept", "text/csv");
    world.send(refused).await.is_problem(400, "invalid_request");
}

/// The parts of an export, as the links lead through them.
async fn parts(world: &World, query: &str) -> Vec<Answer> {
    let mut parts = vec![download(world, query).await];
    while let Some(link) = parts.last().unwrap().headers.get("link") {
        let link = link.to_str().unwrap();
        let next = link.strip_prefix("<?").unwrap().strip_suffix(">; rel=\"next\"");
        parts.push(download(world, next.unwrap()).await);
    }
    for part in &parts {
        part.is(200);
        // As API Gateway is given it, beside the rest of the response.
        let bytes = Value::from(part.text.as_str()).to_string().len();
        assert!(bytes < 6_000_000, "{bytes}");
    }
    parts
}

#[tokio::test]
async fn what_an_answer_cannot_hold_comes_in_parts() {
    let world = World::embedded().await;
    world.facility("on").await;
    // Units that take much place, and escapes.
    let units: Vec<String> = (0..200)
        .map(|unit| format!("U{unit:04}\"{}", "\\".repeat(50)))
        .collect();
    for first in [0, 150, 300] {
        let rows = (first..first + 150).map(|number| {
            let row = json!({"tenant_id": format!("t{number:03}"), "name": "Ada Moreno", "units": units,
                "created_on": if number % 2 == 0 { "2024-05-01" } else { "2020-05-01" }, "cell_phone": ADA});
            row.to_string() + "\n"
        });
        let call = call("POST /v1/facilities/f1/tenant-imports");
        let file = rows.collect::<String>();
        world.send(call.body("application/x-ndjson", &file)).await.is(200);
    }
    let ids = |parts: &[Answer]| -> Vec<String> {
        let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
        let mut rows = read_csv(&whole).into_iter().map(|row| row[0].clone());
        assert_eq!(
            rows.next().unwrap(),
            "tenant_id",
            "the first part names the columns, and no other"
        );
        rows.collect()
    };
    let whole = parts(&world, "").await;
    assert!(whole.len() > 1, "{}", whole.len());
    assert_eq!(
        ids(&whole),
        (0..450).map(|number| format!("t{number:03}")).collect::<Vec<_>>()
    );
    let filtered = parts(&world, "status=provided&search=MOR").await;
    let odd = (0..450)
        .filter(|number| number % 2 == 1)
        .map(|number| format!("t{number:03}"));
    assert_eq!(ids(&filtered), odd.collect::<Vec<_>>());
    // A part is of its own query, and no cursor of a screen is one.
    let searched = download(&world, "search=MOR").await;
    let link = searched.header("link");
    let part = link.split("part=").nth(1).unwrap().split('>').next().unwrap();
    let cursor = world.get(&format!("{REPORT}?limit=2")).await.is(200)["next"].clone();
    for query in [
        format!("part={part}"),
        format!("search=mors&part={part}"),
        format!("status=provided&search=mor&part={part}"),
        format!("search=mor&part={part}x"),
        format!("part={}", cursor.as_str().unwrap()),
        "part=".to_owned(),
    ] {
        let problem = download(&world, &query).await.is_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], "part", "{query}");
    }
    download(&world, &format!("search=mor&part={part}")).await.is(200);
}
