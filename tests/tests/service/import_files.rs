//! Files of tenants: what is a row, which are taken, and how the others are named.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tests::{ADA, Faults, World, call};

const PATH: &str = "POST /v1/facilities/f1/tenant-imports";
const HEADER: &str = "tenant_id,name,cell_phone,units,created_on,replied_stop";

async fn world() -> World {
    let world = World::new().await;
    world.facility("on").await;
    world
}

fn counts(created: u32, updated: u32, unchanged: u32) -> Value {
    json!({
        "created": created, "updated": updated, "unchanged": unchanged,
        "rejected": [], "rejected_count": 0, "ignored_columns": [],
    })
}

/// The lines that are rejected, each with the fields that its detail names.
#[track_caller]
fn rejected(outcome: &Value) -> Vec<String> {
    let rejected = outcome["rejected"].as_array().unwrap();
    assert_eq!(outcome["rejected_count"], rejected.len());
    rejected
        .iter()
        .map(|rejected| {
            assert_eq!(rejected["code"], "invalid_request");
            let detail = rejected["detail"].as_str().unwrap();
            let fields: Vec<&str> = detail
                .split("; ")
                .map(|error| error.split(':').next().unwrap())
                .collect();
            format!("{} {}", rejected["line"], fields.join(" "))
        })
        .collect()
}

#[tokio::test]
async fn columns_go_by_name_and_may_be_missing() {
    for file in [
        "tenant_id,name,cell_phone,units,created_on,replied_stop\nt1,Ada Moreno,(512) 555-0142,A12;B7,2024-05-01,false\n",
        "created_on,replied_stop,units,cell_phone,name,tenant_id\r\n2024-05-01,FALSE,A12 ; B7;,+15125550142,Ada Moreno,t1\r\n",
        "\u{feff}\"tenant_id\", name ,cell_phone,units,created_on\nt1,\"Ada Moreno\",512.555.0142,A12;B7,2024-05-01",
        "\r\n\r\ncreated_on,name,tenant_id,cell_phone,units,replied_stop\r\r2024-05-01,Ada Moreno,t1,5125550142,A12;B7,\r",
    ] {
        let world = world().await;
        assert_eq!(world.import(file).await.is(200), counts(1, 0, 0), "{file}");
        let report = world.get("/v1/facilities/f1/consent-report").await.is(200);
        let row = &report["rows"][0];
        assert_eq!(
            (&row["name"], &row["cell_phone"], &row["units"]),
            (&json!("Ada Moreno"), &json!(ADA), &json!(["A12", "B7"])),
            "{file}"
        );
    }
    let world = world().await;
    let file = "tenant_id,name,created_on\nt1,\"Moreno, Ada \"\"A.\"\"\",2024-05-01\n";
    assert_eq!(world.import(file).await.is(200), counts(1, 0, 0));
    let view = world.view("t1").await;
    assert_eq!(
        (&view["name"], &view["cell_phone"]),
        (&json!("Moreno, Ada \"A.\""), &Value::Null)
    );
}

#[tokio::test]
async fn columns_are_known_in_any_spelling() {
    for header in [
        "Tenant_ID,Name,Cell_Phone,Units,Created_On,Replied_Stop",
        "TENANTID,NAME,CELLPHONE,UNITS,CREATEDON,REPLIEDSTOP",
        "tenantId,name,cellPhone,units,createdOn,repliedStop",
        "tenant-id, name ,cell phone,\"units\",created\u{a0}on,replied stop",
        "\u{feff}Tenant Id,Name,Cell Phone,Units,Created On,Replied-Stop",
    ] {
        let world = world().await;
        let file = format!("{header}\nt1,Ada,512-555-0142,A12,2020-01-01,true\n");
        assert_eq!(world.import(&file).await.is(200), counts(1, 0, 0), "{header}");
        assert_eq!(world.standing("t1").await, "opted_out by text", "{header}");
        assert_eq!(world.view("t1").await["cell_phone"], ADA, "{header}");
    }
}

