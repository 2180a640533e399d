"""POST /v1/posts/{post_id}/votes"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish
from tests.world import Person, World

POLL = {"options": ["白", "黑"], "ends_at": "2026-11-23T04:00:00Z"}


@pytest.fixture
def post(publish: Publish, li: Person) -> dict[str, Any]:
    return publish(li, kind="poll", poll=POLL)


def option(text: str, votes: int | None, *, chosen: bool = False) -> dict[str, Any]:
    return {"text": text, "chosen": chosen, "votes": votes}


def test_results_are_shown_to_who_voted(
    api: Gateway, post: dict[str, Any], li: Person, wang: Person
) -> None:
    path = f"/v1/posts/{post['post_id']}"
    hidden = [option("白", None), option("黑", None)]
    assert (post["poll"]["options"], post["poll"]["voters"]) == (hidden, None)
    voted = api.post(f"{path}/votes", {"choices": [1]}, as_=wang).json
    assert voted["options"] == [option("白", 0), option("黑", 1, chosen=True)]
    assert (voted["voters"], voted["voted"], voted["ended"]) == (1, True, False)
    assert api.get(path, as_=wang).json["poll"] == voted
    for who in (None, li):
        assert api.get(path, as_=who).json["poll"]["options"] == hidden


def test_after_the_end_everybody_sees_the_results_and_nobody_votes(
    api: Gateway, world: World, post: dict[str, Any], wang: Person
) -> None:
    path = f"/v1/posts/{post['post_id']}"
    api.post(f"{path}/votes", {"choices": [1]}, as_=wang)
    world.later(days=1)
    reply = api.post(f"{path}/votes", {"choices": [0]}, as_=wang)
    assert reply.refusal == (409, "poll_ended")
    poll = api.get(path).json["poll"]
    assert (poll["ended"], poll["options"]) == (True, [option("白", 0), option("黑", 1)])


def test_who_may_not_read_the_post_sees_no_poll(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li, kind="poll", poll=POLL, audience={"identity": ["owner"]})
    path = f"/v1/posts/{post['post_id']}"
    assert api.get(path, as_=wang).json["poll"] is None
    reply = api.post(f"{path}/votes", {"choices": [0]}, as_=wang)
    assert reply.refusal == (403, "post_locked")


@pytest.mark.parametrize("choices", [[], [0, 1], [2], [-1], ["0"], None])
def test_what_is_no_choice_is_refused(
    api: Gateway, post: dict[str, Any], wang: Person, choices: Any
) -> None:
    reply = api.post(f"/v1/posts/{post['post_id']}/votes", {"choices": choices}, as_=wang)
    assert [field.partition("[")[0] for field in reply.wrong_fields] == ["choices"]


def test_a_post_without_a_poll_has_no_votes(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    path = f"/v1/posts/{publish(li)['post_id']}"
    assert api.get(path).json["poll"] is None
    reply = api.post(f"{path}/votes", {"choices": [0]}, as_=wang)
    assert reply.refusal == (404, "no_such_poll")


@pytest.mark.parametrize(
    "poll", [None, {**POLL, "options": ["白"]}, {**POLL, "ends_at": "2027-01-23T04:00:00Z"}]
)
def test_a_poll_that_asks_nothing_is_not_published(
    api: Gateway, li: Person, poll: dict[str, Any] | None
) -> None:
    body = {"kind": "poll", "title": "哪个颜色", "text": "选一个", "poll": poll}
    reply = api.post("/v1/boards/car-care/posts", body, as_=li)
    assert [field.partition(".")[0] for field in reply.wrong_fields] == ["poll"]
