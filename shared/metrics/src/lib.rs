//! What the service counts, for CloudWatch: in the
//! [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html),
//! a JSON document on a line of its own on standard output, from which CloudWatch Logs takes the metric.
//!
//! A change counts where it has just been written, so that it counts once, however often it is asked for. One
//! that was written by a process that died in the same moment does not count: the records are the truth, and
//! these numbers are for alarms and graphs. Nothing of a line tells of a person, a tenant or a facility.

use std::collections::HashMap;
use std::io::{Write, stdout};
use std::sync::{Arc, Mutex, PoisonError};

use consent::facility::Provider;
use consent::gate::Closed;
use consent::record::{Channel, Record, rfc3339};
use consent::review::ReviewDecision;
use consent::rules::ChangeKind;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Tenants who were opted out.
    OptOuts(Channel),
    /// Tenants who were opted in, the grandfathered included.
    OptIns(Channel),
    /// Tenants who were put on hold.
    Holds,
    /// Texts about which a person has decided, each once, however many tenants it concerns.
    ReviewDecisions(ReviewDecision),
    /// Texts that somebody wanted to send and that were not let out.
    RefusedSends(Closed),
    /// Texts that the provider did not take, although they were let out.
    SendFailures,
    /// Inbound texts that were read as nothing in particular, by provider.
    UnclassifiedTexts(Provider),
    /// Webhook requests whose signature does not verify, by provider.
    BadSignatures(Provider),
    /// What a provider delivered, and what is no text that can be read, by provider. Delivering it again does not help.
    UnreadableTexts(Provider),
    /// Inbound texts to what is no facility's number, by provider. Each delivery counts.
    UnknownNumbers(Provider),
    /// Texts of the topic that could not be written and are to come again. Each attempt counts.
    DelayedTexts,
    /// Answers to texts that did not leave, but for those to numbers on the provider's own opt-out list.
    ReplyFailures,
    /// Records that were not published as events. Each attempt counts.
    PublishFailures,
    /// Pages of histories that were read and do not hold: a record is missing, or was altered.
    BrokenChains,
}

impl Metric {
    /// The metric's name in CloudWatch, which `infra/template.yaml` watches and shows.
    const fn name(self) -> &'static str {
        match self {
            Self::OptOuts(_) => "OptOuts",
            Self::OptIns(_) => "OptIns",
            Self::Holds => "Holds",
            Self::ReviewDecisions(_) => "ReviewDecisions",
            Self::RefusedSends(_) => "RefusedSends",
            Self::SendFailures => "SendFailures",
            Self::UnclassifiedTexts(_) => "UnclassifiedTexts",
            Self::BadSignatures(_) => "BadSignatures",
            Self::UnreadableTexts(_) => "UnreadableTexts",
            Self::UnknownNumbers(_) => "UnknownNumbers",
            Self::DelayedTexts => "DelayedTexts",
            Self::ReplyFailures => "ReplyFailures",
            Self::PublishFailures => "PublishFailures",
            Self::BrokenChains => "BrokenChains",
        }
    }

    /// What the metric is told apart by, and what it is here. Every value is a metric that is paid for: they
    /// are few.
    fn dimension(self) -> Option<(&'static str, Value)> {
        match self {
            Self::OptOuts(channel) | Self::OptIns(channel) => Some(("Channel", json!(channel))),
            Self::ReviewDecisions(decision) => Some(("Decision", json!(decision))),
            Self::RefusedSends(closed) => Some(("Reason", json!(closed))),
            Self::UnclassifiedTexts(provider)
            | Self::BadSignatures(provider)
            | Self::UnreadableTexts(provider)
            | Self::UnknownNumbers(provider) => Some(("Provider", json!(provider))),
            Self::Holds
            | Self::SendFailures
            | Self::ReplyFailures
            | Self::PublishFailures
            | Self::DelayedTexts
            | Self::BrokenChains => None,
        }
    }

    /// What a record counts as, if it is an opt-in, an opt-out or a hold.
    const fn of(record: &Record) -> Option<Self> {
        match record.kind {
            ChangeKind::Granted => Some(Self::OptIns(record.channel)),
            ChangeKind::OptedOut => Some(Self::OptOuts(record.channel)),
            ChangeKind::Held => Some(Self::Holds),
            ChangeKind::OptOutLifted | ChangeKind::Ended | ChangeKind::HoldLifted | ChangeKind::Reviewed => {
                None
            }
        }
    }
}

/// Where counts go.
#[derive(Clone)]
pub struct Metrics {
    namespace: Arc<str>,
    output: Arc<Mutex<dyn Write + Send>>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Metrics")
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

impl Metrics {
    /// On standard output, which Lambda hands to CloudWatch Logs.
    pub fn new(namespace: &str) -> Self {
        Self::to(namespace, stdout())
    }

    /// On another output.
    pub fn to(namespace: &str, output: impl Write + Send + 'static) -> Self {
        Self {
            namespace: namespace.into(),
            output: Arc::new(Mutex::new(output)),
        }
    }

    /// Counts opt-ins, opt-outs and holds among records that have just been written.
    pub fn count_records<'a>(&self, records: impl IntoIterator<Item = &'a Record>, now: Timestamp) {
        let mut counts: HashMap<Metric, u64> = HashMap::new();
        for metric in records.into_iter().filter_map(Metric::of) {
            *counts.entry(metric).or_default() += 1;
        }
        for (metric, count) in counts {
            self.count(metric, count, now);
        }
    }

    /// Counts something once.
    pub fn count_one(&self, metric: Metric, now: Timestamp) {
        self.count(metric, 1, now);
    }

    /// Adds to a count.
    pub fn count(&self, metric: Metric, count: u64, now: Timestamp) {
        let mut line = self.document(metric, count, now).to_string();
        line.push('\n');
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        // In one piece, so that no other line comes between. A count that cannot be written stops nothing.
        let _ = output.write_all(line.as_bytes());
    }

    /// Without its dimension the metric is the sum, which alarms watch.
    ///
    /// `level` and `timestamp` are there for Lambda, which would otherwise add to a line of the JSON log format
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>).
    fn document(&self, metric: Metric, count: u64, now: Timestamp) -> Value {
        let dimension = metric.dimension();
        let mut sets = vec![json!([])];
        sets.extend(dimension.as_ref().map(|(name, _)| json!([name])));
        let mut document = json!({
            "_aws": {
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": &*self.namespace,
                    "Dimensions": sets,
                    "Metrics": [{"Name": metric.name(), "Unit": "Count"}],
                }],
            },
            "level": "INFO",
            "timestamp": rfc3339(now),
        });
        for (name, value) in dimension.into_iter().chain([(metric.name(), json!(count))]) {
            document[name] = value;
        }
        document
    }
}
