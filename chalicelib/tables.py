"""DynamoDB tables: one generic key shape for all rows, one client for all tables, named refusals.

Each district has a table `<stack>-<district>`; rows of many kinds share it under `pk` and `sk`. A row
that carries a fact (what last happened to it) keeps it in `fact`, written by the same put or update;
the table's stream takes it from there (see `relay`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import DeleteError, PutError, TableError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib import aws
from chalicelib.errors import Conflict, Refusal, Unavailable
from chalicelib.settings import settings

CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5
ATTEMPTS_MAX = 3
_ITEM_SHAPES = (
    "AttributeMap",
    "PutItemInputAttributeMap",
    "Key",
    "ExpressionAttributeValueMap",
    "TransactWriteItemList",
)
_CHECK_FAILED = "ConditionalCheckFailed"
_HELD_BY_ANOTHER = "TransactionConflict"

RawRow = dict[str, Any]
"""A row as DynamoDB writes it: each value under the letter of its type."""


class Overtaken(Conflict):
    """A condition of a write did not hold: somebody was first."""

    code = "overtaken"


class FirstIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    """The one index of every table; what it finds is told by the rows that fill it."""

    class Meta:
        index_name = "gsi1"
        projection = AllProjection()

    gsi1pk = UnicodeAttribute(hash_key=True)
    gsi1sk = UnicodeAttribute(range_key=True)


class Row(Model):
    """A row of any table. Subclasses say which table and add what they keep."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    gsi1pk = UnicodeAttribute(null=True)
    gsi1sk = UnicodeAttribute(null=True)
    gsi1 = FirstIndex()
    fact = UnicodeAttribute(null=True)
    was = UnicodeAttribute(null=True)
    """Where it came from, if it was another's: see `moves`."""
    ttl = NumberAttribute(null=True)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        # PynamoDB makes a client for each model class; ours share one: 15 clients would cost a
        # second at start.
        if cls._connection is None:
            own = super()._get_connection()
            shared = connection()
            try:
                shared.get_meta_table(own.table_name)
            except TableError:
                shared.add_meta_table(own.get_meta_table())
            own.connection = shared
        assert cls._connection is not None
        return cls._connection

    def serialize(self, null_check: bool = True) -> RawRow:
        # PynamoDB looks for maps, lists and versions in every attribute; ours are plain. A third of a save.
        row = {
            attribute.attr_name: {attribute.attr_type: attribute.serialize(value)}
            for name, attribute in self.get_attributes().items()
            if (value := self.attribute_values.get(name)) is not None
        }
        if null_check and not _needed(type(self)) <= row.keys():
            return super().serialize(null_check)  # which says what is missing
        return row

    @classmethod
    def raw_page(
        cls,
        pk: str,
        where: Condition | None = None,
        *,
        limit: int | None = None,
        newest_first: bool = False,
        consistent: bool = False,
    ) -> list[RawRow]:
        """Rows of a partition in one read, as DynamoDB writes them.

        For lists: with an object for each row, PynamoDB takes as long again as the read itself.
        """
        found = cls._get_connection().query(
            pk,
            where,
            limit=limit,
            scan_index_forward=not newest_first,
            consistent_read=consistent,
        )
        rows: list[RawRow] = found["Items"]
        return rows


@cache
def _needed(kind: type[Row]) -> frozenset[str]:
    return frozenset(each.attr_name for each in kind.get_attributes().values() if not each.null)


def table_name(district: str) -> str:
    return f"{settings().stack}-{district}"


class _Connection(Connection):
    """PynamoDB's connection, on the botocore session that all our clients share."""

    @property
    def session(self) -> Any:
        return aws.session()


@cache
def connection() -> Connection:
    """The one connection to DynamoDB of this process."""
    # Items are passed on as they come: to hold every value against the service's model takes botocore
    # as long as all the rest of a page of 20. Only binary values would need it, and we keep none.
    model = aws.session().get_component("data_loader").load_service_model("dynamodb", "service-2")
    for items in _ITEM_SHAPES:
        model["shapes"][items] = {"type": "structure", "members": {}, "document": True}
    # Which tables a call names, asked of it by JMESPath: that would choose an address by account, and
    # ours is by region.
    for operation in model["operations"].values():
        operation.pop("operationContextParams", None)
    return _Connection(
        connect_timeout_seconds=CONNECT_TIMEOUT_S,
        read_timeout_seconds=READ_TIMEOUT_S,
        max_retry_attempts=ATTEMPTS_MAX,
    )


@contextmanager
def one_transaction(refusal: Refusal | None = None) -> Iterator[TransactWrite]:
    """All writes or none.

    Refuses: `refusal` (or Overtaken) — a condition did not hold;
             Unavailable — another transaction holds one of the rows right now
    """
    try:
        with TransactWrite(connection=connection()) as write:
            yield write
    except TransactWriteError as error:
        codes = {reason.code for reason in error.cancellation_reasons if reason}
        if _CHECK_FAILED in codes:
            raise refusal or Overtaken() from error
        if _HELD_BY_ANOTHER in codes:
            raise Unavailable from error
        raise


@contextmanager
def unless_overtaken(refusal: Refusal | None = None) -> Iterator[None]:
    """Turn a failed condition of a single write into its named conflict.

    Refuses: `refusal` (or Overtaken) — the condition did not hold;
             Unavailable — a transaction holds the row right now
    """
    try:
        yield
    except (PutError, UpdateError, DeleteError) as error:
        if error.cause_response_code == f"{_CHECK_FAILED}Exception":
            raise refusal or Overtaken() from error
        if error.cause_response_code == f"{_HELD_BY_ANOTHER}Exception":
            raise Unavailable from error
        raise


def dies_at(now: datetime, after: timedelta) -> int:
    """The value of `ttl` for a row that nobody needs `after` from now."""
    return int((now + after).timestamp())
