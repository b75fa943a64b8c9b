//! Somebody who writes to the table past the service.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

use crate::{World, hash_of};

/// An item as it is stored.
pub type Item = HashMap<String, AttributeValue>;

const RECORDS: &str = "TENANT#f1#t1";

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// What JSON has, as an attribute.
pub fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(is) => AttributeValue::Bool(*is),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(items) => AttributeValue::L(items.iter().map(attribute).collect()),
        Value::Object(members) => {
            let members = members.iter();
            AttributeValue::M(
                members
                    .map(|(name, value)| (name.clone(), attribute(value)))
                    .collect(),
            )
        }
    }
}

impl World {
    /// An item.
    pub async fn item(&self, partition: &str, sort: &str) -> Item {
        let (client, table) = self.client();
        let read = client.get_item().table_name(table).consistent_read(true);
        let read = read.key("PK", text(partition)).key("SK", text(sort));
        read.send().await.unwrap().item.expect("an item")
    }

    /// Puts an item, whatever was there.
    pub async fn put_item(&self, item: Item) {
        let (client, table) = self.client();
        let put = client.put_item().table_name(table).set_item(Some(item));
        put.send().await.unwrap();
    }

    /// The item of a record of `t1` of `f1`.
    pub async fn record_item(&self, sequence: usize) -> Item {
        self.item(RECORDS, &record_key(sequence)).await
    }

    /// Deletes a record of `t1` of `f1`.
    pub async fn delete_record(&self, sequence: usize) {
        let (client, table) = self.client();
        let delete = client.delete_item().table_name(table);
        let delete = delete
            .key("PK", text(RECORDS))
            .key("SK", text(record_key(sequence)));
        delete.send().await.unwrap();
    }

    /// Puts a record of `t1` of `f1`, whatever was there.
    pub async fn put_record(&self, sequence: usize, mut item: Item) {
        item.insert("PK".to_owned(), text(RECORDS));
        item.insert("SK".to_owned(), text(record_key(sequence)));
        self.put_item(item).await;
    }

    /// Sets the end of the chain of `t1` of `f1`.
    pub async fn set_chain_end(&self, sequence: usize, hash: &Value) {
        let mut tenant = self.item("FACILITY#f1", "TENANT#t1").await;
        let Some(AttributeValue::M(chain)) = tenant.get_mut("chain") else {
            panic!("a chain")
        };
        chain.insert("sequence".to_owned(), AttributeValue::N(sequence.to_string()));
        chain.insert("hash".to_owned(), attribute(hash));
        self.put_item(tenant).await;
    }

    /// Puts a record that is like another one but for this change, with a hash that is right.
    pub async fn put_resealed(&self, sequence: usize, like: &Value, change: impl Fn(&mut Value)) -> Value {
        let mut record = like.clone();
        change(&mut record);
        record["hash"] = hash_of(&record).into();
        let AttributeValue::M(item) = attribute(&record) else {
            panic!("a record")
        };
        self.put_record(sequence, item).await;
        record["hash"].clone()
    }
}

fn record_key(sequence: usize) -> String {
    format!("RECORD#{sequence:010}")
}
