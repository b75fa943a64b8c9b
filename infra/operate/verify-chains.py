"""Verifies the chain of records of every tenant, by nothing of the service's own code. Needs boto3.

verify-chains.py STACK              the table of a stack
verify-chains.py --table NAME       a table
verify-chains.py --export FOLDER    an export to S3 as DynamoDB JSON, copied to this machine
... --facility ID                   the chains of one facility of it

Compares each chain with the end that the tenant's item names and, with --heads FILE, with the heads of an earlier run: each
must still be in its chain. --write-heads FILE writes those of now; it may be the same file. A chain that does not hold
keeps its earlier head there.

Prints a line for each chain that does not hold: the id of the record at which it breaks, the newest where it breaks more
than once, and why. Ends with 0 where all hold, 1 where one does not, 2 where they could not be read.
"""

import argparse
import gzip
import hashlib
import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

RECORD = re.compile(r"RECORD#(\d{10})")
# Of the item and not of the record in it.
OWN = ("PK", "SK", "schema", "version")
ATTEMPTS = 10
# One encoder for all: making one takes longer than using it.
ENCODE = json.JSONEncoder(ensure_ascii=False).encode


class Unreadable(Exception):
    """Why the chains could not be read."""


def plain(attribute):
    """An attribute as JSON has it."""
    (kind, value), = attribute.items()
    if kind == "M":
        return {name: plain(member) for name, member in value.items()}
    if kind == "L":
        return [plain(item) for item in value]
    if kind == "NULL":
        return None
    if kind == "N" and re.fullmatch(r"-?\d+", value) and abs(int(value)) <= 2**53:
        return int(value)
    if kind in ("S", "BOOL"):
        return value
    raise ValueError("it holds what records do not")


def canonical(value):
    """RFC 8785, for what `plain` gives: names in the order of UTF-16, no blanks, strings escaped as JSON.stringify does."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return ENCODE(value)


class Chain:
    """What is stored of a tenant's records, in any order."""

    def __init__(self):
        self.end = None
        self.records = {}
        self.strays = 0

    def add(self, facility, tenant, item):
        """Adds an item. Keeps its hashes, and what is wrong with it by itself."""
        key = RECORD.fullmatch(item["SK"]["S"])
        if not key or int(key[1]) == 0:
            self.strays += 1
            return
        sequence = int(key[1])
        try:
            record = {name: plain(value) for name, value in item.items() if name not in OWN}
            stored, previous = record.pop("hash", None), record.get("previous_hash")
            computed = hashlib.sha256(canonical(record).encode()).hexdigest()
        except ValueError:
            self.records[sequence] = (None, None, "it holds what records do not")
            return
        wrong = None
        if record.get("sequence") != sequence or record.get("record_id") != f"{facility}/{tenant}/{sequence}":
            wrong = "another record is in its place"
        elif stored != computed:
            wrong = "it does not match its hash"
        elif (previous is None) != (sequence == 1):
            wrong = "it does not follow a record" if sequence > 1 else "it is not the first record"
        self.records[sequence] = (computed, previous, wrong)

    def wrong(self, heads):
        """The newest sequence at which it does not hold, and why. None: it holds. `heads` are the hashes, by sequence, that
        have to be in it."""
        last = max(self.records, default=0)
        if self.strays:
            return last, "there is an item among the records that is no record"
        if self.end is None:
            return max([last, *heads]), "the tenant's item, which names the end of the chain, is missing"
        sequence, expected = self.end
        if sequence < last:
            return last, "it is behind the end of the chain that the tenant's item names"
        newest = max([sequence, *heads])
        for sequence in range(newest, 0, -1):
            if sequence > self.end[0]:
                return sequence, "it is missing: an earlier list of heads has it"
            if sequence not in self.records:
                return sequence, "it is missing"
            computed, previous, wrong = self.records[sequence]
            if wrong:
                return sequence, wrong
            if computed != expected:
                return sequence, "it is not the record that " + (
                    "the tenant's item names" if sequence == self.end[0] else "the one after it names")
            if heads.get(sequence, computed) != computed:
                return sequence, "it is not the record that an earlier list of heads has"
            expected = previous
        return None


