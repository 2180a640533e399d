"""The capacity meter, against engines where they are right: the emulator on writes, dynalite on reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from bench import big_store
from bench.meter import Meter, Sum
from local import ports
from local.emulator import Emulator

TABLE = "forum"
MINE = {"pk": {"S": "mine"}, "sk": {"S": "1"}}
THEIRS = {"pk": {"S": "theirs"}, "sk": {"S": "1"}}
LISTED = {"gsi1pk": {"S": "list"}, "gsi1sk": {"S": "1"}}
MOVED = {"gsi1pk": {"S": "list"}, "gsi1sk": {"S": "2"}}
IS_NEW = "attribute_not_exists(pk)"

Call = Callable[[Any], dict[str, Any]]


def text(chars: int) -> dict[str, dict[str, str]]:
    return {"text": {"S": "x" * chars}}


def calling(operation: str, **asked: Any) -> Call:
    return lambda client: getattr(client, operation)(ReturnConsumedCapacity="INDEXES", **asked)


def put(item: dict[str, Any], **more: Any) -> Call:
    return calling("put_item", TableName=TABLE, Item=item, **more)


def update(expression: str, **values: str) -> Call:
    said = {f":{name}": {"S": value} for name, value in values.items()}
    more = {"ExpressionAttributeValues": said} if said else {}
    return calling("update_item", TableName=TABLE, Key=MINE, UpdateExpression=expression, **more)


def transact(*items: dict[str, Any]) -> Call:
    return calling("transact_write_items", TransactItems=list(items))


def about(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"TableName": TABLE, **item, **more}


WRITES: dict[str, tuple[Call, float]] = {
    "a new item": (put({**MINE, **text(100)}), 1),
    "a larger one in its place": (put({**MINE, **text(2100)}), 3),
    "a smaller one in its place": (put({**MINE, **text(100)}), 3),
    "one more text": (update("SET note = :note", note="n" * 1500), 2),
    "one text less": (update("REMOVE note"), 2),
    "into the index": (put({**MINE, **LISTED, **text(1200)}), 2 + 2),
    "in its place in the index": (update("SET note = :note", note="n"), 2 + 2),
    "to another place in the index": (update("SET gsi1sk = :place", place="2"), 2 + 4),
    "the same again": (update("SET gsi1sk = :place", place="2"), 2),
    "out of the index": (update("REMOVE gsi1pk, gsi1sk"), 2 + 2),
    "a transaction": (
        transact(
            {"Put": about({"Item": {**THEIRS, **LISTED, **text(100)}})},
            {
                "Update": about(
                    {"Key": MINE},
                    UpdateExpression="SET note = :note",
                    ExpressionAttributeValues={":note": {"S": "n" * 10}},
                )
            },
        ),
        2 + 1 + 4,
    ),
    "a transaction with a check": (
        transact(
            {"ConditionCheck": about({"Key": THEIRS}, ConditionExpression="attribute_exists(pk)")},
            {"Delete": about({"Key": MINE})},
        ),
        2 + 4,
    ),
    "a batch": (
        calling(
            "batch_write_item",
            RequestItems={
                TABLE: [
                    {"PutRequest": {"Item": {**MINE, **text(1100)}}},
                    {"DeleteRequest": {"Key": THEIRS}},
                ]
            },
        ),
        2 + 1 + 1,
    ),
    "nothing to delete": (calling("delete_item", TableName=TABLE, Key=THEIRS), 1),
    "a delete": (calling("delete_item", TableName=TABLE, Key=MINE), 2),
}


@pytest.fixture(scope="module")
def kept_emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), ports.free(), tied=True)
    emulator.start()
    yield client_with_table(emulator.url)
    emulator.keeper.stop()


@pytest.fixture
def emulated(kept_emulated: Any) -> Any:
    """The emulator with an empty table."""
    for key in (MINE, THEIRS):
        kept_emulated.delete_item(TableName=TABLE, Key=key)
    return kept_emulated


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A dynalite with a list of 30 items of a little over 1 KB."""
    big_store.install()
    with big_store.serving(tmp_path_factory.mktemp("dynalite") / "data") as url:
        client = client_with_table(url)
        for number in range(30):
            row = {"pk": {"S": "list"}, "sk": {"S": f"{number:02}"}, **text(1024)}
            client.put_item(TableName=TABLE, Item={**row, **LISTED} if number < 5 else row)
        yield client


