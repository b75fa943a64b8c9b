//! A service to import into, and the command.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{World, call};
use tokio::net::TcpListener;

/// The service, and what it is to do badly.
pub(crate) struct Service {
    pub(crate) world: World,
    pub(crate) requests: AtomicU32,
    pub(crate) rows: AtomicU64,
    /// So many requests are answered 503, after they were carried out.
    pub(crate) failures: AtomicU32,
    /// So many requests are carried out but for their last line, which is answered with a conflict.
    pub(crate) conflicts: AtomicU32,
    pub(crate) delay: Duration,
}

/// Whether there is one left, which is taken.
fn take(left: &AtomicU32) -> bool {
    let less = |left: u32| left.checked_sub(1);
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
        .is_ok()
}

async fn serve(State(service): State<Arc<Service>>, request: Request) -> Response {
    service.requests.fetch_add(1, Ordering::SeqCst);
    let (parts, body) = request.into_parts();
    assert_eq!(parts.headers["authorization"], "Bearer secret");
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let media_type = parts.headers["content-type"].to_str().unwrap();
    let target = parts.uri.path_and_query().unwrap();
    let mut body = str::from_utf8(&body).unwrap();
    let mut hindered = None;
    // A header alone has no row that could be hindered.
    if let Some((others, last)) = body.trim_end().rsplit_once('\n')
        && take(&service.conflicts)
    {
        hindered = Some(json!({"line": body.lines().count(), "code": "conflict", "detail": last}));
        body = others;
    }
    let call = call(&format!("{} {target}", parts.method)).body(media_type, body);
    let mut answer = service.world.send(call).await;
    if answer.status.is_success() {
        let outcome = answer.body();
        let counts = ["created", "updated", "unchanged"].map(|count| outcome[count].as_u64().unwrap());
        service.rows.fetch_add(counts.iter().sum(), Ordering::SeqCst);
    }
    tokio::time::sleep(service.delay).await;
    if take(&service.failures) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if let Some(hindered) = hindered {
        let mut outcome = answer.body();
        outcome["rejected"].as_array_mut().unwrap().push(hindered);
        outcome["rejected_count"] = json!(outcome["rejected_count"].as_u64().unwrap() + 1);
        answer.text = outcome.to_string();
    }
    (answer.status, answer.text).into_response()
}

/// A service with a facility, a file for it, and the address.
pub(crate) struct Case {
    pub(crate) service: Arc<Service>,
    pub(crate) api: String,
    pub(crate) directory: TempDir,
}

impl Case {
    pub(crate) async fn new(failures: u32, delay: Duration) -> Self {
        let world = World::new().await;
        let facility = json!({"name": "Main", "two_way_texting": {"enabled": false, "number": null}});
        world
            .send(call("PUT /v1/facilities/f1").json(&facility))
            .await
            .is(201);
        let service = Arc::new(Service {
            world,
            requests: AtomicU32::new(0),
            rows: AtomicU64::new(0),
            failures: AtomicU32::new(failures),
            conflicts: AtomicU32::new(0),
            delay,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(serve).with_state(Arc::clone(&service));
        tokio::spawn(async { axum::serve(listener, router).await });
        Self {
            service,
            api,
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn command(&self, file: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenant-import"));
        command
            .args(["--api", &self.api, "--facility", "f1"])
            .args(arguments)
            .arg(file)
            .env("CONSENT_TOKEN", "secret")
            .stdin(Stdio::null());
        command
    }

    /// Runs the command to its end.
    pub(crate) async fn run(&self, file: &Path, arguments: &[&str]) -> Output {
        let mut command = self.command(file, arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    /// Begins to run the command, and kills it once so many more requests have come.
    pub(crate) async fn kill(&self, file: &Path, arguments: &[&str], requests: u32) {
        let before = self.service.requests.load(Ordering::SeqCst);
        let mut child = self
            .command(file, arguments)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while self.service.requests.load(Ordering::SeqCst) < before + requests {
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert!(child.try_wait().unwrap().is_none(), "it is killed before it ends");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) async fn totals(&self) -> Value {
        let report = call("GET /v1/facilities/f1/consent-report");
        self.service.world.send(report).await.is(200)["totals"].clone()
    }

    /// What is beside the file.
    pub(crate) fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

#[track_caller]
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

pub(crate) fn lines_of(file: &Path) -> Vec<String> {
    let rows = fs::read_to_string(file).unwrap();
    let lines = rows.lines().skip(1).map(|row| row.split(',').next().unwrap());
    lines.map(str::to_owned).collect()
}
