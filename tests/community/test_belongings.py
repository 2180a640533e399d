"""What belongs to a member follows them: merged, parted, erased; nothing is forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from chalicelib import moves
from chalicelib.lists import PageQuery
from community import consequences, facts
from community.belongings import KEEPERS
from community.commons.agenda import service as agenda
from community.commons.audit import service as audit
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.facts import CaseDecision
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.moderation import service as moderation
from community.forum.posts import pages
from community.forum.posts import service as posts
from community.forum.posts.rules import ERASED, Post, State
from community.forum.reactions import service as reactions
from community.people.exports import texts as export_texts
from community.people.leaving import service as leaving
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from tests.builders import a_draft
from tests.cloud import DISTRICTS
from tests.community.test_everything_of_a_member import Life
from tests.world import Person, World

TELLS_OF_MERGES = ("merge#", "audit#")
"""Rows that are there to say who was whom."""
RESOLVES = {"members", "merges", "tags"}
"""Who asks these for somebody who is gone is told of who remains, or of the merge."""


def plain(value: Any) -> Any:
    if isinstance(value, Iterator):
        value = list(value)
    return json.loads(json.dumps(msgspec.to_builtins(value), default=str, sort_keys=True))


def is_nothing(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(is_nothing, value.values() if isinstance(value, dict) else value))
    return value in (None, "", 0, False)


def kept_of(member_id: str) -> dict[str, Any]:
    """Everything that anybody keeps of a member."""
    return {name: plain(keeper.exported(member_id)) for name, keeper in KEEPERS.items()}


def lasting(rows: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Rows that stay until somebody deletes them."""
    return (row for row in rows if "ttl" not in row and "later" not in row)


def every_row(world: World) -> Iterator[Mapping[str, Any]]:
    return (row for district in DISTRICTS for row in world.rows(district))


def merge(world: World, one: Person, other_id: str) -> str:
    return merges.merge(one.member_id, other_id, reason=Reason.VIN, by="system", now=world.now)


def unmerge(world: World, gone_id: str) -> None:
    merge_id = merges.merge_of(gone_id)
    assert merge_id
    merges.unmerge(merge_id, by="lisi", now=world.now)


def look_again(world: World) -> None:
    """By now everybody has looked a second time."""
    world.later(minutes=3)
    while agenda.let_happen(now=world.now):
        world.settle()


@pytest.fixture
def wang(world: World) -> Person:
    """Somebody older than the other, who did some of the same."""
    wang = world.becomes_owner("wang")
    template = Template.CERTIFICATION_DECIDED
    subscriptions.grant(wang.member_id, template, 2, request_id="r", now=world.now)
    tell(world, wang, "您好")
    world.settle()
    world.later(days=1)
    return wang


@pytest.fixture
def life(world: World, wang: Person) -> Life:
    """The other, with something in every capability."""
    life = Life(world)
    post = posts.open_to(wang.member, life.said[0], now=world.now)
    read_and_like(world, wang, post)
    world.settle()
    return life


def tell(world: World, who: Person, title: str) -> None:
    fact = facts.Fact(fact_id=f"told {title}", at=world.now)
    notifications.tell(who.member_id, fact, kind=Kind.MODERATION, title=title, text=title)


def publish(world: World, who: Person, text: str = "正文") -> Post:
    world.later(seconds=1)
    request_id = world.new_request_id()
    return posts.publish(
        who.member, "car-care", a_draft(text=text), request_id=request_id, now=world.now
    )


def read_and_like(world: World, who: Person, post: Post) -> None:
    sight = posts.read(who.member, post.post_id, now=world.now)
    reactions.note_read(who.member, sight, now=world.now)
    reactions.like(who.member, post.post_id, now=world.now)


def counts(world: World, post_id: str) -> tuple[int, int]:
    found = posts.read(None, post_id, now=world.now).counts
    return found.views, found.likes


# One and the same


