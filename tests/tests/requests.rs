//! How many requests each route makes of the database, once the function is warm: they are its cost and most
//! of its time.

use std::fmt::Write as _;
use std::sync::Mutex;

use serde_json::{Value, json};
use tests::{ADA, BEN, Call, OFFICE, World, call, twilio};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table, one route a line")]
#[expect(clippy::print_stdout, reason = "the table is also for reading")]
async fn each_route_makes_this_many_requests() {
    let world = World::embedded().await;
    let mut table = String::new();
    let answered = Mutex::new(Value::Null);
    let mut count = async |what: &str, call: Call| {
        world.requests.take();
        let answer = world.send(call).await;
        *answered.lock().unwrap() = serde_json::from_str(&answer.text).unwrap_or_default();
        assert!(answer.status.as_u16() < 500, "{}", answer.text);
        let operations: Vec<String> = world
            .requests
            .take()
            .into_iter()
            .map(|(operation, times)| format!("{times} {operation}"))
            .collect();
        let operations = if operations.is_empty() {
            "none".to_owned()
        } else {
            operations.join(", ")
        };
        writeln!(table, "{what:<44} {} {}", answer.status.as_u16(), operations).unwrap();
    };
    let facility = |number: &str| {
        call("PUT /v1/facilities/f1")
            .json(&json!({"name": "Main", "two_way_texting": {"enabled": true, "number": number}}))
    };
    let tenant = |id: &str, phone: &str| {
        call(&format!("PUT /v1/facilities/f1/tenants/{id}")).json(
            &json!({"name": "Ada Moreno", "cell_phone": phone, "units": ["A12"], "created_on": "2024-05-01"}),
        )
    };
    let first_stop = |id: &str, phone: &str| {
        call(&format!("PUT /v1/facilities/f1/tenants/{id}")).json(&json!({"name": "Ada Moreno", "cell_phone": phone, "created_on": "2024-05-01", "replied_stop": true}))
    };
    let profile = |consented: bool| {
        call("PUT /v1/facilities/f1/tenants/t1/consent").json(&json!({"consented": consented}))
    };
    let portal = |consented: bool| {
        call("PUT /v1/portal/consent")
            .tenant("f1", "t1")
            .json(&json!({"consented": consented}))
    };
    let text = |id: &str, body: &str| twilio(id, ADA, OFFICE, body);

    count("facility, new", facility("+15125550101")).await;
    count("facility, another number", facility(OFFICE)).await;
    count("facility, read", call("GET /v1/facilities/f1")).await;
    count("text programme", call("GET /programs/f1").nobody()).await;
    count("tenant, new", tenant("t1", ADA)).await;
    count("tenant, unchanged", tenant("t1", ADA)).await;
    count("tenant, another phone", tenant("t1", BEN)).await;
    count("tenant, and back", tenant("t1", ADA)).await;
    count(
        "tenant, new, replied STOP before",
        first_stop("t9", "+15125550199"),
    )
    .await;
    count("tenant, moved out", call("DELETE /v1/facilities/f1/tenants/t9")).await;
    count("consent view", call("GET /v1/facilities/f1/tenants/t1/consent")).await;
    count("profile check", profile(true)).await;
    count("profile check, as it stands", profile(true)).await;
    count("profile uncheck", profile(false)).await;
    count("portal view", call("GET /v1/portal/consent").tenant("f1", "t1")).await;
    count("portal check", portal(true)).await;
    count("portal check, as it stands", portal(true)).await;
    let decisions = "/v1/facilities/f1/tenants/t1/decisions";
    let ask = call("POST /v1/facilities/f1/decisions").json(&json!({"tenant_ids": ["t1"]}));
    count("decision by another's hand", ask).await;
    let decision = answered.lock().unwrap()["decisions"][0]["decision_id"].clone();
    let path = format!("PUT {decisions}/{}", decision.as_str().unwrap());
    let outcome = call(&path).json(&json!({"outcome": "sent", "body": "Your gate code is new."}));
    count("its outcome, with the text", outcome.clone()).await;
    count("its outcome, again", outcome).await;
    let send = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": "hello"}));
    count("sending a text", send).await;
    count("decisions of a tenant", call(&format!("GET {decisions}"))).await;
    count(
        "history",
        call("GET /v1/facilities/f1/tenants/t1/consent/history"),
    )
    .await;
    count(
        "evidence",
        call("GET /v1/facilities/f1/tenants/t1/consent/evidence"),
    )
    .await;
    count(
        "evidence, keys",
        call("GET /.well-known/evidence-keys.json").nobody(),
    )
    .await;
    count("report, a page", call("GET /v1/facilities/f1/consent-report")).await;
    count(
        "report, a search",
        call("GET /v1/facilities/f1/consent-report?search=mor"),
    )
    .await;
    count(
        "report, CSV",
        call("GET /v1/facilities/f1/consent-report").header("accept", "text/csv"),
    )
    .await;
    count("text, STOP", text("SM1", "STOP")).await;
    count("text, delivered again", text("SM1", "STOP")).await;
    count("profile check, refused", profile(true)).await;
    count("text, START", text("SM2", "START")).await;
    count("text, HELP", text("SM3", "HELP")).await;
    count("text, anything else", text("SM4", "I will come by tomorrow")).await;
    count(
        "text, to a number that nobody has",
        twilio("SM5", ADA, "+15125550109", "STOP"),
    )
    .await;
    count("nobody's token", profile(true).nobody()).await;
    count(
        "a signature that is none",
        text("SM6", "STOP").without("x-twilio-signature"),
    )
    .await;
    for number in 0..199 {
        world.tenant(&format!("shared{number:03}"), ADA).await;
    }
    count("text, STOP of 200 tenants", text("SM7", "STOP")).await;
    world.facility_by("aws", &json!({"confirm_opt_in": true})).await;
    world.tenant("t1", BEN).await;
    world.text("SM8", BEN, "START").await;
    world.profile("t1", "uncheck").await;
    count("profile check, confirmed by a text", profile(true)).await;
    println!("{table}");
    insta::assert_snapshot!(table, @r"
    facility, new                                201 1 BatchGetItem, 1 TransactWriteItems
    facility, another number                     200 1 BatchGetItem, 1 TransactWriteItems
    facility, read                               200 1 BatchGetItem
    text programme                               200 1 BatchGetItem
    tenant, new                                  201 2 BatchGetItem, 1 BatchWriteItem, 1 TransactWriteItems
    tenant, unchanged                            200 1 BatchGetItem
    tenant, another phone                        200 2 BatchGetItem, 1 BatchWriteItem, 1 DeleteItem, 1 TransactWriteItems
    tenant, and back                             200 2 BatchGetItem, 1 BatchWriteItem, 1 DeleteItem, 1 TransactWriteItems
    tenant, new, replied STOP before             201 3 BatchGetItem, 1 BatchWriteItem, 2 TransactWriteItems
    tenant, moved out                            204 2 BatchGetItem, 3 DeleteItem, 1 TransactWriteItems
    consent view                                 200 1 BatchGetItem
    profile check                                200 1 BatchGetItem, 1 TransactWriteItems
    profile check, as it stands                  200 1 BatchGetItem
    profile uncheck                              200 1 BatchGetItem, 1 TransactWriteItems
    portal view                                  200 1 BatchGetItem
    portal check                                 200 1 BatchGetItem, 1 TransactWriteItems
    portal check, as it stands                   200 1 BatchGetItem
    decision by another's hand                   200 1 BatchGetItem, 1 TransactWriteItems
    its outcome, with the text                   200 1 BatchGetItem, 1 TransactWriteItems
    its outcome, again                           200 1 BatchGetItem
    sending a text                               202 1 BatchGetItem, 2 TransactWriteItems
    decisions of a tenant                        200 2 BatchGetItem, 1 Query
    history                                      200 1 BatchGetItem, 1 Query
    evidence                                     200 2 BatchGetItem, 2 Query
    evidence, keys                               200 none
    report, a page                               200 2 Query
    report, a search                             200 2 Query
    report, CSV                                  200 1 BatchGetItem, 1 Query
    text, STOP                                   200 3 BatchGetItem, 1 TransactWriteItems
    text, delivered again                        200 1 BatchGetItem
    profile check, refused                       409 1 BatchGetItem
    text, START                                  200 4 BatchGetItem, 2 TransactWriteItems
    text, HELP                                   200 3 BatchGetItem, 1 TransactWriteItems
    text, anything else                          200 3 BatchGetItem, 1 TransactWriteItems
    text, to a number that nobody has            200 1 BatchGetItem
    nobody's token                               401 none
    a signature that is none                     403 none
    text, STOP of 200 tenants                    200 17 BatchGetItem, 8 TransactWriteItems
    profile check, confirmed by a text           200 2 BatchGetItem, 3 TransactWriteItems
    ");
}
