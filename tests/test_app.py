"""The Lambdas of the running system, called as AWS calls them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib import inbox
from chalicelib.errors import NotFound, Unavailable
from community import facts
from community.commons.agenda import service as agenda
from tests.builders import a_draft
from tests.cloud import DISTRICTS
from tests.events import changed, failed_in, queue_event, stream_event
from tests.world import Person, World

ROOT = Path(__file__).parent.parent
LAMBDAS = {
    "relay_facts",
    "follow_facts",
    "fold_counts",
    "work_inbox",
    "send_outbound",
    "shape_pictures",
    "tick",
}
EVERY_MINUTE = {
    "version": "0",
    "id": "e1",
    "account": "123456789012",
    "region": "us-east-1",
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "detail": {},
    "resources": [],
    "time": "2026-11-22T04:02:00Z",
}


@pytest.fixture
def li(world: World) -> Person:
    return world.becomes_owner("li")


def call(function: Any, event: dict[str, Any]) -> Any:
    return function(event, None)


def test_these_lambdas_run_beside_the_api() -> None:
    assert set(app.app.handler_map) - {"view"} == LAMBDAS


def test_facts_that_are_counted_together_are_reactions() -> None:
    assert (facts.Reacted.__struct_config__.tag,) == app.COUNTED


def test_a_fact_goes_from_its_row_through_the_queue_to_what_follows(
    world: World, li: Person
) -> None:
    from chalicelib.lists import PageQuery
    from community.commons.notifications import service as notifications
    from community.facts import CaseDecision
    from community.forum.moderation import service as moderation
    from community.forum.posts import service as posts

    def run() -> None:
        for district in DISTRICTS:
            call(app.relay_facts, stream_event(world.changes(district)))
        assert failed_in(call(app.follow_facts, queue_event(*world.take("facts")))) == []

    post = posts.publish(li.member, "car-care", a_draft(text="存疑"), request_id="r", now=world.now)
    run()  # The case is opened,
    run()  # the moderators get their card,
    moderation.decide(post.post_id, CaseDecision.PASS, by="lisi", now=world.now)
    run()  # and the author is told.
    assert notifications.page(li.member_id, PageQuery())[1] == 1
    reply = call(app.send_outbound, queue_event(*world.take("outbound")))
    assert failed_in(reply) == []
    assert len(world.sent("/cgi-bin/message/send")) == 1


def test_changes_without_news_reach_no_queue(world: World) -> None:
    call(app.relay_facts, stream_event([changed(new="a", old="a"), changed(old="a")]))
    assert world.take("facts") == []


def test_a_relay_that_fails_fails_its_whole_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr("chalicelib.aws.enqueue", silent)
    with pytest.raises(Unavailable):
        call(app.relay_facts, stream_event([changed(new="a")]))


@pytest.mark.parametrize(
    ("lambda_name", "handler"),
    [
        ("follow_facts", "community.consequences.follow"),
        ("work_inbox", "chat.worker.work"),
        ("send_outbound", "community.commons.outbound.service.send"),
    ],
)
def test_only_the_messages_that_failed_come_again(
    monkeypatch: pytest.MonkeyPatch, lambda_name: str, handler: str
) -> None:
    met = {"silence": Unavailable(), "bug": KeyError(), "refusal": NotFound()}

    def handle(body: str) -> None:
        if body in met:
            raise met[body]

    monkeypatch.setattr(handler, handle)
    event = queue_event("fine", "silence", "bug", "refusal", "fine")
    assert failed_in(call(getattr(app, lambda_name), event)) == ["m1", "m2"]


def test_a_poison_fact_comes_again_and_the_others_are_followed(world: World) -> None:
    good = facts.MemberJoined(fact_id="f", at=world.now, member_id="m", touchpoint="x")
    event = queue_event("{", '{"type": "it_rained.1"}', facts.written(good))
    assert failed_in(call(app.follow_facts, event)) == ["m0", "m1"]


def test_a_message_that_is_not_ours_comes_again_and_ends_in_the_dead_letter_queue(
    world: World,
) -> None:
    assert failed_in(call(app.send_outbound, queue_event("not sealed by us"))) == ["m0"]


def test_the_inbox_is_worked(world: World) -> None:
    fields = {
        "FromUserName": "openid-of-li",
        "MsgType": "text",
        "Content": "帮助",
        "CreateTime": "1795320000",
    }
    item = inbox.take("wechat", "d1", fields, now=world.now)
    reply = call(app.work_inbox, queue_event(item.inbox_id))
    assert (failed_in(reply), len(world.take("outbound"))) == ([], 1)


@pytest.fixture
def waiting(world: World) -> World:
    inbox.take("wechat", "d1", {"MsgType": "event"}, now=world.now)
    world.later(seconds=61)
    return world


def test_the_minute_tick_queues_what_nobody_handled(waiting: World) -> None:
    assert call(app.tick, EVERY_MINUTE)["swept"] == 1
    assert waiting.take("inbox") == ["wechat#d1"]


def test_the_minute_tick_lets_happen_what_is_due(world: World) -> None:
    due = facts.LeavingDue(fact_id="f", at=world.now, member_id="m")
    agenda.put(due)
    assert call(app.tick, EVERY_MINUTE) == {"swept": 0, "recounts": 0, "happened": 1, "hot": 0}
    world.relay()
    assert world.take("facts") == [facts.written(due)]


@pytest.mark.parametrize("failure", [Unavailable(), KeyError()])
def test_a_tick_that_fails_in_one_thing_does_all_others_and_fails(
    waiting: World, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fails(**_: Any) -> int:
        raise failure

    due = facts.LeavingDue(fact_id="f", at=waiting.now, member_id="m")
    agenda.put(due)
    monkeypatch.setattr("community.forum.recount.service.put_down", fails)
    monkeypatch.setattr("community.forum.hot.service.refresh", fails)
    with pytest.raises(type(failure)):
        call(app.tick, EVERY_MINUTE)
    waiting.relay()
    assert waiting.take("facts") == [facts.written(due)]
    assert waiting.take("inbox") == ["wechat#d1"]


def test_what_is_due_happens_although_the_inbox_cannot_be_swept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: Any) -> int:
        raise Unavailable

    due = facts.LeavingDue(fact_id="f", at=world.now, member_id="m")
    agenda.put(due)
    monkeypatch.setattr("chalicelib.inbox.sweep", fails)
    with pytest.raises(Unavailable):
        call(app.tick, EVERY_MINUTE)
    world.relay()
    assert world.take("facts") == [facts.written(due)]


def test_a_stage_that_is_not_set_up_fails_at_start_and_says_what_is_missing() -> None:
    env = {name: value for name, value in os.environ.items() if name != "WECHAT_APPID"}
    started = subprocess.run(
        [sys.executable, "-c", "import app"], env=env, cwd=ROOT, capture_output=True, text=True
    )
    assert started.returncode != 0
    assert "WECHAT_APPID is missing" in started.stderr


def test_what_many_think_of_a_post_is_counted_at_once_and_a_broken_message_comes_again(
    world: World, li: Person
) -> None:
    from community.forum.posts import service as posts
    from community.forum.reactions import service as reactions

    post = posts.publish(li.member, "car-care", a_draft(), request_id="r", now=world.now)
    readers = [li, *map(world.joins, ("wang", "zhao", "qian"))]
    for who in readers:
        reactions.like(who.member, post.post_id, now=world.now)
    call(app.relay_facts, stream_event(world.changes("forum")))
    told = world.take("counts")
    assert len(told) == len(readers)
    reply = call(app.fold_counts, queue_event(told[0], "{}", *told[1:]))
    assert failed_in(reply) == ["m1"]
    assert posts.read(None, post.post_id, now=world.now).counts.likes == len(readers)
