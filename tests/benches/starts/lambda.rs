//! Lambda's side of a function's process: it starts it, hands it events, and takes the time.

use std::collections::VecDeque;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, io};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A function that takes longer has failed.
const PATIENCE: Duration = Duration::from_mins(2);

/// A process that is to be started.
pub(crate) struct Process {
    command: Command,
}

impl Process {
    /// A function's binary, or what runs it.
    pub(crate) fn of(mut command: Command, function: &str) -> Self {
        command
            .env("AWS_LAMBDA_FUNCTION_NAME", function)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "starts")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "starts")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            // Lambda has none, and a machine's may name more roots than its own.
            .env_remove("SSL_CERT_DIR")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        Self { command }
    }
}

/// What was measured of a process.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// From its start until it asks for the first event.
    pub(crate) start: Duration,
    /// The processor's time for that.
    pub(crate) start_cpu: Duration,
    /// From an event to its answer, for each.
    pub(crate) calls: Vec<Duration>,
    /// The processor's time for the first.
    pub(crate) first_cpu: Duration,
    /// The processor's time for all.
    pub(crate) cpu: Duration,
    /// The most memory that it had, in units of 1,024 bytes.
    pub(crate) peak_kilobytes: f64,
    /// An answer that is an error.
    failed: Option<String>,
}

struct Talk {
    process: u32,
    begun: Instant,
    events: VecDeque<String>,
    handed_over: Instant,
    run: Run,
}

#[derive(Clone)]
struct Lambda {
    talk: Arc<Mutex<Talk>>,
    /// Every event has its answer.
    done: Arc<Notify>,
}

/// Starts a process, has it handle the events one after the other, and ends it.
///
/// # Errors
/// It does not answer all, or answers with an error, and says that.
pub(crate) async fn run(process: Process, events: Vec<String>) -> Result<Run, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut command = process.command;
    command.env(
        "AWS_LAMBDA_RUNTIME_API",
        listener.local_addr().unwrap().to_string(),
    );
    let lambda = Lambda {
        talk: Arc::new(Mutex::new(Talk {
            process: 0,
            begun: Instant::now(),
            events: events.into(),
            handed_over: Instant::now(),
            run: Run::default(),
        })),
        done: Arc::new(Notify::new()),
    };
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .fallback(failed)
        .with_state(lambda.clone());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut child = {
        let mut talk = lambda.talk.lock().unwrap();
        talk.begun = Instant::now();
        let child = command.spawn().unwrap();
        talk.process = child.id();
        child
    };
    let done = tokio::time::timeout(PATIENCE, lambda.done.notified()).await;
    end(&mut child).unwrap();
    server.abort();
    let run = std::mem::take(&mut lambda.talk.lock().unwrap().run);
    match (done, &run.failed) {
        (_, Some(answer)) => Err(answer.clone()),
        (Err(_), None) => Err("the function does not answer".to_owned()),
        (Ok(()), None) => Ok(run),
    }
}

/// Ends a process as Lambda does: valgrind writes down what it counted.
fn end(child: &mut Child) -> io::Result<()> {
    Command::new("kill").arg(child.id().to_string()).status()?;
    child.wait().map(drop)
}

async fn next(State(lambda): State<Lambda>) -> Response {
    let event = {
        let mut talk = lambda.talk.lock().unwrap();
        if talk.run.start == Duration::ZERO {
            talk.run.start = talk.begun.elapsed();
            talk.run.start_cpu = processor_time(talk.process);
        }
        let event = talk.events.pop_front();
        talk.handed_over = Instant::now();
        event
    };
    let Some(event) = event else {
        lambda.done.notify_one();
        return std::future::pending().await;
    };
    let headers = [
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        ),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        (
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0",
        ),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
        ),
        ("content-type", "application/json"),
    ];
    (headers, event).into_response()
}

async fn response(State(lambda): State<Lambda>, answer: String) -> StatusCode {
    let mut talk = lambda.talk.lock().unwrap();
    let took = talk.handed_over.elapsed();
    talk.run.calls.push(took);
    talk.run.cpu = processor_time(talk.process);
    if talk.run.calls.len() == 1 {
        talk.run.first_cpu = talk.run.cpu.saturating_sub(talk.run.start_cpu);
    }
    talk.run.peak_kilobytes = peak(talk.process);
    let read: Value = serde_json::from_str(&answer).unwrap_or_default();
    if read["statusCode"].as_u64().is_none_or(|it| it >= 400) {
        talk.run.failed = Some(answer);
    }
    StatusCode::ACCEPTED
}

/// A function that cannot go on says why.
async fn failed(State(lambda): State<Lambda>, uri: Uri, why: String) -> StatusCode {
    lambda.talk.lock().unwrap().run.failed = Some(format!("{uri}: {why}"));
    lambda.done.notify_one();
    StatusCode::ACCEPTED
}

/// The time that the threads of a process had on a processor (Linux, `schedstat`).
fn processor_time(process: u32) -> Duration {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return Duration::ZERO;
    };
    threads
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok())
        .filter_map(|times| times.split(' ').next()?.parse().ok())
        .map(Duration::from_nanos)
        .sum()
}

fn peak(process: u32) -> f64 {
    fs::read_to_string(format!("/proc/{process}/status"))
        .ok()
        .and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().trim_end_matches(" kB").parse().ok()
        })
        .unwrap_or_default()
}
