"""A picture's way from the upload to the last word about it, whatever WeChat says and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import storage
from chalicelib.tables import one_transaction
from community import consequences, facts
from community.commons.agenda import service as agenda
from community.commons.media import service as media
from community.commons.media.rules import Media, Purpose, Size, State, shaped_key
from community.facts import CaseDecision, MediaChecked, MediaShaped
from community.forum.moderation import service as moderation
from community.forum.moderation.rules import CaseDecidedAlready
from community.forum.pictures import service as pictures
from tests.community.forum.conftest import Publish
from tests.fakes.platform import OK
from tests.pictures import uploaded, wechat_says
from tests.world import Person, World

CHECK = "/wxa/media_check_async"
CARD = "/cgi-bin/message/send"

Post = Callable[..., str]


@pytest.fixture
def posted(world: World, li: Person, publish: Publish) -> Post:
    """Somebody posts a picture or video; everything follows but what WeChat says of it."""

    def made(body: bytes | None = None, *, purpose: str = "post", settle: bool = True) -> str:
        post_id = publish(li, title="晒车").post_id
        media_id = uploaded(world, li.member_id, body, purpose=purpose)
        with one_transaction() as write:
            media.take(
                write,
                li.member_id,
                {"video" if purpose == Purpose.VIDEO else "pictures[0]": media_id},
                purpose=Purpose(purpose),
                post_id=post_id,
                now=world.now,
            )
        if settle:
            world.settle()
        return media_id

    return made


@pytest.fixture
def last_words(monkeypatch: pytest.MonkeyPatch) -> list[MediaChecked]:
    """What the rest of the community is told, each once."""
    heard: list[MediaChecked] = []

    def hear(fact: MediaChecked) -> None:
        if fact not in heard:
            heard.append(fact)

    monkeypatch.setattr(
        consequences, "CONSEQUENCES", {**consequences.CONSEQUENCES, MediaChecked: (hear,)}
    )
    return heard


def found(media_id: str) -> Media:
    there = media.find(media_id)
    assert there
    return there


def half_an_hour_passes(world: World) -> None:
    world.later(minutes=30)
    agenda.let_happen(now=world.now)
    world.settle()


def cards(world: World) -> list[dict[str, Any]]:
    return [
        sent["template_card"] for sent in world.sent(CARD) if sent["msgtype"] == "template_card"
    ]


def test_wechat_is_shown_the_large_picture_for_two_hours(
    world: World, li: Person, posted: Post
) -> None:
    media_id = posted()
    (asked,) = world.sent(CHECK)
    url = asked.pop("media_url")
    assert f"/shaped/{media_id}/large.jpg?" in url
    assert "X-Amz-Expires=7200" in url
    assert asked == {"media_type": 2, "version": 2, "scene": 3, "openid": li.openid}


@pytest.mark.parametrize(
    ("said", "state", "passed"),
    [("pass", State.PASSED, [True]), ("risky", State.REFUSED, [False]), ("review", State.HELD, [])],
)
def test_the_picture_comes_to_what_wechat_says(
    world: World,
    posted: Post,
    last_words: list[MediaChecked],
    said: str,
    state: State,
    passed: list[bool],
) -> None:
    media_id = posted()
    assert found(media_id).state is State.SHAPED
    for _ in range(2):
        wechat_says(world, media_id, said)
        world.settle()
    assert found(media_id).state is state
    assert [fact.passed for fact in last_words] == passed


def test_what_wechat_says_before_it_answers_counts(
    world: World, posted: Post, last_words: list[MediaChecked]
) -> None:
    media_id = posted(settle=False)
    wechat_says(world, media_id, "pass")
    wechat_says(world, media_id, "pass")
    world.settle()
    assert found(media_id).state is State.PASSED
    assert len(last_words) == 1


def test_what_nobody_asked_about_changes_nothing(world: World, posted: Post) -> None:
    media_id = posted()
    wechat_says(world, media_id, "pass", trace_id="of-something-else")
    world.settle()
    assert found(media_id).state is State.SHAPED


def test_what_wechat_could_not_look_at_it_is_shown_again(world: World, posted: Post) -> None:
    world.platform.answers(CHECK, *({**OK, "trace_id": f"t{n}"} for n in (1, 2)))
    media_id = posted()
    wechat_says(world, media_id, "failed", trace_id="t1")
    world.settle()
    assert len(world.sent(CHECK)) == 2
    wechat_says(world, media_id, "pass", trace_id="t2")
    world.settle()
    assert found(media_id).state is State.PASSED


def test_after_the_third_time_a_moderator_looks(world: World, posted: Post) -> None:
    world.platform.answers(CHECK, *({**OK, "trace_id": f"t{n}"} for n in (1, 2, 3)))
    media_id = posted()
    for number in (1, 2, 3):
        wechat_says(world, media_id, "failed", trace_id=f"t{number}")
        world.settle()
    assert len(world.sent(CHECK)) == 3
    assert found(media_id).state is State.HELD


def test_asked_again_it_has_half_an_hour_again(world: World, posted: Post) -> None:
    world.platform.answers(CHECK, {**OK, "trace_id": "t1"})
    media_id = posted()
    world.later(minutes=20)
    wechat_says(world, media_id, "failed", trace_id="t1")
    world.settle()
    world.later(minutes=20)
    agenda.let_happen(now=world.now)
    world.settle()
    assert found(media_id).state is State.SHAPED
    half_an_hour_passes(world)
    assert found(media_id).state is State.HELD


def test_what_wechat_says_nothing_of_a_moderator_looks_at(
    world: World, posted: Post, last_words: list[MediaChecked]
) -> None:
    media_id = posted()
    assert cards(world) == []
    half_an_hour_passes(world)
    assert found(media_id).state is State.HELD
    assert last_words == []
    assert {card["task_id"] for card in cards(world)} == {f"case-{media_id}"}


@pytest.mark.parametrize("errcode", [40003, 43104, 45009, 61010, 87020])
def test_what_wechat_will_not_look_at_a_moderator_does_at_once(
    world: World, posted: Post, errcode: int
) -> None:
    world.platform.answers(CHECK, errcode)
    media_id = posted()
    assert found(media_id).state is State.HELD


def test_too_many_in_a_minute_are_asked_about_in_the_next(world: World, posted: Post) -> None:
    world.platform.answers(CHECK, 44991)
    media_id = posted()
    assert found(media_id).state is State.SHAPED
    assert world.dead == []


def test_what_could_not_be_asked_now_is_asked_again(world: World, posted: Post) -> None:
    world.platform.answers(CHECK, -1, 40004)
    assert found(posted()).state is State.HELD
    assert len(world.sent(CHECK)) == 2


def test_a_picture_told_of_twice_is_asked_about_once(world: World, posted: Post) -> None:
    media_id = posted()
    shaped = MediaShaped(
        fact_id="again",
        at=world.now,
        media_id=media_id,
        member_id=found(media_id).member_id,
        post_id=found(media_id).post_id or "",
    )
    pictures.ask(shaped)
    world.settle()
    assert len(world.sent(CHECK)) == 1


# Moderators


def test_a_video_waits_for_a_moderator_and_wechat_is_not_asked(
    world: World, posted: Post, last_words: list[MediaChecked]
) -> None:
    media_id = posted(purpose="video")
    assert found(media_id).state is State.HELD
    assert world.sent(CHECK) == []
    moderation.decide(media_id, CaseDecision.PASS, by="zhangsan", now=world.now)
    world.settle()
    assert found(media_id).state is State.PASSED
    assert [(fact.media_id, fact.passed) for fact in last_words] == [(media_id, True)]


def test_a_card_says_whose_picture_it_is_and_has_a_button_to_see_it(
    world: World, li: Person, posted: Post
) -> None:
    posted(purpose="video")
    card = cards(world)[0]
    assert card["main_title"]["title"] == "视频待审核"
    values = [line["value"] for line in card["horizontal_content_list"]]
    assert values == [li.member.nickname, "晒车"]
    assert [button["text"] for button in card["button_list"]] == ["通过", "删除", "查看"]


def test_who_asks_to_see_it_gets_an_address_and_nobody_else(world: World, posted: Post) -> None:
    media_id = posted()
    wechat_says(world, media_id, "review")
    world.settle()
    before = len(world.sent(CARD))
    moderation.show_media(media_id, to="lisi", press_id="p1")
    world.settle()
    (said,) = world.sent(CARD)[before:]
    assert said["touser"] == "lisi"
    assert f"/shaped/{media_id}/large.jpg?" in said["text"]["content"]


def test_a_refused_picture_stays_unseen_and_its_post_as_it_is(
    world: World, posted: Post, last_words: list[MediaChecked]
) -> None:
    media_id = posted()
    wechat_says(world, media_id, "review")
    world.settle()
    moderation.decide(media_id, CaseDecision.REMOVE, by="zhangsan", now=world.now)
    world.settle()
    assert found(media_id).state is State.REFUSED
    assert [fact.passed for fact in last_words] == [False]
    with pytest.raises(CaseDecidedAlready):
        moderation.decide(media_id, CaseDecision.PASS, by="lisi", now=world.now)


def test_a_case_of_a_picture_is_exported_and_follows_its_author(
    world: World, li: Person, posted: Post
) -> None:
    media_id = posted(purpose="video")
    (case,) = moderation.exported(li.member_id)
    assert case["post_id"] == found(media_id).post_id


def test_who_is_erased_meanwhile_leaves_nothing_to_check(
    world: World, li: Person, posted: Post
) -> None:
    media_id = posted()
    media.erase(facts.MemberErased(fact_id="e", at=world.now, member_id=li.member_id))
    wechat_says(world, media_id, "pass")
    half_an_hour_passes(world)
    assert media.find(media_id) is None
    assert not storage.exists(shaped_key(media_id, Size.LARGE))
