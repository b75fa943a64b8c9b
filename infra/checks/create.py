"""Creates the translated template in an emulator of CloudFormation, in this process, and reads it back: create.py FILE.

The emulator (moto) says CREATE_COMPLETE while it skips what it does not know, and it does not apply all of what it
knows (point-in-time recovery, expiry, encryption). What is skipped is listed, and held to account by rules.py.
"""

import ast
import json
import logging
import os
import re
import sys
import warnings
from collections import Counter, defaultdict
from pathlib import Path

# Nothing of the caller's: a mistake here must not reach an AWS account.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1"}

import boto3
import operate
from moto import mock_aws

# What every function may do: write to its own log group, and traces.
EVERY = {("logs:CreateLogStream", "its log group"), ("logs:PutLogEvents", "its log group"),
         ("xray:PutTelemetryRecords", "*"), ("xray:PutTraceSegments", "*")}
# What reads, and nothing else, by service. The report may do no more.
READS = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "secretsmanager:GetSecretValue", "kms:Decrypt",
         "ssm:GetParameter")


def with_functions_for_aliases(node, aliases):
    """The emulator has no aliases: what refers to one refers to its function instead."""
    if isinstance(node, dict):
        if node.get("Ref") in aliases:
            return {"Fn::GetAtt": [aliases[node["Ref"]], "Arn"]}
        return {key: with_functions_for_aliases(value, aliases) for key, value in node.items()}
    if isinstance(node, list):
        return [with_functions_for_aliases(value, aliases) for value in node]
    return node


def listed(value):
    return value if isinstance(value, list) else [value]


