"""Hands parked texts of AWS End User Messaging to sms-topic again: deliver-texts.py STACK. Needs boto3."""

import json
import sys

import boto3

stack = sys.argv[1]
queues, functions = boto3.client("sqs"), boto3.client("lambda")
outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
queue = next(it["OutputValue"] for it in outputs if it["OutputKey"] == "SmsTopicDeadLettersUrl")
while parked := queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=900,
                                       WaitTimeSeconds=2).get("Messages"):
    for message in parked:
        body = json.loads(message["Body"])
        # Lambda wraps the event; SNS parks the bare notification.
        event = body.get("requestPayload") or (body if "Records" in body else {"Records": [{"Sns": body}]})
        answer = functions.invoke(FunctionName=f"{stack}-sms-topic:live", Payload=json.dumps(event))
        if "FunctionError" in answer:
            print("fails again, and stays for 15 minutes out of sight:", message["MessageId"])
        else:
            queues.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