class Table:
    """A table, read as it is now."""

    def __init__(self, name):
        import boto3
        self.name, self.client = name, boto3.client("dynamodb")

    def items(self):
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name, FilterExpression="begins_with(SK, :record) OR begins_with(SK, :tenant)",
            ExpressionAttributeValues={":record": {"S": "RECORD#"}, ":tenant": {"S": "TENANT#"}})
        return (item for page in pages for item in page["Items"])

    def end(self, facility, tenant):
        key = {"PK": {"S": f"FACILITY#{facility}"}, "SK": {"S": f"TENANT#{tenant}"}}
        return end_of(self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item", {}))

    def again(self, facility, tenant):
        """A chain by itself. A scan takes its time, in which records are written."""
        for _ in range(ATTEMPTS):
            chain = Chain()
            chain.end = self.end(facility, tenant)
            pages = self.client.get_paginator("query").paginate(
                TableName=self.name, ConsistentRead=True, KeyConditionExpression="PK = :pk AND begins_with(SK, :record)",
                ExpressionAttributeValues={":pk": {"S": f"TENANT#{facility}#{tenant}"}, ":record": {"S": "RECORD#"}})
            for page in pages:
                for item in page["Items"]:
                    chain.add(facility, tenant, item)
            if chain.end == self.end(facility, tenant):
                return chain
        raise Unreadable("a chain changes faster than it is read")


class Export:
    """The files of an export: the table as it was in one moment."""

    def __init__(self, folder):
        self.files = sorted(Path(folder).rglob("*.json.gz"))
        if not self.files:
            raise Unreadable("there is no .json.gz in this folder")

    def items(self):
        for file in self.files:
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                for line in lines:
                    if item := json.loads(line).get("Item"):
                        yield item

    again = None


def end_of(item):
    """Sequence and hash of the last record, as a tenant's item names them."""
    try:
        chain = plain(item["chain"])
        return chain["sequence"], chain.get("hash")
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def chains_in(source, only):
    """Every chain, by facility and tenant; of one facility, where `only` names it."""
    chains = defaultdict(Chain)
    for item in source.items():
        partition, key = item["PK"].get("S", ""), item["SK"].get("S", "")
        kind, _, ids = partition.partition("#")
        # Ids have no `#`.
        if kind == "TENANT" and key.startswith("RECORD#"):
            facility, _, tenant = ids.partition("#")
            if only not in (None, facility):
                continue
            chains[facility, tenant].add(facility, tenant, item)
        elif kind == "FACILITY" and key.startswith("TENANT#") and only in (None, ids):
            chains[ids, key.removeprefix("TENANT#")].end = end_of(item)
    return chains


def read_heads(path):
    """The heads of an earlier run, by facility and tenant."""
    heads = {}
    for chain, head in json.loads(Path(path).read_text()).items():
        facility, tenant = chain.split("/")
        heads[facility, tenant] = int(head["sequence"]), str(head["hash"])
    return heads


def write_heads(path, heads):
    """Whole or not at all."""
    named = {f"{facility}/{tenant}": {"sequence": sequence, "hash": hash_of_it}
             for (facility, tenant), (sequence, hash_of_it) in sorted(heads.items())}
    unfinished = Path(f"{path}.unfinished")
    unfinished.write_text(json.dumps(named, indent=0) + "\n")
    os.replace(unfinished, path)


def table_of(stack):
    import boto3
    outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return next(it["OutputValue"] for it in outputs if it["OutputKey"] == "TableName")


def verify(source, earlier, only=None):
    """The heads of now, and how many chains there are and how many of them do not hold, which are printed. `only`: of one
    facility. The heads of others stay as they were."""
    chains = chains_in(source, only)
    others = {chain: head for chain, head in earlier.items() if only not in (None, chain[0])}
    earlier = {chain: head for chain, head in earlier.items() if chain not in others}
    for chain in earlier:
        # One that is gone altogether.
        chains[chain]
    heads, broken = others, 0
    for (facility, tenant), chain in sorted(chains.items()):
        head = earlier.get((facility, tenant))
        known = dict([head] if head else [])
        wrong = chain.wrong(known)
        if wrong and source.again:
            chain = source.again(facility, tenant)
            wrong = chain.wrong(known)
        if wrong:
            broken += 1
            sequence, reason = wrong
            print(f"{facility}/{tenant}/{sequence}: {reason}")
        elif chain.end[0]:
            head = chain.end
        if head:
            heads[facility, tenant] = head
    return heads, len(chains), broken


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of = arguments.add_mutually_exclusive_group(required=True)
    of.add_argument("stack", nargs="?")
    of.add_argument("--table", metavar="NAME")
    of.add_argument("--export", metavar="FOLDER")
    arguments.add_argument("--facility", metavar="ID")
    arguments.add_argument("--heads", metavar="FILE")
    arguments.add_argument("--write-heads", metavar="FILE")
    asked = arguments.parse_args()
    try:
        earlier = read_heads(asked.heads) if asked.heads else {}
        source = Export(asked.export) if asked.export else Table(asked.table or table_of(asked.stack))
        heads, chains, broken = verify(source, earlier, asked.facility)
        if asked.write_heads:
            write_heads(asked.write_heads, heads)
    except Exception as error:
        # Of what is stored nothing is quoted.
        reason = error if isinstance(error, (Unreadable, ImportError, OSError)) else type(error).__name__
        response = getattr(error, "response", {}).get("Error", {})
        print("the chains could not be verified:", response.get("Message") or reason, file=sys.stderr)
        return 2
    compared = f"; earlier heads compared: {len(earlier)}" if asked.heads else ""
    print(f"chains: {chains}; do not hold: {broken}{compared}")
    return 1 if broken else 0


sys.exit(main())
