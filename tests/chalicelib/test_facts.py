"""The relay: every change of a row's fact goes on the queue, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import facts
from chalicelib.errors import Unavailable
from tests.events import changed


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    bodies: list[str] = []
    monkeypatch.setattr("chalicelib.aws.enqueue", lambda url, news: bodies.extend(news))
    return bodies


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(changed(new="born", name="INSERT"), ["born"], id="a new row with a fact"),
        pytest.param(changed(new="b", old="a"), ["b"], id="another fact than before"),
        pytest.param(changed(new="b"), ["b"], id="the first fact of an old row"),
        pytest.param(changed(new="a", old="a"), [], id="the same fact: something else changed"),
        pytest.param(changed(old="a"), [], id="a row that lost its fact"),
        pytest.param(changed(old="a", name="REMOVE"), [], id="a row that is gone"),
        pytest.param(changed(name="INSERT"), [], id="a row without a fact"),
    ],
)
def test_only_news_is_relayed(queued: list[str], change: Any, told: list[str]) -> None:
    assert facts.relay([change]) == len(told)
    assert queued == told


def test_what_is_counted_with_others_goes_to_the_counts_queue_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: dict[str, list[str]] = {}
    monkeypatch.setattr(
        "chalicelib.aws.enqueue",
        lambda url, news: sent.update({url.rpartition("/")[2]: list(news)}),
    )
    liked, joined = '{"type":"reacted.1"}', '{"type":"member_joined.1"}'
    facts.relay([changed(new=liked), changed(new=joined)], counted=("reacted.1",))
    assert sent == {"facts": [liked, joined], "counts": [liked]}


def test_facts_are_relayed_in_the_order_in_which_they_happened(queued: list[str]) -> None:
    facts.relay([changed(new="a"), changed(new="a", old="a"), changed(new="b", old="a")])
    assert queued == ["a", "b"]


def test_a_queue_that_does_not_answer_fails_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(url: str, news: list[str]) -> None:
        raise Unavailable

    monkeypatch.setattr("chalicelib.aws.enqueue", silent)
    with pytest.raises(Unavailable):
        facts.relay([changed(new="a")])
