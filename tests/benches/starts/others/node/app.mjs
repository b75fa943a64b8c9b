// The check box and the report in Node: the same table, the same requests of it, the same answers.
//
// Left out, in Node's favour: consent texts, holds, preconditions (If-Match), sealed cursors and every check of input that
// these events pass anyway.

import { createHash } from "node:crypto";
import { BatchGetItemCommand, DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";

const TABLE = process.env.TABLE_NAME;
const database = new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 } });

export async function handler(event) {
  const { method } = event.requestContext.http;
  const { claims } = event.requestContext.authorizer.jwt;
  const path = event.rawPath.split("/").slice(1);
  if (method === "PUT" && path.length === 6 && path[5] === "consent" && allows(claims, "consent:write", path[2])) {
    return await toggle(path[2], path[4], JSON.parse(event.body).consented, claims.sub);
  }
  if (method === "GET" && path.length === 4 && path[3] === "consent-report" && allows(claims, "consent:read", path[2])) {
    return await report(path[2], 50);
  }
  return answer(403, { code: "forbidden" });
}

function allows(claims, scope, facility) {
  const facilities = claims.facilities.split(" ");
  return claims.scope.split(" ").includes(scope) && (facilities.includes("*") || facilities.includes(facility));
}

async function toggle(facilityId, tenantId, consented, who) {
  const keys = [key(`FACILITY#${facilityId}`, "FACILITY"), key(`FACILITY#${facilityId}`, `TENANT#${tenantId}`)];
  const read = await database.send(
    new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: keys, ConsistentRead: true } } }),
  );
  const items = new Map(read.Responses[TABLE].map((item) => [item.SK.S, item]));
  const [facility, tenant] = [items.get("FACILITY"), items.get(`TENANT#${tenantId}`)];
  if (tenant.status.S === "opted_out") return answer(409, { code: "start_reply_required" });
  const status = consented ? "provided" : "not_provided";
  if (status !== tenant.status.S) await change(facilityId, tenantId, tenant, status, who);
  return answer(200, {
    facility_id: facilityId,
    tenant_id: tenantId,
    status,
    consented,
    source: tenant.source.S ?? null,
    changed_at: tenant.changed_at.S ?? null,
    two_way_texting: facility.two_way_texting.BOOL,
    disclosure: facility.disclosure.S ?? null,
    cell_phone: tenant.cell_phone.S ?? null,
  });
}

async function change(facilityId, tenantId, tenant, status, who) {
  const now = new Date().toISOString();
  const [chain, version, before] = [tenant.chain.M, tenant.version.N, tenant.status.S];
  const sequence = Number(chain.sequence.N) + 1;
  const record = {
    actor: { S: who },
    at: { S: now },
    cell_phone: tenant.cell_phone,
    facility_id: { S: facilityId },
    from: { S: before },
    previous: chain.hash,
    sequence: { N: String(sequence) },
    source: { S: "profile" },
    tenant_id: { S: tenantId },
    to: { S: status },
  };
  const hash = createHash("sha256").update(JSON.stringify(record)).digest("hex");
  const sort = `RECORD#${String(sequence).padStart(12, "0")}`;
  Object.assign(record, key(`TENANT#${facilityId}#${tenantId}`, sort), { hash: { S: hash } });
  Object.assign(tenant, {
    status: { S: status },
    source: { S: "profile" },
    changed_at: { S: now },
    consent: status === "provided" ? { M: { provided: { S: "profile" } } } : { S: "not_provided" },
    chain: { M: { sequence: { N: String(sequence) }, hash: { S: hash }, at: { S: now } } },
    version: { N: String(Number(version) + 1) },
  });
  const shard = String(createHash("sha256").update(tenantId).digest()[0] % 16).padStart(2, "0");
  const TransactItems = [
    {
      Put: {
        TableName: TABLE,
        Item: tenant,
        ConditionExpression: "#version = :version",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":version": { N: version } },
      },
    },
    { Put: { TableName: TABLE, Item: record, ConditionExpression: "attribute_not_exists(PK)" } },
    {
      Update: {
        TableName: TABLE,
        Key: key(`FACILITY#${facilityId}`, `FACILITY#TOTALS#${shard}`),
        UpdateExpression: `ADD ${before} :less, ${status} :more`,
        ExpressionAttributeValues: { ":less": { N: "-1" }, ":more": { N: "1" } },
      },
    },
  ];
  await database.send(new TransactWriteItemsCommand({ TransactItems }));
}

async function report(facilityId, limit) {
  const partition = { S: `FACILITY#${facilityId}` };
  const [totals, page] = await Promise.all([
    database.send(
      new QueryCommand({
        TableName: TABLE,
        ConsistentRead: true,
        KeyConditionExpression: "#pk = :pk AND begins_with(#sk, :facility)",
        ExpressionAttributeNames: { "#pk": "PK", "#sk": "SK" },
        ExpressionAttributeValues: { ":pk": partition, ":facility": { S: "FACILITY" } },
      }),
    ),
    database.send(
      new QueryCommand({
        TableName: TABLE,
        IndexName: "report",
        Limit: limit + 1,
        KeyConditionExpression: "#facility = :facility AND #name > :after",
        ExpressionAttributeNames: { "#facility": "PK", "#name": "report_name" },
        ExpressionAttributeValues: { ":facility": partition, ":after": { S: "\u0001" } },
      }),
    ),
  ]);
  const items = page.Items.slice(0, limit);
  const isMore = page.Items.length > limit;
  const shards = totals.Items.filter((shard) => shard.SK.S !== "FACILITY");
  const sum = (status) => shards.reduce((all, shard) => all + Number(shard[status]?.N ?? 0), 0);
  return answer(200, {
    rows: items.map(row),
    next: isMore ? Buffer.from(items.at(-1).report_name.S).toString("base64url") : null,
    totals: { provided: sum("provided"), not_provided: sum("not_provided"), opted_out: sum("opted_out") },
  });
}

function row(item) {
  return {
    tenant_id: item.SK.S.replace("TENANT#", ""),
    name: item.name.S,
    cell_phone: item.cell_phone.S ?? null,
    units: item.units.L.map((unit) => unit.S),
    provided_consent: item.status.S === "provided" ? "Yes" : "No",
    status: item.status.S,
    source: item.source.S ?? null,
    changed_at: item.changed_at.S ?? null,
    on_hold: item.on_hold?.BOOL ?? false,
  };
}

function key(partition, sort) {
  return { PK: { S: partition }, SK: { S: sort } };
}

function answer(statusCode, body) {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha256").update(text).digest("hex").slice(0, 32)}"`;
  return { statusCode, headers: { "content-type": "application/json", etag }, body: text, isBase64Encoded: false };
}
