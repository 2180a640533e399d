"""Tables: which refusal a failed write becomes, and what stays an error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber
from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PutError, TransactWriteError, UpdateError

from chalicelib import tables
from chalicelib.errors import Conflict, Unavailable
from chalicelib.tables import Overtaken, Row, one_transaction, table_name, unless_overtaken

pytestmark = pytest.mark.usefixtures("platform_table")


class CarRow(Row):
    class Meta:
        table_name = table_name("platform")

    wheels = NumberAttribute(default=4)


class BikeRow(Row):
    class Meta:
        table_name = table_name("platform")


class Sold(Conflict):
    code = "sold"
    text = "已售出"


@pytest.fixture
def dynamodb() -> Iterator[Stubber]:
    """DynamoDB, told what to answer."""
    with Stubber(tables.connection().client) as stubber:
        yield stubber


def park(key: str = "car#1") -> None:
    CarRow(key, "car").save(CarRow.pk.does_not_exist())


def test_a_write_whose_condition_holds_is_done() -> None:
    with unless_overtaken():
        park()
    assert CarRow.get("car#1", "car").wheels == 4


def test_a_failed_condition_is_an_overtaken_write() -> None:
    park()
    with pytest.raises(Overtaken), unless_overtaken():
        park()


def test_a_failed_condition_gets_the_name_that_it_was_given() -> None:
    park()
    with pytest.raises(Sold), unless_overtaken(Sold()):
        park()


def test_a_write_that_meets_a_transaction_may_be_tried_again(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("update_item", "TransactionConflictException")
    with pytest.raises(Unavailable), unless_overtaken():
        CarRow("car#1", "car").update([CarRow.wheels.add(1)])


def test_any_other_error_of_a_write_is_none_of_ours(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("put_item", "ValidationException")
    with pytest.raises(PutError), unless_overtaken():
        park()


def test_the_error_of_a_read_passes() -> None:
    with pytest.raises(CarRow.DoesNotExist), unless_overtaken():
        CarRow.get("car#9", "car")


def test_a_transaction_writes_all() -> None:
    with one_transaction() as write:
        write.save(CarRow("car#1", "car"))
        write.save(CarRow("car#2", "car"))
    assert [CarRow.get(f"car#{n}", "car").wheels for n in (1, 2)] == [4, 4]


def test_a_transaction_whose_condition_fails_writes_nothing() -> None:
    park("car#2")

    def park_both() -> None:
        with one_transaction() as write:
            write.save(CarRow("car#1", "car"))
            write.save(CarRow("car#2", "car"), condition=CarRow.pk.does_not_exist())

    with pytest.raises(Overtaken):
        park_both()
    with pytest.raises(CarRow.DoesNotExist):
        CarRow.get("car#1", "car")


def test_a_failed_transaction_gets_the_name_that_it_was_given() -> None:
    with pytest.raises(Sold), one_transaction(Sold()) as write:
        write.delete(CarRow("car#1", "car"), condition=CarRow.pk.exists())


def cancelled(dynamodb: Stubber, *codes: str) -> None:
    reasons: list[dict[str, Any]] = [{"Code": code} for code in codes]
    dynamodb.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields={"CancellationReasons": reasons},
    )


@pytest.mark.parametrize(
    ("codes", "raised"),
    [
        (("None", "TransactionConflict"), Unavailable),
        (("ConditionalCheckFailed", "TransactionConflict"), Overtaken),
        (("None", "ValidationError"), TransactWriteError),
    ],
)
def test_why_a_transaction_was_cancelled_decides_what_it_becomes(
    dynamodb: Stubber, codes: tuple[str, ...], raised: type[Exception]
) -> None:
    cancelled(dynamodb, *codes)
    with pytest.raises(raised), one_transaction() as write:
        write.save(CarRow("car#1", "car"))


def test_an_exception_inside_a_transaction_writes_nothing() -> None:

    def park_and_sell() -> None:
        with one_transaction() as write:
            write.save(CarRow("car#1", "car"))
            raise Sold

    with pytest.raises(Sold):
        park_and_sell()
    with pytest.raises(CarRow.DoesNotExist):
        CarRow.get("car#1", "car")


def test_rows_of_all_kinds_share_one_client() -> None:
    CarRow("car#1", "car").save()
    BikeRow("bike#1", "bike").save()
    clients = {row._get_connection().connection.client for row in (CarRow, BikeRow)}
    assert clients == {tables.connection().client}


def test_a_tables_name_begins_with_the_stack() -> None:
    assert table_name("forum") == "member-community-dev-forum"


def test_a_row_dies_in_whole_seconds() -> None:
    now = datetime(2026, 11, 22, 4, 0, 0, 999_999, tzinfo=UTC)
    assert tables.dies_at(now, timedelta(hours=1)) == 1795323600


def test_an_update_on_a_failed_condition_is_told_apart_from_a_bug(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("update_item", "ProvisionedThroughputExceededException")
    with pytest.raises(UpdateError), unless_overtaken():
        CarRow("car#1", "car").update([CarRow.wheels.add(1)])
