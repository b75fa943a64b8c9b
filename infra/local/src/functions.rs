//! The functions' processes, and the runtime API that each of them asks for its next invocation.
//!
//! Invocations come from cargo-lambda. A process does not ask it directly but through a *seat* here, for
//! cargo-lambda neither notices that a process died nor limits how long one works: the caller would wait for
//! ever. A seat holds one process at a time, knows what it works on, and answers for it when it is gone.
//!
//! No invocation is lost between the two: the seat, not the process, waits at cargo-lambda, and hands over
//! only to a process that is there to take it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::json;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::clock;
use crate::runtime_api::{Invocation, RuntimeApi, Upstream};
use crate::screen::Screen;

/// Processes of one function: as many of its requests are worked on at once.
const PROCESSES: usize = 3;
/// A function that works longer on one invocation is killed, as Lambda would do: before the front gives up on it.
const INVOCATION_LIMIT: Duration = Duration::from_secs(28);
/// A process that ends sooner waits before its successor starts, so that a broken function does not spin.
const SHORT_LIFE: Duration = Duration::from_secs(1);
/// What Lambda calls the end of a process in the middle of an invocation.
pub(crate) const EXIT_ERROR: &str = "Runtime.ExitError";

const DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");

/// What a process says to its seat.
enum Message {
    Next(oneshot::Sender<Invocation>),
    Outcome {
        id: String,
        outcome: String,
        headers: HeaderMap,
        body: Bytes,
        taken: oneshot::Sender<StatusCode>,
    },
}

/// The message, and which of the seat's processes says so: one that is dead may still have a connection.
type Said = (u64, Message);

/// The place of one process.
struct Seat {
    number: usize,
    function: String,
    binary: PathBuf,
    said: mpsc::Receiver<Said>,
}

/// The seats for all functions, not yet taken.
pub(crate) struct Seats(Vec<Seat>);

/// Where the processes find what they need.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// The base URL of cargo-lambda.
    pub(crate) lambda: String,
    /// The base URL under which the router of [`seats`] is served.
    pub(crate) relay: String,
    /// The environment of every function.
    pub(crate) environment: BTreeMap<String, String>,
    /// Where what they write is shown.
    pub(crate) screen: Screen,
}

/// Seats for the functions in `binaries`, and the runtime API through which the processes speak to them.
pub(crate) fn seats(binaries: &BTreeMap<String, PathBuf>) -> (Seats, Router) {
    let mut seats = Vec::new();
    let mut listeners = Vec::new();
    for (function, binary) in binaries {
        for _ in 0..PROCESSES {
            let (listener, said) = mpsc::channel(8);
            seats.push(Seat {
                number: seats.len(),
                function: function.clone(),
                binary: binary.clone(),
                said,
            });
            listeners.push(listener);
        }
    }
    let router = Router::new()
        .route(
            "/runtime/{seat}/{process}/2018-06-01/runtime/invocation/next",
            get(next),
        )
        .route(
            "/runtime/{seat}/{process}/2018-06-01/runtime/invocation/{id}/{outcome}",
            post(outcome),
        )
        .layer(DefaultBodyLimit::disable())
        .with_state(Listeners(listeners.into()));
    (Seats(seats), router)
}

#[derive(Clone)]
struct Listeners(Arc<[mpsc::Sender<Said>]>);

impl Listeners {
    /// Says something to a seat and waits for the answer, which none gives to a process it holds for dead.
    async fn say<T>(
        &self,
        seat: usize,
        process: u64,
        message: Message,
        answer: oneshot::Receiver<T>,
    ) -> Option<T> {
        self.0.get(seat)?.send((process, message)).await.ok()?;
        answer.await.ok()
    }
}

async fn next(State(listeners): State<Listeners>, Path((seat, process)): Path<(usize, u64)>) -> Response {
    let (reply, answer) = oneshot::channel();
    match listeners.say(seat, process, Message::Next(reply), answer).await {
        Some(Invocation { headers, body, .. }) => (headers, body).into_response(),
        None => StatusCode::GONE.into_response(),
    }
}

