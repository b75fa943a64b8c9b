//! `infra/openapi.yaml`: what is answered is what it describes.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/openapi.yaml");
    serde_yaml_ng::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

static EVENT: LazyLock<Value> = LazyLock::new(|| json!({"$ref": "#/components/schemas/Event"}));

/// The validators of the schemas that were asked for, by the schema's address: the document stays where it is. To make one
/// takes several times as long as the request whose answer it reads.
static VALIDATORS: LazyLock<Mutex<HashMap<usize, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Panics when the document has the route, and does not describe the answer.
#[track_caller]
pub(crate) fn check(method: &str, path: &str, answer: &Answer) {
    let Some(operation) = operation(method, path) else {
        return;
    };
    let status = answer.status.as_u16().to_string();
    let response = resolved(&operation["responses"][&status]);
    assert!(response.is_object(), "{method} {path}: no {status} is described");
    for (header, described) in response["headers"].as_object().into_iter().flatten() {
        if resolved(described)["required"] != Value::Bool(false) {
            answer.header(header);
        }
    }
    if answer.text.is_empty() {
        return;
    }
    let media_type = answer.header("content-type").split(';').next().unwrap();
    let schema = &response["content"][media_type]["schema"];
    assert!(
        schema.is_object(),
        "{method} {path}: no {media_type} is described for {status}"
    );
    let body = if media_type.ends_with("json") {
        answer.body()
    } else {
        json!(answer.text)
    };
    let errors = errors(schema, &body);
    assert!(errors.is_empty(), "{method} {path}, {status}: {errors:#?}");
}

/// Panics when an event is not as the document describes it.
#[track_caller]
pub(crate) fn check_event(event: &Value) {
    let errors = errors(&EVENT, event);
    assert!(errors.is_empty(), "{}: {errors:#?}", event["id"]);
}

fn errors(schema: &'static Value, document: &Value) -> Vec<String> {
    validator(schema)
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn validator(schema: &'static Value) -> Arc<Validator> {
    let address = std::ptr::from_ref(schema).addr();
    let mut validators = VALIDATORS.lock().unwrap();
    let validator = validators.entry(address).or_insert_with(|| {
        // References are into the components of the document.
        let schema = json!({"components": DOCUMENT["components"], "allOf": [schema]});
        Arc::new(jsonschema::draft202012::new(&schema).unwrap())
    });
    Arc::clone(validator)
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let segments: Vec<&str> = path.split('/').collect();
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    paths
        .filter(|(template, _)| {
            let template: Vec<&str> = template.split('/').collect();
            let fits = |(wanted, is): (&&str, &&str)| wanted.starts_with('{') || wanted == is;
            template.len() == segments.len() && template.iter().zip(&segments).all(fits)
        })
        .find_map(|(_, operations)| operations.get(method.to_lowercase()))
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}
