"""What a call to DynamoDB touches, read from its parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.units import Item

Params = Mapping[str, Any]
Keys = tuple[str, ...]

_SINGLE_WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
_NAME_OR_VALUE = re.compile(r"[#:]\w+")
_EQUAL = re.compile(r"(#?\w+) = (:\w+)")
# A query is charged for what it looks at, not for what it gives.
_GIVES_LESS = ("FilterExpression", "ProjectionExpression", "Select", "ReturnConsumedCapacity")


@dataclass(frozen=True)
class Write:
    """One item that a call may change. `put` is all of it, where it is replaced as a whole."""

    table: str
    key: Item
    put: Item | None
    in_transaction: bool


@dataclass(frozen=True)
class Get:
    """One item that a call reads by its key."""

    table: str
    key: Item
    consistent: bool
    in_transaction: bool


def writes_of(operation: str, params: Params, keys_of: Callable[[str], Keys]) -> list[Write]:
    """The items that a call may change. `keys_of` tells the names of a table's key."""

    def write(kind: str, about: Params, table: str, *, in_transaction: bool = False) -> Write:
        put = about.get("Item")
        key = about["Key"] if put is None else {name: put[name] for name in keys_of(table)}
        return Write(table, key, put if kind == "Put" else None, in_transaction)

    if operation in _SINGLE_WRITES:
        return [write(_SINGLE_WRITES[operation], params, params["TableName"])]
    if operation == "TransactWriteItems":
        return [
            write(kind, about, about["TableName"], in_transaction=True)
            for each in params["TransactItems"]
            for kind, about in each.items()
        ]
    if operation == "BatchWriteItem":
        return [
            write(kind.removesuffix("Request"), about, table)
            for table, requests in params["RequestItems"].items()
            for request in requests
            for kind, about in request.items()
        ]
    return []


def gets_of(operation: str, params: Params) -> Iterator[Get]:
    """The items that a call reads by their keys."""
    if operation == "GetItem":
        consistent = bool(params.get("ConsistentRead"))
        yield Get(params["TableName"], params["Key"], consistent, in_transaction=False)
    elif operation == "TransactGetItems":
        for each in params["TransactItems"]:
            about = each["Get"]
            yield Get(about["TableName"], about["Key"], consistent=True, in_transaction=True)
    elif operation == "BatchGetItem":
        for table, about in params["RequestItems"].items():
            for key in about["Keys"]:
                consistent = bool(about.get("ConsistentRead"))
                yield Get(table, key, consistent, in_transaction=False)


def all_that_is_looked_at(params: Params) -> dict[str, Any]:
    """The parameters of a query or scan that gives every item it is charged for, in full."""
    whole = {name: value for name, value in params.items() if name not in _GIVES_LESS}
    used = set(_NAME_OR_VALUE.findall(whole.get("KeyConditionExpression", "")))
    for mapping in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        kept = {token: meant for token, meant in whole.pop(mapping, {}).items() if token in used}
        if kept:
            whole[mapping] = kept
    return whole


def partition_of_query(params: Params, hash_key: str) -> str:
    """The partition that a query reads."""
    names = params.get("ExpressionAttributeNames", {})
    for token, value in _EQUAL.findall(params.get("KeyConditionExpression", "")):
        if names.get(token, token) == hash_key:
            return text_of(params["ExpressionAttributeValues"][value])
    return "*"


def text_of(value: Mapping[str, Any]) -> str:
    """The value of a key, as a text."""
    return str(next(iter(value.values())))
