//! What the Python client in `tests/clients/` does against the service. `infra/check-interface` runs the TypeScript one.

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
    let thread = world.thread("t1").await;
    assert_eq!(thread["messages"][0]["body"], "Your gate code is new.");
    assert_eq!(world.decisions("t2").await[0]["outcome"], Value::Null);
}
