//! What IAM would have asked permission for.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use serde_json::Value;

/// The actions of the requests made, with the resource where it matters: `dynamodb:Query`,
/// `dynamodb:Query on report`, `sns:Publish to a number`, `secretsmanager:GetSecretValue`.
#[derive(Debug, Clone, Default)]
pub struct Actions(Arc<Mutex<BTreeSet<String>>>);

impl Actions {
    /// The actions since they were last taken.
    pub fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Intercept for Actions {
    fn name(&self) -> &'static str {
        "Actions"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let body = request.body().bytes().unwrap_or_default();
        let actions = match request.headers().get("x-amz-target") {
            Some(target) if target.starts_with("secretsmanager.") => vec![target.replace('.', ":")],
            Some(target) => dynamodb(target, body),
            None => sns(body),
        };
        self.0.lock().unwrap().extend(actions);
        Ok(())
    }
}

/// A transaction needs permission for each of its writes, and none of its own.
fn dynamodb(target: &str, body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap();
    match target.rsplit('.').next().unwrap() {
        "TransactWriteItems" => body["TransactItems"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|write| write.as_object().unwrap().keys())
            .map(|kind| match kind.as_str() {
                "ConditionCheck" => "dynamodb:ConditionCheckItem".to_owned(),
                kind => format!("dynamodb:{kind}Item"),
            })
            .collect(),
        operation => vec![match body["IndexName"].as_str() {
            Some(index) => format!("dynamodb:{operation} on {index}"),
            None => format!("dynamodb:{operation}"),
        }],
    }
}

fn sns(body: &[u8]) -> Vec<String> {
    let parameters: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap();
    let parameter = |wanted: &str| {
        let mut parameters = parameters.iter();
        parameters.find_map(|(name, value)| (name == wanted).then_some(value.as_str()))
    };
    vec![match (parameter("Action").unwrap(), parameter("PhoneNumber")) {
        ("Publish", Some(_)) => "sns:Publish to a number".to_owned(),
        (action, _) => format!("sns:{action}"),
    }]
}