def test_nothing_is_left_under_the_id_that_is_gone(world: World, wang: Person, life: Life) -> None:
    gone_id = life.member_id
    merge(world, wang, gone_id)
    world.settle()
    assert (world.refused, world.dead) == ([], [])
    left = {name: kept for name, kept in kept_of(gone_id).items() if name not in RESOLVES}
    assert [name for name, kept in left.items() if not is_nothing(kept)] == []
    stands = [
        (row["pk"], row["sk"])
        for row in lasting(every_row(world))
        if gone_id in f"{row['pk']} {row.get('gsi1pk')} {row.get('member_id')}"
        and not row["pk"].startswith(TELLS_OF_MERGES)
    ]
    tombstone = [place for place in stands if place[0] == f"member#{gone_id}"]
    pointers = [place for place in stands if place[0].startswith("vin#")]
    assert sorted(stands) == sorted(tombstone + pointers)


def test_everything_is_there_under_the_id_that_remains(
    world: World, wang: Person, life: Life
) -> None:
    before = kept_of(life.member_id)
    merge(world, wang, life.member_id)
    world.settle()
    after = kept_of(wang.member_id)
    assert [name for name in KEEPERS if is_nothing(after[name])] == ["exports"]
    for name in ("identities", "phones", "posts", "comments", "moderation", "certifications"):
        ids = {_named(each) for each in before[name]}
        assert ids <= {_named(each) for each in after[name]}, name
    posted = {post["author"]["member_id"] for post in after["posts"]}
    assert posted == {wang.member_id}
    assert posts.read(None, life.said[0], now=world.now).post.author.nickname == "老李头"


def _named(each: Mapping[str, Any]) -> str:
    """What tells one of a list from the others, whoever it is of."""
    names = ("comment_id", "post_id", "certification_id", "value", "mobile")
    return str([each.get(name) for name in names])


def test_what_both_have_is_one_thing(world: World, wang: Person, life: Life) -> None:
    assert counts(world, life.said[0]) == (2, 2)
    before = kept_of(life.member_id)
    merge(world, wang, life.member_id)
    world.settle()
    assert counts(world, life.said[0]) == (1, 1)
    kept = kept_of(wang.member_id)
    granted = before["subscriptions"]["certification_decided"]
    assert kept["subscriptions"]["certification_decided"] == granted + 2
    told = before["notifications"]["notifications"]
    assert len(kept["notifications"]["notifications"]) == len(told) + 1


def test_the_audit_log_tells_what_moved_and_nothing_personal(
    world: World, wang: Person, life: Life
) -> None:
    had = kept_of(life.member_id)
    merge(world, wang, life.member_id)
    for _ in range(2):
        world.settle()
        look_again(world)
    (entry,) = [
        each
        for each in audit.about(f"member#{wang.member_id}")
        if each.what == "members.belongings"
    ]
    moved = entry.after["moved"]
    for name in ("posts", "comments", "identities", "certifications", "media"):
        assert moved[name] == len(had[name]), name
    assert "13812345678" not in str(entry)


def test_told_twice_late_and_again_nothing_more_changes(
    world: World, wang: Person, life: Life
) -> None:
    merge(world, wang, life.member_id)
    world.relay()
    told = world.take("facts")
    for body in told * 2:
        consequences.follow(body)
    world.settle()
    once = kept_of(wang.member_id)
    for body in told:
        consequences.follow(body)
    look_again(world)
    assert kept_of(wang.member_id) == once


# Two after all


def test_parted_both_have_what_they_had(world: World, wang: Person, life: Life) -> None:
    gone_id = life.member_id
    before = {member_id: kept_of(member_id) for member_id in (wang.member_id, gone_id)}
    counted = counts(world, life.said[0])
    merge(world, wang, gone_id)
    world.settle()
    unmerge(world, gone_id)
    world.settle()
    after = {member_id: kept_of(member_id) for member_id in (wang.member_id, gone_id)}
    for member_id in before:
        for name in KEEPERS:
            if name not in ("merges", "tags"):
                assert _same(after[member_id][name]) == _same(before[member_id][name]), name
    assert counts(world, life.said[0]) == counted


def _same(value: Any) -> Any:
    """Without what a merge and its end leave behind: sessions that ended."""
    if isinstance(value, dict):
        return {name: _same(each) for name, each in value.items() if name != "session_version"}
    return sorted(map(_same, value), key=str) if isinstance(value, list) else value


