//! The table's stream, as an event source mapping of Lambda reads it for the function `outbox`: in order, one
//! batch of a shard at a time, and again from the first record on that was not published.
//!
//! Unlike on AWS nothing is given up on, however often it fails: there is no dead-letter queue here.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::operation::get_shard_iterator::GetShardIteratorError;
use aws_sdk_dynamodbstreams::types::{
    AttributeValue, OperationType, Record, Shard, ShardIteratorType, StreamRecord,
};
use axum::http::{Method, Request, StatusCode};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent_store::schema::{RECORD_PREFIX, SORT_KEY};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::http;
use crate::store::{Account, TABLE_NAME};

/// The function that is fed.
const FUNCTION: &str = "outbox";
/// The SDK's name of the variable for a stream's endpoint that is not the database's.
const ENDPOINT_VARIABLE: &str = "AWS_ENDPOINT_URL_DYNAMODB_STREAMS";
/// The event source mapping's `BatchSize` in `infra/template.yaml`.
const BATCH: usize = 100;
/// So many changes are read at a time: the most that there are in an answer. Few of them are records.
const READ_AT_ONCE: i32 = 1_000;
/// How long nothing is asked after nothing was found.
const IDLE: Duration = Duration::from_millis(200);
/// How long nothing is asked after something failed.
const RETRY: Duration = Duration::from_millis(500);
/// What a batch may take; a function that takes longer is killed before.
const INVOCATION_LIMIT: Duration = Duration::from_mins(1);

/// Reads the stream.
pub(crate) struct Reader {
    streams: Client,
    http: http::Client,
    invocations: String,
    checkpoint: Checkpoint,
    /// The shards to read, as long as there is something in one of them and none is at its end.
    shards: Vec<String>,
    /// Where to go on in a shard, good for some minutes.
    iterators: HashMap<String, String>,
    /// Shards that have been read to their ends.
    finished: HashSet<String>,
}

/// How far each shard of the stream was published.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Positions {
    stream: String,
    /// The sequence number of the last record, by shard.
    published: BTreeMap<String, String>,
}

/// The positions, and the file that keeps them where there is one.
struct Checkpoint {
    positions: Positions,
    file: Option<PathBuf>,
}

impl Reader {
    /// For the table at `dynamodb`, with the function behind `lambda`. The position is kept in `data`.
    pub(crate) fn new(dynamodb: &str, account: &Account, lambda: &str, data: Option<&Path>) -> Result<Self> {
        let endpoint = env::var(ENDPOINT_VARIABLE).unwrap_or_else(|_| dynamodb.to_owned());
        let config = aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version(aws_sdk_dynamodbstreams::config::BehaviorVersion::latest())
            .http_client(consent_store::aws_connections())
            .region(aws_sdk_dynamodbstreams::config::Region::new(
                account.region.clone(),
            ))
            .credentials_provider(account.credentials())
            .endpoint_url(endpoint)
            .build();
        Ok(Self {
            streams: Client::from_conf(config),
            http: http::client(),
            invocations: format!("{lambda}/2015-03-31/functions/{FUNCTION}/invocations"),
            checkpoint: Checkpoint::read(data.map(|data| data.join("stream.json")))?,
            shards: Vec::new(),
            iterators: HashMap::new(),
            finished: HashSet::new(),
        })
    }

    /// Reads until dropped. What fails is said, once until it succeeds again, and repeated.
    pub(crate) async fn run(mut self) {
        let mut said = String::new();
        loop {
            match self.round().await {
                Ok(changes) => {
                    said.clear();
                    if changes == 0 {
                        sleep(IDLE).await;
                    }
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    if error != said {
                        eprintln!("cargo dev: events are held up, and tried again: {error}");
                        said = error;
                    }
                    // Iterators expire, and streams are trimmed.
                    self.iterators.clear();
                    self.shards.clear();
                    sleep(RETRY).await;
                }
            }
        }
    }

    /// Publishes what is read of each shard at a time, and says how many changes there were.
    async fn round(&mut self) -> Result<usize> {
        if self.shards.is_empty() {
            self.shards = self.look().await?;
        }
        let stream = self.checkpoint.positions.stream.clone();
        let shards = std::mem::take(&mut self.shards);
        let mut read = 0;
        for shard in &shards {
            read += self.read(&stream, shard).await?;
        }
        if read > 0 && !shards.iter().any(|shard| self.finished.contains(shard)) {
            self.shards = shards;
        }
        Ok(read)
    }

