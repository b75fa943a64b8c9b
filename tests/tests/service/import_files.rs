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
    json!({"created": created, "updated": updated, "unchanged": unchanged, "rejected": []})
}

/// The lines that are rejected, each with the fields that its detail names.
#[track_caller]
fn rejected(outcome: &Value) -> Vec<String> {
    let rejected = outcome["rejected"].as_array().unwrap().iter();
    rejected
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
        "\u{feff}\"tenant_id\", name ,gate code,cell_phone,units,created_on\nt1,\"Ada Moreno\",0042,512.555.0142,A12;B7,2024-05-01",
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
