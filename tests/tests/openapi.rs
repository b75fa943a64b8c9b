//! `infra/openapi.yaml` has the routes that are deployed, and examples that are true.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;

use consent::record::Record;
use serde_yaml_ng::Value as Yaml;

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
    assert_eq!(record.compute_hash(), record.hash);
    assert_eq!(schemas["Event"]["example"]["data"], schemas["Record"]["example"]);
}
