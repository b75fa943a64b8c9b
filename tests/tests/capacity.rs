//! What a page of the report, and a change of consent, consume of the table, whatever the facility's size.
//!
//! `TEST_TENANTS="100 1000 10000 100000" cargo test --test capacity -- --nocapture` measures facilities of so many tenants
//! and prints the tables of the guide (`infra/README.md`); with `TEST_DYNAMODB_ENDPOINT` they are those of the DynamoDB that is there.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and the tables are also for reading"
)]

use std::collections::HashMap;
use std::fmt::Write as _;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, ReturnConsumedCapacity, WriteRequest};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Consumed, World, call};

const REPORT: &str = "/v1/facilities/f1/consent-report";
/// A page of 50 reads so many units at most, beside the totals.
const PAGE_READ_UNITS: f64 = 8.0;

const FIRST_NAMES: [&str; 20] = [
    "Ada", "Ben", "Chloé", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Inés", "Jamal", "Kate", "Luis",
    "Maya", "Noor", "Olga", "Pablo", "Quinn", "Rosa", "Sam", "Tara",
];
const LAST_NAMES: [&str; 25] = [
    "Moreno", "Smith", "Nguyen", "O'Brien", "García", "Kowalski", "Johnson", "Morris", "Okafor", "Petrov",
    "Quiroga", "Rossi", "Silva", "Tanaka", "Ueda", "Vargas", "Williams", "Xu", "Young", "Zimmer", "Moran",
    "Baker", "Castro", "Diaz", "Evans",
];

/// A tenant's id, as long as a UUID: it stands in each key.
fn id(number: usize) -> String {
    format!("{number:08}-0000-4000-8000-000000000000")
}

/// Tenant `number`: two in three are grandfathered, one in thirteen opted out, and one is called Zyta Quark.
fn tenant(number: usize) -> Value {
    let name = if number == 77 {
        "Zyta Quark".to_owned()
    } else {
        format!("{} {}", FIRST_NAMES[number % 20], LAST_NAMES[number / 20 % 25])
    };
    json!({
        "tenant_id": id(number), "name": name,
        "cell_phone": format!("+1{}555{:04}", 201 + number / 10_000, number % 10_000).replace("+1211", "+1256"),
        "units": [format!("{}{:03}", ["A", "B", "C"][number % 3], number % 997)],
        "created_on": if number.is_multiple_of(3) { "2024-05-01" } else { "2020-05-01" },
        "replied_stop": number % 13 == 7,
    })
}

/// `f1` with so many tenants.
async fn facility_of(tenants: usize) -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    for first in (0..tenants).step_by(2_000) {
        let rows = (first..tenants.min(first + 2_000)).map(|number| tenant(number).to_string() + "\n");
        let call = call("POST /v1/facilities/f1/tenant-imports");
        let answer = world
            .send(call.body("application/x-ndjson", &rows.collect::<String>()))
            .await;
        assert_eq!(answer.is(200)["rejected"], json!([]));
    }
    let measured = World::new().await;
    if measured.takes_large_transactions() {
        return world;
    }
    // An import's transactions are too large for the database that is there: it gets what they wrote.
    copy(&world, &measured).await;
    measured
}

/// Copies every item from one world's table to another's.
async fn copy(from: &World, to: &World) {
    let ((source, table), (target, copied)) = (from.client(), to.client());
    let mut start = None;
    loop {
        let page = source.scan().table_name(table).limit(400);
        let page = page.set_exclusive_start_key(start).send().await.unwrap();
        let items = page.items.unwrap_or_default();
        let writes = items.chunks(25).map(|items| {
            let write = |item: &HashMap<_, _>| {
                let put = PutRequest::builder()
                    .set_item(Some(item.clone()))
                    .build()
                    .unwrap();
                WriteRequest::builder().put_request(put).build()
            };
            let writes = items.iter().map(write).collect();
            target.batch_write_item().request_items(copied, writes).send()
        });
        for written in join_all(writes).await {
            assert!(written.unwrap().unprocessed_items.unwrap_or_default().is_empty());
        }
        start = page.last_evaluated_key;
        if start.is_none() {
            return;
        }
    }
}

/// Stands for the cursor of the page before.
const NEXT: &str = "cursor=";

/// What a page is asked for, and by what query.
const PAGES: [(&str, &str); 12] = [
    ("all", ""),
    ("all, the next page", NEXT),
    ("`status=provided`", "status=provided"),
    ("`status=not_provided`", "status=not_provided"),
    ("`status=opted_out`", "status=opted_out"),
    ("a common word, `mor`", "search=mor"),
    ("two words, `ada moreno`", "search=ada%20moreno"),
    ("a rare word, `quark`", "search=quark"),
    ("a phone number", "search=(201)%20555-0078"),
    ("four last digits", "search=0078"),
    ("a unit", "search=A012"),
    ("`mor` with `status=opted_out`", "search=mor&status=opted_out"),
];