    /// Finds the stream, and its shards that can be read.
    async fn look(&mut self) -> Result<Vec<String>> {
        let streams = self.streams.list_streams().table_name(TABLE_NAME).send();
        let streams = streams.await.context("cannot list the table's streams")?;
        let stream = streams
            .streams()
            .last()
            .and_then(|stream| stream.stream_arn())
            .context("the table has no stream")?
            .to_owned();
        if self.checkpoint.positions.stream != stream {
            // Another table than the one of the checkpoint.
            self.checkpoint.positions = Positions {
                stream: stream.clone(),
                published: BTreeMap::new(),
            };
            self.finished.clear();
            self.iterators.clear();
        }
        self.open_shards(&stream).await
    }

    /// The shards that can be read: a record's predecessors may be in the parent of its shard.
    async fn open_shards(&self, stream: &str) -> Result<Vec<String>> {
        let mut shards: Vec<Shard> = Vec::new();
        let mut start = None;
        loop {
            let described = self.streams.describe_stream().stream_arn(stream);
            let described = described.set_exclusive_start_shard_id(start).send().await?;
            let described = described
                .stream_description
                .context("a stream without a description")?;
            start = described.last_evaluated_shard_id;
            shards.extend(described.shards.unwrap_or_default());
            if start.is_none() {
                break;
            }
        }
        let ids: HashSet<&str> = shards.iter().filter_map(Shard::shard_id).collect();
        let waits = |shard: &&Shard| {
            let parent = shard.parent_shard_id();
            parent.is_some_and(|parent| ids.contains(parent) && !self.finished.contains(parent))
        };
        Ok(shards
            .iter()
            .filter(|shard| !waits(shard))
            .filter_map(|shard| shard.shard_id.clone())
            .filter(|id| !self.finished.contains(id))
            .collect())
    }

    async fn read(&mut self, stream: &str, shard: &str) -> Result<usize> {
        let iterator = match self.iterators.remove(shard) {
            Some(iterator) => iterator,
            None => self.iterator(stream, shard).await?,
        };
        let answer = self.streams.get_records().shard_iterator(iterator);
        let answer = answer.limit(READ_AT_ONCE);
        let answer = answer.send().await.context("cannot read the table's stream")?;
        let records = answer.records.unwrap_or_default();
        let last = records.last().and_then(sequence_number).map(str::to_owned);
        // The filter of the event source mapping.
        let wanted: Vec<Value> = records
            .iter()
            .filter(|record| is_new_record(record))
            .map(|record| event_record(record, stream))
            .collect();
        for batch in wanted.chunks(BATCH) {
            self.publish(shard, batch.to_vec()).await?;
            if let Some(last) = batch.last().map(sequence_of) {
                self.checkpoint.advance(shard, last.to_owned())?;
            }
        }
        if let Some(last) = last {
            self.checkpoint.advance(shard, last)?;
        }
        if let Some(next) = answer.next_shard_iterator {
            self.iterators.insert(shard.to_owned(), next);
        } else {
            self.finished.insert(shard.to_owned());
        }
        Ok(records.len())
    }

    async fn iterator(&self, stream: &str, shard: &str) -> Result<String> {
        let request = || {
            self.streams
                .get_shard_iterator()
                .stream_arn(stream)
                .shard_id(shard)
        };
        let from_the_start = request().shard_iterator_type(ShardIteratorType::TrimHorizon);
        let answer = match self.checkpoint.positions.published.get(shard) {
            None => from_the_start.send().await,
            Some(position) => {
                let after = request()
                    .shard_iterator_type(ShardIteratorType::AfterSequenceNumber)
                    .sequence_number(position)
                    .send()
                    .await;
                match after {
                    // What followed it, if anything, is what is left.
                    Err(error)
                        if error
                            .as_service_error()
                            .is_some_and(GetShardIteratorError::is_trimmed_data_access_exception) =>
                    {
                        from_the_start.send().await
                    }
                    after => after,
                }
            }
        };
        let answer = answer.context("cannot find the place in the table's stream")?;
        answer.shard_iterator.context("a shard without an iterator")
    }

    /// Gives the function a batch until all of it has been published.
    async fn publish(&mut self, shard: &str, mut batch: Vec<Value>) -> Result<()> {
        let mut said = false;
        while !batch.is_empty() {
            let rest = match self.invoke(&batch).await {
                Ok(failures) => batch
                    .iter()
                    .position(|record| failures.contains(sequence_of(record))),
                Err(error) => {
                    if !said {
                        eprintln!("cargo dev: a batch of events is tried again: {error:#}");
                    }
                    said = true;
                    Some(0)
                }
            };
            let Some(rest) = rest else { return Ok(()) };
            let published = batch.drain(..rest).next_back();
            if let Some(published) = published {
                self.checkpoint
                    .advance(shard, sequence_of(&published).to_owned())?;
            }
            sleep(RETRY).await;
        }
        Ok(())
    }

