"""The capacity meter: what every call to DynamoDB costs, told at the client seam whatever engine answers.

It hangs on the events of a botocore client. For reads it asks the engine, through a client of its own,
for the items that were looked at; for writes, for the items before and after. What an engine says about
capacity is not believed: none of them is right about everything. A transaction that fails is counted in
full, which is the most that it can cost; index writes cost a transaction what they cost anybody.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench import calls
from bench.calls import Get, Params, Write
from bench.units import Index, Item, index_write_units, read_units, size_of, write_units

PARTITION_READS_MAX = 3_000
PARTITION_WRITES_MAX = 1_000
"""What one partition can give in a second. Source: DynamoDB developer guide, partition key design."""

_TRANSACTION_FACTOR = 2
_CHARGED_FAILURES = ("ConditionalCheckFailedException", "TransactionCanceledException")


@dataclass(frozen=True)
class Use:
    """What one call used of one partition of a table or index (`place`) in the second `at`."""

    call: int
    operation: str
    place: str
    partition: str
    at: int
    reads: float = 0
    writes: float = 0


@dataclass(frozen=True)
class Sum:
    """What something cost: read units, write units, calls."""

    reads: float = 0
    writes: float = 0
    calls: int = 0

    @classmethod
    def of(cls, uses: Iterable[Use]) -> Sum:
        kept = list(uses)
        return cls(
            sum(use.reads for use in kept),
            sum(use.writes for use in kept),
            len({use.call for use in kept}),
        )

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.reads + other.reads, self.writes + other.writes, self.calls + other.calls)

    def __sub__(self, other: Sum) -> Sum:
        return Sum(self.reads - other.reads, self.writes - other.writes, self.calls - other.calls)


@dataclass(frozen=True)
class _Table:
    keys: tuple[str, ...]
    indexes: tuple[Index, ...]


@dataclass
class Meter:
    """Counts what the clients do that it watches. `shadow` is one of the same engine that it does not."""

    shadow: Any
    clock: Callable[[], float] = time.time
    on_change: Callable[[Item | None, Item | None], None] = lambda _old, _new: None
    """Told of every item that was written, before and after, as a table's stream tells it."""
    is_counting: bool = True
    """If not, it only tells of changes: while a stage is set up, what that costs is of no interest."""
    uses: list[Use] = field(default_factory=list)
    _tables: dict[str, _Table] = field(default_factory=dict)
    _calls: int = 0

    @contextmanager
    def watching(self, client: Any) -> Iterator[Meter]:
        """Count the calls of this client."""
        for event, hook in self._hooks.items():
            client.meta.events.register(event, hook)
        try:
            yield self
        finally:
            self.leave(client)

    def leave(self, client: Any) -> None:
        """Count this client's calls no longer."""
        for event, hook in self._hooks.items():
            client.meta.events.unregister(event, hook)

    @property
    def _hooks(self) -> dict[str, Callable[..., None]]:
        return {
            "before-parameter-build.dynamodb": self._before,
            "after-call.dynamodb": self._after,
        }

    def cost(self, do: Callable[[], object]) -> Sum:
        """What doing something costs."""
        start, was_counting = len(self.uses), self.is_counting
        self.is_counting = True
        try:
            do()
        finally:
            self.is_counting = was_counting
        return Sum.of(self.uses[start:])

    def by_operation(self) -> dict[str, Sum]:
        """What each kind of call has cost so far."""
        kinds = sorted({use.operation for use in self.uses})
        return {kind: Sum.of(u for u in self.uses if u.operation == kind) for kind in kinds}

    def by_partition_and_second(self) -> dict[tuple[str, str, int], Sum]:
        """What each partition has given in each second, by place, partition and second."""
        grouped: dict[tuple[str, str, int], list[Use]] = defaultdict(list)
        for use in self.uses:
            grouped[use.place, use.partition, use.at].append(use)
        return {where: Sum.of(uses) for where, uses in grouped.items()}

    def _before(
        self, *, params: dict[str, Any], model: Any, context: dict[str, Any], **_: object
    ) -> None:
        writes = calls.writes_of(model.name, params, self._keys)
        context["asked"] = dict(params)
        context["writes"] = [(write, self._image(write)) for write in writes]

    def _after(
        self, *, parsed: Mapping[str, Any], model: Any, context: dict[str, Any], **_: object
    ) -> None:
        failure = parsed.get("Error", {}).get("Code")
        if failure and failure not in _CHARGED_FAILURES:
            return
        self._calls += 1
        self._count_reads(model.name, context["asked"])
        for write, before in context["writes"]:
            if failure:
                self._count_failed(model.name, write, before)
            else:
                after = self._image(write)
                self._count_write(model.name, write, before, after)
                self.on_change(before, after)

    def _count_reads(self, operation: str, params: Params) -> None:
        if not self.is_counting:
            return
        for get in calls.gets_of(operation, params):
            self._count_get(operation, get)
        if operation in ("Query", "Scan"):
            self._count_query(operation, params)

    def _count_get(self, operation: str, get: Get) -> None:
        size = size_of(self._image(get) or {})
        factor = _TRANSACTION_FACTOR if get.in_transaction else 1
        units = read_units(size, consistent=get.consistent) * factor
        self._note(operation, get.table, self._partition(get), reads=units)

    def _count_query(self, operation: str, params: Params) -> None:
        ask = self.shadow.query if operation == "Query" else self.shadow.scan
        items = ask(**calls.all_that_is_looked_at(params))["Items"]
        consistent = bool(params.get("ConsistentRead"))
        units = read_units(sum(map(size_of, items)), consistent=consistent)
        table, index = params["TableName"], params.get("IndexName")
        partition = calls.partition_of_query(params, self._hash_key(table, index))
        self._note(operation, _place(table, index), partition, reads=units)

    def _count_failed(self, operation: str, write: Write, before: Item | None) -> None:
        units = write_units(before, write.put) * _factor(write)
        self._note(operation, write.table, self._partition(write), writes=units)

    def _count_write(
        self, operation: str, write: Write, before: Item | None, after: Item | None
    ) -> None:
        units = write_units(before, after) * _factor(write)
        self._note(operation, write.table, self._partition(write), writes=units)
        for index in self._table(write.table).indexes:
            if units := index_write_units(index, before, after):
                held = after if after and index.keys[0] in after else before
                assert held
                partition = calls.text_of(held[index.keys[0]])
                self._note(operation, _place(write.table, index.name), partition, writes=units)

    def _note(
        self, operation: str, place: str, partition: str, *, reads: float = 0, writes: float = 0
    ) -> None:
        if not self.is_counting:
            return
        at = int(self.clock())
        self.uses.append(Use(self._calls, operation, place, partition, at, reads, writes))

    def _image(self, what: Get | Write) -> Item | None:
        answer = self.shadow.get_item(TableName=what.table, Key=what.key, ConsistentRead=True)
        image: Item | None = answer.get("Item")
        return image

    def _partition(self, what: Get | Write) -> str:
        return calls.text_of(what.key[self._hash_key(what.table, None)])

    def _hash_key(self, table: str, index: str | None) -> str:
        known = self._table(table)
        keys = next((i.keys for i in known.indexes if i.name == index), known.keys)
        return keys[0]

    def _keys(self, table: str) -> tuple[str, ...]:
        return self._table(table).keys

    def _table(self, name: str) -> _Table:
        if name not in self._tables:
            told = self.shadow.describe_table(TableName=name)["Table"]
            indexes = told.get("GlobalSecondaryIndexes", [])
            assert all(i["Projection"]["ProjectionType"] == "ALL" for i in indexes)
            self._tables[name] = _Table(
                _names(told["KeySchema"]),
                tuple(Index(i["IndexName"], _names(i["KeySchema"])) for i in indexes),
            )
        return self._tables[name]


def _names(key_schema: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """The names of a key's attributes, the partition's first."""
    ordered = sorted(key_schema, key=lambda part: part["KeyType"])
    return tuple(part["AttributeName"] for part in ordered)


def _place(table: str, index: str | None) -> str:
    return f"{table}.{index}" if index else table


def _factor(write: Write) -> int:
    return _TRANSACTION_FACTOR if write.in_transaction else 1
