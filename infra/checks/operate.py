"""Runs the scripts of infra/operate against the emulated stack of create.py, and holds what they ask of functions."""

import io
import json
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import boto3
import yaml
from botocore.client import BaseClient

SCRIPTS = Path(__file__).parent.parent / "operate"


def run(script, stack, answer):
    """What the script has functions do, of which `answer` says how they take it: name and event, each."""
    invoked = []
    ask = BaseClient._make_api_call

    def ask_emulator(client, operation, parameters):
        if operation != "Invoke":
            return ask(client, operation, parameters)
        event = json.loads(parameters["Payload"])
        invoked.append((parameters["FunctionName"], event))
        returned, error = answer(event)
        answered = {"Payload": io.BytesIO(json.dumps(returned).encode())}
        return answered | ({"FunctionError": "Unhandled"} if error else {})

    with (patch.object(BaseClient, "_make_api_call", ask_emulator), patch.object(sys, "argv", [script, stack]),
          redirect_stdout(io.StringIO())):
        runpy.run_path(str(SCRIPTS / script), run_name="__main__")
    return invoked


def left(queue):
    """How many messages a queue has, those out of sight among them."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(map(int, attributes.values()))


def check_texts(stack, queue):
    """Texts that came from the queue or from SNS, one that is none, one that Lambda has parked whole, and those that fail
    again and so stay."""
    notification = json.dumps({"Type": "Notification", "Message": "{}"})
    by_lambda = {"Records": [{"Sns": {"Message": "{}"}}]}
    fails = {"Records": [{"Sns": {"Message": "fails"}}]}
    bodies = [notification, "no text", json.dumps({"requestContext": {}, "requestPayload": by_lambda}),
              json.dumps({"requestPayload": fails})]
    for body in bodies:
        boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=body)

    def answer(event):
        queued = [it for it in event["Records"] if it.get("eventSource") == "aws:sqs"]
        failed = [{"itemIdentifier": it["messageId"]} for it in queued if it["body"] == "no text"]
        return {"batchItemFailures": failed} if queued else None, event == fails

    invoked = run("deliver-texts.py", stack, answer)
    assert {name for name, _ in invoked} == {f"{stack}-sms-topic:live"}, invoked
    records = [record for _, event in invoked for record in event["Records"]]
    assert [record.get("body") for record in records] == [notification, "no text", None, None], records
    assert [event for _, event in invoked][2:] == [by_lambda, fails], invoked
    assert all(record["attributes"]["SentTimestamp"].isdigit() for record in records[:2]), records
    assert left(queue) == 2


def check_events(stack, queue, table):
    """A parked batch: the records of its time, each tenant's in order, and nothing else."""
    def put(partition, sort, at):
        item = {"PK": {"S": partition}, "SK": {"S": sort}, "at": {"S": at}}
        # The emulator would start the function, in Docker, with the stream's event.
        with patch("moto.awslambda.models.LambdaFunction.invoke"):
            boto3.client("dynamodb").put_item(TableName=table, Item=item)
        return item

    second = put("TENANT#f1#t1", "RECORD#0000000002", "2026-11-24T07:12:10.003Z")
    first = put("TENANT#f1#t1", "RECORD#0000000001", "2026-11-24T07:12:09.120Z")
    put("TENANT#f1#t1", "RECORD#0000000003", "2026-11-24T09:00:00.000Z")
    put("TENANT#f1#t1", "TEXT#1", "2026-11-24T07:12:09.120Z")
    batch = {f"approximateArrivalOf{which}Record": "2026-11-24T07:12:11Z" for which in ("First", "Last")}
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps({"DDBStreamBatchInfo": batch}))
    (function, event), = run("publish-events.py", stack, lambda _: ({"batchItemFailures": []}, False))
    assert function == f"{stack}-outbox:live", function
    assert {it["eventName"] for it in event["Records"]} == {"INSERT"}
    changes = [it["dynamodb"] for it in event["Records"]]
    assert [it["NewImage"] for it in changes] == [first, second], changes
    assert all(it["Keys"] == {key: it["NewImage"][key] for key in ("PK", "SK")} for it in changes), changes
    assert left(queue) == 0


def attribute(value):
    """What JSON has, as DynamoDB has it."""
    if isinstance(value, dict):
        return {"M": {name: attribute(member) for name, member in value.items()}}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def verify(*arguments):
    """The exit status of verify-chains.py, and what it prints."""
    printed = io.StringIO()
    try:
        with patch.object(sys, "argv", ["verify-chains.py", *arguments]), redirect_stdout(printed), \
                redirect_stderr(printed):
            runpy.run_path(str(SCRIPTS / "verify-chains.py"), run_name="__main__")
    except SystemExit as end:
        return end.code, printed.getvalue()


