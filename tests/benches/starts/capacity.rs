//! Between a function and the emulator: what is asked, and what the emulator says that it took.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, Response, header};
use axum::{Router, body};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What was asked of the database since it was last taken.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) requests: u64,
    pub(crate) read_units: f64,
    pub(crate) write_units: f64,
}

/// A database that says what was asked of it.
#[derive(Clone)]
pub(crate) struct Counter {
    behind: String,
    client: Client<HttpConnector, Body>,
    taken: Arc<Mutex<Taken>>,
}

impl Counter {
    /// In front of what is at `behind`, an `http://` address. Says where it is.
    pub(crate) async fn in_front_of(behind: &str) -> (Self, String) {
        let counter = Self {
            behind: behind.trim_end_matches('/').to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            taken: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(counter.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (counter, url)
    }

    pub(crate) fn take(&self) -> Taken {
        std::mem::take(&mut self.taken.lock().unwrap())
    }
}

async fn pass(
    State(counter): State<Counter>,
    method: Method,
    headers: HeaderMap,
    asked: Bytes,
) -> Response<Body> {
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
    let operation = target
        .and_then(|it| it.rsplit('.').next())
        .unwrap_or_default()
        .to_owned();
    let mut body = asked.to_vec();
    if !operation.is_empty() {
        let mut asked: Value = serde_json::from_slice(&asked).unwrap();
        asked["ReturnConsumedCapacity"] = json!("TOTAL");
        body = asked.to_string().into_bytes();
    }
    let mut request = Request::builder().method(method).uri(&counter.behind);
    for (name, value) in &headers {
        if ![header::CONTENT_LENGTH, header::HOST].contains(name) {
            request = request.header(name, value);
        }
    }
    let answer = counter
        .client
        .request(request.body(body.into()).unwrap())
        .await
        .unwrap();
    let (head, answer) = answer.into_parts();
    let answer = body::to_bytes(Body::new(answer), usize::MAX).await.unwrap();
    if !operation.is_empty() {
        let consumed = units(&serde_json::from_slice(&answer).unwrap_or_default());
        let mut taken = counter.taken.lock().unwrap();
        taken.requests += 1;
        if operation.contains("Write")
            || ["PutItem", "UpdateItem", "DeleteItem"].contains(&operation.as_str())
        {
            taken.write_units += consumed;
        } else {
            taken.read_units += consumed;
        }
    }
    Response::from_parts(head, answer.into())
}

fn units(answer: &Value) -> f64 {
    let of = |table: &Value| table["CapacityUnits"].as_f64().unwrap_or_default();
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(of).sum(),
        table => of(table),
    }
}
