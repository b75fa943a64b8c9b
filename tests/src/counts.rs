//! What the functions count, as CloudWatch would take it from their lines.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use consent_metrics::Metrics;
use serde_json::Value;

/// The namespace of the tests' metrics.
const NAMESPACE: &str = "tests";

/// The lines that the functions write.
#[derive(Debug, Clone, Default)]
pub struct Counts(Arc<Mutex<Vec<u8>>>);

impl Write for Counts {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Counts {
    /// What counts here.
    pub fn metrics(&self) -> Metrics {
        Metrics::to(NAMESPACE, self.clone())
    }

    /// What was written since it was last taken.
    pub fn take_text(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }

    /// The same, as the documents that the lines are.
    #[track_caller]
    pub fn take_documents(&self) -> Vec<Value> {
        let text = self.take_text();
        let documents = text.lines().map(serde_json::from_str);
        documents.collect::<Result<_, _>>().expect("a line is a document")
    }

    /// What was counted since it was last taken, such as `OptOuts` and `OptOuts Channel=text`.
    #[track_caller]
    pub fn take(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for document in self.take_documents() {
            for (name, count) in extract(&document) {
                *counts.entry(name).or_default() += count;
            }
        }
        counts
    }
}

/// The metrics that the embedded metric format says are in a document.
#[track_caller]
fn extract(document: &Value) -> Vec<(String, u64)> {
    let metadata = &document["_aws"];
    assert!(metadata["Timestamp"].is_u64(), "{document}");
    let mut counts = Vec::new();
    for directive in metadata["CloudWatchMetrics"].as_array().unwrap() {
        assert_eq!(directive["Namespace"], NAMESPACE);
        for metric in directive["Metrics"].as_array().unwrap() {
            assert_eq!(metric["Unit"], "Count");
            let name = metric["Name"].as_str().unwrap();
            let count = document[name].as_u64().expect("a count");
            for set in directive["Dimensions"].as_array().unwrap() {
                let mut identity = name.to_owned();
                for dimension in set.as_array().unwrap() {
                    let dimension = dimension.as_str().unwrap();
                    let value = document[dimension].as_str().expect("a dimension is a text");
                    identity = format!("{identity} {dimension}={value}");
                }
                counts.push((identity, count));
            }
        }
    }
    counts
}
