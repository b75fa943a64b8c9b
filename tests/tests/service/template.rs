//! What `infra/template.yaml` deploys and what the code does: the table, the permissions, the environment and
//! the routes are the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dev::workspace::Workspace;
use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;
use tests::{World, linked_actions};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The template as JSON, with `!Ref X` as `{"!Ref": "X"}`.
fn template() -> Value {
    fn plain(yaml: Yaml) -> Value {
        match yaml {
            Yaml::Tagged(tagged) => json!({tagged.tag.to_string(): plain(tagged.value)}),
            Yaml::Mapping(members) => {
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.as_str().unwrap().to_owned(), plain(value)));
                Value::Object(members.collect::<Map<_, _>>())
            }
            Yaml::Sequence(list) => list.into_iter().map(plain).collect(),
            scalar => serde_json::to_value(scalar).unwrap(),
        }
    }
    let text = fs::read_to_string(root().join("infra/template.yaml")).unwrap();
    plain(serde_yaml_ng::from_str(&text).unwrap())
}

/// The functions of the template by name: what `BuildProperties.Binary` says.
fn functions(template: &Value) -> BTreeMap<String, Value> {
    let resources = template["Resources"].as_object().unwrap().values();
    resources
        .filter(|resource| resource["Type"] == "AWS::Serverless::Function")
        .map(|function| {
            let name = function["Metadata"]["BuildProperties"]["Binary"]
                .as_str()
                .unwrap();
            (name.to_owned(), function["Properties"].clone())
        })
        .collect()
}

#[test]
fn every_function_is_deployed() {
    let folders = fs::read_dir(root().join("functions")).unwrap();
    let folders: BTreeSet<String> = folders
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        functions(&template()).into_keys().collect::<BTreeSet<_>>(),
        folders
    );
}

