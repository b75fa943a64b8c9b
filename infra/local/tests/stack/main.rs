//! Starts `cargo dev` and treats it badly. What the functions answer does not matter here, so these tests hold
//! for any: only that they answer, which of them died, and what is left behind.
#![cfg(target_os = "linux")]

mod events;
mod output;
mod secrets;
mod switchboard;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use axum::body::Bytes;
use axum::http::{Request, Response, StatusCode};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ring::hmac;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::timeout;

const CONSENT: &str = "/v1/facilities/f1/tenants/t1/consent";

/// A running stack.
struct Stack {
    child: Child,
    directory: TempDir,
    api: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Quietly if it can be: functions complain about a runtime API that is gone.
        let _ = signal("TERM", self.child.id());
        if self.wait().is_err() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Stack {
    /// Twilio's auth token, as the stack was started with.
    fn auth_token(&self) -> Result<String> {
        let token = self.document()?["twilio"]["auth_token"].clone();
        Ok(token.as_str().context("a token")?.to_owned())
    }

    /// A text to a number that no facility has, as Twilio delivers it for an account with this auth token.
    async fn text(&self, auth_token: &str, body: &str) -> Result<StatusCode> {
        let url = format!("{}/v1/sms/twilio", self.api);
        let form = [
            ("Body", body),
            ("From", "+15125550142"),
            ("MessageSid", "SM00000000000000000000000000000001"),
            ("To", "+15125550109"),
        ];
        let signed = form.iter().flat_map(|(name, value)| [*name, *value]);
        let signed = std::iter::once(url.as_str()).chain(signed).collect::<String>();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
        let request = Request::builder()
            .method("POST")
            .uri(&url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(
                "x-twilio-signature",
                STANDARD.encode(hmac::sign(&key, signed.as_bytes())),
            )
            .body(Full::from(serde_urlencoded::to_string(form)?.into_bytes()))?;
        Ok(self.client.request(request).await?.status())
    }

    fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    fn start_with(arguments: &[&str]) -> Result<Self> {
        Self::start_as(|command| command.args(arguments))
    }

    fn start_as(prepare: impl FnOnce(&mut Command) -> &mut Command) -> Result<Self> {
        Self::start_full(|command| prepare(command.arg("--empty")))
    }

    /// With the demo facility.
    fn start_full(prepare: impl FnOnce(&mut Command) -> &mut Command) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("stack.json");
        let mut command = dev(&["--port", "0"], &file);
        let child = prepare(command.stdout(Stdio::null())).spawn()?;
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut stack = Self {
            child,
            directory,
            api: String::new(),
            client,
        };
        // The functions may have to be built.
        let deadline = Instant::now() + Duration::from_mins(5);
        while !file.exists() {
            if let Some(status) = stack.child.try_wait()? {
                bail!("it ended: {status}");
            }
            ensure!(Instant::now() < deadline, "it does not start");
            sleep(Duration::from_millis(20));
        }
        let document = stack.document()?;
        document["api"]
            .as_str()
            .context("an address")?
            .clone_into(&mut stack.api);
        Ok(stack)
    }

    /// What the stack says of itself.
    fn document(&self) -> Result<Value> {
        let file = self.directory.path().join("stack.json");
        Ok(serde_json::from_slice(&fs::read(file)?)?)
    }

    async fn send(&self, method: &str, path: &str, body: Vec<u8>) -> Result<Response<Bytes>> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.api))
            .header("content-type", "application/json")
            .body(Full::from(body))?;
        let answered = timeout(Duration::from_secs(20), self.client.request(request)).await;
        let (parts, body) = answered.context("no answer")??.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }

    async fn get(&self, path: &str) -> Result<Response<Bytes>> {
        self.send("GET", path, Vec::new()).await
    }

    /// The processes of one function.
    fn processes_of(&self, function: &str) -> Vec<u32> {
        let children = children(self.child.id()).into_iter();
        children
            .filter(|(_, name)| name == function)
            .map(|(id, _)| id)
            .collect()
    }

    /// Everything that the stack started, and what that started.
    fn everything(&self) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        let mut parents = vec![self.child.id()];
        while let Some(parent) = parents.pop() {
            for (id, _) in children(parent) {
                found.insert(id);
                parents.push(id);
            }
        }
        found
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(Instant::now() < deadline, "it does not end");
            sleep(Duration::from_millis(20));
        }
    }
}

fn dev(arguments: &[&str], stack: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dev"));
    command
        .args(arguments)
        .arg("--stack")
        .arg(stack)
        .stdin(Stdio::null());
    command
}

fn signal(name: &str, process: u32) -> Result<()> {
    let status = Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .status()?;
    ensure!(status.success(), "kill -{name} {process}: {status}");
    Ok(())
}

/// The ids and names of the children of a process.
fn children(parent: u32) -> Vec<(u32, String)> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(|entry| {
            let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
            // "id (name) state parent ..."
            let status = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            let (start, rest) = status.rsplit_once(") ")?;
            let (_, name) = start.split_once('(')?;
            let is_child = rest.split(' ').nth(1)? == parent.to_string();
            is_child.then(|| (id, name.to_owned()))
        })
        .collect()
}