def client_with_table(url: str) -> Any:
    client = boto3.client("dynamodb", endpoint_url=url)
    names = ("pk", "sk", *LISTED)
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=keys("pk", "sk"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "gsi1",
                "KeySchema": keys(*LISTED),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    client.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
    return client


def keys(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


def unwatched(client: Any) -> Any:
    return boto3.client("dynamodb", endpoint_url=client.meta.endpoint_url)


def said_by(answer: dict[str, Any]) -> float:
    """What the engine says that a call cost."""
    consumed = answer["ConsumedCapacity"]
    tables = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(table["CapacityUnits"] for table in tables))


def measured(client: Any, call: Call) -> tuple[Sum, float]:
    """What a call costs as the meter counts, and what the engine says."""
    answers: list[dict[str, Any]] = []
    with Meter(unwatched(client)).watching(client) as meter:
        cost = meter.cost(lambda: answers.append(call(client)))
    return cost, said_by(answers[0])


def test_writes_cost_what_the_emulator_says(emulated: Any) -> None:
    for what, (call, by_hand) in WRITES.items():
        assert measured(emulated, call) == (Sum(0, by_hand, 1), by_hand), what


@pytest.mark.parametrize(
    ("what", "call", "units"),
    [
        ("a put", put({**MINE, **text(2100)}, ConditionExpression=IS_NEW), 3),
        (
            "a transaction",
            transact(
                {"Put": about({"Item": {**MINE, **text(10)}}, ConditionExpression=IS_NEW)},
                {"Put": about({"Item": {**THEIRS, **LISTED}})},
            ),
            2 + 2,
        ),
    ],
)
def test_a_failed_condition_costs_too_but_no_index(
    emulated: Any, what: str, call: Call, units: float
) -> None:
    emulated.put_item(TableName=TABLE, Item=MINE)

    def fail() -> None:
        with pytest.raises(ClientError):
            call(emulated)

    with Meter(unwatched(emulated)).watching(emulated) as meter:
        assert meter.cost(fail).writes == units


def test_what_is_not_understood_costs_nothing(emulated: Any) -> None:
    def fail() -> None:
        with pytest.raises(ClientError, match="Validation"):
            update("SET note = :nobody_said_what")(emulated)

    with Meter(unwatched(emulated)).watching(emulated) as meter:
        assert meter.cost(fail) == Sum(0, 0, 0)


LIST = {
    "TableName": TABLE,
    "KeyConditionExpression": "#p = :p",
    "ExpressionAttributeNames": {"#p": "pk"},
    "ExpressionAttributeValues": {":p": {"S": "list"}},
}
ITEM = {"pk": {"S": "list"}, "sk": {"S": "01"}}
READS: dict[str, tuple[Call, float]] = {
    "an item": (calling("get_item", TableName=TABLE, Key=ITEM), 0.5),
    "an item, now": (calling("get_item", TableName=TABLE, Key=ITEM, ConsistentRead=True), 1),
    "an item that is not there": (calling("get_item", TableName=TABLE, Key=MINE), 0.5),
    "a part of an item": (
        calling("get_item", TableName=TABLE, Key=ITEM, ProjectionExpression="sk"),
        0.5,
    ),
    "a list": (calling("query", **LIST), 4),
    "a list, now": (calling("query", **LIST, ConsistentRead=True), 8),
    "a page": (calling("query", **LIST, Limit=20, ScanIndexForward=False), 3),
    "how many": (calling("query", **LIST, Select="COUNT"), 4),
    "some of a list": (
        calling(
            "query",
            TableName=TABLE,
            KeyConditionExpression="pk = :p",
            FilterExpression="#t = :none",
            ProjectionExpression="sk",
            ExpressionAttributeNames={"#t": "text"},
            ExpressionAttributeValues={":p": {"S": "list"}, ":none": {"S": "none"}},
        ),
        4,
    ),
    "a list in the index": (
        calling(
            "query",
            TableName=TABLE,
            IndexName="gsi1",
            KeyConditionExpression="gsi1pk = :p",
            ExpressionAttributeValues={":p": {"S": "list"}},
        ),
        1,
    ),
    "everything": (calling("scan", TableName=TABLE), 4),
    "a batch": (
        calling("batch_get_item", RequestItems={TABLE: {"Keys": [ITEM, MINE]}}),
        1,
    ),
}


def test_reads_cost_what_dynalite_says(stored: Any) -> None:
    for what, (call, by_hand) in READS.items():
        assert measured(stored, call) == (Sum(by_hand, 0, 1), by_hand), what


def test_to_find_nothing_costs_half_a_unit(emulated: Any) -> None:
    nothing = {**LIST, "ExpressionAttributeValues": {":p": {"S": "nobody"}}}
    # dynalite gives this away; DynamoDB does not.
    assert measured(emulated, calling("query", **nothing)) == (Sum(0.5, 0, 1), 0.5)


def test_use_is_told_by_operation_and_by_partition_and_second(emulated: Any) -> None:
    with Meter(unwatched(emulated), clock=lambda: 1000.9).watching(emulated) as meter:
        emulated.put_item(TableName=TABLE, Item={**MINE, **LISTED})
        emulated.query(**LIST)
    assert meter.by_operation() == {"PutItem": Sum(0, 2, 1), "Query": Sum(0.5, 0, 1)}
    assert meter.by_partition_and_second() == {
        (TABLE, "mine", 1000): Sum(0, 1, 1),
        (f"{TABLE}.gsi1", "list", 1000): Sum(0, 1, 1),
        (TABLE, "list", 1000): Sum(0.5, 0, 1),
    }