def check_chains(stack, table):
    """A chain of two, the records that the interface's description has for examples: whole, altered, and cut off."""
    document = yaml.safe_load((SCRIPTS.parent / "openapi.yaml").read_text())
    history = document["paths"]["/v1/facilities/{facility_id}/tenants/{tenant_id}/consent/history"]["get"]
    page = history["responses"]["200"]["content"]["application/json"]["example"]
    records = [page["records"][0], document["components"]["schemas"]["Record"]["example"]]

    def put(partition, sort, members):
        item = {"PK": {"S": partition}, "SK": {"S": sort}, **attribute(members)["M"]}
        with patch("moto.awslambda.models.LambdaFunction.invoke"):
            boto3.client("dynamodb").put_item(TableName=table, Item=item)

    def put_record(record):
        put("TENANT#demo#t-foster", f"RECORD#{record['sequence']:010}", record | {"schema": 1, "version": 1})

    def put_end(record):
        put("FACILITY#demo", "TENANT#t-foster", {"chain": {name: record[name] for name in ("sequence", "hash", "at")}})

    for record in records:
        put_record(record)
    put_end(records[1])
    with TemporaryDirectory() as folder:
        heads = f"{folder}/heads.json"
        assert verify(stack, "--write-heads", heads) == (0, "chains: 1; do not hold: 0\n"), verify(stack)
        put_record(records[0] | {"actor": "somebody else"})
        assert verify(stack) == (1, "demo/t-foster/1: it does not match its hash\nchains: 1; do not hold: 1\n"), verify(stack)
        put_record(records[0])
        with patch("moto.awslambda.models.LambdaFunction.invoke"):
            boto3.client("dynamodb").delete_item(TableName=table, Key={
                "PK": {"S": "TENANT#demo#t-foster"}, "SK": {"S": "RECORD#0000000002"}})
        put_end(records[0])
        assert verify(stack)[0] == 0, verify(stack)
        status, printed = verify(stack, "--heads", heads)
        assert (status, printed.split(": ")[0]) == (1, "demo/t-foster/2"), printed
    assert verify("no-such-stack")[0] == 2


def check_evidence():
    """The step of `smoke` for evidence: where all is well, and where something is wrong with each answer."""
    loader = SourceFileLoader("smoke", str(SCRIPTS / "smoke"))
    smoke = module_from_spec(spec_from_loader("smoke", loader))
    with patch.object(sys, "dont_write_bytecode", True):
        loader.exec_module(smoke)
    head = {"sequence": 2, "hash": "0" * 64}
    signature = {"algorithm": "ES256", "key_id": "k1", "value": "A" * 86}

    def step(evidence=(200, {"head": head, "signature": signature}), keys=(200, {"keys": [{"kid": "k1"}]})):
        def send(_method, url, *_):
            path = url.partition("/v1/")[2] or url
            status, body = (keys if path.endswith("evidence-keys.json") else
                            evidence if path.endswith("/evidence") else (200, {"head": head}))
            return smoke.Answer(status, {}, json.dumps(body))

        printed = io.StringIO()
        with patch.object(smoke, "send", send), redirect_stdout(printed):
            walk = smoke.Walk("https://api", None, "token", "", "", "smoke-test")
            return smoke.run(smoke.Walk.evidence, walk), printed.getvalue()

    assert step() == (True, "ok       the evidence is signed, by a key that is listed\n"), step()
    away = (503, {"code": "unavailable"})
    for answers, words in (
            ({"evidence": away}, "its policy has to let the function sign"),
            ({"keys": away}, "those of EarlierEvidenceKeyIds have to be enabled"),
            ({"keys": (200, {"keys": [{"kid": "k2"}]})}, "its key is not among those of /.well-known"),
            ({"evidence": (200, {"head": head})}, "it has no signature"),
            ({"evidence": (200, {"head": None, "signature": signature})}, "its head is not the newest record")):
        well, printed = step(**answers)
        assert not well and words in printed, printed


def check(stack):
    outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    outputs = {it["OutputKey"]: it["OutputValue"] for it in outputs}
    check_texts(stack, outputs["SmsTopicDeadLettersUrl"])
    # Before there are the records of a batch, which are no chains.
    check_chains(stack, outputs["TableName"])
    check_events(stack, outputs["OutboxDeadLettersUrl"], outputs["TableName"])
    check_evidence()
    print("infra/operate: parked texts go to sms-topic, records of a parked batch to outbox, and leave their queues; "
          "verify-chains finds what was altered and what is missing; smoke says what is wrong with the signing of evidence")
