"""What WeChat says of pictures finds what it is about, whichever is there first."""

from __future__ import annotations

import pytest

from chalicelib.wechat.envelope import PictureVerdict
from community import facts
from community.commons.safety import records
from community.commons.safety import service as safety
from community.facts import Judgement, PictureJudged
from tests.world import World

MEDIA = "01J0000000000000000000MED1"


def told(world: World) -> list[PictureJudged]:
    world.relay()
    news = [facts.read(body) for body in world.take("facts")]
    return [fact for fact in news if isinstance(fact, PictureJudged)]


def asks(world: World, trace_id: str = "t", *, attempt: int = 1) -> None:
    records.note_asked(trace_id, MEDIA, attempt=attempt, now=world.now)


def hears(world: World, said: str, trace_id: str = "t") -> None:
    safety.hear(PictureVerdict(trace_id, said), now=world.now)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["ah", "ha", "aah", "hha", "aha", "hah", "aahh", "hhaa"])
def test_whichever_comes_second_tells_it_and_it_is_told_once(world: World, order: str) -> None:
    for step in order:
        if step == "a":
            asks(world, attempt=2)
        else:
            hears(world, "review")
    (fact,) = told(world)
    assert (fact.media_id, fact.attempt, fact.judgement) == (MEDIA, 2, Judgement.REVIEW)


@pytest.mark.parametrize("step", ["asked", "heard"])
def test_one_alone_tells_nothing_and_dies(world: World, step: str) -> None:
    if step == "asked":
        asks(world)
    else:
        hears(world, "pass")
    assert told(world) == []
    (row,) = [row for row in world.rows("platform") if row["pk"] == "trace#t"]
    assert 0 < row["ttl"] - world.now.timestamp() <= 8 * 24 * 3600


def test_the_first_verdict_counts(world: World) -> None:
    hears(world, "risky")
    hears(world, "pass")
    asks(world)
    assert [fact.judgement for fact in told(world)] == [Judgement.RISKY]


def test_questions_are_told_apart_by_their_trace_only(world: World) -> None:
    asks(world, "t1")
    asks(world, "t2", attempt=2)
    hears(world, "pass", "t2")
    assert [fact.attempt for fact in told(world)] == [2]
