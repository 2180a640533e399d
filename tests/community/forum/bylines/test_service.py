"""What those are called who wrote something: as they are by now, on posts, comments and cards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
import pytest

from chalicelib import tables
from chalicelib.lists import PageQuery
from community import consequences, facts
from community.commons.agenda import service as agenda
from community.commons.audit.rules import SYSTEM
from community.facts import (
    CaseDecision,
    CertificationDecision,
    DataTakenBack,
    Datum,
    MemberErased,
    MemberWoken,
    PostPublished,
    ProfileChanged,
)
from community.forum.authorship import service as authorship
from community.forum.bylines import service as bylines
from community.forum.comments import rows as comment_rows
from community.forum.comments import service as comments
from community.forum.comments.rules import Comment, CommentDraft
from community.forum.moderation import service as moderation
from community.forum.posts import afterwards as post_afterwards
from community.forum.posts import listed, pages
from community.forum.posts import service as posts
from community.forum.posts.rules import ERASED, Author, Post
from community.people.applications import service as applications
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification
from community.people.consents import service as consents
from community.people.leaving import service as leaving
from community.people.members import service as members
from community.people.members.rules import NOTICES, first_nickname
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from community.people.transfers import service as transfers
from community.people.transfers.rules import Said
from community.people.vehicles import service as vehicles
from tests.builders import an_application
from tests.community.forum.conftest import Publish
from tests.world import Person, World

Say = Callable[..., Comment]
Rename = Callable[[Person, str], None]

BOARD = "new-car-shopping"
"""Where everybody may write."""


@pytest.fixture
def li(world: World) -> Person:
    """A prospect at first."""
    return world.joins("li")


@pytest.fixture
def wang(world: World, li: Person) -> Person:
    world.later(seconds=1)
    return world.joins("wang")


@pytest.fixture
def say(world: World) -> Say:
    def said(who: Person, post: Post, text: str = "同问") -> Comment:
        return comments.publish(
            who.member,
            post.post_id,
            CommentDraft(text),
            request_id=world.new_request_id(),
            now=world.now,
        )

    return said


@pytest.fixture
def rename(world: World) -> Rename:
    def renamed(who: Person, nickname: str) -> None:
        world.later(seconds=1)
        profiles.change(who.member, Changes(nickname=nickname), now=world.now)
        world.settle()

    return renamed


@pytest.fixture
def works(world: World, li: Person, publish: Publish, say: Say) -> tuple[Post, Comment]:
    """A post and a comment of Li's."""
    post = publish(li, BOARD)
    comment = say(li, post)
    world.settle()
    return post, comment


def bylines_of(world: World, works: tuple[Post, Comment]) -> set[Author]:
    """What post, comment and card say of who wrote them."""
    post, comment = works
    page = pages.latest(None, post.board_id, PageQuery(), now=world.now)
    (card,) = [card for card in page.items if card.post_id == post.post_id]
    said = comments.get(comment.post_id, comment.comment_id)
    return {posts.get(post.post_id).author, card.author, said.author}


def as_they_are(who: Person) -> set[Author]:
    member = members.alone(who.member_id)
    assert member
    return {Author(member.member_id, member.nickname, member.badges)}


def certified(world: World, who: Person, vin: str = "LSVAA49J132000001") -> Certification:
    made = applications.submit(
        who.member, an_application(vin=vin), request_id=world.new_request_id(), now=world.now
    )
    approve = CertificationDecision.APPROVE
    decided = certifications.decide(made.certification_id, approve, by="zhangsan", now=world.now)
    world.settle()
    world.later(days=1)
    return decided


def written(world: World) -> list[dict[str, Any]]:
    return world.rows("forum")


# Badges


def test_who_is_certified_wears_the_badge_on_what_they_wrote_before(
    world: World, li: Person, works: tuple[Post, Comment]
) -> None:
    certified(world, li)
    assert bylines_of(world, works) == as_they_are(li) != {works[0].author}


