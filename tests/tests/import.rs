//! Imports of tenants.

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::json;
use tests::{World, call};

#[tokio::test]
async fn many() {
    let world = World::new().await;
    let body = json!({"name": "Main Street Storage", "two_way_texting": {"enabled": false, "number": null}});
    world
        .send(call("PUT /v1/facilities/f1").json(&body))
        .await
        .is(201);
    let mut file = "tenant_id,name,cell_phone,created_on\n".to_owned();
    for row in 0..std::env::var("N").unwrap().parse::<u32>().unwrap() {
        writeln!(file, "t{row},Tenant {row},512-200-{row:04},2020-01-01").unwrap();
    }
    world.requests.take();
    let began = Instant::now();
    let answer = world
        .send(call("POST /v1/facilities/f1/tenant-imports").body("text/csv", &file))
        .await;
    println!(
        "{:?} {:?} {}",
        began.elapsed(),
        world.requests.take(),
        answer.text
    );
}
