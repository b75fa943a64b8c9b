//! Whatever a file holds: its dry run tells what it does, importing it twice equals importing it once, and
//! it does what its rows would do one by one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tests::{World, call};

const TENANTS: u8 = 6;
const NAMES: [&str; 3] = ["Ada Moreno", "Ben Ortiz", "Cleo Park"];
const PHONES: [&str; 4] = ["", "+15125550142", "+15125550143", "+15125550144"];
const DAYS: [&str; 2] = ["2020-01-01", "2024-05-01"];

#[derive(Debug, Clone)]
struct Row {
    tenant: u8,
    name: usize,
    /// `None`: it is left as it is on file.
    phone: Option<usize>,
    day: usize,
    replied_stop: bool,
}

/// What happened before the file came.
#[derive(Debug, Clone)]
enum Step {
    Register(Row),
    Import(Vec<Row>),
    MoveOut(u8),
    Profile(u8, &'static str),
    Portal(u8, &'static str),
    Text(usize, &'static str),
}

fn row() -> impl Strategy<Value = Row> {
    (
        0..TENANTS,
        0..NAMES.len(),
        prop_oneof![4 => (0..PHONES.len()).prop_map(Some), 1 => Just(None)],
        0..DAYS.len(),
        any::<bool>(),
    )
        .prop_map(|(tenant, name, phone, day, replied_stop)| Row {
            tenant,
            name,
            phone,
            day,
            replied_stop,
        })
}

fn step() -> impl Strategy<Value = Step> {
    let click = || prop_oneof![Just("check"), Just("uncheck")];
    prop_oneof![
        row().prop_map(Step::Register),
        proptest::collection::vec(row(), 1..4).prop_map(Step::Import),
        (0..TENANTS).prop_map(Step::MoveOut),
        (0..TENANTS, click()).prop_map(|(tenant, click)| Step::Profile(tenant, click)),
        (0..TENANTS, click()).prop_map(|(tenant, click)| Step::Portal(tenant, click)),
        (1..PHONES.len(), prop_oneof![Just("STOP"), Just("START")])
            .prop_map(|(phone, keyword)| Step::Text(phone, keyword)),
    ]
}

impl Row {
    /// Null where there is none, absent where it is left.
    fn phone(&self) -> Option<Value> {
        self.phone.map(|phone| match PHONES[phone] {
            "" => Value::Null,
            phone => json!(phone),
        })
    }
}

/// A file of rows: as CSV, which leaves nothing, or as NDJSON.
fn file(rows: &[Row]) -> (&'static str, String) {
    if rows.iter().all(|row| row.phone.is_some()) {
        let mut file = "tenant_id,name,cell_phone,created_on,replied_stop\n".to_owned();
        for row in rows {
            let (name, phone, day) = (
                NAMES[row.name],
                row.phone.map_or("", |phone| PHONES[phone]),
                DAYS[row.day],
            );
            writeln!(file, "t{},{name},{phone},{day},{}", row.tenant, row.replied_stop).unwrap();
        }
        return ("text/csv", file);
    }
    let lines = rows.iter().map(|row| {
        let mut members = json!({
            "tenant_id": format!("t{}", row.tenant), "name": NAMES[row.name], "created_on": DAYS[row.day],
            "replied_stop": row.replied_stop,
        });
        if let Some(phone) = row.phone() {
            members["cell_phone"] = phone;
        }
        members.to_string() + "\n"
    });
    ("application/x-ndjson", lines.collect())
}

async fn import(world: &World, query: &str, rows: &[Row]) -> Value {
    let (media_type, file) = file(rows);
    let call = call("POST /v1/facilities/f1/tenant-imports").query(query);
    world.send(call.body(media_type, &file)).await.is(200)
}

/// Registers a row, and says whether it is new. A single registration leaves nothing: what the row leaves is said
/// again.
async fn register(world: &World, row: &Row) -> bool {
    let phone = if let Some(phone) = row.phone() {
        phone
    } else {
        let path = format!("/v1/facilities/f1/tenants/t{}/consent", row.tenant);
        world.get(&path).await.body()["cell_phone"].clone()
    };
    let body = json!({
        "name": NAMES[row.name], "cell_phone": phone, "units": [], "created_on": DAYS[row.day],
        "replied_stop": row.replied_stop,
    });
    let answer = world
        .put_tenant(&format!("f1/tenants/t{}", row.tenant), &body)
        .await;
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.status == 201
}

async fn take(world: &World, step: &Step, number: usize) {
    match step {
        Step::Register(row) => {
            register(world, row).await;
        }
        Step::Import(rows) => {
            import(world, "", rows).await;
        }
        Step::MoveOut(tenant) => {
            world.move_out(&format!("t{tenant}")).await;
        }
        // Whether it is refused does not matter here.
        Step::Profile(tenant, click) => {
            world.profile(&format!("t{tenant}"), click).await;
        }
        Step::Portal(tenant, click) => {
            world.portal(&format!("t{tenant}"), click).await;
        }
        Step::Text(phone, keyword) => {
            world.text(&format!("SM{number}"), PHONES[*phone], keyword).await;
        }
    }
}

/// Everything that can be seen: the report, and each tenant with their records.
async fn everything(world: &World) -> Value {
    let mut seen = vec![world.get("/v1/facilities/f1/consent-report").await.is(200)];
    for tenant in 0..TENANTS {
        let path = format!("/v1/facilities/f1/tenants/t{tenant}/consent");
        for path in [format!("{path}/history"), path] {
            seen.push(world.get(&path).await.body());
        }
    }
    json!(seen)
}

fn run<S: Strategy>(strategy: &S, test: impl AsyncFn(S::Value)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 40,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(strategy, |input| {
        runtime.block_on(test(input));
        Ok(())
    });
    result.unwrap();
}

#[test]
fn importing_twice_equals_importing_once_and_the_dry_run_foretells_it() {
    let input = (
        proptest::collection::vec(step(), 0..8),
        proptest::collection::vec(row(), 1..12),
    );
    run(&input, async |(steps, rows)| {
        let world = World::embedded().await;
        world.facility("on").await;
        for (number, step) in steps.iter().enumerate() {
            take(&world, step, number).await;
        }
        let before = everything(&world).await;
        let foreseen = import(&world, "dry_run=true", &rows).await;
        assert_eq!(everything(&world).await, before, "a dry run changes nothing");
        let outcome = import(&world, "", &rows).await;
        assert_eq!(outcome, foreseen);
        let once = everything(&world).await;
        let opted_out = |seen: &Value| -> Vec<String> {
            let rows = seen[0]["rows"].as_array().unwrap().iter();
            rows.filter(|row| row["status"] == "opted_out")
                .map(|row| row["tenant_id"].to_string())
                .collect()
        };
        let still = opted_out(&once);
        assert!(
            opted_out(&before).iter().all(|id| still.contains(id)),
            "no opt-out is undone"
        );
        let again = import(&world, "", &rows).await;
        assert_eq!(
            (&again["unchanged"], &again["rejected_count"]),
            (&json!(rows.len()), &json!(0))
        );
        assert_eq!(everything(&world).await, once);
    });
}

fn members(value: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| value[*name].clone()).collect()
}

/// What does not depend on when and by which way it happened.
async fn substance(world: &World) -> Value {
    let mut seen = vec![json!(world.totals().await)];
    for tenant in 0..TENANTS {
        let path = format!("/v1/facilities/f1/tenants/t{tenant}/consent");
        let view = world.get(&path).await.body();
        seen.push(members(
            &view,
            &["status", "source", "name", "cell_phone", "opt_in_via"],
        ));
        let history = world.get(&format!("{path}/history")).await.body();
        for record in history["records"].as_array().into_iter().flatten() {
            seen.push(members(record, &["type", "from", "to", "cell_phone", "rule"]));
        }
    }
    json!(seen)
}

#[test]
fn a_file_does_what_its_rows_do_one_by_one() {
    run(&proptest::collection::vec(row(), 1..14), async |rows| {
        let (imported, registered) = (World::embedded().await, World::embedded().await);
        imported.facility("off").await;
        registered.facility("off").await;
        let outcome = import(&imported, "", &rows).await;
        let mut created = 0;
        for row in &rows {
            created += u32::from(register(&registered, row).await);
        }
        assert_eq!(outcome["created"], created);
        assert_eq!(substance(&imported).await, substance(&registered).await);
    });
}
