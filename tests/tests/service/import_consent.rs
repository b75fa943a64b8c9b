//! What an import means for consent.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{ADA, BEN, Faults, World, call, verify_chain};

const HEADER: &str = "tenant_id,name,cell_phone,created_on,replied_stop\n";

async fn world(two_way_texting: &str) -> World {
    let world = World::embedded().await;
    world.facility(two_way_texting).await;
    world
}

/// Created, updated and unchanged, of a file without a bad row.
async fn import(world: &World, rows: &str) -> [u64; 3] {
    let file = format!("{HEADER}{rows}");
    let foreseen = world.dry_run(&file).await.is(200);
    let outcome = world.import(&file).await.is(200);
    assert_eq!(outcome, foreseen);
    assert_eq!(outcome["rejected"], json!([]));
    ["created", "updated", "unchanged"].map(|count| outcome[count].as_u64().unwrap())
}

#[track_caller]
fn kinds(history: &[Value]) -> Vec<&str> {
    verify_chain(history);
    for record in history {
        assert_eq!(
            (&record["channel"], &record["actor"]),
            (&json!("import"), &json!("staff@example.com"))
        );
    }
    history
        .iter()
        .map(|record| record["type"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn those_from_before_are_grandfathered() {
    let world = world("on").await;
    let rows = "t1,Ada,512-555-0142,2023-09-25,\nt2,Ben,512-555-0143,2023-09-26,\nt3,Cleo,,2020-01-01,true\n";
    assert_eq!(import(&world, rows).await, [3, 0, 0]);
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
    assert_eq!(world.totals().await, [1, 2, 0]);
    assert_eq!(kinds(&world.history("t1").await), ["granted"]);
    assert_eq!(import(&world, rows).await, [0, 0, 3]);
    assert_eq!(world.history("t1").await.len(), 1);
}

#[tokio::test]
async fn a_stop_from_before_concerns_everybody_with_the_number() {
    let world = world("on").await;
    world.register("t0", &json!({"cell_phone": ADA})).await;
    world.profile("t0", "check").await.is(200);
    let rows = "t1,Ada,512-555-0142,2020-01-01,\n\
                t2,Ada,512-555-0142,2020-01-01,True\n\
                t3,Ada,512-555-0142,2020-01-01,false\n\
                t4,Ben,512-555-0143,2020-01-01,\n";
    assert_eq!(import(&world, rows).await, [4, 0, 0]);
    for id in ["t0", "t1", "t2", "t3"] {
        assert_eq!(world.standing(id).await, "opted_out by text", "{id}");
        assert_eq!(world.last_record(id).await["channel"], "import", "{id}");
    }
    assert_eq!(world.last_record("t2").await["rule"], "replied_stop");
    assert_eq!(
        kinds(&world.history("t1").await),
        ["granted", "opted_out"],
        "in turn"
    );
    assert_eq!(kinds(&world.history("t3").await), ["opted_out"]);
    assert_eq!(world.standing("t4").await, "provided by grandfathered");
    // On a later registration it is not read.
    assert_eq!(
        import(&world, "t4,Ben,512-555-0143,2020-01-01,true\n").await,
        [0, 0, 1]
    );
    assert_eq!(
        import(&world, "t4,Benny,512-555-0143,2020-01-01,true\n").await,
        [0, 1, 0]
    );
    assert_eq!(world.standing("t4").await, "provided by grandfathered");
}

#[tokio::test]
async fn no_opt_out_becomes_a_grant() {
    let world = world("on").await;
    for (id, phone) in [("t1", ADA), ("t2", BEN), ("t3", "+15125550144")] {
        world
            .register(id, &json!({"cell_phone": phone, "created_on": "2020-01-01"}))
            .await;
    }
    world.text("SM1", ADA, "STOP").await;
    world.profile("t2", "uncheck").await.is(200);
    world.portal("t3", "uncheck").await.is(200);
    let rows = "t1,Ada,512-555-0152,2019-01-01,\n\
                t2,Ada,512-555-0153,2019-01-01,\n\
                t3,Ada,512-555-0144,2019-01-01,\n\
                t4,Ada,512-555-0142,2019-01-01,\n";
    assert_eq!(import(&world, rows).await, [1, 3, 0]);
    for (id, standing) in [
        ("t1", "opted_out by text"),
        ("t2", "opted_out by profile"),
        ("t3", "opted_out by portal"),
        ("t4", "opted_out by text"),
    ] {
        assert_eq!(world.standing(id).await, standing, "{id}");
    }
}

#[tokio::test]
async fn who_moved_out_comes_back_as_created() {
    let world = world("off").await;
    let rows = "t1,Ada,512-555-0142,2020-01-01,\nt2,Ben,512-555-0143,2020-01-01,\n";
    assert_eq!(import(&world, rows).await, [2, 0, 0]);
    world.portal("t2", "uncheck").await.is(200);
    world.move_out("t1").await.is(204);
    world.move_out("t2").await.is(204);
    assert_eq!(import(&world, rows).await, [2, 0, 0]);
    assert_eq!(world.standing("t1").await, "not_provided");
    assert_eq!(world.standing("t2").await, "opted_out by portal");
    assert_eq!(import(&world, rows).await, [0, 0, 2]);
}

#[tokio::test]
async fn a_tenant_twice_in_a_file_is_registered_twice_in_turn() {
    let world = world("on").await;
    let rows = "t1,Ada,512-555-0142,2020-01-01,\nt2,Ben,,2024-01-01,\nt1,Ada,512-555-0143,2020-01-01,\n\
                t1,Ada,512-555-0143,2020-01-01,\nt2,Ben,,2024-01-01,true\n";
    assert_eq!(import(&world, rows).await, [2, 1, 2]);
    assert_eq!(world.view("t1").await["cell_phone"], BEN);
    assert_eq!(kinds(&world.history("t1").await), ["granted", "ended"]);
    // Imported again, it does not go through the number between.
    world.profile("t1", "check").await.is(200);
    assert_eq!(import(&world, rows).await, [0, 0, 5]);
    assert_eq!(world.standing("t1").await, "provided by profile");
    assert_eq!(world.history("t1").await.len(), 3);
    // Nobody is left behind at the number between.
    world.text("SM1", ADA, "STOP").await;
    assert_eq!(world.standing("t1").await, "provided by profile");
    world.text("SM2", BEN, "STOP").await;
    assert_eq!(world.standing("t1").await, "opted_out by text");
}

#[tokio::test]
async fn a_stop_while_it_runs_is_not_lost() {
    let world = world("on").await;
    let mut rows = HEADER.to_owned();
    for row in 0..60 {
        writeln!(rows, "t{row},Ada,512-555-0142,2020-01-01,").unwrap();
    }
    let stop = async {
        tokio::time::sleep(Duration::from_millis(40)).await;
        world.text("SM1", ADA, "STOP").await;
    };
    let (outcome, ()) = tokio::join!(world.import(&rows), stop);
    assert_eq!(outcome.is(200)["created"], 60);
    assert_eq!(world.totals().await, [0, 0, 60]);
}

#[tokio::test]
async fn a_crash_in_the_middle_is_made_good_by_a_second_import() {
    let world = world("on").await;
    let mut file = HEADER.to_owned();
    for row in 0..100 {
        let stopped = if row % 9 == 0 { "true" } else { "" };
        writeln!(file, "t{row},Ada,512-200-{:04},2020-01-01,{stopped}", row % 80).unwrap();
    }
    for transactions in [1, 2, 5, 9] {
        let away = world.with_faults(&Faults::cut_after(transactions));
        away.import(&file).await.is_problem(503, "unavailable");
    }
    world.import(&file).await.is(200);
    let other = self::world("on").await;
    assert_eq!(other.import(&file).await.is(200)["created"], 100);
    assert_eq!(world.totals().await, other.totals().await);
    for row in 0..100 {
        let id = format!("t{row}");
        assert_eq!(world.standing(&id).await, other.standing(&id).await, "{id}");
        verify_chain(&world.history(&id).await);
    }
}

#[tokio::test]
async fn a_thousand_rows_of_which_two_hundred_share_a_number() {
    let world = world("on").await;
    let mut file = HEADER.to_owned();
    for row in 0..1000 {
        let number = if row % 5 == 0 { 0 } else { row };
        writeln!(file, "t{row},Ada,512-200-{number:04},2020-01-01,").unwrap();
    }
    world.requests.take();
    let began = Instant::now();
    let outcome = world.import(&file).await.is(200);
    let took = began.elapsed();
    assert_eq!(
        (&outcome["created"], &outcome["rejected"]),
        (&json!(1000), &json!([]))
    );
    // Some twenty to a transaction, and none that had to be repeated: 1,000 writes one by one would be far more.
    let requests = world.requests.take();
    assert!(requests["TransactWriteItems"] <= 70, "{requests:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(world.totals().await, [1000, 0, 0]);
    world.text("SM1", "+15122000000", "STOP").await;
    assert_eq!(world.totals().await, [800, 0, 200]);
    world.requests.take();
    assert_eq!(world.import(&file).await.is(200)["unchanged"], 1000);
    assert_eq!(world.requests.take().keys().collect::<Vec<_>>(), ["BatchGetItem"]);
}

/// Rows of one tenant go in turn, also where many others are between them and they are written apart.
#[tokio::test]
async fn rows_far_apart_are_registrations_in_turn() {
    let world = world("off").await;
    world
        .register("zz", &json!({"name": "N", "cell_phone": ADA}))
        .await;
    world.text("SM1", ADA, "STOP").await;
    world.portal("zz", "check").await.is(200);
    assert_eq!(world.standing("zz").await, "provided by portal");
    let others = |from: usize| -> String {
        let row = |number| format!("o{number:02},O,{BEN},2024-05-01,\n");
        (from..from + 20).map(row).collect()
    };
    let own = |phone: &str| format!("zz,N,{phone},2024-05-01,\n");
    let rows = [others(0), own(BEN), own(ADA), others(20), own("+15125550177")];
    assert_eq!(import(&world, &rows.concat()).await, [40, 3, 0]);
    // The grant ended with the number; the STOP stood on the number that came back for a moment.
    assert_eq!(world.standing("zz").await, "opted_out by text");
}

/// A file of these columns and rows, imported after a dry run that foresaw the same: created, updated and unchanged.
async fn import_columns(world: &World, columns: &str, rows: &[&str]) -> [u64; 3] {
    let file = format!("{columns}\n{}\n", rows.join("\n"));
    let foreseen = world.dry_run(&file).await.is(200);
    let outcome = world.import(&file).await.is(200);
    assert_eq!(outcome, foreseen, "{file}");
    assert_eq!(outcome["rejected_count"], 0, "{file}");
    ["created", "updated", "unchanged"].map(|count| outcome[count].as_u64().unwrap())
}

/// Cell phone and units as the report has them.
async fn on_file(world: &World, id: &str) -> (Value, Value) {
    let report = world.get("/v1/facilities/f1/consent-report").await.is(200);
    let rows = report["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["tenant_id"] == id).unwrap();
    (row["cell_phone"].clone(), row["units"].clone())
}

#[tokio::test]
async fn missing_columns_leave_what_is_on_file_and_empty_cells_remove_it() {
    let world = world("on").await;
    let details = json!({"cell_phone": ADA, "units": ["A1"], "created_on": "2020-01-01"});
    for id in ["t1", "t2", "t3"] {
        world.register(id, &details).await;
    }
    let no_options = "tenant_id,name,created_on";
    let rows = [
        "t1,Ada Moreno,2020-01-01",
        "t2,Ben,2020-01-01",
        "t4,New,2020-01-01",
    ];
    assert_eq!(import_columns(&world, no_options, &rows).await, [1, 1, 1]);
    assert_eq!(import_columns(&world, no_options, &rows).await, [0, 0, 3]);
    for id in ["t1", "t2"] {
        assert_eq!(on_file(&world, id).await, (json!(ADA), json!(["A1"])), "{id}");
        assert_eq!(world.standing(id).await, "provided by grandfathered", "{id}");
    }
    assert_eq!(on_file(&world, "t4").await, (Value::Null, json!([])));
    // One of the two, the other empty.
    let no_units = "tenant_id,name,created_on,cell_phone";
    assert_eq!(
        import_columns(&world, no_units, &["t1,Ada Moreno,2020-01-01,"]).await,
        [0, 1, 0]
    );
    assert_eq!(on_file(&world, "t1").await, (Value::Null, json!(["A1"])));
    assert_eq!(world.last_record("t1").await["type"], "ended");
    let no_phone = "tenant_id,name,created_on,units";
    assert_eq!(
        import_columns(&world, no_phone, &["t3,Ada Moreno,2020-01-01,"]).await,
        [0, 1, 0]
    );
    assert_eq!(on_file(&world, "t3").await, (json!(ADA), json!([])));
    // A single registration replaces: what it leaves out is gone.
    world
        .put_tenant("f1/tenants/t2", &json!({"units": null}))
        .await
        .is(400);
    let body = json!({"name": "Ben", "created_on": "2020-01-01"});
    world
        .send(call("PUT /v1/facilities/f1/tenants/t2").json(&body))
        .await
        .is(200);
    assert_eq!(on_file(&world, "t2").await, (Value::Null, json!([])));
}

#[tokio::test]
async fn another_spelling_of_a_column_ends_no_grant() {
    let world = world("on").await;
    for column in [
        "cell_phone",
        "Cell_Phone",
        "cell phone",
        "CellPhone",
        "CELL-PHONE",
    ] {
        let columns = format!("tenant_id,name,created_on,{column}");
        let counts = import_columns(&world, &columns, &["t1,Ada,2020-01-01,512-555-0142"]).await;
        let first = column == "cell_phone";
        assert_eq!(counts, if first { [1, 0, 0] } else { [0, 0, 1] }, "{column}");
    }
    assert_eq!(world.standing("t1").await, "provided by grandfathered");
}

#[tokio::test]
async fn in_ndjson_a_missing_member_leaves_and_null_removes() {
    let world = world("on").await;
    world
        .register(
            "t1",
            &json!({"cell_phone": ADA, "units": ["A1"], "created_on": "2020-01-01"}),
        )
        .await;
    let import = async |members: Value| {
        let mut row = json!({"tenant_id": "t1", "name": "Ada Moreno", "created_on": "2020-01-01"});
        row.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        let line = format!("\u{feff}{row}\n");
        let call = call("POST /v1/facilities/f1/tenant-imports").body("application/x-ndjson", &line);
        let outcome = world.send(call).await.is(200);
        assert_eq!(
            (&outcome["rejected"], &outcome["ignored_columns"]),
            (&json!([]), &json!([]))
        );
        outcome["updated"].as_u64().unwrap()
    };
    // Members are known in any spelling, as columns are.
    assert_eq!(import(json!({"repliedStop": null, "Cell Phone": ADA})).await, 0);
    assert_eq!(on_file(&world, "t1").await, (json!(ADA), json!(["A1"])));
    assert_eq!(import(json!({"units": null})).await, 1);
    assert_eq!(on_file(&world, "t1").await, (json!(ADA), json!([])));
    assert_eq!(import(json!({"units": []})).await, 0);
    assert_eq!(import(json!({"cell_phone": null})).await, 1);
    assert_eq!(on_file(&world, "t1").await, (Value::Null, json!([])));
    assert_eq!(import(json!({})).await, 0);
}

/// What the first row sets is not undone by a second one that leaves it, and both together are what is compared.
#[tokio::test]
async fn rows_of_a_tenant_leave_what_the_rows_before_them_set() {
    let world = world("on").await;
    world
        .register("t1", &json!({"name": "Ada", "cell_phone": ADA, "units": []}))
        .await;
    let row = |members: Value| {
        let mut row = json!({"tenant_id": "t1", "name": "Ada", "created_on": "2024-05-01"});
        row.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        format!("{row}\n")
    };
    let rows = [
        row(json!({"cell_phone": BEN})),
        row(json!({})),
        row(json!({"units": ["B2"]})),
    ]
    .concat();
    let import = async |query: &str| {
        let call = call("POST /v1/facilities/f1/tenant-imports").query(query);
        let outcome = world.send(call.body("application/x-ndjson", &rows)).await.is(200);
        ["created", "updated", "unchanged"].map(|count| outcome[count].as_u64().unwrap())
    };
    assert_eq!(import("dry_run=true").await, [0, 2, 1]);
    assert_eq!(import("").await, [0, 2, 1]);
    assert_eq!(on_file(&world, "t1").await, (json!(BEN), json!(["B2"])));
    assert_eq!(import("").await, [0, 0, 3]);
    // A new tenant in two rows, with a STOP from before in the first: the second one leaves the number.
    let rows = [
        json!({"tenant_id": "t2", "name": "Cleo", "created_on": "2020-01-01", "cell_phone": "+15125550177", "replied_stop": true}),
        json!({"tenant_id": "t2", "name": "Cleo Park", "created_on": "2020-01-01"}),
    ];
    let file = rows.map(|row| row.to_string()).join("\n");
    let call = call("POST /v1/facilities/f1/tenant-imports").body("application/x-ndjson", &file);
    assert_eq!(world.send(call).await.is(200)["created"], 1);
    assert_eq!(world.standing("t2").await, "opted_out by text");
    assert_eq!(on_file(&world, "t2").await.0, "+15125550177");
}

/// The number may be somebody else's by now.
#[tokio::test]
async fn who_comes_back_without_a_phone_column_has_no_phone() {
    let world = world("on").await;
    world
        .register("t1", &json!({"cell_phone": ADA, "units": ["A1"]}))
        .await;
    world.move_out("t1").await.is(204);
    let rows = ["t1,Ada Moreno,2024-05-01"];
    assert_eq!(
        import_columns(&world, "tenant_id,name,created_on", &rows).await,
        [1, 0, 0]
    );
    assert_eq!(on_file(&world, "t1").await, (Value::Null, json!([])));
    assert_eq!(
        import_columns(&world, "tenant_id,name,created_on", &rows).await,
        [0, 0, 1]
    );
}
