//! `infra/openapi.yaml` has the routes that are deployed, and examples that are true; and it is served.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;

use consent::record::Record;
use serde_json::{Value, json};
use serde_yaml_ng::Value as Yaml;
use tests::{World, call};

fn read(file: &str) -> Yaml {
    let path = format!("{}/../infra/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_yaml_ng::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_routes_are_those_that_are_deployed() {
    let document = read("openapi.yaml");
    let paths = document["paths"].as_mapping().unwrap().iter();
    let described: BTreeSet<String> = paths
        .flat_map(|(path, operations)| {
            let path = path.as_str().unwrap();
            let names = operations.as_mapping().unwrap().keys();
            names
                .map(|name| name.as_str().unwrap())
                .filter(|name| *name != "parameters")
                .map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let template = read("template.yaml");
    let resources = template["Resources"].as_mapping().unwrap().values();
    let deployed: BTreeSet<String> = resources
        .filter_map(|resource| {
            Some(
                resource["Properties"]
                    .get("RouteKey")?
                    .as_str()
                    .unwrap()
                    .to_owned(),
            )
        })
        .collect();
    assert_eq!(described, deployed);
}

#[test]
fn the_example_of_a_record_verifies() {
    let document = read("openapi.yaml");
    let schemas = &document["components"]["schemas"];
    let record: Record = serde_yaml_ng::from_value(schemas["Record"]["example"].clone()).unwrap();
    assert_eq!(record.compute_hash(), Some(record.hash));
    assert_eq!(schemas["Event"]["example"]["data"], schemas["Record"]["example"]);
}

#[tokio::test]
async fn the_document_is_served_as_it_stands_to_anybody() {
    let world = World::new().await;
    let answer = world.send(call("GET /openapi.json").nobody()).await;
    let document: Value = serde_yaml_ng::from_value(read("openapi.yaml")).unwrap();
    assert_eq!(answer.is(200), document);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    for method in ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = world
            .send(call(&format!("{method} /openapi.json")).nobody())
            .await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET");
    }
}

/// The document, with what it refers to in place of the references where a test looks.
struct Document(Value);

impl Document {
    fn read() -> Self {
        Self(serde_yaml_ng::from_value(read("openapi.yaml")).unwrap())
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// Every request and response body, where it is and as which media type.
    fn bodies<'a>(&'a self) -> Vec<(String, &'a Value)> {
        let mut bodies = Vec::new();
        let mut add = |place: String, body: &'a Value| {
            let content = self.resolved(body)["content"].as_object();
            for (media_type, body) in content.into_iter().flatten() {
                bodies.push((format!("{place} {media_type}"), body));
            }
        };
        for paths in ["paths", "webhooks"] {
            for (path, operations) in self.0[paths].as_object().unwrap() {
                for (method, operation) in operations.as_object().unwrap() {
                    add(format!("{method} {path}"), &operation["requestBody"]);
                    let responses = operation["responses"].as_object();
                    for (status, response) in responses.into_iter().flatten() {
                        add(format!("{method} {path} {status}"), response);
                    }
                }
            }
        }
        for (name, response) in self.0["components"]["responses"].as_object().unwrap() {
            add(name.clone(), response);
        }
        bodies
    }

    /// The examples of a body, its own or its schema's.
    fn examples<'a>(&'a self, body: &'a Value) -> Vec<&'a Value> {
        let named = body["examples"]
            .as_object()
            .into_iter()
            .flat_map(|it| it.values());
        let named = named.map(|example| &example["value"]);
        let schema = self.resolved(&body["schema"]);
        let single = body.get("example").or_else(|| schema.get("example"));
        named.chain(single).collect()
    }
}

#[test]
fn every_body_has_an_example_that_fits_its_schema() {
    let document = Document::read();
    for (place, body) in document.bodies() {
        let schema = json!({"components": document.0["components"], "allOf": [body["schema"]]});
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let examples = document.examples(body);
        assert!(!examples.is_empty(), "{place}: no example");
        for example in examples {
            let errors: Vec<String> = validator
                .iter_errors(example)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{place}: {errors:#?}");
        }
    }
}

#[test]
fn every_error_code_has_an_example() {
    let document = Document::read();
    let bodies = document.bodies();
    let examples = bodies.iter().flat_map(|(_, body)| document.examples(body));
    let shown: BTreeSet<&str> = examples.filter_map(|example| example["code"].as_str()).collect();
    let codes = document.0["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
        .as_array()
        .unwrap();
    let codes: BTreeSet<&str> = codes.iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!(shown, codes);
}
