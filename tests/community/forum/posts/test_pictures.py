"""Pictures and videos of posts: others see what has passed its check, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.lists import PageQuery
from community.commons.audience.rules import OWNERS
from community.commons.media import service as media
from community.commons.media.rules import NoSuchMedia, NotUploaded, Purpose, UsedAlready
from community.facts import CaseDecision, MediaChecked, MemberErased
from community.forum.moderation import service as moderation
from community.forum.posts import afterwards as post_afterwards
from community.forum.posts import editing, pages, rules
from community.forum.posts import service as posts
from community.forum.posts.rules import Card, Picture, PictureState, Post
from tests.builders import a_draft
from tests.community.forum.conftest import Publish
from tests.pictures import uploaded, wechat_says
from tests.world import Person, World

WAITING, PASSED, REFUSED = PictureState


def checked(world: World, post: Post, media_id: str, *, passed: bool = True) -> None:
    post_afterwards.note_media(
        MediaChecked(
            fact_id=f"{media_id}.checked",
            at=world.now,
            media_id=media_id,
            member_id=post.author.member_id,
            post_id=post.post_id,
            passed=passed,
        )
    )
    world.relay()


def judged(world: World, media_id: str, said: str) -> None:
    """WeChat looks at a picture, and all follows from what it says."""
    world.settle()
    wechat_says(world, media_id, said)
    world.settle()


def pictures(world: World, post: Post, who: Person | None = None) -> list[tuple[str, str]]:
    seen = posts.read(who.member if who else None, post.post_id, now=world.now).post
    return [(each.media_id, each.state) for each in seen.pictures]


def card(world: World) -> Card:
    (found,) = pages.latest(None, "car-care", PageQuery(), now=world.now).items
    return found


def follow(world: World) -> None:
    """What follows from posts, and not yet from their pictures."""
    from community import consequences

    world.relay()
    for text in world.take("facts"):
        if "media" not in text:
            consequences.follow(text)


def test_others_see_a_picture_once_it_has_passed(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    one, two, three = (uploaded(world, li.member_id) for _ in range(3))
    post = publish(li, pictures=(one, two, three))
    assert pictures(world, post, wang) == []
    assert pictures(world, post, li) == [(one, WAITING), (two, WAITING), (three, WAITING)]
    checked(world, post, two)
    checked(world, post, three, passed=False)
    assert pictures(world, post, wang) == [(two, PASSED)]
    assert pictures(world, post, li) == [(one, WAITING), (two, PASSED), (three, REFUSED)]


def test_a_check_that_is_told_twice_changes_nothing_the_second_time(
    world: World, li: Person, publish: Publish
) -> None:
    one = uploaded(world, li.member_id)
    post = publish(li, pictures=(one,))
    checked(world, post, one)
    once = posts.get(post.post_id)
    checked(world, post, one)
    assert posts.get(post.post_id) == once


def test_lists_show_the_first_picture_that_has_passed(
    world: World, li: Person, publish: Publish
) -> None:
    one, two = (uploaded(world, li.member_id) for _ in range(2))
    post = publish(li, pictures=(one, two))
    assert card(world).cover is None
    checked(world, post, two)
    follow(world)
    assert card(world).cover == two
    checked(world, post, one)
    follow(world)
    assert card(world).cover == one


def test_a_post_for_some_shows_its_pictures_to_nobody_else(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    one = uploaded(world, li.member_id)
    post = publish(li, pictures=(one,), audience=OWNERS)
    checked(world, post, one)
    follow(world)
    assert card(world).cover is None
    assert pictures(world, post, wang) == []
    assert one not in str(posts.read(wang.member, post.post_id, now=world.now))


def test_a_video_is_shown_once_it_has_passed(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    video = uploaded(world, li.member_id, purpose=Purpose.VIDEO)
    post = publish(li, video=video)
    assert posts.read(wang.member, post.post_id, now=world.now).post.video is None
    checked(world, post, video)
    seen = posts.read(wang.member, post.post_id, now=world.now).post.video
    assert seen == Picture(video, PASSED)


@pytest.mark.parametrize(
    ("whose", "refusal"),
    [("another's", NoSuchMedia), ("unknown", NoSuchMedia), ("not uploaded", NotUploaded)],
)
def test_only_what_one_uploaded_oneself_can_be_posted(
    world: World, li: Person, wang: Person, publish: Publish, whose: str, refusal: Any
) -> None:
    asked, _ = media.ticket(
        li.member_id,
        Purpose.POST,
        content_type="image/jpeg",
        size=1_000,
        request_id="r",
        now=world.now,
    )
    named = {
        "another's": uploaded(world, wang.member_id),
        "unknown": "01J0000000000000000000P1CS",
        "not uploaded": asked.media_id,
    }
    with pytest.raises(refusal) as refused:
        publish(li, pictures=(uploaded(world, li.member_id), named[whose]))
    assert [error.field for error in refused.value.errors] == ["pictures[1]"]
    assert [row for row in world.rows("forum") if row["pk"].startswith("post#")] == []


def test_what_is_wrong_with_a_video_is_told_of_a_video(
    world: World, li: Person, publish: Publish
) -> None:
    with pytest.raises(NoSuchMedia) as refused:
        publish(li, video="01J0000000000000000000V1D0")
    (error,) = refused.value.errors
    assert (error.field, error.message) == ("video", "没有找到这个文件，请重新上传")


def test_a_picture_is_posted_once(world: World, li: Person, publish: Publish) -> None:
    one = uploaded(world, li.member_id)
    publish(li, pictures=(one,))
    with pytest.raises(UsedAlready):
        publish(li, pictures=(one,))


def test_the_same_request_again_gives_the_same_post(
    world: World, li: Person, publish: Publish
) -> None:
    one = uploaded(world, li.member_id)
    first = publish(li, pictures=(one,), request_id="r1")
    assert publish(li, pictures=(one,), request_id="r1") == first


def test_an_edit_keeps_what_became_of_the_pictures_that_stay(
    world: World, li: Person, publish: Publish
) -> None:
    one, two, three = (uploaded(world, li.member_id) for _ in range(3))
    post = publish(li, pictures=(one, two))
    judged(world, two, "pass")
    draft = a_draft(pictures=(three, two))
    edited = editing.edit(li.member, post.post_id, draft, now=world.now)
    assert edited.pictures == (Picture(three, WAITING), Picture(two, PASSED))


def test_a_check_that_comes_for_a_picture_that_was_taken_out_changes_nothing(
    world: World, li: Person, publish: Publish
) -> None:
    one = uploaded(world, li.member_id)
    post = publish(li, pictures=(one,))
    edited = editing.edit(li.member, post.post_id, a_draft(), now=world.now)
    checked(world, post, one)
    assert posts.get(post.post_id) == edited


@pytest.mark.parametrize(("said", "state"), [("pass", PASSED), ("risky", REFUSED)])
@pytest.mark.parametrize("is_out", [False, True])
def test_a_picture_that_comes_back_is_as_its_check_left_it(
    world: World,
    li: Person,
    wang: Person,
    publish: Publish,
    said: str,
    state: PictureState,
    is_out: bool,
) -> None:
    """Whether its check ended before it was taken out or while it was."""
    one = uploaded(world, li.member_id)
    post = publish(li, pictures=(one,))
    if not is_out:
        judged(world, one, said)
    editing.edit(li.member, post.post_id, a_draft(), now=world.now)
    if is_out:
        judged(world, one, said)
    editing.edit(li.member, post.post_id, a_draft(pictures=(one,)), now=world.now)
    world.settle()
    assert pictures(world, post, li) == [(one, state)]
    assert pictures(world, post, wang) == ([(one, PASSED)] if state is PASSED else [])
    assert card(world).cover == (one if state is PASSED else None)


def test_a_picture_that_comes_back_before_its_check_ends_is_shown_after_it(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    one = uploaded(world, li.member_id)
    post = publish(li, pictures=(one,))
    for kept in ((), (one,)):
        editing.edit(li.member, post.post_id, a_draft(pictures=kept), now=world.now)
        world.settle()
    assert pictures(world, post, li) == [(one, WAITING)]
    judged(world, one, "pass")
    assert pictures(world, post, wang) == [(one, PASSED)]


def test_a_picture_whose_check_ends_at_the_moment_it_comes_back_is_shown(
    world: World, li: Person, wang: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = uploaded(world, li.member_id)
    post = publish(li, pictures=(one,))
    editing.edit(li.member, post.post_id, a_draft(), now=world.now)
    world.settle()
    take, first = media.take, [True]

    def take_late(*args: Any, **kwargs: Any) -> Any:
        found = take(*args, **kwargs)
        if first:
            first.clear()
            judged(world, one, "pass")
        return found

    monkeypatch.setattr(media, "take", take_late)
    editing.edit(li.member, post.post_id, a_draft(pictures=(one,)), now=world.now)
    world.settle()
    assert first == []
    assert pictures(world, post, wang) == [(one, PASSED)]


def test_a_video_that_comes_back_is_as_a_moderator_left_it(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    video = uploaded(world, li.member_id, purpose=Purpose.VIDEO)
    post = publish(li, video=video)
    editing.edit(li.member, post.post_id, a_draft(), now=world.now)
    world.settle()
    moderation.decide(video, CaseDecision.PASS, by="zhangsan", now=world.now)
    world.settle()
    editing.edit(li.member, post.post_id, a_draft(video=video), now=world.now)
    seen = posts.read(wang.member, post.post_id, now=world.now).post.video
    assert seen == Picture(video, PASSED)


def test_the_pictures_of_somebody_who_is_erased_go_with_them(
    world: World, li: Person, publish: Publish
) -> None:
    one = uploaded(world, li.member_id)
    post = publish(li, pictures=(one,))
    checked(world, post, one)
    follow(world)
    posts.erase(MemberErased(fact_id="e", at=world.now, member_id=li.member_id))
    left = posts.get(post.post_id)
    assert (left.author, left.pictures, left.text) == (rules.ERASED, (), post.text)
    assert (card(world).cover, card(world).author) == (None, rules.ERASED)


def test_the_files_of_a_deleted_post_go_with_its_text(
    world: World, li: Person, publish: Publish
) -> None:
    from community.facts import PostErasureDue

    one, two = (uploaded(world, li.member_id) for _ in range(2))
    post = publish(li, pictures=(one,))
    editing.edit(li.member, post.post_id, a_draft(pictures=(two,)), now=world.now)
    editing.delete(li.member, post.post_id, now=world.now)
    world.later(days=30)
    post_afterwards.erase_due(PostErasureDue(fact_id="e", at=world.now, post_id=post.post_id))
    assert (media.find(one), media.find(two)) == (None, None)