def test_who_hands_over_the_car_wears_no_badge_any_longer(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    certified(world, li)
    post = publish(li, BOARD)
    assert post.author.badges == ("owner",)
    works = (post, say(li, post))
    world.settle()
    bought = applications.submit(
        wang.member, an_application(), request_id=world.new_request_id(), now=world.now
    )
    world.settle()
    transfers.answer(li.member, bought.certification_id, Said.HAND_OVER, now=world.now)
    world.settle()
    (author,) = bylines_of(world, works)
    assert (author.member_id, author.badges) == (li.member_id, ())


def test_neither_does_whose_certification_is_revoked(
    world: World, li: Person, works: tuple[Post, Comment]
) -> None:
    held = certified(world, li)
    certifications.revoke(held.certification_id, by="zhangsan", why="x", now=world.now)
    world.settle()
    assert bylines_of(world, works) == {works[0].author}


def test_who_drives_along_wears_that_badge_as_long_as_they_do(
    world: World, li: Person, wang: Person, works: tuple[Post, Comment]
) -> None:
    certified(world, wang)
    (car,) = vehicles.mine(wang.member)
    code = vehicles.offer_seat(wang.member, car.holder.vehicle_id, request_id="r", now=world.now)
    vehicles.take_seat(li.member, code.code, now=world.now)
    world.settle()
    (author,) = bylines_of(world, works)
    assert author.badges == ("co-driver",)
    vehicles.free_seat(wang.member, car.holder.vehicle_id, li.member_id, now=world.now)
    world.settle()
    assert bylines_of(world, works) == {works[0].author}


# Names


def test_a_new_name_is_the_name_of_everything(
    world: World, li: Person, wang: Person, works: tuple[Post, Comment], say: Say, rename: Rename
) -> None:
    others = say(wang, works[0])
    rename(li, "老李")
    assert {author.nickname for author in bylines_of(world, works)} == {"老李"}
    assert comments.get(others.post_id, others.comment_id).author == others.author


def test_the_counts_stay(
    world: World, works: tuple[Post, Comment], li: Person, rename: Rename
) -> None:
    rename(li, "老李")
    assert posts.read(None, works[0].post_id, now=world.now).counts.comments == 1


def test_who_withdraws_consent_leaves_no_name_that_they_chose(
    world: World, li: Person, works: tuple[Post, Comment], rename: Rename
) -> None:
    rename(li, "老李")
    consents.answer(li.member, NOTICES[-1].version, agreed=False, now=world.now)
    world.settle()
    assert {a.nickname for a in bylines_of(world, works)} == {first_nickname(li.member_id)}


def test_neither_does_who_takes_their_name_back_in_wechat(
    world: World, li: Person, works: tuple[Post, Comment], rename: Rename
) -> None:
    rename(li, "老李")
    fact = DataTakenBack(fact_id="f", at=world.now, member_id=li.member_id, data=(Datum.NAME,))
    profiles.forget_taken_back(fact)
    world.settle()
    assert {a.nickname for a in bylines_of(world, works)} == {first_nickname(li.member_id)}


# Who turns out to be somebody else


def test_what_two_wrote_names_the_one_that_they_are_and_each_again(
    world: World,
    li: Person,
    wang: Person,
    works: tuple[Post, Comment],
    publish: Publish,
    say: Say,
    rename: Rename,
) -> None:
    certified(world, li)
    rename(li, "老李")
    rename(wang, "小王")
    post = publish(wang, BOARD)
    of_wang = (post, say(wang, post))
    world.settle()
    merges.merge(li.member_id, wang.member_id, reason=Reason.MOBILE, by=SYSTEM, now=world.now)
    world.settle()
    assert li.member == wang.member
    assert bylines_of(world, works) == bylines_of(world, of_wang) == as_they_are(li)
    merge_id = merges.merge_of(wang.member_id)
    assert merge_id
    merges.unmerge(merge_id, by="zhangsan", now=world.now)
    world.settle()
    assert bylines_of(world, works) == as_they_are(li)
    assert bylines_of(world, of_wang) == as_they_are(wang) == {post.author}


def test_who_is_erased_is_nobody_and_stays_so(
    world: World, li: Person, works: tuple[Post, Comment]
) -> None:
    leaving.erase_closed(li.member, now=world.now)
    told = MemberErased(fact_id="f", at=world.now, member_id=li.member_id)
    bylines.follow(told)
    (author,) = bylines_of(world, works)
    assert author.nickname == ERASED.nickname
    world.settle()
    bylines.follow(told)
    assert bylines_of(world, works) == {ERASED}


# While others write


def test_what_is_published_under_an_old_name_is_named_anew(
    world: World, li: Person, publish: Publish, say: Say
) -> None:
    """Their call began before they were called otherwise."""
    post = publish(li, BOARD)
    works = (post, say(li, post))
    profiles.change(li.member, Changes(nickname="老李"), now=world.now)
    for fact in sorted(facts_of(world), key=lambda fact: not isinstance(fact, ProfileChanged)):
        consequences.follow(facts.written(fact))
    assert {author.nickname for author in bylines_of(world, works)} == {"老李"}


def test_what_is_held_is_named_anew_and_released_so(
    world: World, li: Person, publish: Publish, say: Say, rename: Rename
) -> None:
    held = publish(li, BOARD, text="存疑的正文")
    open_post = publish(li, BOARD)
    comment = say(li, open_post, "存疑")
    world.settle()
    rename(li, "老李")
    for case_id in (held.post_id, comment.comment_id):
        moderation.decide(case_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    assert {author.nickname for author in bylines_of(world, (held, comment))} == {"老李"}


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_who_is_called_otherwise_meanwhile_is_called_so_in_the_end(
    world: World,
    li: Person,
    works: tuple[Post, Comment],
    monkeypatch: pytest.MonkeyPatch,
    nth: int,
) -> None:
    """Between reading the member and writing, somebody else was told of a newer name."""
    profiles.change(li.member, Changes(nickname="甲"), now=world.now)
    told = ProfileChanged(fact_id="f", at=world.now, member_id=li.member_id, fields=("nickname",))
    alone, times = members.alone, count(1)

    def alone_but_late(member_id: str) -> Any:
        found = alone(member_id)
        if next(times) == nth:
            profiles.change(li.member, Changes(nickname="乙"), now=world.now)
            bylines.follow_nickname(told)
        return found

    monkeypatch.setattr(members, "alone", alone_but_late)
    bylines.follow_nickname(told)
    assert next(times) > nth
    assert {author.nickname for author in bylines_of(world, works)} == {"乙"}


def test_a_post_that_comes_on_its_board_meanwhile_is_named_anew_there_too(
    world: World, li: Person, publish: Publish, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking for the card and writing, the post was released."""
    held = publish(li, BOARD, text="存疑的正文")
    works = (held, say(li, publish(li, BOARD)))
    world.settle()
    card_row, released = listed.card_row, iter([held.post_id])

    def released_later(board_id: str, post_id: str) -> Any:
        found = card_row(board_id, post_id)
        for case_id in released:
            moderation.decide(case_id, CaseDecision.PASS, by="lisi", now=world.now)
            (decided,) = facts_of(world)
            consequences.follow(facts.written(decided))
            (published,) = facts_of(world)
            assert isinstance(published, PostPublished)
            post_afterwards.follow(published)
        return found

    members.change(li.member_id, lambda m: msgspec.structs.replace(m, nickname="老李"))
    monkeypatch.setattr(listed, "card_row", released_later)
    bylines.follow(MemberWoken(fact_id="f", at=world.now, member_id=li.member_id))
    assert {author.nickname for author in bylines_of(world, works)} == {"老李"}


def test_a_comment_that_is_released_meanwhile_is_named_anew_too(
    world: World, li: Person, publish: Publish, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking where comments are read and where they are held."""
    post = publish(li, BOARD)
    works = (post, say(li, post, "存疑"))
    world.settle()
    members.change(li.member_id, lambda m: msgspec.structs.replace(m, nickname="老李"))
    find, released = comment_rows.at, iter([works[1].comment_id])

    def released_later(post_id: str, sk: str) -> Any:
        found = find(post_id, sk)
        for case_id in released:
            moderation.decide(case_id, CaseDecision.PASS, by="lisi", now=world.now)
            (decided,) = facts_of(world)
            consequences.follow(facts.written(decided))
        return found

    monkeypatch.setattr(comment_rows, "at", released_later)
    bylines.follow(MemberWoken(fact_id="f", at=world.now, member_id=li.member_id))
    assert {author.nickname for author in bylines_of(world, works)} == {"老李"}


# How much it is


def test_to_be_told_again_writes_nothing(
    world: World, li: Person, works: tuple[Post, Comment], rename: Rename
) -> None:
    rename(li, "老李")
    before = written(world)
    told = ProfileChanged(fact_id="f", at=world.now, member_id=li.member_id, fields=("nickname",))
    calls = calls_of(lambda: bylines.follow_nickname(told))
    assert set(calls) == {"Query", "BatchGetItem", "GetItem"}
    assert written(world) == before


def test_for_who_wrote_nothing_it_is_one_query(world: World, wang: Person) -> None:
    told = ProfileChanged(fact_id="f", at=world.now, member_id=wang.member_id, fields=("nickname",))
    assert calls_of(lambda: bylines.follow_nickname(told)) == ["Query"]


def test_what_else_somebody_tells_of_themselves_concerns_nobody(
    world: World, li: Person, works: tuple[Post, Comment]
) -> None:
    told = ProfileChanged(fact_id="f", at=world.now, member_id=li.member_id, fields=("city",))
    assert calls_of(lambda: bylines.follow_nickname(told)) == []


def test_who_wrote_very_much_is_followed_bit_by_bit(
    world: World, li: Person, publish: Publish, rename: Rename, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bylines, "AT_ONCE_MAX", 2)
    made = []
    for _ in range(5):
        world.later(seconds=1)
        made.append(publish(li, BOARD).post_id)
    world.settle()
    rename(li, "老李")

    def named() -> int:
        return sum(posts.get(post_id).author.nickname == "老李" for post_id in made)

    assert named() == 2
    steps = []
    while agenda.let_happen(now=world.now + timedelta(minutes=1)):
        world.settle()
        steps.append(named())
    assert steps == [4, 5]
    assert len(authorship.page(li.member_id, after=None, limit=9)) == 5


def facts_of(world: World) -> list[facts.AnyFact]:
    """What has happened and was not told yet."""
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def calls_of(do: Callable[[], None]) -> list[str]:
    """What was asked of DynamoDB."""
    asked: list[str] = []

    def note(model: Any, **_: Any) -> None:
        asked.append(model.name)

    events = tables.connection().client.meta.events
    events.register("before-call.dynamodb", note)
    try:
        do()
    finally:
        events.unregister("before-call.dynamodb", note)
    return asked