#[tokio::test]
async fn columns_that_are_not_known_are_named() {
    let world = world().await;
    let file = "tenant_id,Gate Code,name,, stop? ,created_on,\"a \"\"b\"\"\",units2,\nt1,1,Ada,,true,2020-01-01,,,\n";
    let expected = {
        let mut counts = counts(1, 0, 0);
        counts["ignored_columns"] = json!(["Gate Code", "stop?", "a \"b\"", "units2"]);
        counts
    };
    assert_eq!(world.dry_run(file).await.is(200), expected);
    assert_eq!(world.import(file).await.is(200), expected);
    let longest = format!("tenant_id,name,created_on,{}", "x".repeat(64 * 1024 - 23));
    assert_eq!(
        world.import(&longest).await.is(200)["ignored_columns"][0],
        "x".repeat(64 * 1024 - 23)
    );
    assert_eq!(world.import(&format!("{longest}x")).await.wrong_fields(), [""]);
}

#[tokio::test]
async fn cells_are_trimmed_and_rows_of_empty_cells_are_skipped() {
    let world = world().await;
    let file = format!(
        ",,,,,\r\n{HEADER}\r\n,,,,,\r\n t1 ,\u{a0}Ada\t, 512-555-0142 , A1 ; B2 , 2020-01-01 , FALSE \r\n\
         , , ,\u{a0},\"\",\r\n,\r\n   \r\nt/2,Ben,,,2020-01-01,\r\n,,,,,\r\n"
    );
    let outcome = world.import(&file).await.is(200);
    assert_eq!(
        (&outcome["created"], rejected(&outcome)),
        (&json!(1), vec!["8 tenant_id".to_owned()])
    );
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    let report = world.get("/v1/facilities/f1/consent-report").await.is(200);
    assert_eq!(
        (&report["rows"][0]["name"], &report["rows"][0]["units"]),
        (&json!("Ada"), &json!(["A1", "B2"]))
    );
}

#[tokio::test]
async fn a_quotation_mark_that_is_never_closed_is_named_with_what_it_swallowed() {
    const ROW: &str = "t9,Ada,,,2024-05-01,\n";
    for (rows, line) in [
        (format!("t1,\"Ada,,,2024-05-01,\n{ROW}{ROW}"), 3),
        (format!("t1,Ada,,\"A1;\"\"B\"\",2024-05-01,\n{ROW}"), 3),
        // It opens on the second line of its row.
        (format!("t1,\"Ada\r\nM\",,\"A1,2024-05-01,\n{ROW}"), 4),
        ("t1,Ada,,,2024-05-01,\"".to_owned(), 3),
        ("\"\n\n\n".to_owned(), 3),
    ] {
        let world = world().await;
        let file = format!("{HEADER}\n{ROW}{rows}");
        let outcome = world.import(&file).await.is(200);
        assert_eq!(
            (&outcome["created"], &outcome["rejected_count"]),
            (&json!(1), &json!(1)),
            "{rows}"
        );
        let rejected = &outcome["rejected"][0];
        assert_eq!(
            (&rejected["line"], &rejected["code"]),
            (&json!(line), &json!("invalid_request")),
            "{rows}"
        );
        assert!(
            rejected["detail"]
                .as_str()
                .unwrap()
                .contains("swallowed the rest"),
            "{rejected}"
        );
    }
    // Marks that are closed, or are no more than characters.
    for row in [
        "t1,\"Ada \"\"M\"\"\",,,2024-05-01,\n",
        "t1,Ada \"M,,,2024-05-01,\n",
        "t1,\"Ada\" M\",,,2024-05-01,",
    ] {
        let world = world().await;
        let file = format!("{HEADER}\n{row}");
        assert_eq!(world.import(&file).await.is(200), counts(1, 0, 0), "{row}");
    }
    let world = world().await;
    let header = "tenant_id,name,created_on,\"note\nt1,Ada,2024-05-01,\n";
    assert_eq!(world.import(header).await.wrong_fields(), [""]);
}

