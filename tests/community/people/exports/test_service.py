"""Exports: made in the background, told, there for a day and for the member only."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib import storage
from chalicelib.errors import Unavailable
from chalicelib.lists import PageQuery
from chalicelib.settings import settings
from chalicelib.tables import one_transaction
from community import facts
from community.commons.agenda import service as agenda
from community.commons.media import service as media
from community.commons.media.rules import Purpose
from community.commons.notifications import service as notifications
from community.people.exports import records, rules
from community.people.exports import service as exports
from community.people.exports.rules import (
    TRIES_MAX,
    Export,
    MakingAlready,
    NoSuchExport,
    State,
    TooManyExports,
)
from community.people.leaving import service as leaving
from tests.cloud import aws
from tests.pictures import uploaded
from tests.world import Person, World

Kept = dict[str, Callable[[str], Any]]
PROFILE: Kept = {"profiles": lambda member_id: {"of": member_id, "city": "上海"}}


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


def ask(world: World, who: Person) -> Export:
    return exports.ask(who.member, request_id=world.new_request_id(), now=world.now)


def asked(export: Export) -> facts.ExportAsked:
    return facts.ExportAsked(
        fact_id=f"{export.export_id}.asked",
        at=export.asked_at,
        export_id=export.export_id,
        member_id=export.member_id,
    )


def state_of(world: World, who: Person, export: Export) -> tuple[State, str | None]:
    found, url = exports.look(who.member, export.export_id, now=world.now)
    return found.state, url


def an_avatar(world: World, who: Person) -> str:
    made, _ = media.ticket(
        who.member_id,
        Purpose.AVATAR,
        content_type="image/png",
        size=7,
        request_id=world.new_request_id(),
        now=world.now,
    )
    storage.put(made.key, b"picture", content_type="image/png")
    return made.media_id


def posted(world: World, who: Person, field: str, media_id: str) -> str:
    """A picture or video that a post took, shaped."""
    purpose = Purpose.VIDEO if field == "video" else Purpose.POST
    post_id = world.new_request_id()
    with one_transaction() as write:
        media.take(
            write, who.member_id, {field: media_id}, purpose=purpose, post_id=post_id, now=world.now
        )
    media.shape(media_id)
    return media_id


def files() -> list[str]:
    found = aws("s3").list_objects_v2(Bucket=settings().media_bucket, Prefix="exports/")
    return [item["Key"] for item in found.get("Contents", [])]


def opened(export: Export) -> zipfile.ZipFile:
    body = storage.get(records.file_key(export.export_id), bytes_max=10**8)
    assert body
    return zipfile.ZipFile(io.BytesIO(body))


def told(who: Person) -> list[str]:
    return [n.title for n in notifications.page(who.member_id, PageQuery())[0].items]


def pass_time(world: World, **by: float) -> None:
    world.later(**by)
    agenda.let_happen(now=world.now)
    world.settle()


# Asking


def test_who_asks_waits(world: World, li: Person) -> None:
    assert state_of(world, li, ask(world, li)) == (State.MAKING, None)


def test_a_retry_of_a_request_is_the_same_export(world: World, li: Person) -> None:
    first, second = (exports.ask(li.member, request_id="r", now=world.now) for _ in range(2))
    assert first == second


def test_there_is_one_at_a_time(world: World, li: Person) -> None:
    ask(world, li)
    with pytest.raises(MakingAlready):
        ask(world, li)


def test_two_requests_at_the_same_moment_make_one(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_yet = records.asked(li.member_id)
    first = ask(world, li)
    looks = iter([nothing_yet, [first.export_id]])
    monkeypatch.setattr(records, "asked", lambda member_id: next(looks))
    with pytest.raises(MakingAlready):
        ask(world, li)


def test_two_tries_of_a_request_at_the_same_moment_are_one(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = exports.ask(li.member, request_id="r", now=world.now)
    looks = iter([[], [first.export_id]])
    monkeypatch.setattr(records, "asked", lambda member_id: next(looks))
    assert exports.ask(li.member, request_id="r", now=world.now) == first


def test_there_are_three_a_day(world: World, li: Person) -> None:
    for _ in range(3):
        exports.make(asked(ask(world, li)), PROFILE)
        world.later(hours=1)
    with pytest.raises(TooManyExports):
        ask(world, li)
    world.later(hours=21)
    ask(world, li)


# Making


def test_everything_that_is_kept_is_in_the_file(world: World, li: Person) -> None:
    export = ask(world, li)
    exports.make(asked(export), {**PROFILE, "posts": lambda member_id: iter([{"text": "正文"}])})
    file = opened(export)
    assert file.namelist() == ["说明.txt", "data/profiles.json", "data/posts.json"]
    profile = json.loads(file.read("data/profiles.json"))
    assert profile == {"of": li.member_id, "city": "上海"}


def test_the_members_pictures_are_in_the_file(world: World, li: Person) -> None:
    there, missing = an_avatar(world, li), an_avatar(world, li)
    storage.delete(f"avatar/{missing}")
    export = ask(world, li)
    exports.make(asked(export), {"media": media.exported})
    file = opened(export)
    listed = [item["media_id"] for item in json.loads(file.read("data/media.json"))]
    assert sorted(listed) == sorted([there, missing])
    names = [name for name in file.namelist() if name.startswith("media/")]
    assert names == [f"media/{there}.png"]
    assert file.read(names[0]) == b"picture"


def test_more_pictures_than_there_is_room_for_are_listed_only(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FILES_BYTES_MAX", 10)
    for _ in range(2):
        an_avatar(world, li)
    export = ask(world, li)
    exports.make(asked(export), {"media": media.exported})
    names = opened(export).namelist()
    assert len([name for name in names if name.startswith("media/")]) == 1


def test_pictures_and_videos_of_posts_are_in_the_file_as_others_see_them(
    world: World, li: Person
) -> None:
    picture = posted(world, li, "pictures", uploaded(world, li.member_id))
    video = posted(world, li, "video", uploaded(world, li.member_id, purpose="video"))
    waiting = uploaded(world, li.member_id, purpose="video")
    export = ask(world, li)
    exports.make(asked(export), PROFILE)
    file = opened(export)
    names = [name for name in file.namelist() if name.startswith("media/")]
    assert names == [f"media/{picture}.jpg", f"media/{video}.mp4"]
    assert waiting not in str(names)
    for media_id, name in zip((picture, video), names, strict=True):
        found = media.find(media_id)
        assert found
        assert file.read(name) == storage.get(found.kept_as[0], bytes_max=10**6)


def test_what_there_is_no_room_for_keeps_nothing_smaller_out(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted(world, li, "video", uploaded(world, li.member_id, purpose="video"))
    avatar = an_avatar(world, li)
    monkeypatch.setattr(rules, "FILES_BYTES_MAX", 10)
    export = ask(world, li)
    exports.make(asked(export), PROFILE)
    names = [name for name in opened(export).namelist() if name.startswith("media/")]
    assert names == [f"media/{avatar}.png"]


def test_a_picture_that_grew_while_it_was_shaped_is_whole_or_not_there(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = posted(world, li, "pictures", uploaded(world, li.member_id))
    found = media.find(picture)
    assert found
    storage.put(found.kept_as[0], bytes(found.bytes_max + 1), content_type="image/jpeg")
    for room, seen in ((0, 0), (1, 1)):
        monkeypatch.setattr(rules, "FILES_BYTES_MAX", found.bytes_max + room)
        export = ask(world, li)
        exports.make(asked(export), PROFILE)
        world.later(hours=1)
        names = opened(export).namelist()
        assert len([name for name in names if name.startswith("media/")]) == seen


def test_the_member_is_told_when_it_is_ready(world: World, li: Person) -> None:
    export = ask(world, li)
    world.settle()
    assert told(li) == ["您的数据已备好"]
    state, url = state_of(world, li, export)
    assert state is State.READY
    assert url


def test_a_fact_that_comes_again_makes_no_other_file(world: World, li: Person) -> None:
    export = ask(world, li)
    exports.make(asked(export), PROFILE)

    def never(member_id: str) -> Any:
        raise AssertionError

    exports.make(asked(export), {"profiles": never})
    world.settle()
    assert told(li) == ["您的数据已备好"]


def test_a_making_that_was_killed_is_made_again(world: World, li: Person) -> None:
    def killed(member_id: str) -> Iterator[Any]:
        yield {"text": "one"}
        raise MemoryError

    export = ask(world, li)
    for _ in range(TRIES_MAX - 1):
        with pytest.raises(MemoryError):
            exports.make(asked(export), {"posts": killed})
    assert files() == []
    exports.make(asked(export), PROFILE)
    assert state_of(world, li, export)[0] is State.READY


def test_what_cannot_be_made_again_and_again_has_failed_and_the_member_is_told(
    world: World, li: Person
) -> None:
    def killed(member_id: str) -> Any:
        raise MemoryError

    export = ask(world, li)
    for _ in range(TRIES_MAX):
        with pytest.raises(MemoryError):
            exports.make(asked(export), {"posts": killed})
    exports.make(asked(export), {"posts": killed})
    assert state_of(world, li, export) == (State.FAILED, None)
    exports.tell_failed(
        facts.ExportFailed(
            fact_id="f", at=world.now, export_id=export.export_id, member_id=li.member_id
        )
    )
    assert told(li) == ["数据导出未成功"]
    assert ask(world, li).state is State.MAKING


def test_while_the_bucket_is_silent_it_comes_again(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: Any, **__: Any) -> None:
        raise Unavailable

    export = ask(world, li)
    with monkeypatch.context() as broken:
        broken.setattr(storage, "put", silent)
        with pytest.raises(Unavailable):
            exports.make(asked(export), PROFILE)
    exports.make(asked(export), PROFILE)
    assert state_of(world, li, export)[0] is State.READY


# The link and the end


def test_a_link_tells_nothing_and_its_key_cannot_be_guessed(world: World, li: Person) -> None:
    export = ask(world, li)
    exports.make(asked(export), PROFILE)
    _, url = state_of(world, li, export)
    assert url
    for personal in (li.member_id, li.openid, export.export_id, "li"):
        assert personal not in urlsplit(url).path.partition("exports/")[2].partition(".")[0]
    query = parse_qs(urlsplit(url).query)
    assert query["X-Amz-Expires"] == ["86400"]
    assert query["response-content-disposition"][0].startswith("attachment;")


def test_after_a_day_file_and_link_are_gone(world: World, li: Person) -> None:
    export = ask(world, li)
    world.settle()
    assert files() == [records.file_key(export.export_id)]
    pass_time(world, hours=23, minutes=59)
    assert state_of(world, li, export)[0] is State.READY
    pass_time(world, minutes=1)
    assert (state_of(world, li, export), files()) == ((State.EXPIRED, None), [])


def test_a_link_is_not_given_any_longer_although_the_tick_is_late(world: World, li: Person) -> None:
    export = ask(world, li)
    exports.make(asked(export), PROFILE)
    world.later(hours=24)
    assert state_of(world, li, export) == (State.EXPIRED, None)


def test_what_is_made_when_its_time_is_over_does_not_stay(world: World, li: Person) -> None:
    export = ask(world, li)

    def late(member_id: str) -> Any:
        exports.expire(
            facts.ExportDue(fact_id="d", at=export.expires_at, export_id=export.export_id)
        )
        return {}

    exports.make(asked(export), {"profiles": late})
    assert files() == []
    world.later(hours=24)
    assert state_of(world, li, export) == (State.EXPIRED, None)


@pytest.mark.parametrize("export_id", ["unknown", "01J0000000000000000000MBR1", "../x"])
def test_an_export_that_there_never_was_is_not_there(
    world: World, li: Person, export_id: str
) -> None:
    with pytest.raises(NoSuchExport):
        exports.look(li.member, export_id, now=world.now)


def test_an_export_is_for_its_member_only(world: World, li: Person) -> None:
    export = ask(world, li)
    wang = world.joins("wang")
    with pytest.raises(NoSuchExport):
        exports.look(wang.member, export.export_id, now=world.now)


def test_a_members_export_tells_of_their_exports(world: World, li: Person) -> None:
    export = ask(world, li)
    assert exports.exported(li.member_id) == [
        {"export_id": export.export_id, "asked_at": export.asked_at}
    ]


# Leaving


def erased(world: World, who: Person) -> facts.MemberErased:
    return facts.MemberErased(fact_id="e", at=world.now, member_id=who.member_id)


def test_with_the_member_their_exports_go(world: World, li: Person) -> None:
    export = ask(world, li)
    exports.make(asked(export), PROFILE)
    for _ in range(2):
        exports.erase(erased(world, li))
    assert files() == []
    assert [row for row in world.rows("people") if "export" in row["pk"]] == []


def test_of_who_is_erased_meanwhile_no_file_is_made(world: World, li: Person) -> None:
    export = ask(world, li)
    leaving.erase_closed(li.member, now=world.now)
    exports.make(asked(export), PROFILE)
    assert files() == []


def test_a_file_that_is_being_made_while_its_member_is_erased_does_not_stay(
    world: World, li: Person
) -> None:
    export = ask(world, li)

    def meanwhile(member_id: str) -> Any:
        exports.erase(erased(world, li))
        return {}

    exports.make(asked(export), {"profiles": meanwhile})
    assert files() == []
