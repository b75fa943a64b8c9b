"""Runs the scripts of infra/operate against the emulated stack of create.py, and holds what they ask of functions."""

import io
import json
import runpy
import sys
from contextlib import redirect_stdout
from pathlib import Path
from unittest.mock import patch

import boto3
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


def check(stack):
    outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    outputs = {it["OutputKey"]: it["OutputValue"] for it in outputs}
    check_texts(stack, outputs["SmsTopicDeadLettersUrl"])
    check_events(stack, outputs["OutboxDeadLettersUrl"], outputs["TableName"])
    print("infra/operate: parked texts go to sms-topic, records of a parked batch to outbox, and leave their queues")