def create(template):
    """The resources that were created: logical to physical name."""
    storage = boto3.client("s3")
    storage.create_bucket(Bucket="code")
    storage.put_object(Bucket="code", Key="functions.zip", Body=b"PK\5\6" + b"\0" * 18)
    aliases = {name: resource["Properties"]["FunctionName"]["Ref"]
               for name, resource in template["Resources"].items() if resource["Type"] == "AWS::Lambda::Alias"}
    stacks = boto3.client("cloudformation")
    body = json.dumps(with_functions_for_aliases(template, aliases))
    stacks.create_stack(StackName="consent", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    status = stacks.describe_stacks(StackName="consent")["Stacks"][0]["StackStatus"]
    assert status == "CREATE_COMPLETE", status
    resources = stacks.describe_stack_resources(StackName="consent")["StackResources"]
    created = {it["LogicalResourceId"]: it.get("PhysicalResourceId") for it in resources if "LogicalResourceId" in it}
    skipped = Counter(it["Type"] for name, it in template["Resources"].items() if name not in created)
    print(f"{status}: {len(created)} of {len(template['Resources'])} resources; the emulator does not know "
          + ", ".join(f"{count} {type.removeprefix('AWS::')}" for type, count in sorted(skipped.items())))
    return created


def check_table(created, template):
    """Keys, index, stream and protection are as the template has them."""
    wanted = template["Resources"]["Table"]["Properties"]
    table = boto3.client("dynamodb").describe_table(TableName=created["Table"])["Table"]
    assert table["KeySchema"] == wanted["KeySchema"], table["KeySchema"]
    indexes = [{key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
               for index in table["GlobalSecondaryIndexes"]]
    assert indexes == wanted["GlobalSecondaryIndexes"], indexes
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"]["StreamViewType"] == wanted["StreamSpecification"]["StreamViewType"]
    assert table["DeletionProtectionEnabled"]
    keys = lambda schema: " + ".join(key["AttributeName"] for key in schema)
    for index in indexes:
        print(f"table: {keys(table['KeySchema'])}; index {index['IndexName']}: {keys(index['KeySchema'])}; on demand, "
              f"stream {table['StreamSpecification']['StreamViewType']}, protected from deletion")


def check_rest(created, template):
    """Queues, the log groups, and what the mappings lead to which function."""
    for name, resource in template["Resources"].items():
        physical = created.get(name)
        if resource["Type"] == "AWS::SQS::Queue":
            attributes = boto3.client("sqs").get_queue_attributes(QueueUrl=physical, AttributeNames=["All"])["Attributes"]
            assert attributes["MessageRetentionPeriod"] == "1209600", (name, attributes)
        if resource["Type"] == "AWS::Logs::LogGroup":
            groups = boto3.client("logs").describe_log_groups(logGroupNamePrefix=physical)["logGroups"]
            assert all(group.get("retentionInDays") for group in groups) and groups, name
    mappings = {it["FunctionArn"].split(":")[-1]: it["EventSourceArn"]
                for it in boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]}
    assert set(mappings) == {"consent-outbox", "consent-sms-topic"}, mappings
    assert "/stream/" in mappings["consent-outbox"], mappings
    assert mappings["consent-sms-topic"].split(":")[-1] == created["SmsTopicQueue"].split("/")[-1], mappings


def statements(role):
    """Every statement of a role's own policies."""
    identities = boto3.client("iam")
    for policy in identities.list_role_policies(RoleName=role)["PolicyNames"]:
        document = identities.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        if isinstance(document, str):
            # As the emulator has it: in Python's notation.
            document = ast.literal_eval(document)
        yield from listed(document["Statement"])


def check_roles(created, template):
    """Each function's role is its own, and gives away no more than named actions, none of them by a policy of AWS's.
    Prints them all."""
    # The last part of an ARN, or of a URL, is the resource's own name.
    logical = {re.split("[:/]", physical)[-1]: name for name, physical in created.items() if physical}

    def short(resource):
        """`Table/index/report` for the ARN of it; a stream has the time at which it was made in its name."""
        own, *rest = resource.split(":", 5)[-1].removeprefix("table/").split("/")
        return "/".join([logical[own], *rest[:1 if rest[:1] == ["stream"] else None]]) if own in logical else resource

    allowed = defaultdict(list)
    roles = Counter()
    identities = boto3.client("iam")
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        log_group = created[resource["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]]
        function = boto3.client("lambda").get_function(FunctionName=created[name])["Configuration"]
        role = function["Role"].split("/")[-1]
        roles[role] += 1
        managed = identities.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        assert managed == [], f"{name} has policies that are not its own: {managed}"
        trusted = identities.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"]
        assert [listed(it["Principal"]["Service"]) for it in trusted] == [["lambda.amazonaws.com"]], trusted
        function = resource["Metadata"]["BuildProperties"]["Binary"]
        for statement in statements(role):
            assert statement["Effect"] == "Allow"
            where = [f"not {short(it)}" for it in listed(statement.get("NotResource", []))]
            where += [short(it) for it in listed(statement.get("Resource", []))]
            # The emulator's ARN of a log group is without the `:*` for its streams.
            where = ["its log group" if it.removesuffix(":*").endswith(f":log-group:{log_group}") else it for it in where]
            where = [f"{it}, through SNS" if "Condition" in statement else it for it in where]
            for action in listed(statement["Action"]):
                assert "*" not in action, f"{function}: {action}"
                allowed[function].append((action, ", ".join(where)))
        assert EVERY <= set(allowed[function]), f"{function} cannot log or trace: {allowed[function]}"
        allowed[function] = sorted(set(allowed[function]) - EVERY)
        assert not [it for it in allowed[function] if it[0].startswith(("logs:", "xray:"))], allowed[function]
    assert set(roles.values()) == {1}, f"functions share a role: {roles}"
    row = "{:<13} {:<26} {}".format
    print("\n" + row("function", "on", "may"))
    for function, permissions in sorted(allowed.items()):
        by_place = defaultdict(list)
        for action, where in permissions:
            service, verb = action.split(":")
            by_place[where, service].append(verb)
        for (where, service), verbs in sorted(by_place.items()):
            print(row(function, where, f"{service}: {', '.join(verbs)}"))
            function = ""
    print(row("every one", "its log group, traces", ", ".join(sorted(action for action, _ in EVERY))))
    managed = {policy.split("/")[-1] for resource in template["Resources"].values()
               if resource["Type"] == "AWS::IAM::Role" for policy in resource["Properties"].get("ManagedPolicyArns", [])}
    print(f"and managed by AWS, for deployments: {', '.join(sorted(managed))}")

    for action, _ in allowed["report"]:
        assert action in READS, f"the report must not {action}"
    for function, permissions in allowed.items():
        publishes_events = [it for it in permissions if it[0] == "sns:Publish" and "not " not in it[1]]
        assert bool(publishes_events) == (function == "outbox"), f"{function}: {publishes_events}"


def main(path):
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    template = json.loads(Path(path).read_text())
    with mock_aws():
        created = create(template)
        check_table(created, template)
        check_rest(created, template)
        check_roles(created, template)
        operate.check("consent")


main(*sys.argv[1:])
