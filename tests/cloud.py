"""Moto's AWS, with the template's tables in it and limits of DynamoDB that moto lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3

TEMPLATE = Path(__file__).parent.parent / ".chalice" / "resources.json"
DISTRICTS = ("platform", "people", "forum")
KEY_BYTES_MAX = {"pk": 2_048, "sk": 1_024}


@cache
def aws(service: str) -> Any:
    """A client of moto's AWS; making one takes longer than most tests."""
    return boto3.client(service)


def make_tables() -> dict[str, dict[str, str]]:
    """The tables of the template, so that a key or an index that it lacks is missed here too.

    Shape: district → where its stream begins
    """
    from chalicelib.tables import table_name

    resources = json.loads(TEMPLATE.read_text())["Resources"]
    streams = {}
    for district in DISTRICTS:
        made = resources[f"{district.capitalize()}Table"]["Properties"]
        wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
        table = aws("dynamodb").create_table(
            TableName=table_name(district),
            StreamSpecification={"StreamEnabled": True, **made["StreamSpecification"]},
            **{name: made[name] for name in wanted if name in made},
        )["TableDescription"]
        arn = table["LatestStreamArn"]
        stream = aws("dynamodbstreams").describe_stream(StreamArn=arn)["StreamDescription"]
        streams[district] = {
            "StreamArn": arn,
            "ShardId": stream["Shards"][0]["ShardId"],
            "ShardIteratorType": "TRIM_HORIZON",
        }
    return streams


def unsealed(sealed: bytes, *, stack: str) -> bytes:
    """A KMS whose data keys lie open; `test_aws.py` asks moto's."""
    return sealed


@cache
def mind_keys() -> None:
    """Fail where a key is longer, or bounds are another way round, than DynamoDB takes; moto takes any."""
    from chalicelib import tables

    def check(params: Mapping[str, Any], **_: Any) -> None:
        asked = json.loads(params["body"])
        for keys in _keys_in(asked):
            for name, bytes_max in KEY_BYTES_MAX.items():
                told = keys.get(name, {}).get("S", "")
                assert len(told.encode()) <= bytes_max, f"{name} is too long"
        wanted = asked.get("KeyConditionExpression", "")
        values = asked.get("ExpressionAttributeValues", {})
        for lower, upper in re.findall(r"BETWEEN (:\w+) AND (:\w+)", wanted):
            assert values[lower]["S"] <= values[upper]["S"], "the bounds are the wrong way round"
        for place in re.findall(r":\w+", wanted):
            told = values[place].get("S", "")
            assert len(told.encode()) <= KEY_BYTES_MAX["pk"], "what is looked for is too long"

    tables.connection().client.meta.events.register("before-call.dynamodb", check)


def _keys_in(asked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The keys of everything that is read or written at once; batches are read only."""
    deeds = [each for item in asked.get("TransactItems", ()) for each in item.values()]
    yield from (deed.get("Key") or deed.get("Item") or {} for deed in (asked, *deeds))
    for table in asked.get("RequestItems", {}).values():
        yield from table.get("Keys", ()) if isinstance(table, dict) else ()