/// A page of 50: the rows, the cursor of the next one, the requests beside the totals, the units beside the totals,
/// and those of the totals.
async fn page(world: &World, query: &str) -> (usize, Option<String>, usize, f64, f64) {
    world.capacity.take();
    let page = world.get(&format!("{REPORT}?{query}")).await.is(200);
    let is_totals = |consumed: &&Consumed| {
        consumed.request["ExpressionAttributeValues"][":facility"]["S"] == json!("FACILITY")
    };
    let consumed = world.capacity.take();
    let (totals, rest): (Vec<&Consumed>, Vec<&Consumed>) = consumed.iter().partition(is_totals);
    assert_eq!(totals.len(), 1, "the totals are one request");
    let units = |consumed: &[&Consumed]| consumed.iter().map(|consumed| consumed.units).sum::<f64>();
    (
        page["rows"].as_array().unwrap().len(),
        page["next"].as_str().map(str::to_owned),
        rest.len(),
        units(&rest),
        units(&totals),
    )
}

/// What others do: query the facility, and filter.
async fn filtered(world: &World) -> f64 {
    let (client, table) = world.client();
    let mut start = None;
    let mut units = 0.0;
    loop {
        let answer = client
            .query()
            .table_name(table)
            .set_exclusive_start_key(start)
            .key_condition_expression("PK = :facility AND begins_with(SK, :tenant)")
            .filter_expression("#status = :status")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":facility", AttributeValue::S("FACILITY#f1".to_owned()))
            .expression_attribute_values(":tenant", AttributeValue::S("TENANT#".to_owned()))
            .expression_attribute_values(":status", AttributeValue::S("opted_out".to_owned()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .unwrap();
        units += answer.consumed_capacity.unwrap().capacity_units.unwrap();
        start = answer.last_evaluated_key;
        if start.is_none() {
            return units;
        }
    }
}

/// The read and write units of what changes something.
async fn changes(world: &World) -> Vec<(&'static str, f64, f64)> {
    let mut changes = Vec::new();
    world.capacity.take();
    let mut note = |what| {
        let (mut read, mut written) = (0.0, 0.0);
        for consumed in world.capacity.take() {
            match consumed.operation.as_str() {
                "BatchGetItem" | "Query" => read += consumed.units,
                _ => written += consumed.units,
            }
        }
        changes.push((what, read, written));
    };
    let tenant = &id(0);
    world.profile(tenant, "check").await.is(200);
    note("a check box that changes something");
    world.profile(tenant, "check").await.is(200);
    note("a check box as it stands");
    world.view(tenant).await;
    note("a consent view");
    let message = call(&format!("POST /v1/facilities/f1/tenants/{tenant}/messages"))
        .json(&json!({"body": "Gate code 4711."}));
    world.send(message.clone()).await.is(202);
    note("sending a text");
    world.text("SM1", "+12015550000", "STOP").await;
    note("a STOP for one tenant");
    world.text("SM2", "+12015550000", "I will come by tomorrow").await;
    note("any other text");
    world.send(message).await.is_problem(409, "consent_required");
    note("a text that is refused");
    world
        .register("new", &json!({"cell_phone": "+19725550100"}))
        .await;
    note("registering a tenant");
    changes
}

async fn measure(sizes: &[usize]) {
    let mut tables = vec![String::new(); PAGES.len() + 2];
    let mut units_of_changes: Option<Vec<_>> = None;
    for &size in sizes {
        let world = Box::pin(facility_of(size)).await;
        world.capacity.measure();
        let mut next = None;
        for ((what, query), line) in PAGES.iter().zip(&mut tables) {
            let query = if *query == NEXT {
                format!("{NEXT}{}", next.unwrap())
            } else {
                (*query).to_owned()
            };
            let (rows, more, requests, units, _) = page(&world, &query).await;
            assert!(requests <= 2, "{what} of {size}: {requests} requests");
            assert!(units <= PAGE_READ_UNITS, "{what} of {size}: {units} read units");
            assert!(
                rows <= 50 && (rows > 0 || more.is_some()),
                "{what} of {size}: nothing found"
            );
            write!(
                line,
                " {units} ({rows}{}) |",
                if more.is_some() { "+" } else { "" }
            )
            .unwrap();
            next = more;
        }
        let (.., totals) = page(&world, "").await;
        assert!(totals <= 1.0, "the totals of {size}: {totals} read units");
        write!(tables[PAGES.len()], " {totals} |").unwrap();
        write!(tables[PAGES.len() + 1], " {} |", filtered(&world).await).unwrap();
        let units = changes(&world).await;
        // A transaction of the tenant, the record and the totals, two units each, and the index.
        let toggle = units.first().map(|(_, _, written)| *written);
        assert!(
            !world.takes_large_transactions() || toggle == Some(7.0),
            "{toggle:?}"
        );
        let first = units_of_changes.get_or_insert_with(|| units.clone());
        assert_eq!(*first, units, "whatever the size");
    }
    let names = PAGES.iter().map(|(what, _)| *what);
    for (what, line) in names.chain(["totals", "peers: query and filter"]).zip(&tables) {
        println!("| {what} |{line}");
    }
    for (what, read, written) in units_of_changes.unwrap() {
        println!("| {what} | {read} | {written} |");
    }
}

#[tokio::test]
async fn a_page_costs_what_it_shows() {
    let sizes = std::env::var("TEST_TENANTS").unwrap_or_else(|_| "100 1000".to_owned());
    let sizes: Vec<usize> = sizes.split(' ').map(|size| size.parse().unwrap()).collect();
    Box::pin(measure(&sizes)).await;
}
