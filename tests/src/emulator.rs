//! A DynamoDB-compatible emulator in this process, and a count of what is asked of it. With
//! `TEST_DYNAMODB_ENDPOINT` the tests use the DynamoDB that is there instead.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
    BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
};
use aws_sdk_dynamodb::error::BoxError;
use consent_store::{Store, schema};
use dynoxide::Database;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::capacity::Capacity;
use crate::counts::Counts;

/// The emulator, until it is dropped.
pub struct Emulator {
    /// Counts the requests of the stores made here.
    pub requests: Requests,
    /// Measures what they consume.
    pub capacity: Capacity,
    endpoint: String,
    table: String,
    /// The emulator's own; `None`: the tests use another database.
    database: Option<Database>,
    pub(crate) counts: Counts,
    _stop: oneshot::Sender<()>,
}

/// How many requests of each operation were made.
#[derive(Debug, Clone, Default)]
pub struct Requests(Arc<Mutex<BTreeMap<String, u32>>>);

impl Requests {
    /// The counts since they were last taken.
    pub fn take(&self) -> BTreeMap<String, u32> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// How many there were since they were last taken.
    pub fn take_sum(&self) -> u32 {
        self.take().into_values().sum()
    }
}

impl Intercept for Requests {
    fn name(&self) -> &'static str {
        "Requests"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context
            .request()
            .headers()
            .get("x-amz-target")
            .unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        *self.0.lock().unwrap().entry(operation).or_default() += 1;
        Ok(())
    }
}

/// Where nobody listens.
const DEAD_END: &str = "http://127.0.0.1:1/";

/// A disturbed way to the database: requests are held up, or end where nobody listens.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Passing>>);

/// What passes.
#[derive(Debug, Default)]
enum Passing {
    /// Everything.
    #[default]
    All,
    /// Everything until this number of transactions has passed, and nothing after them.
    Transactions(u32),
    /// Whatever is no transaction.
    Reads,
    /// Everything, the next transaction after this time.
    Late(Duration),
    /// Everything, but this error comes back for an answer.
    Answered(&'static str),
    /// Everything but transactions of more items than this: those are cancelled for a conflict, as the database does
    /// where another transaction is at one of the items.
    TransactionsUpTo(usize),
    /// Everything, in turn: each request after its delay, and where it says so cancelled for a conflict.
    Scripted(VecDeque<Step>),
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// It passes.
    Pass,
    /// It passes after this time.
    PassAfter(Duration),
    /// A transaction that is cancelled for a conflict.
    Conflict,
}

impl Faults {
    /// The first requests become this, one after the other. What follows passes.
    pub fn scripted(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(Arc::new(Mutex::new(Passing::Scripted(
            steps.into_iter().collect(),
        ))))
    }

    /// Nothing passes any more.
    pub fn cut() -> Self {
        Self::cut_after(0)
    }

    /// The first transactions pass, and nothing after them.
    pub fn cut_after(transactions: u32) -> Self {
        Self(Arc::new(Mutex::new(Passing::Transactions(transactions))))
    }

    /// No transaction passes, and everything else.
    pub fn read_only() -> Self {
        Self(Arc::new(Mutex::new(Passing::Reads)))
    }

    /// The next transaction is late, and everything passes.
    pub fn late(delay: Duration) -> Self {
        Self(Arc::new(Mutex::new(Passing::Late(delay))))
    }

    /// The database answers everything with this error.
    pub fn answered(code: &'static str) -> Self {
        Self(Arc::new(Mutex::new(Passing::Answered(code))))
    }

    /// Transactions of more items than this are cancelled for a conflict.
    pub fn conflict_above(items: usize) -> Self {
        Self(Arc::new(Mutex::new(Passing::TransactionsUpTo(items))))
    }

    /// Everything passes.
    pub fn heal(&self) {
        *self.0.lock().unwrap() = Passing::All;
    }

    fn lets_pass(&self, operation: &str) -> bool {
        let is_transaction = operation == "TransactWriteItems";
        let passing = &mut *self.0.lock().unwrap();
        match passing {
            Passing::Late(delay) if is_transaction => {
                std::thread::sleep(*delay);
                *passing = Passing::All;
                true
            }
            Passing::All
            | Passing::Answered(_)
            | Passing::Late(_)
            | Passing::TransactionsUpTo(_)
            | Passing::Scripted(_) => true,
            Passing::Transactions(0) => false,
            Passing::Transactions(left) => {
                *left -= u32::from(is_transaction);
                true
            }
            Passing::Reads => !is_transaction,
        }
    }
}

impl Intercept for Faults {
    fn name(&self) -> &'static str {
        "Faults"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context
            .request()
            .headers()
            .get("x-amz-target")
            .unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        if !self.lets_pass(&operation) {
            context.request_mut().set_uri(DEAD_END)?;
        }
        let body = context.request().body().bytes().unwrap_or_default();
        let items = serde_json::from_slice::<Value>(body)?["TransactItems"]
            .as_array()
            .map_or(0, Vec::len);
        let length = body.len();
        let is_cancelled = match &mut *self.0.lock().unwrap() {
            Passing::TransactionsUpTo(most) => items > *most,
            Passing::Scripted(steps) => match steps.pop_front() {
                Some(Step::PassAfter(delay)) => {
                    std::thread::sleep(delay);
                    false
                }
                Some(Step::Conflict) => true,
                Some(Step::Pass) | None => false,
            },
            _ => false,
        };
        if is_cancelled {
            // An empty request of the same length: the database refuses it, and nothing is written.
            *context.request_mut().body_mut() = format!("{{}}{}", " ".repeat(length - 2)).into();
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // What was refused just now, and what lost a race: both are conflicts.
        if matches!(
            *self.0.lock().unwrap(),
            Passing::TransactionsUpTo(_) | Passing::Scripted(_)
        ) && context.response().status().as_u16() == 400
        {
            let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","message":"cancelled","CancellationReasons":[{"Code":"TransactionConflict"}]}"#;
            *context.response_mut().body_mut() = body.into();
        }
        if let Passing::Answered(code) = *self.0.lock().unwrap() {
            let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"no"}}"#);
            let response = context.response_mut();
            *response.status_mut() = 400.try_into()?;
            *response.body_mut() = body.into();
        }
        Ok(())
    }
}

