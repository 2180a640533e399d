"""The inbox: each message once, kept sealed until it is handled, swept if nobody does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import inbox
from chalicelib.errors import NotFound
from chalicelib.inbox import Item
from tests.world import World

FIELDS = {"FromUserName": "openid-of-li", "Content": "刹车异响怎么办"}


def take(world: World, digest: str = "d1", fields: dict[str, Any] | None = None) -> Item:
    return inbox.take("wechat", digest, fields or FIELDS, now=world.now)


def test_a_new_message_is_taken_in(world: World) -> None:
    item = take(world)
    assert (item.inbox_id, item.fields, item.handled) == ("wechat#d1", FIELDS, False)


def test_a_repeat_gives_the_first_one(world: World) -> None:
    first = take(world)
    world.later(seconds=5)
    assert take(world) == first
    assert len(world.rows("platform")) - len(others(world)) == 1


def others(world: World) -> list[dict[str, Any]]:
    return [row for row in world.rows("platform") if not row["pk"].startswith("inbox#")]


def test_the_same_digest_from_another_platform_is_another_message(world: World) -> None:
    take(world)
    item = inbox.take("wecom", "d1", {"MsgType": "event"}, now=world.now)
    assert (item.fields, item.handled) == ({"MsgType": "event"}, False)


def test_what_was_said_is_sealed(world: World) -> None:
    take(world)
    kept = str([row for row in world.rows("platform") if row["pk"].startswith("inbox#")])
    assert "刹车" not in kept
    assert "openid-of-li" not in kept


def test_the_worker_opens_what_was_taken_in(world: World) -> None:
    item = take(world)
    assert inbox.opened(item.inbox_id) == item


def test_a_message_past_its_days_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        inbox.opened("wechat#unknown")


def test_a_repeat_of_a_handled_message_is_told_what_was_replied(world: World) -> None:
    inbox.mark_handled(take(world), reply="已由 张三 通过", now=world.now)
    again = take(world)
    assert (again.handled, again.reply) == (True, "已由 张三 通过")


def test_a_message_may_be_handled_without_a_reply(world: World) -> None:
    inbox.mark_handled(take(world), now=world.now)
    assert (take(world).handled, take(world).reply) == (True, None)


def test_what_is_queued_names_the_message_only(world: World) -> None:
    inbox.enqueue(take(world))
    assert world.take("inbox") == ["wechat#d1"]


def swept_after(world: World, **time: float) -> list[str]:
    world.later(**time)
    count = inbox.sweep(now=world.now)
    queued = world.take("inbox")
    assert len(queued) == count
    return queued


def test_what_waits_for_more_than_a_minute_is_queued_again(world: World) -> None:
    take(world)
    assert swept_after(world, seconds=61) == ["wechat#d1"]


def test_what_waits_for_less_than_a_minute_is_left_alone(world: World) -> None:
    take(world)
    assert swept_after(world, seconds=59) == []


def test_what_is_handled_is_not_queued_again(world: World) -> None:
    inbox.mark_handled(take(world), now=world.now)
    assert swept_after(world, hours=1) == []


def test_the_oldest_are_queued_first_and_not_all_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "SWEPT_AT_ONCE_MAX", 2)
    for number in range(3):
        take(world, f"d{number}")
        world.later(seconds=1)
    assert sorted(swept_after(world, minutes=2)) == ["wechat#d0", "wechat#d1"]


def test_a_row_outlives_the_age_of_its_envelope(world: World) -> None:
    from chalicelib.envelopes import AGE_MAX

    take(world)
    (row,) = [row for row in world.rows("platform") if row["pk"].startswith("inbox#")]
    assert timedelta(seconds=row["ttl"] - world.now.timestamp()) > AGE_MAX * 2


def test_what_fails_again_and_again_is_swept_a_few_times_and_keeps_nobody_waiting(
    world: World,
) -> None:
    take(world, "fails")
    swept = []
    for number in range(inbox.SWEEPS_MAX + 1):
        world.later(minutes=2)
        take(world, f"new-{number}")
        world.later(minutes=2)
        swept.append(inbox.sweep(now=world.now))
        inbox.mark_handled(inbox.opened(f"wechat#new-{number}"), now=world.now)
    assert swept == [2] * inbox.SWEEPS_MAX + [1]
