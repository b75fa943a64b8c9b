"""Holds the translated template to what an emulator cannot show: rules.py TRANSLATED OPENAPI."""

import json
import sys
from pathlib import Path

import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

METHODS = ("delete", "get", "patch", "post", "put")
TEXTS = "POST /v1/sms/{provider}"
# The alarms that take a new version back, of every function and of the outbox beside them.
TAKES_BACK = {"FunctionErrors", "OtherFunctionErrors", "DeploymentApiErrors"}
OUTBOX_TAKES_BACK = {"DeploymentPublishFailures"}
SMS_TOPIC_TAKES_BACK = {"DelayedTextsAlarm"}
# What an account may ask of API Gateway in every region, at least: requests per second, and at once
# (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
QUOTA = (2500, 1250)
# What must not stand in an access log: it may name a person.
PERSONAL = ("$context.path", "$context.identity", "$context.authorizer", "$context.http")


class Template:
    def __init__(self, path):
        self.resources = json.loads(Path(path).read_text())["Resources"]

    def of(self, kind):
        return {name: it["Properties"] for name, it in self.resources.items() if it["Type"] == f"AWS::{kind}"}

    def only(self, kind):
        found, = self.of(kind).values()
        return found


def values(node, key):
    """Every value under `key`, however deep."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from values(value, key)


def check_table(template):
    table = template.only("DynamoDB::Table")
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert template.resources["Table"]["DeletionPolicy"] == template.resources["Table"]["UpdateReplacePolicy"] == "Retain"
    return "the table is kept, encrypted, and can be put back to any second; it forgets what has expired"


def check_api(template, contract):
    described = {}
    for path, operations in contract["paths"].items():
        for method in METHODS:
            if operation := operations.get(method):
                is_open = operation.get("security", contract["security"]) == []
                described[f"{method.upper()} {path}"] = "NONE" if is_open else "JWT"
    integrations = template.of("ApiGatewayV2::Integration")
    aliases = {name: it["FunctionName"]["Ref"] for name, it in template.of("Lambda::Alias").items()}
    may_be_called = {aliases[it["FunctionName"]["Ref"]] for it in template.of("Lambda::Permission").values()
                     if it["Principal"] == "apigateway.amazonaws.com"}
    routes = {}
    for name, route in template.of("ApiGatewayV2::Route").items():
        routes[route["RouteKey"]] = route["AuthorizationType"]
        assert (route["AuthorizationType"] == "NONE") == ("AuthorizerId" not in route), name
        integration = route["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
        function = aliases[integrations[integration]["IntegrationUri"]["Ref"]]
        assert function in may_be_called, f"{name}: API Gateway may not call {function}"
    assert routes == described, f"routes and {sys.argv[2]} differ: {sorted(set(routes.items()) ^ set(described.items()))}"

    authorizer = template.only("ApiGatewayV2::Authorizer")
    assert authorizer["AuthorizerType"] == "JWT"
    assert authorizer["JwtConfiguration"] == {"Issuer": {"Ref": "TokenIssuer"}, "Audience": {"Ref": "TokenAudience"}}
    stage = template.only("ApiGatewayV2::Stage")
    # Without their own metrics the alarms of texts would watch nothing. They have no limit but the account's.
    texts = stage["RouteSettings"][TEXTS]
    assert texts["DetailedMetricsEnabled"] is True, texts
    assert (texts["ThrottlingRateLimit"], texts["ThrottlingBurstLimit"]) == QUOTA, texts
    # One that anybody can call costs the account something: it is held to little.
    public = [stage["RouteSettings"][route]
              for route in ("GET /openapi.json", "GET /.well-known/evidence-keys.json", "GET /programs/{facility_id}")]
    assert all(it["ThrottlingRateLimit"] <= 5 for it in public), public
    for settings in (stage["DefaultRouteSettings"], texts, *public):
        assert settings["ThrottlingRateLimit"] and settings["ThrottlingBurstLimit"], settings
    log_format = stage["AccessLogSettings"]["Format"]
    # JSON also when the variables are filled in: API Gateway puts this one in its own quotes.
    json.loads(log_format.replace("$context.error.messageString", '"Forbidden"'))
    assert '"$context.error.message' not in log_format, log_format
    assert not [it for it in PERSONAL if it in log_format], log_format
    without = [route for route, authorization in routes.items() if authorization == "NONE"]
    return f"{len(routes)} routes as in the OpenAPI document, without a token only {', '.join(sorted(without))}"


def check_functions(template):
    aliases = {it["FunctionName"]["Ref"] for it in template.of("Lambda::Alias").values()}
    functions = template.of("Lambda::Function")
    assert aliases == set(functions), aliases ^ set(functions)
    groups = template.of("CodeDeploy::DeploymentGroup")
    assert len(groups) == len(functions)
    for name, group in groups.items():
        assert group["AlarmConfiguration"]["Enabled"], name
        alarms = {alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]}
        own = OUTBOX_TAKES_BACK if name.startswith("Outbox") else set()
        own = SMS_TOPIC_TAKES_BACK if name.startswith("SmsTopic") else own
        assert alarms == TAKES_BACK | own, f"{name}: {alarms}"
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"], name
    # What tests/tests/service/template.rs holds the descriptions to rests on this.
    version = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::Lambda::Version").schema
    assert "/properties/Description" in version["createOnlyProperties"], "another description is no new version any more"
    for name, function in functions.items():
        assert function["TracingConfig"]["Mode"] == "Active", name
        logging = function["LoggingConfig"]
        assert logging["LogFormat"] == "JSON" and logging["LogGroup"]["Ref"] in template.resources, name
    return f"{len(functions)} functions: traced, JSON logs that are kept for a time, a new version is taken back on alarm"


def check_queues(template):
    """Nothing is lost where something is delivered without anybody waiting for the answer."""
    queues = template.of("SQS::Queue")
    parked = {name for name, queue in queues.items() if queue["SqsManagedSseEnabled"] is True}
    assert parked == set(queues)
    mappings = template.of("Lambda::EventSourceMapping")
    stream, texts = mappings["OutboxStream"], mappings["SmsTopicMapping"]
    for name, mapping in mappings.items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
    # Otherwise a tenant's records, each an item of its own, overtake each other.
    assert stream.get("ParallelizationFactor", 1) == 1
    # Texts: from the topic to the queue, whence the function reads them until they are written.
    subscription = template.only("SNS::Subscription")
    assert subscription["TopicArn"] == {"Ref": "TwoWaySmsTopicArn"}
    assert subscription["Protocol"] == "sqs" and not subscription.get("RawMessageDelivery"), subscription
    assert subscription["Endpoint"] == texts["EventSourceArn"] == {"Fn::GetAtt": ["SmsTopicQueue", "Arn"]}
    queue = queues["SmsTopicQueue"]
    assert queue["VisibilityTimeout"] >= 6 * template.of("Lambda::Function")["SmsTopic"]["Timeout"], queue
    # Two days of attempts and more; what is parked is kept for the rest of two weeks.
    assert queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"] >= 2 * 86_400, queue
    assert {it["MessageRetentionPeriod"] for it in queues.values()} == {14 * 86_400}
    may_fill = {it["Queues"][0]["Ref"]: it["PolicyDocument"]["Statement"] for it in template.of("SQS::QueuePolicy").values()}
    for name in ("SmsTopicQueue", "SmsTopicDeadLetters"):
        statement, = may_fill[name]
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"} and statement["Action"] == "sqs:SendMessage", name
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "TwoWaySmsTopicArn"}}}, name
    destinations = [
        stream["DestinationConfig"]["OnFailure"]["Destination"],
        subscription["RedrivePolicy"]["deadLetterTargetArn"],
        queue["RedrivePolicy"]["deadLetterTargetArn"],
    ]
    for destination in destinations:
        assert destination["Fn::GetAtt"][0] in queues, destination
    assert template.only("SNS::Topic")["KmsMasterKeyId"]
    return ("the stream, the topic of texts and their queue have dead-letter queues; a text is tried for "
            f"{queue['RedrivePolicy']['maxReceiveCount'] * queue['VisibilityTimeout'] // 3600} hours; topic and queues are encrypted")


def check_alarms(template):
    alarms = template.of("CloudWatch::Alarm")
    metrics = set()
    told = {name: alarm for name, alarm in alarms.items() if "AlarmActions" in alarm}
    silent = set(alarms) - set(told)
    assert silent < TAKES_BACK | OUTBOX_TAKES_BACK, silent
    # The first few errors of a minute: a new version may get few requests before it gets all.
    for name in silent:
        assert (alarms[name]["Period"], alarms[name]["EvaluationPeriods"]) == (60, 1), name
        assert alarms[name]["Threshold"] <= 3, name
    for name, alarm in told.items():
        metrics.update(values(alarm, "MetricName"))
        assert next(values(alarm["AlarmActions"], "Fn::If"))[:2] == ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}]], name
    for metric in ("IteratorAge", "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"):
        assert metric in metrics, f"no alarm for {metric}"
    functions = sorted(it["FunctionName"]["Fn::Sub"] for it in template.of("Lambda::Function").values())
    for name, metric in (("FunctionErrors", "Errors"), ("FunctionThrottles", "Throttles")):
        watched = []
        for alarm in (name, f"Other{name}"):
            of_alarm = [it["MetricStat"]["Metric"] for it in alarms[alarm]["Metrics"] if "MetricStat" in it]
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
            assert len(of_alarm) <= 10, f"{alarm}: an alarm takes ten metrics"
            watched += of_alarm
        assert {it["MetricName"] for it in watched} == {metric}, name
        watched = sorted(dimension["Value"]["Fn::Sub"] for it in watched for dimension in it["Dimensions"])
        assert watched == functions, f"{name} watches {watched}"
    # Queues by themselves, as text.
    watched = json.dumps(list(alarms.values()))
    for name in template.of("SQS::Queue"):
        assert f'["{name}", "QueueName"]' in watched, f"no alarm watches {name}"
    # What API Gateway itself counts: of the stage, and of the route of texts.
    method, path = TEXTS.split()
    stage = {"ApiId": {"Ref": "Api"}, "Stage": "$default"}
    texts = stage | {"Method": method, "Resource": path}
    def watched_by(alarms):
        return [(alarm["MetricName"], {it["Name"]: it["Value"] for it in alarm["Dimensions"]})
                for alarm in alarms if alarm.get("Namespace") == "AWS/ApiGateway"]

    for expected in (("5xx", stage), ("5xx", texts), ("4xx", texts)):
        assert expected in watched_by(told.values()), f"no alarm for {expected}"
    assert watched_by([alarms["DeploymentApiErrors"]]) == [("5xx", stage)]
    return (f"{len(told)} alarms to the alarms' topic: {', '.join(sorted(metrics))}; "
            f"for deployments alone: {', '.join(sorted(silent))}")


def main(translated, openapi):
    template = Template(translated)
    contract = yaml.safe_load(Path(openapi).read_text())
    for line in (check_table(template), check_api(template, contract), check_functions(template), check_queues(template),
                 check_alarms(template)):
        print(line)


main(*sys.argv[1:])
