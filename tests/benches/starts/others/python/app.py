"""The check box and the report in Python: the same table, the same requests of it, the same answers.

Left out, in Python's favour: consent texts, holds, preconditions (If-Match), sealed cursors and every check of input that
these events pass anyway.
"""

import base64
import hashlib
import json
import os
from datetime import datetime, timezone

import boto3
from botocore.config import Config

TABLE = os.environ["TABLE_NAME"]
DATABASE = boto3.client("dynamodb", config=Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}))
ROW = "tenant_id", "name", "cell_phone", "units", "provided_consent", "status", "source", "changed_at", "on_hold"


def handler(event, _context):
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    match event["requestContext"]["http"]["method"], event["rawPath"].split("/")[1:]:
        case "PUT", ["v1", "facilities", facility, "tenants", tenant, "consent"] if allows(claims, "consent:write", facility):
            return toggle(facility, tenant, json.loads(event["body"])["consented"], claims["sub"])
        case "GET", ["v1", "facilities", facility, "consent-report"] if allows(claims, "consent:read", facility):
            return report(facility, 50)
    return answer(403, {"code": "forbidden"})


def allows(claims, scope, facility):
    facilities = claims["facilities"].split()
    return scope in claims["scope"].split() and ("*" in facilities or facility in facilities)


def toggle(facility_id, tenant_id, consented, who):
    keys = [key(f"FACILITY#{facility_id}", "FACILITY"), key(f"FACILITY#{facility_id}", f"TENANT#{tenant_id}")]
    read = DATABASE.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
    items = {item["SK"]["S"]: item for item in read["Responses"][TABLE]}
    facility, tenant = items["FACILITY"], items[f"TENANT#{tenant_id}"]
    before = tenant["status"]["S"]
    if before == "opted_out":
        return answer(409, {"code": "start_reply_required"})
    status = "provided" if consented else "not_provided"
    if status != before:
        change(facility_id, tenant_id, tenant, status, who)
    view = {
        "facility_id": facility_id, "tenant_id": tenant_id, "status": status, "consented": consented,
        "source": tenant["source"].get("S"), "changed_at": tenant["changed_at"].get("S"),
        "two_way_texting": facility["two_way_texting"]["BOOL"], "disclosure": facility["disclosure"].get("S"),
        "cell_phone": tenant["cell_phone"].get("S"),
    }
    return answer(200, view)


def change(facility_id, tenant_id, tenant, status, who):
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    chain, version, before = tenant["chain"]["M"], tenant["version"]["N"], tenant["status"]["S"]
    sequence = int(chain["sequence"]["N"]) + 1
    record = {
        "facility_id": {"S": facility_id}, "tenant_id": {"S": tenant_id}, "sequence": {"N": str(sequence)},
        "at": {"S": now}, "actor": {"S": who}, "source": {"S": "profile"}, "from": {"S": before}, "to": {"S": status},
        "cell_phone": tenant["cell_phone"], "previous": chain["hash"],
    }
    digest = hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    record |= key(f"TENANT#{facility_id}#{tenant_id}", f"RECORD#{sequence:012}")
    record["hash"] = {"S": digest}
    tenant |= {
        "status": {"S": status}, "source": {"S": "profile"}, "changed_at": {"S": now},
        "consent": {"M": {"provided": {"S": "profile"}}} if status == "provided" else {"S": "not_provided"},
        "chain": {"M": {"sequence": {"N": str(sequence)}, "hash": {"S": digest}, "at": {"S": now}}},
        "version": {"N": str(int(version) + 1)},
    }
    shard = hashlib.sha256(tenant_id.encode()).digest()[0] % 16
    DATABASE.transact_write_items(TransactItems=[
        {"Put": {"TableName": TABLE, "Item": tenant, "ConditionExpression": "#version = :version",
                 "ExpressionAttributeNames": {"#version": "version"},
                 "ExpressionAttributeValues": {":version": {"N": version}}}},
        {"Put": {"TableName": TABLE, "Item": record, "ConditionExpression": "attribute_not_exists(PK)"}},
        {"Update": {"TableName": TABLE, "Key": key(f"FACILITY#{facility_id}", f"FACILITY#TOTALS#{shard:02}"),
                    "UpdateExpression": f"ADD {before} :less, {status} :more",
                    "ExpressionAttributeValues": {":less": {"N": "-1"}, ":more": {"N": "1"}}}},
    ])


def report(facility_id, limit):
    partition = {"S": f"FACILITY#{facility_id}"}
    totals = DATABASE.query(
        TableName=TABLE, ConsistentRead=True, KeyConditionExpression="#pk = :pk AND begins_with(#sk, :facility)",
        ExpressionAttributeNames={"#pk": "PK", "#sk": "SK"},
        ExpressionAttributeValues={":pk": partition, ":facility": {"S": "FACILITY"}})
    page = DATABASE.query(
        TableName=TABLE, IndexName="report", Limit=limit + 1, KeyConditionExpression="#facility = :facility AND #name > :after",
        ExpressionAttributeNames={"#facility": "PK", "#name": "report_name"},
        ExpressionAttributeValues={":facility": partition, ":after": {"S": "\x01"}})
    items = page["Items"][:limit]
    last = items[-1]["report_name"]["S"] if len(page["Items"]) > limit else None
    statuses = "provided", "not_provided", "opted_out"
    shards = [shard for shard in totals["Items"] if shard["SK"]["S"] != "FACILITY"]
    return answer(200, {
        "rows": [row(item) for item in items],
        "next": last and base64.urlsafe_b64encode(last.encode()).decode(),
        "totals": {status: sum(int(shard.get(status, {"N": "0"})["N"]) for shard in shards) for status in statuses},
    })


def row(item):
    status = item["status"]["S"]
    values = (
        item["SK"]["S"].removeprefix("TENANT#"), item["name"]["S"], item["cell_phone"].get("S"),
        [unit["S"] for unit in item["units"]["L"]], "Yes" if status == "provided" else "No", status,
        item["source"].get("S"), item["changed_at"].get("S"), item.get("on_hold", {}).get("BOOL", False))
    return dict(zip(ROW, values))


def key(partition, sort):
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def answer(status, body):
    text = json.dumps(body)
    headers = {"content-type": "application/json", "etag": f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'}
    return {"statusCode": status, "headers": headers, "body": text, "isBase64Encoded": False}
