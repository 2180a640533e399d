"""Many do the same in the forum at the same moment: nothing is lost, nothing is counted twice."""

from __future__ import annotations

from functools import partial

import httpx

from local.players import Phone
from local.stack import Stack
from tests.journeys.conftest import a_post
from tests.journeys.forum import TALK, People, items, later, listed, post, publishes, says, until
from tests.races.test_at_once import AT_ONCE, SLOW, at_once


def codes(answers: list[httpx.Response]) -> set[int]:
    return {answer.status_code for answer in answers}


def test_of_edits_at_once_nothing_is_lost(people: People) -> None:
    post_id = publishes(people.owner, title="原文")
    path = f"/v1/posts/{post_id}"
    titles = [f"版本{number}" for number in range(AT_ONCE // 2)]
    answers = at_once([partial(people.owner.call, "PUT", path, a_post(title=t)) for t in titles])
    assert codes(answers) <= {200, 409} | SLOW
    conflicts = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    # Where WeChat is too slow to look at a text, a moderator does.
    assert conflicts <= {"post_changed", "post_in_review"}
    versions = [each["title"] for each in items(people.owner, f"{path}/edits")]
    kept = {*versions, post(people.owner, post_id)["title"]}
    taken = {t for t, answer in zip(titles, answers, strict=True) if answer.status_code == 200}
    assert taken
    assert taken <= kept
    assert versions[-1] == "原文"
    assert len(versions) == len(set(versions)) == len(kept) - 1


def test_an_answer_accepted_and_deleted_at_once_is_accepted_no_longer(
    people: People, guest: Phone, stack: Stack
) -> None:
    asked = [publishes(people.prospect, kind="question") for _ in range(AT_ONCE // 2)]
    answers = [(post_id, says(people.friend, post_id, "这样")) for post_id in asked]
    told = at_once(
        [
            partial(who.call, method, f"/v1/posts/{post_id}/{what}/{comment_id}")
            for post_id, comment_id in answers
            for who, method, what in (
                (people.prospect, "PUT", "accepted"),
                (people.friend, "DELETE", "comments"),
            )
        ]
    )
    assert codes(told) <= {204, 404} | SLOW
    for post_id, comment_id in answers:
        people.friend.did("DELETE", f"/v1/posts/{post_id}/comments/{comment_id}")
    stack.wait_until_idle()
    board = f"/v1/boards/{TALK}/posts"
    for post_id in asked:
        until(lambda p=post_id: post(guest, p)["accepted"] is None, "no answer")
        until(lambda p=post_id: p in listed(guest, board, sort="unanswered"), "a question")
        until(lambda p=post_id: post(guest, p)["counts"]["comments"] == 0, "no comment is counted")


def test_eight_votes_of_one_member_at_once_are_one_vote(people: People, guest: Phone) -> None:
    poll = {"options": ["油车", "电车"], "ends_at": later(people.owner, hours=1)}
    post_id = publishes(people.owner, kind="poll", poll=poll)
    path = f"/v1/posts/{post_id}/votes"
    bodies = [{"choices": [number % 2]} for number in range(AT_ONCE)]
    answers = at_once([partial(people.friend.call, "POST", path, body) for body in bodies])
    assert codes(answers) <= {200} | SLOW
    assert 200 in codes(answers)
    seen = post(people.friend, post_id)["poll"]
    assert seen["voters"] == 1
    assert sorted(each["votes"] for each in seen["options"]) == [0, 1]
    assert [each["chosen"] for each in seen["options"]] == [
        bool(each["votes"]) for each in seen["options"]
    ]


def test_what_one_says_last_after_many_at_once_is_what_counts(
    people: People, guest: Phone, stack: Stack
) -> None:
    post_id = publishes(people.owner)
    useful = f"/v1/posts/{post_id}/reactions/useful"
    answers = at_once(
        [partial(people.friend.call, method, useful) for method in ("PUT", "DELETE") * 8]
    )
    assert codes(answers) <= {204} | SLOW
    until(lambda: people.friend.call("PUT", useful).status_code == 204, "the last word")
    stack.wait_until_idle()
    until(lambda: post(guest, post_id)["counts"]["useful"] == 1, "one finds it useful")
    assert post(people.friend, post_id)["useful"]