def test_what_came_after_the_merge_stays_with_who_remained(
    world: World, wang: Person, life: Life
) -> None:
    gone_id = life.member_id
    merge(world, wang, gone_id)
    world.settle()
    post = publish(world, wang)
    world.settle()
    unmerge(world, gone_id)
    world.settle()
    assert posts.get(post.post_id).author.member_id == wang.member_id
    assert posts.get(life.said[0]).author.member_id == gone_id


# While it happens


@pytest.fixture
def li(world: World, wang: Person) -> Person:
    """Younger, and about to be found to be the same."""
    return world.becomes_owner("li")


def test_a_post_published_under_the_gone_id_a_moment_later_is_of_who_remains(
    world: World, wang: Person, li: Person
) -> None:
    as_before = li.member
    merge(world, wang, li.member_id)
    world.settle()
    post = posts.publish(
        as_before, "car-care", a_draft(), request_id=world.new_request_id(), now=world.now
    )
    held = posts.publish(
        as_before, "car-care", a_draft(text="存疑"), request_id="held", now=world.now
    )
    comment = comments.publish(
        as_before, post.post_id, CommentDraft("同问"), request_id="said", now=world.now
    )
    assert posts.read(wang.member, held.post_id, now=world.now).post.text == "存疑"
    world.settle()
    for written in (post, held):
        assert posts.get(written.post_id).author.member_id == wang.member_id
    assert comments.get(post.post_id, comment.comment_id).author.member_id == wang.member_id
    (card,) = pages.latest(None, "car-care", PageQuery(), now=world.now).items
    assert card.author.member_id == wang.member_id
    assert len(list(posts.exported(wang.member_id))) == 2


def test_what_is_done_under_the_gone_id_a_moment_later_is_found_when_they_look_again(
    world: World, wang: Person, li: Person
) -> None:
    post = publish(world, wang)
    world.settle()
    as_before = li.member
    merge(world, wang, li.member_id)
    world.settle()
    reactions.like(as_before, post.post_id, now=world.now)
    template = Template.CERTIFICATION_DECIDED
    subscriptions.grant(li.member_id, template, 3, request_id="late", now=world.now)
    tell(world, li, "迟到的通知")
    world.settle()
    look_again(world)
    assert counts(world, post.post_id) == (0, 1)
    assert reactions.liked_among(wang.member, "car-care", [post.post_id]) == {post.post_id}
    kept = kept_of(wang.member_id)
    assert kept["subscriptions"][template] == 5
    told = [each["title"] for each in kept["notifications"]["notifications"]]
    assert sorted(told) == sorted(["您好", "迟到的通知"])
    assert is_nothing(kept_of(li.member_id)["notifications"])


def test_a_like_that_was_not_counted_yet_is_counted_once(
    world: World, wang: Person, li: Person
) -> None:
    post = publish(world, wang)
    world.settle()
    for who in (wang, li):
        reactions.like(who.member, post.post_id, now=world.now)
    world.relay()
    likes = world.take("facts")
    merge(world, wang, li.member_id)
    world.settle()
    for body in likes:
        consequences.follow(body)
    assert counts(world, post.post_id) == (0, 1)
    reactions.unlike(wang.member, post.post_id, now=world.now)
    world.settle()
    assert counts(world, post.post_id) == (0, 0)


def test_a_chain_told_in_the_wrong_order_comes_out_right(
    world: World, wang: Person, li: Person
) -> None:
    world.later(days=1)
    zhao = world.becomes_owner("zhao")
    post = publish(world, zhao)
    world.settle()
    merge(world, li, zhao.member_id)
    merge(world, wang, li.member_id)
    world.relay()
    for body in reversed(world.take("facts")):
        consequences.follow(body)
    world.settle()
    assert posts.get(post.post_id).author.member_id == wang.member_id
    assert [each["post_id"] for each in kept_of(wang.member_id)["posts"]] == [post.post_id]
    unmerge(world, li.member_id)
    world.settle()
    assert posts.get(post.post_id).author.member_id == li.member_id
    unmerge(world, zhao.member_id)
    world.settle()
    assert posts.get(post.post_id).author.member_id == zhao.member_id