/// Fails if one of the processes is still there after a while. One that has ended and waits for its parent, which
/// is gone, to be told counts as ended.
fn all_gone(processes: &BTreeSet<u32>) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(5);
    let runs = |id: &u32| {
        fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|status| !status.contains(") Z "))
    };
    while let Some(id) = processes.iter().find(|id| runs(id)) {
        ensure!(Instant::now() < deadline, "the process {id} is left behind");
        sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn code(response: &Response<Bytes>) -> Result<Value> {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = serde_json::from_slice(response.body())?;
    assert_eq!(problem["status"], response.status().as_u16());
    Ok(problem["code"].clone())
}

#[tokio::test]
async fn requests_reach_their_functions_and_others_are_answered() -> Result<()> {
    let stack = Stack::start()?;
    for path in [
        "/v1/facilities/f1",
        CONSENT,
        "/v1/portal/consent",
        "/v1/sms/twilio",
        "/openapi.json",
        "/elements/consent.js",
        "/staff/f1/reviews",
        "/portal",
    ] {
        for method in ["GET", "DELETE", "OPTIONS", "HEAD"] {
            let status = stack.send(method, path, Vec::new()).await?.status();
            let reached = status != StatusCode::NOT_FOUND && !status.is_server_error();
            assert!(reached, "{method} {path}: {status}");
        }
    }
    for path in [
        "/staff",
        "/v1",
        "/v1/facilities/f1/",
        "/v1/facilities//tenants/t1",
        "/lambda-url/profile/x",
    ] {
        let response = stack.get(path).await?;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(code(&response)?, "not_found");
    }
    let import = "/v1/facilities/f1/tenant-imports";
    let too_large = stack.send("POST", import, vec![b'a'; 5 * 1024 * 1024]).await?;
    assert_eq!(too_large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(code(&too_large)?, "payload_too_large");
    // The largest that is let through, and it is not text although it says so.
    let not_text = stack
        .send("POST", import, vec![0xff; 4 * 1024 * 1024])
        .await?
        .status();
    assert!(!not_text.is_server_error(), "{not_text}");
    Ok(())
}

#[tokio::test]
async fn fifty_requests_at_once() -> Result<()> {
    let stack = std::sync::Arc::new(Stack::start()?);
    let mut requests = JoinSet::new();
    for _ in 0..50 {
        let stack = std::sync::Arc::clone(&stack);
        requests.spawn(async move { stack.get(CONSENT).await });
    }
    for response in requests.join_all().await {
        let status = response?.status();
        assert!(!status.is_server_error(), "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn a_function_killed_at_work_is_answered_for_and_replaced() -> Result<()> {
    let stack = Stack::start()?;
    let killed = stack.processes_of("profile");
    assert!(killed.len() > 1, "several at once");
    // Stopped processes do not get far with the request that one of them is given.
    for &process in &killed {
        signal("STOP", process)?;
    }
    let kill = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        killed.iter().try_for_each(|&process| signal("KILL", process))?;
        Ok(Instant::now())
    };
    let (response, killed_at) = tokio::join!(stack.get(CONSENT), kill);
    let (response, killed_at): (_, Result<_>) = (response?, killed_at);
    assert!(killed_at?.elapsed() < Duration::from_secs(2), "promptly");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(code(&response)?, "unavailable");

    // Until each is replaced, a request may still be handed to one whose end has not been noticed yet.
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let there = stack.processes_of("profile");
        if there.len() == killed.len() && there.iter().all(|process| !killed.contains(process)) {
            break;
        }
        ensure!(Instant::now() < deadline, "not replaced: {there:?} of {killed:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        !stack.get(CONSENT).await?.status().is_server_error(),
        "it recovers"
    );
    Ok(())
}

#[test]
fn ctrl_c_leaves_nothing_behind() -> Result<()> {
    let mut stack = Stack::start()?;
    let processes = stack.everything();
    assert!(processes.len() > 2);
    signal("INT", stack.child.id())?;
    assert!(stack.wait()?.success());
    all_gone(&processes)?;
    assert_eq!(
        fs::read_dir(stack.directory.path())?.count(),
        0,
        "stack.json and the keys are gone"
    );
    Ok(())
}

#[test]
fn being_killed_leaves_no_process_behind() -> Result<()> {
    let mut stack = Stack::start()?;
    let processes = stack.everything();
    signal("KILL", stack.child.id())?;
    stack.wait()?;
    all_gone(&processes)
}

#[tokio::test]
async fn a_second_one_on_the_same_port_says_so() -> Result<()> {
    let stack = Stack::start()?;
    let port = stack.api.rsplit(':').next().context("a port")?;
    let second = dev(
        &["--empty", "--port", port],
        &stack.directory.path().join("second.json"),
    )
    .output()?;
    assert!(!second.status.success());
    let said = String::from_utf8(second.stderr)?;
    assert!(
        said.contains(&format!(
            "cannot listen on 127.0.0.1:{port}: process {} (",
            stack.child.id()
        )),
        "{said}"
    );
    assert!(said.contains("/dev --port 0 "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    Ok(())
}

#[test]
fn a_token_can_be_made_for_a_running_stack_only() -> Result<()> {
    let stack = Stack::start()?;
    let file = stack.directory.path().join("stack.json");
    let token =
        |file: &Path| dev(&["token", "--sub", "s", "--scope", "portal", "--ttl", "-5"], file).output();
    let made = token(&file)?;
    assert!(made.status.success());
    assert_eq!(String::from_utf8(made.stdout)?.trim().split('.').count(), 3);
    let refused = token(&stack.directory.path().join("none.json"))?;
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr)?.contains("no stack is running"));
    Ok(())
}

#[test]
fn when_cargo_lambda_dies_the_stack_ends_with_it() -> Result<()> {
    let mut stack = Stack::start()?;
    let processes = stack.everything();
    let guards = children(stack.child.id())
        .into_iter()
        .flat_map(|(id, _)| children(id));
    let server = guards.map(|(id, _)| id).next().context("what the guard guards")?;
    signal("KILL", server)?;
    assert!(!stack.wait()?.success());
    all_gone(&processes)
}
