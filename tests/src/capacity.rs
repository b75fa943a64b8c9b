//! What the functions consume of the table, as the database itself says (`ReturnConsumedCapacity`).

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use serde_json::{Value, json};

/// What was consumed, request by request, while it was asked for.
#[derive(Debug, Clone, Default)]
pub struct Capacity(Arc<Mutex<Option<Vec<Consumed>>>>);

/// What one request consumed.
#[derive(Debug, Clone)]
pub struct Consumed {
    /// The operation, such as `Query`.
    pub operation: String,
    /// The request.
    pub request: Value,
    /// Read or write units, indexes included.
    pub units: f64,
}

/// The request, kept until its answer is there.
#[derive(Debug)]
struct Asked {
    operation: String,
    request: Value,
}

impl Storable for Asked {
    type Storer = StoreReplace<Self>;
}

impl Capacity {
    /// Asks for what is consumed from now on.
    pub fn measure(&self) {
        *self.0.lock().unwrap() = Some(Vec::new());
    }

    /// What was consumed since it was last asked.
    pub fn take(&self) -> Vec<Consumed> {
        self.0
            .lock()
            .unwrap()
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }
}

impl Intercept for Capacity {
    fn name(&self) -> &'static str {
        "Capacity"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.0.lock().unwrap().is_none() {
            return Ok(());
        }
        let request = context.request_mut();
        let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default())?;
        body["ReturnConsumedCapacity"] = json!("INDEXES");
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        config.interceptor_state().store_put(Asked {
            operation,
            request: body.clone(),
        });
        let body = body.to_string();
        request
            .headers_mut()
            .insert("content-length", body.len().to_string());
        *request.body_mut() = body.into();
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let (Some(consumed), Some(asked)) = (self.0.lock().unwrap().as_mut(), config.load::<Asked>()) {
            let answer: Value =
                serde_json::from_slice(context.response().body().bytes().unwrap_or_default())?;
            let units = match &answer["ConsumedCapacity"] {
                Value::Array(tables) => tables
                    .iter()
                    .filter_map(|table| table["CapacityUnits"].as_f64())
                    .sum(),
                table => table["CapacityUnits"].as_f64().unwrap_or_default(),
            };
            consumed.push(Consumed {
                operation: asked.operation.clone(),
                request: asked.request.clone(),
                units,
            });
        }
        Ok(())
    }
}
