"""Pictures and videos of posts: taken, shaped, judged, and only then for others to see."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from chalicelib import storage
from chalicelib.tables import Overtaken, one_transaction
from community import facts
from community.commons.agenda import service as agenda
from community.commons.media import service as media
from community.commons.media.rules import (
    Media,
    NoSuchMedia,
    NotAPicture,
    NotAVideo,
    NotUploaded,
    Purpose,
    Size,
    State,
    TooManyUploads,
    UsedAlready,
    shaped_key,
    video_key,
)
from community.facts import (
    CaseDecision,
    Fact,
    Judgement,
    MediaChecked,
    MediaDecided,
    MediaHeld,
    MediaShaped,
    MediaTaken,
    MemberErased,
    PictureDue,
    PictureJudged,
)
from tests.pictures import CAMERA, a_photo, a_video, uploaded
from tests.world import START, World

LI = "01J0000000000000000000MBR1"
WANG = "01J0000000000000000000MBR2"
POST = "01J0000000000000000000PST1"
OTHER_POST = "01J0000000000000000000PST2"


def named(*media_ids: str) -> dict[str, str]:
    return {f"pictures[{number}]": media_id for number, media_id in enumerate(media_ids)}


def take(
    *media_ids: str, by: str = LI, purpose: Purpose = Purpose.POST, post_id: str = POST
) -> list[Media]:
    with one_transaction() as write:
        return media.take(write, by, named(*media_ids), purpose=purpose, post_id=post_id, now=START)


def a_taken(world: World, body: bytes | None = None, *, purpose: str = "post") -> str:
    media_id = uploaded(world, LI, body, purpose=purpose)
    take(media_id, purpose=Purpose(purpose))
    return media_id


def state_of(media_id: str) -> State | None:
    found = media.find(media_id)
    assert found
    return found.state


def told(world: World) -> list[Fact]:
    """What is new, and goes no further."""
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def a_day_passes(world: World) -> None:
    world.later(days=1)
    agenda.let_happen(now=world.now)
    world.settle()


def judged(media_id: str, judgement: Judgement, *, attempt: int = 1) -> PictureJudged:
    return PictureJudged(
        fact_id=f"j{attempt}", at=START, media_id=media_id, attempt=attempt, judgement=judgement
    )


def decided(media_id: str, decision: CaseDecision) -> MediaDecided:
    return MediaDecided(
        fact_id="d",
        at=START,
        case_id=media_id,
        post_id=POST,
        author_id=LI,
        decision=decision,
        staff_id="zhangsan",
    )


# Taking


def test_a_post_takes_nine_pictures_at_once(world: World) -> None:
    asked = [uploaded(world, LI) for _ in range(9)]
    taken = take(*asked)
    assert [each.media_id for each in taken] == asked
    assert {(each.state, each.post_id, each.used) for each in taken} == {(State.TAKEN, POST, True)}
    assert [media.find(each) for each in asked] == taken
    news = [fact for fact in told(world) if isinstance(fact, MediaTaken)]
    assert {(fact.media_id, fact.member_id, fact.post_id) for fact in news} == {
        (each, LI, POST) for each in asked
    }


def test_pictures_of_two_days_are_taken_together(world: World) -> None:
    first = uploaded(world, LI)
    world.later(hours=13)
    assert len(take(first, uploaded(world, LI))) == 2


def test_taking_makes_room_for_uploads(world: World) -> None:
    waiting = [uploaded(world, LI) for _ in range(20)]
    take(*waiting[:2])
    assert uploaded(world, LI)
    assert uploaded(world, LI)
    with pytest.raises(TooManyUploads):
        uploaded(world, LI)


def test_no_pictures_are_nothing_to_take(world: World) -> None:
    before = world.rows("platform")
    media_id = uploaded(world, LI)
    take(media_id)
    assert take() == []
    assert len(world.rows("platform")) == len(before) + 3


def test_what_a_post_has_it_keeps(world: World) -> None:
    old, new = a_taken(world), uploaded(world, LI)
    media.shape(old)
    told(world)
    assert [each.state for each in take(old, new)] == [State.SHAPED, State.TAKEN]
    assert [type(fact) for fact in told(world)] == [MediaTaken]


def test_what_is_judged_while_it_is_taken_again_overtakes_that(world: World) -> None:
    media_id = a_taken(world)
    media.shape(media_id)

    def take_late() -> None:
        with one_transaction() as write:
            media.take(write, LI, named(media_id), purpose=Purpose.POST, post_id=POST, now=START)
            media.follow_judgement(judged(media_id, Judgement.PASS))

    with pytest.raises(Overtaken):
        take_late()
    assert [each.state for each in take(media_id)] == [State.PASSED]


def test_the_same_picture_twice_is_one(world: World) -> None:
    media_id = uploaded(world, LI)
    assert len(take(media_id, media_id)) == 1


def test_no_other_post_takes_it(world: World) -> None:
    media_id = a_taken(world)
    with pytest.raises(UsedAlready):
        take(media_id, post_id=OTHER_POST)


def test_who_takes_it_at_the_same_moment_is_overtaken(world: World) -> None:
    media_id = uploaded(world, LI)

    def take_late() -> None:
        with one_transaction() as write:
            media.take(
                write, LI, named(media_id), purpose=Purpose.POST, post_id=OTHER_POST, now=START
            )
            take(media_id)

    with pytest.raises(Overtaken):
        take_late()
    found = media.find(media_id)
    assert found
    assert found.post_id == POST


@pytest.mark.parametrize("media_id", ["", "x", "0" * 26, "../exports/1"])
def test_what_nobody_asked_for_is_not_there_and_its_field_is_named(
    world: World, media_id: str
) -> None:
    with pytest.raises(NoSuchMedia) as refused:
        take(uploaded(world, LI), media_id)
    assert [error.field for error in refused.value.errors] == ["pictures[1]"]


def test_nobody_takes_anothers_or_what_is_for_something_else(world: World) -> None:
    media_id = uploaded(world, LI)
    with pytest.raises(NoSuchMedia):
        take(media_id, by=WANG)
    with pytest.raises(NoSuchMedia):
        take(media_id, purpose=Purpose.VIDEO)


def test_what_was_not_uploaded_is_not_taken(world: World) -> None:
    media_id = uploaded(world, LI)
    storage.delete(f"post/{media_id}")
    with pytest.raises(NotUploaded) as refused:
        take(uploaded(world, LI), media_id)
    assert [error.field for error in refused.value.errors] == ["pictures[1]"]


@pytest.mark.parametrize("body", [b"x", b"<html><script>", b"\x89PNG\r\n\x1a\n", a_video()])
def test_what_begins_otherwise_than_it_should_is_not_taken(world: World, body: bytes) -> None:
    with pytest.raises(NotAPicture):
        take(uploaded(world, LI, body))


def test_a_video_is_a_video(world: World) -> None:
    with pytest.raises(NotAVideo):
        take(uploaded(world, LI, a_photo(), purpose="video"), purpose=Purpose.VIDEO)


def test_only_the_beginning_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    media_id = uploaded(world, LI)
    assert len(storage.beginning(f"post/{media_id}", bytes_max=16) or b"") == 16
    monkeypatch.setattr(storage, "get", None)
    assert take(media_id)


# Shaping


def test_a_shaped_picture_is_there_in_three_sizes_and_the_upload_is_gone(world: World) -> None:
    media_id = a_taken(world)
    told(world)
    media.shape(media_id)
    for size in Size:
        body = storage.get(shaped_key(media_id, size), bytes_max=10**6)
        assert body
        assert CAMERA.encode() not in body
        assert Image.open(BytesIO(body)).format == "JPEG"
    assert not storage.exists(f"post/{media_id}")
    assert state_of(media_id) is State.SHAPED
    (fact,) = told(world)
    assert isinstance(fact, MediaShaped)
    assert (fact.media_id, fact.member_id, fact.post_id) == (media_id, LI, POST)


def test_shaping_that_was_cut_short_is_finished(world: World) -> None:
    media_id = a_taken(world)
    told(world)
    media.shape(media_id)
    storage.put(f"post/{media_id}", a_photo(), content_type="image/jpeg")  # As if it ended there.
    media.shape(media_id)
    assert not storage.exists(f"post/{media_id}")
    assert len(told(world)) == 1


def test_a_broken_picture_is_refused(world: World) -> None:
    media_id = a_taken(world, a_photo()[:100])
    told(world)
    media.shape(media_id)
    assert state_of(media_id) is State.REFUSED
    assert not storage.exists(f"post/{media_id}")
    (fact,) = told(world)
    assert isinstance(fact, MediaChecked)
    assert (fact.media_id, fact.member_id, fact.post_id, fact.passed) == (media_id, LI, POST, False)


def test_a_video_waits_for_a_moderator_without_saying_where_it_was_taken(world: World) -> None:
    media_id = a_taken(world, purpose="video")
    told(world)
    media.shape(media_id)
    assert state_of(media_id) is State.HELD
    assert not storage.exists(f"video/{media_id}")
    shown = storage.get(video_key(media_id), bytes_max=10**6)
    assert shown
    assert len(shown) == len(a_video())
    assert b"121.4731" not in shown
    assert [type(fact) for fact in told(world)] == [MediaHeld]


def test_a_broken_video_is_refused(world: World) -> None:
    media_id = a_taken(world, a_video()[:-1], purpose="video")
    media.shape(media_id)
    assert state_of(media_id) is State.REFUSED


@pytest.mark.parametrize("purpose", ["post", "video"])
def test_an_upload_that_comes_again_after_it_was_shaped_is_gone_a_day_later(
    world: World, purpose: str
) -> None:
    media_id = a_taken(world, purpose=purpose)
    media.shape(media_id)
    storage.put(f"{purpose}/{media_id}", a_photo(), content_type="image/jpeg")
    told(world)
    a_day_passes(world)
    assert not storage.exists(f"{purpose}/{media_id}")
    found = media.find(media_id)
    assert found
    assert storage.exists(found.kept_as[0])


def test_an_upload_that_is_yet_to_be_shaped_stays(world: World) -> None:
    media_id = a_taken(world)
    told(world)
    a_day_passes(world)
    assert storage.exists(f"post/{media_id}")


def test_what_was_deleted_is_not_shaped(world: World) -> None:
    media_id = a_taken(world)
    media.delete(media_id)
    media.shape(media_id)
    assert media.find(media_id) is None
    assert not storage.exists(shaped_key(media_id, Size.SMALL))


def test_what_is_deleted_while_it_is_shaped_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_id = a_taken(world)
    put = storage.put

    def deleted_meanwhile(key: str, body: bytes, *, content_type: str) -> None:
        media.delete(media_id)
        put(key, body, content_type=content_type)

    monkeypatch.setattr(storage, "put", deleted_meanwhile)
    media.shape(media_id)
    assert not any(storage.exists(shaped_key(media_id, size)) for size in Size)


def test_links_ask_nobody_and_show_each_size(world: World) -> None:
    links = media.links("01J0000000000000000000MED1")
    for size in Size:
        assert f"/shaped/01J0000000000000000000MED1/{size}.jpg?" in getattr(links, size)
    assert "/shaped/01J0000000000000000000MED1/video.mp4?" in media.video_link(
        "01J0000000000000000000MED1"
    )


# Judging


@pytest.mark.parametrize(
    ("judgement", "state"),
    [
        (Judgement.PASS, State.PASSED),
        (Judgement.RISKY, State.REFUSED),
        (Judgement.REVIEW, State.HELD),
    ],
)
def test_a_picture_comes_to_what_wechat_says(
    world: World, judgement: Judgement, state: State
) -> None:
    media_id = a_taken(world)
    media.shape(media_id)
    told(world)
    for _ in range(2):
        media.follow_judgement(judged(media_id, judgement))
    assert state_of(media_id) is state
    (fact,) = told(world)
    if state is State.HELD:
        assert isinstance(fact, MediaHeld)
    else:
        assert isinstance(fact, MediaChecked)
        assert fact.passed is (state is State.PASSED)


def test_what_it_could_not_look_at_waits_until_it_was_asked_three_times(world: World) -> None:
    media_id = a_taken(world)
    media.shape(media_id)
    for attempt in (1, 2):
        media.follow_judgement(judged(media_id, Judgement.FAILED, attempt=attempt))
        assert state_of(media_id) is State.SHAPED
    media.follow_judgement(judged(media_id, Judgement.FAILED, attempt=3))
    assert state_of(media_id) is State.HELD


def test_the_first_word_counts(world: World) -> None:
    media_id = a_taken(world)
    media.shape(media_id)
    media.follow_judgement(judged(media_id, Judgement.RISKY))
    media.follow_judgement(judged(media_id, Judgement.PASS, attempt=2))
    assert state_of(media_id) is State.REFUSED


def test_what_nobody_says_anything_of_is_held(world: World) -> None:
    media_id = a_taken(world)
    media.shape(media_id)
    told(world)
    due = PictureDue(fact_id="due", at=START + timedelta(minutes=30), media_id=media_id)
    for _ in range(2):
        media.hold_unanswered(due)
    assert state_of(media_id) is State.HELD
    assert [type(fact) for fact in told(world)] == [MediaHeld]
    media.follow_judgement(judged(media_id, Judgement.PASS))
    assert state_of(media_id) is State.HELD, "A moderator has it by now."


def test_what_was_answered_is_not_held(world: World) -> None:
    media_id = a_taken(world)
    media.shape(media_id)
    media.follow_judgement(judged(media_id, Judgement.PASS))
    media.hold_unanswered(PictureDue(fact_id="due", at=START, media_id=media_id))
    assert state_of(media_id) is State.PASSED


@pytest.mark.parametrize(
    ("decision", "state"),
    [(CaseDecision.PASS, State.PASSED), (CaseDecision.REMOVE, State.REFUSED)],
)
def test_a_moderator_decides_about_what_is_held(
    world: World, decision: CaseDecision, state: State
) -> None:
    media_id = a_taken(world, purpose="video")
    media.shape(media_id)
    told(world)
    for _ in range(2):
        media.follow_decision(decided(media_id, decision))
    assert state_of(media_id) is state
    (fact,) = told(world)
    assert isinstance(fact, MediaChecked)
    assert fact.passed is (decision is CaseDecision.PASS)


def test_nothing_is_said_of_what_is_gone(world: World) -> None:
    media_id = a_taken(world)
    media.shape(media_id)
    media.erase(MemberErased(fact_id="e", at=START, member_id=LI))
    told(world)
    media.follow_judgement(judged(media_id, Judgement.PASS))
    media.hold_unanswered(PictureDue(fact_id="due", at=START, media_id=media_id))
    assert media.find(media_id) is None
    assert told(world) == []


# Belongings


def test_who_is_erased_leaves_no_picture_in_any_size(world: World) -> None:
    picture, video, waiting = a_taken(world), a_taken(world, purpose="video"), a_taken(world)
    for media_id in (picture, video):
        media.shape(media_id)
    media.erase(MemberErased(fact_id="e", at=START, member_id=LI))
    keys = [
        *(f"post/{media_id}" for media_id in (picture, waiting)),
        *(shaped_key(picture, size) for size in Size),
        f"video/{video}",
        video_key(video),
    ]
    assert [key for key in keys if storage.exists(key)] == []
    assert media.exported(LI) == []


def test_an_export_tells_of_what_posts_have(world: World) -> None:
    media_id = a_taken(world)
    (found,) = media.exported(LI)
    assert (found.media_id, found.post_id, found.state) == (media_id, POST, State.TAKEN)