impl Emulator {
    /// Starts an emulator, or uses the database that the tests are to use.
    pub async fn start() -> Self {
        match std::env::var("TEST_DYNAMODB_ENDPOINT") {
            Ok(endpoint) => Self::at(endpoint, None, oneshot::channel().0),
            Err(_) => Self::embedded().await,
        }
    }

    /// Starts an emulator on a free port of this machine, in memory.
    pub async fn embedded() -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let database = dev::embedded::in_memory().unwrap();
        let served = dynoxide::server::serve_with_shutdown(listener, database.clone(), async {
            // Ends with its sender, when the emulator is dropped.
            let _ = stopped.await;
        });
        tokio::spawn(served);
        Self::at(endpoint, Some(database), stop)
    }

    fn at(endpoint: String, database: Option<Database>, stop: oneshot::Sender<()>) -> Self {
        let mut random = [0; 8];
        SystemRandom::new().fill(&mut random).unwrap();
        Self {
            requests: Requests::default(),
            capacity: Capacity::default(),
            endpoint,
            table: format!("consent-{:016x}", u64::from_le_bytes(random)),
            counts: Counts::default(),
            database,
            _stop: stop,
        }
    }

    /// A database in this process that nobody listens for: who asks it is `simulated`.
    pub(crate) fn unlistened(database: Database, table: &str) -> Self {
        Self {
            table: table.to_owned(),
            ..Self::at(DEAD_END.to_owned(), Some(database), oneshot::channel().0)
        }
    }

    /// Whether it is the one in this process.
    pub fn is_embedded(&self) -> bool {
        self.database.is_some()
    }

    /// Where it is.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The name of the table.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// A client that counts.
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::from_conf(self.config().build())
    }

    fn config(&self) -> aws_sdk_dynamodb::config::Builder {
        self.uncounted_config()
            .interceptor(self.requests.clone())
            .interceptor(self.capacity.clone())
    }

    fn uncounted_config(&self) -> aws_sdk_dynamodb::config::Builder {
        let http = consent_store::aws_connections();
        aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
            .endpoint_url(&self.endpoint)
    }

    /// A store on the same table whose requests do not count: for the stand-ins.
    pub(crate) fn uncounted_store(&self) -> Store {
        let client = aws_sdk_dynamodb::Client::from_conf(self.uncounted_config().build());
        Store::new(client, &self.table, self.counts.metrics())
    }

    /// A store on the same table, its way disturbed. It does not try again: tests need not wait.
    pub(crate) fn store_with(&self, faults: &Faults) -> Store {
        let config = self
            .config()
            .retry_config(RetryConfig::disabled())
            .interceptor(faults.clone())
            .build();
        let client = aws_sdk_dynamodb::Client::from_conf(config);
        Store::new(client, &self.table, self.counts.metrics())
    }

    /// A store on a table of its own.
    pub async fn store(&self) -> Store {
        let client = self.client();
        schema::create_table(&client, &self.table).await.unwrap();
        self.requests.take();
        Store::new(client, &self.table, self.counts.metrics())
    }

    /// Everything that happened to the table, as one batch of its stream: what it answers is in the form in which
    /// Lambda hands it over.
    pub fn stream(&self) -> Value {
        let database = self
            .database
            .as_ref()
            .expect("the stream is read from the embedded emulator");
        let streams = database
            .list_streams(ListStreamsRequest::default())
            .unwrap()
            .streams;
        let table = &streams[0].table_name;
        let position = GetShardIteratorRequest {
            stream_arn: streams[0].stream_arn.clone(),
            shard_id: dynoxide::streams::shard_id(table),
            shard_iterator_type: "TRIM_HORIZON".to_owned(),
            sequence_number: None,
        };
        let position = database.get_shard_iterator(position).unwrap().shard_iterator;
        let request = GetRecordsRequest {
            shard_iterator: position.unwrap(),
            limit: None,
        };
        json!({"Records": database.get_records(request).unwrap().records})
    }
}