async fn outcome(
    State(listeners): State<Listeners>,
    Path((seat, process, id, outcome)): Path<(usize, u64, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let (taken, answer) = oneshot::channel();
    let message = Message::Outcome {
        id,
        outcome,
        headers,
        body,
        taken,
    };
    listeners
        .say(seat, process, message, answer)
        .await
        .unwrap_or(StatusCode::GONE)
}

impl Seats {
    /// Starts a process in every seat and waits until all of them ask for work. They run until the set is shut
    /// down, or dropped.
    pub(crate) async fn start(self, surroundings: &Surroundings) -> Result<JoinSet<()>> {
        let mut supervisors = JoinSet::new();
        let mut starts = Vec::new();
        for seat in self.0 {
            let (started, start) = oneshot::channel();
            starts.push((seat.function.clone(), start));
            supervisors.spawn(Supervisor::new(seat, surroundings.clone(), started).run());
        }
        for (function, start) in starts {
            match tokio::time::timeout(Duration::from_secs(30), start).await {
                Ok(Ok(Ok(()))) => {}
                Ok(Ok(Err(status))) => bail!("the function {function} ended at its start: {status}"),
                Ok(Err(_)) | Err(_) => bail!("the function {function} does not ask for work"),
            }
        }
        Ok(supervisors)
    }
}

type Started = oneshot::Sender<Result<(), ExitStatus>>;

/// Keeps one seat taken.
struct Supervisor {
    seat: Seat,
    surroundings: Surroundings,
    runtime_api: RuntimeApi,
    /// The wait at cargo-lambda. It outlives a process.
    upstream: Upstream,
    /// Which process has the seat.
    process: u64,
    /// Told once, when the first process has asked for work or has ended without.
    started: Option<Started>,
    /// Taken from cargo-lambda for a process that was gone by then.
    undelivered: Option<Invocation>,
}

/// What the process in the seat is at.
#[derive(Default)]
struct Work {
    waiting: Option<oneshot::Sender<Invocation>>,
    in_flight: Option<(String, Instant)>,
}

impl Supervisor {
    fn new(seat: Seat, surroundings: Surroundings, started: Started) -> Self {
        let runtime_api = RuntimeApi::new(&surroundings.lambda, &seat.function);
        let upstream = runtime_api.wait_for_invocation();
        let started = Some(started);
        Self {
            seat,
            surroundings,
            runtime_api,
            upstream,
            process: 0,
            started,
            undelivered: None,
        }
    }

    async fn run(mut self) {
        loop {
            self.process += 1;
            let begin = Instant::now();
            match self.spawn() {
                Ok(child) => self.attend(child).await,
                Err(error) => eprintln!("cargo dev: {error:#}"),
            }
            if begin.elapsed() < SHORT_LIFE {
                sleep(SHORT_LIFE).await;
            }
        }
    }

    fn spawn(&self) -> Result<Child> {
        let Surroundings {
            relay,
            environment,
            screen,
            ..
        } = &self.surroundings;
        // Nothing else of the environment: a profile of the developer's must not leak into the functions.
        let mut command = Command::new(&self.seat.binary);
        command.env_clear().envs(environment);
        command
            .env("AWS_LAMBDA_FUNCTION_NAME", &self.seat.function)
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                format!("{relay}/runtime/{}/{}", self.seat.number, self.process),
            )
            .stdin(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        if screen.verbose {
            command.stdout(Stdio::from(std::io::stderr()));
        } else {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start the function {}", self.seat.function))?;
        if let Some(output) = child.stdout.take() {
            tokio::spawn(screen.clone().log(self.seat.function.clone(), output));
        }
        if let Some(output) = child.stderr.take() {
            tokio::spawn(screen.clone().log(self.seat.function.clone(), output));
        }
        Ok(child)
    }

    /// Serves one process until it has ended, and answers for what it left undone.
    async fn attend(&mut self, mut child: Child) {
        let mut work = Work::default();
        let status = loop {
            let limit = work.in_flight.as_ref().map(|(_, limit)| *limit);
            tokio::select! {
                // In this order, so that a process that was killed is not killed again.
                biased;
                status = child.wait() => break status,
                Some((process, message)) = self.seat.said.recv() => {
                    if process == self.process {
                        self.hear(&mut work, message).await;
                    }
                }
                invocation = &mut self.upstream, if work.waiting.is_some() => {
                    self.upstream = self.runtime_api.wait_for_invocation();
                    self.undelivered = Some(invocation);
                    self.deliver(&mut work);
                }
                () = sleep_until(limit.unwrap_or_else(Instant::now)), if limit.is_some() => {
                    let seconds = INVOCATION_LIMIT.as_secs();
                    eprintln!("cargo dev: {} is killed: no outcome after {seconds} s", self.seat.function);
                    // Only what has ended already cannot be killed.
                    let _ = child.kill().await;
                }
            }
        };
        let Ok(status) = status else { return };
        if let Some(started) = self.started.take() {
            let _ = started.send(Err(status));
        }
        eprintln!(
            "cargo dev: a process of {} ended and is replaced: {status}",
            self.seat.function
        );
        if let Some((id, _)) = work.in_flight {
            let error =
                json!({"errorType": EXIT_ERROR, "errorMessage": format!("the function ended: {status}")});
            self.runtime_api
                .report(&id, "error", HeaderMap::new(), error.to_string().into())
                .await;
        }
    }

    async fn hear(&mut self, work: &mut Work, message: Message) {
        match message {
            Message::Next(reply) => {
                if let Some(started) = self.started.take() {
                    let _ = started.send(Ok(()));
                }
                work.waiting = Some(reply);
                self.deliver(work);
            }
            Message::Outcome {
                id,
                outcome,
                headers,
                body,
                taken,
            } => {
                let status = self.runtime_api.report(&id, &outcome, headers, body).await;
                if work
                    .in_flight
                    .as_ref()
                    .is_some_and(|(in_flight, _)| *in_flight == id)
                {
                    work.in_flight = None;
                }
                let _ = taken.send(status);
            }
        }
    }

    /// Hands over what there is to hand over to the process, if it waits.
    fn deliver(&mut self, work: &mut Work) {
        let Some(mut invocation) = self.undelivered.take() else {
            return;
        };
        let Some(reply) = work.waiting.take() else {
            self.undelivered = Some(invocation);
            return;
        };
        // cargo-lambda's own deadline is a constant in 1970.
        let deadline = (clock::now() + INVOCATION_LIMIT).as_millisecond();
        invocation.headers.insert(DEADLINE, HeaderValue::from(deadline));
        let id = invocation.id.clone();
        match reply.send(invocation) {
            Ok(()) => work.in_flight = Some((id, Instant::now() + INVOCATION_LIMIT)),
            Err(invocation) => self.undelivered = Some(invocation),
        }
    }
}