#[tokio::test]
async fn all_rejected_rows_are_counted_and_the_first_thousand_listed() {
    let world = world().await;
    // Whatever comes: what is answered fits into an answer of Lambda, six megabytes of JSON in JSON.
    let bad_rows = |rows: usize| format!("{HEADER}\n{}", "t/1,,555-0142,,05/01/2024,no\n".repeat(rows));
    for (media_type, file, count) in [
        ("text/csv", bad_rows(1_000), 1_000),
        ("text/csv", bad_rows(34_000), 34_000),
        (
            "text/csv",
            format!("{HEADER}\n{}", "1\n".repeat(2_000_000)),
            2_000_000,
        ),
        ("application/x-ndjson", "1\n".repeat(2_000_000), 2_000_000),
        ("application/x-ndjson", "{}\n".repeat(100_000), 100_000),
    ] {
        for query in ["", "dry_run=true"] {
            let answer = world.send(call(PATH).query(query).body(media_type, &file)).await;
            let outcome = answer.is(200);
            assert_eq!(outcome["rejected_count"], count);
            let rejected = outcome["rejected"].as_array().unwrap();
            assert_eq!(rejected.len(), 1_000);
            let header = u64::from(media_type == "text/csv");
            assert_eq!(rejected[999]["line"], 1_000 + header);
            let on_the_wire = json!({"statusCode": 200, "body": answer.text}).to_string();
            assert!(on_the_wire.len() < 1_000_000, "{}", on_the_wire.len());
        }
    }
}

#[tokio::test]
async fn a_date_that_means_no_date_is_rejected() {
    let world = world().await;
    let row = |id: &str, day: &str| format!("{id},Ada,512-555-0142,,{day},\n");
    let days = ["0001-01-01", "1899-12-30", "1900-01-01", "1970-01-01"];
    let rows: String = days.iter().map(|day| row("t1", day)).collect();
    let outcome = world
        .import(&format!("{HEADER}\n{rows}{}", row("t2", "1970-01-02")))
        .await
        .is(200);
    assert_eq!(
        rejected(&outcome),
        ["2 created_on", "3 created_on", "4 created_on", "5 created_on"]
    );
    assert_eq!(world.standing("t2").await, "provided by grandfathered");
}

#[tokio::test]
async fn each_bad_row_is_named_and_the_others_are_taken() {
    let world = world().await;
    let file = format!(
        "{HEADER}\n\
         t1,Ada,512-555-0142,A1,2024-05-01,\n\
         ,Ada,,,2024-05-01,\n\
         t/3,Ada,,,2024-05-01,\n\
         \n\
         t5,,,,2024-05-01,\n\
         t6,Ada,555-0142,,2024-05-01,\n\
         t7,Ada,,,05/01/2024,\n\
         t8,Ada,,,,\n\
         t9,\"Ada\nMoreno\",,,2024-05-01,\n\
         t10,Ada,,,2024-05-01,yes\n\
         t11,Ada,,{},2024-05-01,\n\
         t12,Ada,,,2024-05-01\n\
         t13,Ada,,,2024-05-01,,\n\
         t14,,1,,2024-02-30,no\n\
         t15,Ada,,,2024-05-01,TRUE\n",
        "U".repeat(65)
    );
    let outcome = world.import(&file).await.is(200);
    assert_eq!(
        rejected(&outcome),
        [
            "3 tenant_id",
            "4 tenant_id",
            "6 name",
            "7 cell_phone",
            "8 created_on",
            "9 created_on",
            "10 name",
            "12 replied_stop",
            "13 units",
            "14 The row must have as many cells as the header.",
            "15 The row must have as many cells as the header.",
            "16 name cell_phone created_on replied_stop",
        ]
    );
    assert_eq!((&outcome["created"], &outcome["updated"]), (&json!(2), &json!(0)));
    for value in ["555-0142", "05/01", "Ada", "yes", "t/3"] {
        assert!(!outcome.to_string().contains(value), "{value}");
    }
    let again = world.import(&file).await.is(200);
    assert_eq!(again["rejected"], outcome["rejected"]);
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(2)));
    assert_eq!(world.dry_run(&file).await.is(200), again);
}

