//! What a function's code can ask of AWS, whichever way it takes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use object::{Object as _, ObjectSymbol as _};

/// What SNS has AWS End User Messaging do in the caller's name, which needs permission as well:
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-sms-access-management.html>.
const DONE_BY_END_USER_MESSAGING: [(&str, &str); 3] = [
    ("sns:Publish to a number", "sms-voice:SendTextMessage"),
    (
        "sns:CheckIfPhoneNumberIsOptedOut",
        "sms-voice:DescribeOptedOutNumbers",
    ),
    ("sns:OptInPhoneNumber", "sms-voice:DeleteOptedOutNumber"),
];

/// The IAM actions of the SDK's operations that are linked into a binary, with the resource where it matters:
/// `dynamodb:Query`, `dynamodb:Query on report`, `sns:Publish` (to a topic), `sns:Publish to a number`,
/// `secretsmanager:GetSecretValue`.
///
/// The linker leaves out what no code can reach, so that this is a list that the code itself has: of all its
/// branches, and not of those that a test visits.
pub fn linked_actions(binary: &Path) -> BTreeSet<String> {
    let bytes = fs::read(binary).unwrap();
    let binary = object::File::parse(bytes.as_slice()).unwrap();
    let mut actions = BTreeSet::new();
    let mut writes = BTreeSet::new();
    let mut transactions = false;
    let names = binary.symbols().filter_map(|symbol| symbol.name().ok());
    for name in names.filter(|name| name.contains("aws_sdk_")) {
        let path = format!("{:#}", rustc_demangle::demangle(name)).replace(['<', '>'], "");
        let path: Vec<&str> = path.split("::").collect();
        match path.as_slice() {
            // What is published to is said below.
            [_, "operation", _, "Publish", "orchestrate", ..] => {}
            [_, "operation", _, "TransactWriteItems", "orchestrate", ..] => transactions = true,
            [service, "operation", _, operation, "orchestrate", ..] => {
                let service = service.trim_start_matches("aws_sdk_");
                actions.insert(format!("{service}:{operation}"));
            }
            [.., "QueryFluentBuilder", "index_name"] => {
                actions.insert("dynamodb:Query on report".to_owned());
            }
            [.., "PublishFluentBuilder", "topic_arn"] => {
                actions.insert("sns:Publish".to_owned());
            }
            [.., "PublishFluentBuilder", "phone_number"] => {
                actions.insert("sns:Publish to a number".to_owned());
            }
            ["aws_sdk_dynamodb", "types", _, builder, "build"] => {
                let kind = builder.trim_end_matches("Builder");
                if ["ConditionCheck", "Delete", "Put", "Update"].contains(&kind) {
                    writes.insert(format!("dynamodb:{kind}Item"));
                }
            }
            _ => {}
        }
    }
    // A transaction needs permission for each of its writes, and none of its own:
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    if transactions {
        actions.extend(writes);
    }
    for (asked, done) in DONE_BY_END_USER_MESSAGING {
        if actions.contains(asked) {
            actions.insert(done.to_owned());
        }
    }
    actions
}
