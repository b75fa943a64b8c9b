"""Publishes records as events again, from the table. Needs boto3.

publish-events.py STACK             those of the time in which what is parked arrived
publish-events.py STACK FROM TO     those of a time, such as 2026-11-24T07:00:00Z 2026-11-24T08:00:00Z
"""

import json
import sys
from datetime import datetime, timedelta, timezone

import boto3

# A record has the time of its decision, which is before it arrives in the stream.
MARGIN = timedelta(minutes=5)


def arrived(batch, which):
    return datetime.fromisoformat(batch[f"approximateArrivalOf{which}Record"].replace("Z", "+00:00"))


def text(time):
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


stack, *between = sys.argv[1:]
queues, functions = boto3.client("sqs"), boto3.client("lambda")
outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
outputs = {it["OutputKey"]: it["OutputValue"] for it in outputs}
queue, parked = outputs["OutboxDeadLettersUrl"], []
if not between:
    while more := queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=900,
                                         WaitTimeSeconds=2).get("Messages"):
        parked += more
    batches = [json.loads(it["Body"])["DDBStreamBatchInfo"] for it in parked]
    if not batches:
        sys.exit("nothing is parked")
    between = [text(min(arrived(it, "First") for it in batches) - MARGIN),
               text(max(arrived(it, "Last") for it in batches) + MARGIN)]

pages = boto3.client("dynamodb").get_paginator("scan").paginate(
    TableName=outputs["TableName"],
    FilterExpression="begins_with(SK, :record) AND #at BETWEEN :begin AND :end",
    ExpressionAttributeNames={"#at": "at"},
    ExpressionAttributeValues={":record": {"S": "RECORD#"}, ":begin": {"S": between[0]}, ":end": {"S": between[1]}})
# Each tenant's in order.
items = sorted((it for page in pages for it in page["Items"]), key=lambda it: (it["PK"]["S"], it["SK"]["S"]))
changes = [{"SequenceNumber": str(number), "Keys": {"PK": it["PK"], "SK": it["SK"]}, "NewImage": it}
           for number, it in enumerate(items)]
for first in range(0, len(changes), 50):
    event = {"Records": [{"eventName": "INSERT", "dynamodb": it} for it in changes[first:first + 50]]}
    answer = functions.invoke(FunctionName=f"{stack}-outbox:live", Payload=json.dumps(event))
    result = json.load(answer["Payload"])
    if "FunctionError" in answer or result["batchItemFailures"]:
        sys.exit("not published, the log of outbox says why; run this again in 15 minutes")
for message in parked:
    queues.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
print(f"{len(changes)} records of {between[0]} to {between[1]} published")
