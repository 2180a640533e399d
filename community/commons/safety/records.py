"""Rows of pictures that WeChat was asked about, in the platform table.

| pattern                          | key condition                                | units |
|----------------------------------|----------------------------------------------|-------|
| it was asked; it answered        | update `trace#<trace>`, if alone              | 1 WCU |
| what it is about, or what it     | get `trace#<trace>`, consistent; update with  | 1 RCU + 1 WCU |
|   said, is there already         |   the fact, if that is not there              |       |
| it could not be asked            | put `trace#<media>.<attempt>`                 | 1 WCU |

An answer may come before we know what it is about: whichever comes second completes the row.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.tables import Overtaken, Row, dies_at, table_name, unless_overtaken
from community.facts import Judgement, PictureJudged, written

KEPT = timedelta(days=7)


class TraceRow(Row):
    """`judgement` stands alone while nobody knows what it is about."""

    class Meta:
        table_name = table_name("platform")

    media_id = UnicodeAttribute(null=True)
    attempt = NumberAttribute(null=True)
    judgement = UnicodeAttribute(null=True)


def note_asked(trace_id: str, media_id: str, *, attempt: int, now: datetime) -> None:
    told: list[Action] = [TraceRow.media_id.set(media_id), TraceRow.attempt.set(attempt)]
    if _is_first(trace_id, told, now):
        return
    row = _get(trace_id)
    if row.media_id is None:
        assert row.judgement
        fact = _fact(trace_id, media_id, attempt, Judgement(row.judgement), now)
        _complete(trace_id, [*told, TraceRow.fact.set(written(fact))])


def note_answered(trace_id: str, judgement: Judgement, *, now: datetime) -> None:
    told: list[Action] = [TraceRow.judgement.set(judgement.value)]
    if _is_first(trace_id, told, now):
        return
    row = _get(trace_id)
    if row.judgement is None:
        assert row.media_id
        fact = _fact(trace_id, row.media_id, int(row.attempt or 0), judgement, now)
        _complete(trace_id, [*told, TraceRow.fact.set(written(fact))])


def note_not_asked(media_id: str, *, attempt: int, now: datetime) -> None:
    """WeChat would not look at it: as if it had said that it does not know."""
    trace_id = f"{media_id}.{attempt}"
    fact = _fact(trace_id, media_id, attempt, Judgement.REVIEW, now)
    TraceRow(
        _key(trace_id),
        "trace",
        media_id=media_id,
        attempt=attempt,
        judgement=fact.judgement.value,
        fact=written(fact),
        ttl=dies_at(now, KEPT),
    ).save()


def _is_first(trace_id: str, told: list[Action], now: datetime) -> bool:
    try:
        with unless_overtaken():
            TraceRow(_key(trace_id), "trace").update(
                [*told, TraceRow.ttl.set(dies_at(now, KEPT))], TraceRow.pk.does_not_exist()
            )
    except Overtaken:
        return False
    return True


def _complete(trace_id: str, actions: list[Action]) -> None:
    try:
        with unless_overtaken():
            TraceRow(_key(trace_id), "trace").update(actions, TraceRow.fact.does_not_exist())
    except Overtaken:
        pass  # It was told twice at the same moment.


def _fact(
    trace_id: str, media_id: str, attempt: int, judgement: Judgement, now: datetime
) -> PictureJudged:
    return PictureJudged(
        fact_id=f"{trace_id}.judged",
        at=now,
        media_id=media_id,
        attempt=attempt,
        judgement=judgement,
    )


def _get(trace_id: str) -> TraceRow:
    return TraceRow.get(_key(trace_id), "trace", consistent_read=True)


def _key(trace_id: str) -> str:
    return f"trace#{trace_id}"