#[tokio::test]
async fn the_table_is_the_one_that_the_store_creates() {
    let template = template();
    let deployed = &template["Resources"]["Table"]["Properties"];
    let table = World::new().await.table().await;
    let keys = |schema: &[aws_sdk_dynamodb::types::KeySchemaElement]| -> Value {
        let keys = schema.iter();
        keys.map(|key| json!({"AttributeName": key.attribute_name(), "KeyType": key.key_type().as_str()}))
            .collect()
    };
    assert_eq!(deployed["KeySchema"], keys(table.key_schema()));
    let attributes = table.attribute_definitions().iter();
    let attributes: BTreeSet<(String, String)> = attributes
        .map(|it| {
            (
                it.attribute_name().to_owned(),
                it.attribute_type().as_str().to_owned(),
            )
        })
        .collect();
    let deployed_attributes = deployed["AttributeDefinitions"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let deployed_attributes: BTreeSet<(String, String)> = deployed_attributes
        .map(|it| (text(&it["AttributeName"]), text(&it["AttributeType"])))
        .collect();
    assert_eq!(deployed_attributes, attributes);

    let index = &table.global_secondary_indexes()[0];
    let projection = index.projection().unwrap();
    assert_eq!(table.global_secondary_indexes().len(), 1);
    assert_eq!(
        deployed["GlobalSecondaryIndexes"],
        json!([{
            "IndexName": index.index_name(),
            "KeySchema": keys(index.key_schema()),
            "Projection": {
                "ProjectionType": projection.projection_type().unwrap().as_str(),
                "NonKeyAttributes": projection.non_key_attributes(),
            },
        }])
    );
    let stream = table.stream_specification().unwrap();
    assert_eq!(
        deployed["StreamSpecification"]["StreamViewType"],
        stream.stream_view_type().unwrap().as_str()
    );
    assert_eq!(deployed["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(deployed["TimeToLiveSpecification"]["AttributeName"], "expires_at");
    for protected in ["DeletionPolicy", "UpdateReplacePolicy"] {
        assert_eq!(template["Resources"]["Table"][protected], "Retain");
    }
}

/// The routes of `cargo dev` and those of the API, without their methods, go to the same functions.
#[test]
fn the_routes_are_those_of_one_machine() {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let local: BTreeSet<(String, String)> = workspace
        .lines()
        .filter_map(|line| line.strip_prefix("\"/"))
        .filter_map(|line| line.split_once("\" = \""))
        .map(|(path, function)| (format!("/{path}"), function.trim_end_matches('"').to_owned()))
        .collect();
    let template = template();
    let resources = template["Resources"].as_object().unwrap();
    let routes = resources
        .values()
        .filter(|resource| resource["Type"] == "AWS::ApiGatewayV2::Route");
    let deployed: BTreeSet<(String, String)> = routes
        .map(|route| {
            let route = &route["Properties"];
            let (_, path) = route["RouteKey"].as_str().unwrap().split_once(' ').unwrap();
            let integration = route["Target"]["!Sub"].as_str().unwrap();
            let integration = integration
                .trim_start_matches("integrations/${")
                .trim_end_matches('}');
            let alias = &resources[integration]["Properties"]["IntegrationUri"]["!Ref"];
            let function = alias.as_str().unwrap().trim_end_matches(".Alias");
            let binary = &resources[function]["Metadata"]["BuildProperties"]["Binary"];
            // Providers sign, and have no tokens; the document, the keys of evidence and the pages are public. Nobody else
            // comes in without one.
            let open = path.starts_with("/v1/sms/")
                || ["/openapi.json", "/.well-known/evidence-keys.json"].contains(&path)
                || integration == "PagesIntegration";
            assert_eq!(
                route["AuthorizationType"],
                if open { "NONE" } else { "JWT" },
                "{path}"
            );
            (path.to_owned(), binary.as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(deployed, local);
}

/// Each function gets the settings that its code reads, and no others. No secret is among them.
#[test]
fn the_environment_is_what_the_code_reads() {
    let read_environment = fs::read_to_string(root().join("shared/http/src/environment.rs")).unwrap();
    let names: Vec<&str> = read_environment
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(": &str"))
        .map(|(name, _)| name)
        .collect();
    assert!(names.contains(&"TABLE_NAME"), "{names:?}");
    // What of the shared code reads which setting. The authorizer has verified the tokens already.
    let shared = [
        ("environment::store()", "TABLE_NAME"),
        ("environment::store()", "METRICS_NAMESPACE"),
        ("environment::metrics()", "METRICS_NAMESPACE"),
        ("Secret::from_environment(", "SECRETS_ARN"),
        ("Sender::from_environment(", "SECRETS_ARN"),
    ];
    for (name, function) in functions(&template()) {
        let folder = fs::read_dir(root().join("functions").join(&name).join("src")).unwrap();
        let code: String = folder
            .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        let through_shared = shared
            .iter()
            .filter(|(call, _)| code.contains(call))
            .map(|(_, name)| *name);
        let itself = names.iter().copied().filter(|name| code.contains(name));
        let expected: BTreeSet<&str> = through_shared.chain(itself).collect();
        let set = function["Environment"]["Variables"].as_object();
        assert!(
            !json!(set).to_string().contains("{{resolve:"),
            "{name} has a secret in plain text"
        );
        let set = set.into_iter().flat_map(Map::keys);
        assert_eq!(
            set.map(String::as_str).collect::<BTreeSet<_>>(),
            expected,
            "{name}"
        );
    }
}

/// The parameters whose values are in `node`, directly or by a condition.
fn parameters_in(template: &Value, node: &Value) -> BTreeSet<String> {
    let parameters = template["Parameters"].as_object().unwrap();
    let mut found = BTreeSet::new();
    match node {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("!Ref", Value::String(name)) if parameters.contains_key(name) => {
                        found.insert(name.clone());
                    }
                    ("!Sub", Value::String(text)) => {
                        let named = |name: &&String| text.contains(&format!("${{{name}}}"));
                        found.extend(parameters.keys().filter(named).cloned());
                    }
                    ("!If", Value::Array(branches)) => {
                        let condition = &template["Conditions"][branches[0].as_str().unwrap()];
                        found.extend(parameters_in(template, condition));
                        found.extend(parameters_in(template, value));
                    }
                    _ => found.extend(parameters_in(template, value)),
                }
            }
        }
        Value::Array(list) => {
            found.extend(list.iter().flat_map(|item| parameters_in(template, item)));
        }
        _ => {}
    }
    found
}

/// SAM publishes no version where only a parameter's value changes, and `live` would go on with the old one. `CloudFormation`
/// does, by the version's description. It has to change with the function, and only with it: Lambda makes no second version
/// of what is the same.
#[test]
fn another_value_of_a_parameter_publishes_new_versions_of_the_functions_that_use_it() {
    let template = template();
    // How versions are deployed is not a part of them.
    let part_of_it = |(name, _): &(&String, &Value)| {
        !["VersionDescription", "DeploymentPreference", "EventInvokeConfig"].contains(&name.as_str())
    };
    for (name, function) in functions(&template) {
        let globals = template["Globals"]["Function"].as_object().unwrap();
        let properties = globals.iter().chain(function.as_object().unwrap());
        let properties: Value = properties
            .filter(part_of_it)
            .map(|(_, value)| value.clone())
            .collect();
        assert_eq!(
            parameters_in(&template, &function["VersionDescription"]),
            parameters_in(&template, &properties),
            "{name}"
        );
        assert_eq!(function["AutoPublishAliasAllProperties"], true, "{name}");
        // The most that Lambda takes. The parameters without a limit are words and numbers.
        let text = function["VersionDescription"]["!Sub"].as_str().unwrap();
        let longest = parameters_in(&template, &function["VersionDescription"])
            .iter()
            .fold(text.to_owned(), |text, name| {
                let length = template["Parameters"][name]["MaxLength"].as_u64().unwrap_or(6);
                text.replace(&format!("${{{name}}}"), &"x".repeat(length.try_into().unwrap()))
            });
        assert!(longest.len() <= 256, "{name}: {}", longest.len());
    }
}

/// The role of a function.
fn role_name(function: &Value) -> &str {
    function["Role"]["!GetAtt"]
        .as_str()
        .unwrap()
        .trim_end_matches(".Arn")
}

/// What a function may do by its role, in the words of [`tests::linked_actions`]. What the platform does in its name is left
/// out.
fn allowed(template: &Value, function: &Value) -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    let previous_secret =
        json!({"!If": ["HasPreviousSecret", {"!Ref": "PreviousSecretsArn"}, {"!Ref": "AWS::NoValue"}]});
    let role = &template["Resources"][role_name(function)]["Properties"];
    assert!(role["ManagedPolicyArns"].is_null());
    let reference = role_name(function);
    let beside = template["Resources"]
        .as_object()
        .unwrap()
        .values()
        .filter(|resource| {
            let properties = &resource["Properties"];
            resource["Type"] == "AWS::IAM::Policy" && properties["Roles"] == json!([{"!Ref": reference}])
        });
    let policies = role["Policies"].as_array().unwrap().iter();
    let policies = policies.chain(beside.map(|policy| &policy["Properties"]));
    let statements = policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
    for statement in statements {
        for action in statement["Action"].as_array().unwrap() {
            let action = action.as_str().unwrap();
            let for_the_platform =
                action.starts_with("sqs:") || action.contains("Stream") || action.contains("Shard");
            let logs_and_traces = action.starts_with("logs:") || action.starts_with("xray:");
            if for_the_platform || logs_and_traces || action == "dynamodb:GetRecords" {
                continue;
            }
            let numbers = json!({"!Sub": "arn:${AWS::Partition}:sns:*:*:*"});
            if statement["NotResource"] == numbers {
                allowed.insert(format!("{action} to a number"));
                continue;
            }
            let resources = &statement["Resource"];
            let one = std::slice::from_ref(resources);
            for resource in resources.as_array().map_or(one, Vec::as_slice) {
                if *resource == json!({"!GetAtt": "Table.Arn"}) || *resource == json!({"!Ref": "EventsTopic"})
                {
                    allowed.insert(action.to_owned());
                } else if *resource == json!({"!Ref": "SecretsArn"}) || *resource == previous_secret {
                    assert!(action.starts_with("secretsmanager:"), "{action} on the secret");
                    allowed.insert(action.to_owned());
                } else if *resource == json!({"!Sub": "${Table.Arn}/index/report"}) {
                    allowed.extend((action == "dynamodb:Query").then(|| format!("{action} on report")));
                } else if resource.to_string().contains(":kms:") {
                    // Another key may sign than the stack's own; public keys are public.
                    let own = resource.to_string().contains("EvidenceKey.Arn");
                    assert!(
                        (action == "kms:Sign" && own) || action == "kms:GetPublicKey",
                        "{action} on {resource}"
                    );
                    allowed.insert(action.to_owned());
                } else {
                    assert_eq!(*resource, "*", "{action}");
                    let by_sns = json!({"StringEquals": {"aws:CalledViaLast": "sns.amazonaws.com"}});
                    assert!(
                        (action.starts_with("sns:") && action != "sns:Publish")
                            || (action.starts_with("sms-voice:") && statement["Condition"] == by_sns),
                        "{action} on *"
                    );
                    allowed.insert(action.to_owned());
                }
            }
        }
    }
    allowed
}

/// Whatever branch it takes, a function can do what is linked into it, and nothing else: its role allows that and no
/// more.
#[tokio::test]
async fn each_function_may_do_what_its_code_can_do_and_no_more() {
    let binaries = Workspace::read().await.unwrap().build_functions().await.unwrap();
    let template = template();
    let functions = functions(&template);
    assert!(functions.keys().eq(binaries.keys()));
    let mut linked: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, binary) in &binaries {
        let actions = linked_actions(binary);
        assert_eq!(allowed(&template, &functions[name]), actions, "{name}");
        linked.insert(name, actions);
    }

    let writes = ["Put", "Update", "Delete", "Write"];
    let may_write = |actions: &BTreeSet<String>| {
        let mut actions = actions.iter();
        actions.any(|action| writes.iter().any(|write| action.contains(write)))
    };
    assert!(!may_write(&linked["report"]));
    assert!(may_write(&linked["profile"]));
    for (name, actions) in linked {
        assert_eq!(actions.contains("sns:Publish"), name == "outbox", "{name}");
    }
}
