"""Our DynamoDB client takes items as they come; nobody can tell from what it gives."""

from __future__ import annotations

from typing import Any

import boto3
from moto import mock_aws

from bench.stage import make_tables, table_of

ITEM: dict[str, Any] = {
    "pk": {"S": "p"},
    "sk": {"S": "s"},
    "text": {"S": "养车"},
    "number": {"N": "-1.5"},
    "truth": {"BOOL": False},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"M": {"k": {"N": "1"}}}]},
    "texts": {"SS": ["a", "b"]},
}


def test_an_item_reads_the_same_as_through_botocores_whole_model() -> None:
    from chalicelib.tables import connection

    with mock_aws():
        usual, ours = boto3.client("dynamodb"), connection().client
        make_tables(usual)
        where = {"TableName": table_of("forum")}
        usual.put_item(**where, Item=ITEM)
        key = {"Key": {"pk": ITEM["pk"], "sk": ITEM["sk"]}}
        asked = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": ITEM["pk"]},
        }
        changed = {
            "UpdateExpression": "SET more = :more",
            "ExpressionAttributeValues": {":more": {"N": "1"}},
            "ReturnValues": "ALL_NEW",
        }
        assert ours.get_item(**where, **key)["Item"] == ITEM
        assert ours.query(**where, **asked)["Items"] == usual.query(**where, **asked)["Items"]
        assert ours.update_item(**where, **key, **changed)["Attributes"]["list"] == ITEM["list"]
        with_batch = ours.batch_get_item(RequestItems={where["TableName"]: {"Keys": [key["Key"]]}})
        assert with_batch["Responses"][where["TableName"]][0]["texts"] == ITEM["texts"]