    /// The sequence numbers of the records that the function says failed.
    async fn invoke(&self, batch: &[Value]) -> Result<HashSet<String>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            batch_item_failures: Vec<Failure>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Failure {
            item_identifier: String,
        }
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.invocations)
            .body(http::Body::from(json!({"Records": batch}).to_string()))?;
        let answer = timeout(INVOCATION_LIMIT, http::send(&self.http, request)).await;
        let answer = answer.context("no answer")??;
        if answer.status() != StatusCode::OK {
            let error: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            bail!("the function {FUNCTION} failed: {} {error}", answer.status());
        }
        let answer: Answer = serde_json::from_slice(answer.body())
            .with_context(|| format!("the function {FUNCTION} did not say what failed"))?;
        let failures = answer.batch_item_failures.into_iter();
        let failures: HashSet<String> = failures.map(|failure| failure.item_identifier).collect();
        let known: HashSet<&str> = batch.iter().map(sequence_of).collect();
        if failures.iter().any(|failure| !known.contains(failure.as_str())) {
            // As Lambda has it, the whole batch failed.
            bail!("the function {FUNCTION} named a record that it was not given");
        }
        Ok(failures)
    }
}

impl Checkpoint {
    fn read(file: Option<PathBuf>) -> Result<Self> {
        let positions = match &file {
            Some(path) if path.exists() => {
                let content = fs::read(path);
                content
                    .map_err(anyhow::Error::from)
                    .and_then(|content| Ok(serde_json::from_slice(&content)?))
                    .with_context(|| format!("cannot read {}", path.display()))?
            }
            _ => Positions::default(),
        };
        Ok(Self { positions, file })
    }

    /// Everything of the shard up to this record has been published.
    fn advance(&mut self, shard: &str, sequence_number: String) -> Result<()> {
        self.positions.published.insert(shard.to_owned(), sequence_number);
        let Some(file) = &self.file else { return Ok(()) };
        let unfinished = file.with_extension("json.unfinished");
        fs::write(&unfinished, serde_json::to_vec_pretty(&self.positions)?)
            .and_then(|()| fs::rename(&unfinished, file))
            .with_context(|| format!("cannot write {}", file.display()))
    }
}

fn sequence_number(record: &Record) -> Option<&str> {
    record.dynamodb()?.sequence_number()
}

fn sequence_of(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

/// The filter that `infra/template.yaml` gives the event source mapping.
fn is_new_record(record: &Record) -> bool {
    let sort_key = record
        .dynamodb()
        .and_then(|change| change.keys()?.get(SORT_KEY)?.as_s().ok());
    record.event_name().is_some_and(|name| name.as_str() == "INSERT")
        && sort_key.is_some_and(|key| key.starts_with(RECORD_PREFIX))
}

/// A record as Lambda hands it over.
fn event_record(record: &Record, stream: &str) -> Value {
    let change = record.dynamodb();
    let image = |image: Option<&HashMap<String, AttributeValue>>| {
        image.map(|image| -> Value {
            image
                .iter()
                .map(|(name, value)| (name.clone(), attribute(value)))
                .collect()
        })
    };
    json!({
        "eventID": record.event_id(),
        "eventName": record.event_name().map(OperationType::as_str),
        "eventVersion": record.event_version(),
        "eventSource": record.event_source(),
        "awsRegion": record.aws_region(),
        "eventSourceARN": stream,
        "dynamodb": {
            "ApproximateCreationDateTime":
                change.and_then(|change| Some(change.approximate_creation_date_time()?.secs())),
            "Keys": image(change.and_then(|change| change.keys())),
            "NewImage": image(change.and_then(|change| change.new_image())),
            "SequenceNumber": change.and_then(|change| change.sequence_number()),
            "SizeBytes": change.and_then(StreamRecord::size_bytes),
            "StreamViewType": change.and_then(|change| Some(change.stream_view_type()?.as_str())),
        },
    })
}

/// A value in DynamoDB's JSON.
fn attribute(value: &AttributeValue) -> Value {
    let binary = |bytes: &aws_sdk_dynamodbstreams::primitives::Blob| STANDARD.encode(bytes.as_ref());
    match value {
        AttributeValue::B(bytes) => json!({"B": binary(bytes)}),
        AttributeValue::Bool(is) => json!({"BOOL": is}),
        AttributeValue::Bs(many) => json!({"BS": many.iter().map(binary).collect::<Vec<_>>()}),
        AttributeValue::L(list) => json!({"L": list.iter().map(attribute).collect::<Vec<_>>()}),
        AttributeValue::M(map) => {
            let members = map.iter().map(|(name, value)| (name.clone(), attribute(value)));
            json!({"M": members.collect::<Value>()})
        }
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Ns(numbers) => json!({"NS": numbers}),
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::Ss(texts) => json!({"SS": texts}),
        // The enum may grow; DynamoDB's has not since 2014.
        _ => json!({"NULL": true}),
    }
}
