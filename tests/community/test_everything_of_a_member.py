"""One member with something in every capability: all of it is in their export, and none of it outlives them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import storage
from chalicelib.settings import settings
from chalicelib.wecom.envelope import ContactChange
from community.belongings import KEEPERS
from community.commons.agenda import service as agenda
from community.commons.media import service as media
from community.commons.media.rules import Purpose
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.facts import CaseDecision, CertificationDecision
from community.forum.blocks import service as blocks
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.drafts import service as drafts
from community.forum.drafts.rules import Body
from community.forum.feed import service as feed
from community.forum.feed.rules import Event, EventKind
from community.forum.follows import service as follows
from community.forum.follows.rules import Kind as FollowKind
from community.forum.moderation import service as moderation
from community.forum.polls.rules import PollDraft
from community.forum.posts import service as posts
from community.forum.posts.rules import Post
from community.forum.reactions import service as reactions
from community.forum.votes import service as votes
from community.people.applications import service as applications
from community.people.archive import service as archive
from community.people.archive.rules import Row
from community.people.certifications import service as certifications
from community.people.certifications.rules import State as CertificationState
from community.people.contacts import service as contacts
from community.people.exports import records as export_records
from community.people.exports import service as exports
from community.people.leaving import service as leaving
from community.people.members.rules import ERASED_NICKNAME, State
from community.people.phones import service as phones
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from community.people.profiles.rules import DrivenCar
from tests.builders import a_draft, an_application
from tests.cloud import DISTRICTS, aws
from tests.fakes.usual import a_licence_photo
from tests.world import Person, World

MOBILE, VIN, PLATE = "13812345678", "LSVAA49J132000017", "沪A98765"
CAR = "LSVAA49J132000025"
NAME, NICKNAME, CITY, BIO = "王小明", "老李头", "哈尔滨", "开了十年车"
DRIVES = "汉兰达"
PERSONAL = (
    "openid-of-li",
    "unionid-of-u",
    "external-of-li",
    MOBILE,
    VIN,
    PLATE,
    NAME,
    NICKNAME,
    CITY,
    BIO,
    DRIVES,
)
KEPT_FOR_GOOD = ("consents", "merges")
"""Times and ids that lead to nobody: what we were allowed, and which ids were one."""


class Life:
    """What a member does who uses everything."""

    def __init__(self, world: World) -> None:
        self.world = world
        row = Row(mobile=MOBILE, vin=VIN, name=NAME, plate_number=PLATE, model="途观 L")
        archive.take([(1, row)], import_id="i1", now=world.now)
        world.later(days=1)
        self.li = world.joins("li~u")
        self._next()
        self._lets_us_know_who_they_are()
        self._has_a_car()
        self._has_to_do_with_others()
        self.said = list(self._says_something())
        self._next()

    @property
    def member_id(self) -> str:
        return self.li.member.member_id

    def _next(self) -> None:
        self.world.settle()
        self.world.later(seconds=1)

    def _lets_us_know_who_they_are(self) -> None:
        phones.bind(self.li.member, f"phone-of-{MOBILE}", now=self.world.now)
        self._next()
        told = Changes(
            nickname=NICKNAME,
            city=CITY,
            bio=BIO,
            vehicles=(DrivenCar(DRIVES, 2019),),
            avatar_media_id=self._avatar(),
        )
        profiles.change(self.li.member, told, now=self.world.now)
        change = ContactChange(
            kind="add_external_contact",
            userid="wangwu",
            external_userid="external-of-li~u",
            state="store-1",
            created_at=self.world.now,
        )
        contacts.follow(change, now=self.world.now)
        subscriptions.grant(
            self.member_id,
            Template.CERTIFICATION_DECIDED,
            3,
            request_id=self.world.new_request_id(),
            now=self.world.now,
        )
        self._next()

    def _has_a_car(self) -> None:
        photo = a_licence_photo(vin=CAR, plate_num="沪B12345")
        media_id = self._upload(Purpose.LICENCE, photo)
        applied = applications.submit(
            self.li.member,
            an_application(vin=CAR, plate_number="沪B12345", licence_media_id=media_id),
            request_id=self.world.new_request_id(),
            now=self.world.now,
        )
        self._next()
        certifications.decide(
            applied.certification_id,
            CertificationDecision.APPROVE,
            by="zhangsan",
            now=self.world.now,
        )
        self._next()

    def _has_to_do_with_others(self) -> None:
        other_id = self.world.joins("sun").member_id
        follows.follow(self.li.member, FollowKind.MEMBER, other_id, now=self.world.now)
        blocks.block(self.li.member, other_id, now=self.world.now)
        seen = Event(post_id=other_id, kind=EventKind.SEEN, at=self.world.now)
        request_id = self.world.new_request_id()
        feed.note(self.li.member, [seen], request_id=request_id, now=self.world.now)
        self._next()

    def _says_something(self) -> Iterator[str]:
        post, held = self._publishes("正文"), self._publishes("存疑的正文")
        yield from (post.post_id, held.post_id)
        comment = comments.publish(
            self.li.member,
            post.post_id,
            CommentDraft("同问"),
            request_id=self.world.new_request_id(),
            now=self.world.now,
        )
        yield comment.comment_id
        sight = posts.read(self.li.member, post.post_id, now=self.world.now)
        reactions.note_read(self.li.member, sight, now=self.world.now)
        reactions.like(self.li.member, post.post_id, now=self.world.now)
        self._votes_and_drafts()
        self._next()
        moderation.decide(held.post_id, CaseDecision.PASS, by="zhangsan", now=self.world.now)

    def _votes_and_drafts(self) -> None:
        ends_at = self.world.now + timedelta(days=1)
        poll = self._publishes(
            "投票", kind="poll", poll=PollDraft(options=("白", "黑"), ends_at=ends_at)
        )
        votes.vote(self.li.member, poll.post_id, (0,), now=self.world.now)
        request_id = self.world.new_request_id()
        body = Body(title="未完成的帖子")
        drafts.begin(self.li.member, body, request_id=request_id, now=self.world.now)

    def _publishes(self, text: str, **draft: Any) -> Post:
        self._next()
        post = posts.publish(
            self.li.member,
            "car-care",
            a_draft(text=text, **draft),
            request_id=self.world.new_request_id(),
            now=self.world.now,
        )
        self._next()
        return post

    def _avatar(self) -> str:
        return self._upload(Purpose.AVATAR, a_licence_photo())

    def _upload(self, purpose: Purpose, body: bytes) -> str:
        made, _ = media.ticket(
            self.member_id,
            purpose,
            content_type="image/png",
            size=len(body),
            request_id=self.world.new_request_id(),
            now=self.world.now,
        )
        storage.put(made.key, body, content_type="image/png")
        return made.media_id


@pytest.fixture
def life(world: World) -> Life:
    return Life(world)


def exported(world: World, li: Person) -> dict[str, str]:
    """What stands in the file, by capability."""
    export = exports.ask(li.member, request_id=world.new_request_id(), now=world.now)
    world.settle()
    body = storage.get(export_records.file_key(export.export_id), bytes_max=10**8)
    assert body
    file = zipfile.ZipFile(io.BytesIO(body))
    return {
        name.removeprefix("data/").removesuffix(".json"): file.read(name).decode()
        for name in file.namelist()
        if name.startswith("data/")
    }


def is_nothing(value: Any) -> bool:
    """Whether something says nothing: empty, or of nothing but empty things."""
    if isinstance(value, dict):
        return all(map(is_nothing, value.values()))
    if isinstance(value, list):
        return all(map(is_nothing, value))
    return value in (None, "", 0, False)


def test_the_export_has_everything(world: World, life: Life) -> None:
    told = exported(world, life.li)
    assert set(told) == set(KEEPERS)
    assert [name for name, text in told.items() if is_nothing(json.loads(text))] == []
    post_id, held_id, comment_id = life.said
    for name, expected in {
        "members": (NICKNAME, "138******78"),
        "identities": ("openid-of-li", "unionid-of-u", MOBILE),
        "phones": (MOBILE,),
        "profiles": (CITY, BIO, DRIVES),
        "tags": (f"model:{DRIVES}",),
        "archive": (NAME, VIN, PLATE),
        "posts": (post_id, held_id, "存疑的正文"),
        "comments": (comment_id, "同问"),
        "reactions": (post_id,),
        "moderation": (held_id,),
        "certifications": (CAR, "沪B12345"),
        "vehicles": ("Model X", "owner"),
        "notifications": ("车主认证已通过",),
    }.items():
        assert [what for what in expected if what not in told[name]] == [], name


def test_nothing_personal_outlives_the_member(world: World, life: Life) -> None:
    exported(world, life.li)
    member_ids = {life.li.member_id, life.member_id}
    leaving.ask(life.li.member, now=world.now)
    world.later(days=7)
    while agenda.let_happen(now=world.now):
        world.settle()
        world.later(minutes=3)  # By then they have looked again.

    assert life.li.member.state is State.ERASED
    for name, keeper in KEEPERS.items():
        if name in ("members", "exports", *KEPT_FOR_GOOD):
            continue
        for member_id in member_ids:
            left = json.loads(json.dumps(_plain(keeper.exported(member_id)), default=str))
            assert is_nothing(left), (name, left)
    rows = {district: str(_there(world, district)) for district in DISTRICTS}
    assert [(d, what) for d, text in rows.items() for what in PERSONAL if what in text] == []
    found = aws("s3").list_objects_v2(Bucket=settings().media_bucket).get("Contents", [])
    assert [item["Key"] for item in found] == []
    assert _can_be_certified(world, CAR)
    shown = posts.read(None, life.said[0], now=world.now).post
    assert (shown.author.nickname, shown.text) == (ERASED_NICKNAME, "正文")


def _there(world: World, district: str) -> list[Any]:
    """The rows of a table, without those whose time has come, which DynamoDB deletes."""
    now = world.now.timestamp()
    return [row for row in world.rows(district) if row.get("ttl", now + 1) > now]


def _can_be_certified(world: World, car: str) -> bool:
    """Whether somebody else becomes the owner, and nobody has to be asked."""
    applied = applications.submit(
        world.joins("wang").member,
        an_application(vin=car),
        request_id=world.new_request_id(),
        now=world.now,
    )
    decision = CertificationDecision.APPROVE
    decided = certifications.decide(
        applied.certification_id, decision, by="zhangsan", now=world.now
    )
    return (
        applied.state is CertificationState.SUBMITTED
        and decided.state is CertificationState.APPROVED
    )


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(list(value) if isinstance(value, Iterator) else value)
