"""Hands parked texts of AWS End User Messaging to sms-topic again: deliver-texts.py STACK. Needs boto3."""

import json
import sys

import boto3

stack = sys.argv[1]
queues, functions = boto3.client("sqs"), boto3.client("lambda")
outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
queue = next(it["OutputValue"] for it in outputs if it["OutputKey"] == "SmsTopicDeadLettersUrl")


def event(message):
    """What sms-topic gets: the message as its queue would deliver it, or the event that Lambda parked whole."""
    try:
        return json.loads(message["Body"])["requestPayload"]
    except (ValueError, TypeError, KeyError):
        record = {"eventSource": "aws:sqs", "messageId": message["MessageId"], "body": message["Body"],
                  "attributes": message.get("Attributes", {})}
        return {"Records": [record]}


while parked := queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=900, WaitTimeSeconds=2,
                                       AttributeNames=["SentTimestamp"]).get("Messages"):
    for message in parked:
        answer = functions.invoke(FunctionName=f"{stack}-sms-topic:live", Payload=json.dumps(event(message)))
        response = json.load(answer["Payload"]) or {}
        if "FunctionError" in answer or response.get("batchItemFailures"):
            print("fails again, and stays for 15 minutes out of sight:", message["MessageId"])
        else:
            queues.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