#[tokio::test]
async fn ndjson_has_the_members_of_a_single_registration() {
    let world = world().await;
    let file = concat!(
        r#"{"tenant_id": "t1", "name": "Ada Moreno", "cell_phone": "512-555-0142", "units": ["A12"], "created_on": "2024-05-01", "gate": 1}"#,
        "\r\n\n",
        r#"{"tenant_id": "t2", "name": "Ben", "cell_phone": null, "created_on": "2024-05-01", "replied_stop": "true"}"#,
        "\n[]\n{\n",
        r#"{"tenant_id": 6, "name": "Ben", "created_on": "2024-05-01", "units": "A1;A2"}"#,
        "\n",
        r#"{"tenant_id": "t7", "name": "Ben", "created_on": "2024-05-01"}"#,
    );
    let import = call(PATH).body("application/x-ndjson; charset=utf-8", file);
    let outcome = world.send(import.clone()).await.is(200);
    assert_eq!(
        rejected(&outcome),
        [
            "3 replied_stop",
            "4 The line must be a JSON object.",
            "5 The line must be a JSON object.",
            "6 tenant_id units"
        ]
    );
    assert_eq!(outcome["created"], 2);
    let again = world.send(import).await.is(200);
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(2)));
    assert_eq!(world.view("t1").await["cell_phone"], ADA);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_whole() {
    let world = world().await;
    let refused = async |file: &str| world.import(file).await.wrong_fields();
    assert_eq!(refused("").await, ["tenant_id"]);
    assert_eq!(refused("tenant_id,created_on\nt1,2024-05-01\n").await, ["name"]);
    assert_eq!(refused("tenant_id;name;created_on\n").await, ["tenant_id"]);
    assert_eq!(refused("tenant_id,name,created_on,name\n").await, ["name"]);
    for twice in ["Replied Stop", "repliedstop", "REPLIED-STOP", "replied_stop"] {
        let header = format!("tenant_id,name,created_on,replied_stop,{twice}\nt1,Ada,2020-01-01,,\n");
        assert_eq!(refused(&header).await, ["replied_stop"]);
    }
    for media_type in ["text/csv", "application/x-ndjson"] {
        let not_utf8 = call(PATH).bytes(media_type, b"tenant_id,name,created_on\nt1,Ad\xe9,2024-05-01\n");
        assert_eq!(world.send(not_utf8).await.wrong_fields(), [""]);
    }
    for query in [
        "dry_run=1",
        "dry_run=",
        "dry_run=True",
        "dry_run=true&dry_run=false",
    ] {
        let call = call(PATH).query(query).body("text/csv", HEADER);
        assert_eq!(world.send(call).await.wrong_fields(), ["dry_run"]);
    }
    for media_type in ["application/json", "text/plain", "application/vnd.ms-excel"] {
        world
            .send(call(PATH).body(media_type, HEADER))
            .await
            .is_problem(415, "unsupported_media_type");
    }
    let largest = format!("{HEADER}\n{}", "\n".repeat(4 * 1024 * 1024 - HEADER.len() - 1));
    assert_eq!(world.import(&largest).await.is(200), counts(0, 0, 0));
    world
        .import(&format!("{largest}\n"))
        .await
        .is_problem(413, "payload_too_large");
}

#[tokio::test]
async fn only_those_who_may_import_and_only_into_a_facility() {
    let world = world().await;
    let import = |line: &str| call(line).body("text/csv", HEADER);
    let elsewhere = "POST /v1/facilities/f2/tenant-imports";
    world
        .send(import(elsewhere))
        .await
        .is_problem(404, "facility_not_found");
    world
        .send(import(elsewhere).query("dry_run=true"))
        .await
        .is_problem(404, "facility_not_found");
    world
        .send(import(PATH).nobody())
        .await
        .is_problem(401, "unauthenticated");
    for claims in [
        json!({"sub": "s", "scope": "consent:read consent:write messages:send", "facilities": "*"}),
        json!({"sub": "s", "scope": "tenants:write", "facilities": "f2"}),
    ] {
        world
            .send(import(PATH).claims(claims))
            .await
            .is_problem(403, "forbidden");
    }
    for method in ["GET", "PUT", "DELETE"] {
        let answer = world.send(import(&PATH.replace("POST", method))).await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "POST");
    }
    assert_eq!(world.send(import(PATH)).await.is(200), counts(0, 0, 0));
}

#[tokio::test]
async fn a_database_that_is_away_or_throttles_is_503_and_nothing_is_lost() {
    let world = world().await;
    let file = format!("{HEADER}\nt1,Ada,512-555-0142,,2020-01-01,true\nt2,Ben,512-555-0143,,2020-01-01,\n");
    for faults in [Faults::cut(), Faults::answered("ThrottlingException")] {
        let away = world.with_faults(&faults);
        away.import(&file).await.is_problem(503, "unavailable");
        faults.heal();
        assert_eq!(away.dry_run(&file).await.is(200), counts(2, 0, 0));
    }
    assert_eq!(world.import(&file).await.is(200), counts(2, 0, 0));
    assert_eq!(world.totals().await, [1, 0, 1]);
}