def test_very_much_moves_in_parts(
    world: World, wang: Person, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = {publish(world, li).post_id for _ in range(5)}
    world.settle()
    monkeypatch.setattr(moves, "AT_ONCE_MAX", 2)
    merge(world, wang, li.member_id)
    world.settle()
    assert len(kept_of(wang.member_id)["posts"]) == 2
    look_again(world)
    assert {post["post_id"] for post in kept_of(wang.member_id)["posts"]} == published


# Gone for good


def test_what_was_published_a_moment_before_the_end_has_no_author(
    world: World, wang: Person, li: Person
) -> None:
    post, held = publish(world, li), publish(world, li, "存疑")
    comment = comments.publish(
        li.member, post.post_id, CommentDraft("同问"), request_id="said", now=world.now
    )
    leaving.erase_closed(li.member, now=world.now)
    world.settle()
    look_again(world)
    nobody = (ERASED.member_id, ERASED.nickname, ())
    for written in (
        posts.get(post.post_id),
        posts.get(held.post_id),
        comments.get(post.post_id, comment.comment_id),
        pages.latest(None, "car-care", PageQuery(), now=world.now).items[0],
    ):
        author = written.author
        assert (author.member_id, author.nickname, author.badges) == nobody
    assert posts.get(post.post_id).text == "正文"
    named = [row["pk"] for row in world.rows("forum") if li.member_id in str(row)]
    assert named == []


def test_what_is_decided_about_somebody_who_is_gone_for_good_tells_nobody(
    world: World, wang: Person, li: Person
) -> None:
    held = publish(world, li, "存疑")
    world.settle()
    leaving.erase_closed(li.member, now=world.now)
    world.settle()
    moderation.decide(held.post_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    assert posts.get(held.post_id).state is State.DELETED
    assert is_nothing(kept_of(li.member_id)["notifications"])
    assert [row["pk"] for row in world.rows("platform") if "#erased" in row["pk"]] == []


def test_of_two_in_one_everything_is_gone(world: World, wang: Person, li: Person) -> None:
    post = publish(world, li)
    tell(world, li, "您好")
    world.settle()
    merge(world, wang, li.member_id)
    tell(world, li, "迟到的通知")
    leaving.erase_closed(wang.member, now=world.now)
    world.settle()
    look_again(world)
    for who in (wang, li):
        assert is_nothing(kept_of(who.member_id)["notifications"])
        assert is_nothing(kept_of(who.member_id)["identities"])
    assert posts.get(post.post_id).author == ERASED
    text = str(list(every_row(world)))
    assert [name for name in ("车友", wang.openid, li.openid) if name in text] == []


# Nobody is forgotten


def test_whoever_keeps_rows_of_members_is_a_keeper(world: World, life: Life) -> None:
    member_id = life.member_id
    kinds = {
        row["pk"].partition("#")[0] if row["pk"] != f"member#{member_id}" else row["sk"]
        for row in lasting(every_row(world))
        if member_id in f"{row['pk']} {row.get('gsi1pk')} {row.get('member_id')}"
    }
    unknown = {kind for kind in kinds if not any(map(kind.startswith, KEPT_BY))}
    assert unknown == set()
    assert set(KEPT_BY.values()) <= {*KEEPERS, "audit"}


def test_an_export_says_in_words_what_each_keeper_keeps() -> None:
    assert set(export_texts.MEANINGS) == set(KEEPERS)


KEPT_BY = {
    "member.tags": "tags",
    "member": "members",
    "openid": "identities",
    "unionid": "identities",
    "external_userid": "identities",
    "mobile": "identities",
    "merge": "merges",
    "phone-code": "phones",
    "notifications": "notifications",
    "subscriptions": "subscriptions",
    "author": "posts",
    "votes": "votes",
    "drafts": "drafts",
    "reactions": "reactions",
    "history": "lists",
    "follows": "follows",
    "member.blocked": "blocks",
    "blocks": "blocks",
    "feed": "feed",
    "archive": "archive",
    "vin": "archive",
    "consent": "consents",
    "export": "exports",
    "media": "media",
    "touch": "touchpoints",
    "referral": "touchpoints",
    "profile": "profiles",
    "contact": "contacts",
    "certification": "certifications",
    "licence": "licences",
    "standing": "standing",
    "vehicle": "vehicles",
    "audit": "audit",
}
"""How rows about a member begin, or what stands beside the member, and who keeps them."""
