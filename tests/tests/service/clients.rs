//! The clients in `tests/clients/`: what they do against the service, and whether their types are the document's.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use serde_json::{Value, json};
use tests::{ADA, BEN, OFFICE, World, call};
use tokio::net::TcpListener;

fn client(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(file)
}

/// The world's functions at an address of this machine. Who calls is known already, as behind API Gateway.
async fn served(world: &Arc<World>) -> String {
    let world = Arc::clone(world);
    let serve = move |request: Request<Body>| {
        let world = Arc::clone(&world);
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let line = format!("{} {}", parts.method, parts.uri);
            let body: Value = serde_json::from_slice(&body).unwrap();
            let answer = world.send(call(&line).json(&body)).await;
            let mut response = Response::new(Body::from(answer.text));
            *response.status_mut() = answer.status;
            response
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(serve);
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_client_asks_sends_and_reports() {
    let world = Arc::new(World::with_ada().await);
    world.tenant("t2", BEN).await;
    let api = served(&world).await;
    let run = move || -> Output {
        Command::new("python3")
            .arg(client("ask.py"))
            .args([&api, "f1", "Your gate code is new.", "t1", "t2", "nobody"])
            .env("CONSENT_TOKEN", "known")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    let sent: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        sent,
        json!({"to": ADA, "from": OFFICE, "body": "Your gate code is new."})
    );
    assert!(told.contains("t2: consent_required: "), "{told}");
    assert!(told.contains("nobody: tenant_not_found: "), "{told}");
    let decisions = world.decisions("t1").await;
    assert_eq!((decisions.len(), &decisions[0]["outcome"]), (1, &json!("sent")));
    assert!(decisions[0]["provider_message_id"].is_string());
    let thread = world.get("/v1/facilities/f1/tenants/t1/messages").await.is(200);
    assert_eq!(thread["messages"][0]["body"], "Your gate code is new.");
    assert_eq!(world.decisions("t2").await[0]["outcome"], Value::Null);
}

/// The types of the TypeScript client have members of the document's schemas, and what may be null there may be null here.
#[test]
fn the_types_of_the_typescript_client_are_the_documents() {
    let document = std::fs::read_to_string(client("../../infra/openapi.yaml")).unwrap();
    let document: Value = serde_yaml_ng::from_str(&document).unwrap();
    let source = std::fs::read_to_string(client("ask.ts")).unwrap();
    let types = source.lines().filter_map(|line| {
        let (name, members) = line.strip_prefix("type ")?.split_once(" = { ")?;
        Some((name, members.strip_suffix(" };").unwrap()))
    });
    let mut compared = 0;
    for (name, members) in types {
        let schema = &document["components"]["schemas"][name];
        let required = schema["required"].as_array().unwrap();
        for member in members.split("; ") {
            let (member, kind) = member.split_once(": ").unwrap();
            assert!(required.contains(&json!(member)), "{name}: no {member}");
            let described = &schema["properties"][member];
            let values = [&described["type"], &described["enum"]].map(Value::as_array);
            let may_be_null = values
                .into_iter()
                .flatten()
                .flatten()
                .any(|value| value.is_null() || *value == "null");
            assert_eq!(kind.contains("null"), may_be_null, "{name}: {member}");
            compared += 1;
        }
    }
    assert_eq!(compared, 14);
}
