"""Posts beside the plain ones: with pictures, a part or a poll; changed, deleted, kept for later."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from io import BytesIO
from itertools import count
from typing import Any

from bench import acts
from bench.acts import FOR_OWNERS, PAGE, POST, TEXT_OF_3_KB, Cast, post
from bench.meter import Sum
from bench.operation import Budget, Operation, done, own
from bench.stage import Stage
from tests.fakes.usual import trace_of

MEDIA, DRAFTS = "/v1/media", "/v1/me/drafts"
VOTES = "/v1/posts/{post_id}/votes"
RESTORE, EDITS = "/v1/posts/{post_id}/restore", "/v1/posts/{post_id}/edits"
PICTURES, OPTIONS = 9, ("轮胎", "刹车片", "机油", "雨刮", "电瓶")
SAID = {"kind": "discussion", "title": acts.LONGEST_TITLE, "text": TEXT_OF_3_KB}
DRAFT = {**SAID, "board_id": acts.BOARD}
PART = {"audience": {"tier_min": "T2"}, "text": TEXT_OF_3_KB}
_numbers = count(1)


def _publish(stage: Stage, cast: Cast, **more: Any) -> Sum:
    stage.follow()
    return stage.cost(lambda: post(stage, cast.author, **more)) - cast.identity


def _publish_pictures(stage: Stage, cast: Cast) -> Sum:
    pictures = [_uploaded(stage, cast) for _ in range(PICTURES)]
    return _publish(stage, cast, pictures=pictures)


def _publish_part(stage: Stage, cast: Cast) -> Sum:
    return _publish(stage, cast, part=PART)


def _publish_poll(stage: Stage, cast: Cast) -> Sum:
    return _publish(stage, cast, **_asked(stage))


def _edit(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author)
    stage.follow()
    return _edited(stage, cast, post_id)


def _edit_followed(stage: Stage, cast: Cast) -> Sum:
    _edit(stage, cast)
    return stage.cost(stage.follow)


def _versions(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author)
    for _ in range(3):
        _edited(stage, cast, post_id)
    stage.follow()
    return _by_author(stage, cast, "GET", EDITS, post_id)


def _delete(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author)
    stage.follow()
    return _by_author(stage, cast, "DELETE", POST, post_id)


def _delete_followed(stage: Stage, cast: Cast) -> Sum:
    _delete(stage, cast)
    return stage.cost(stage.follow)


def _restore(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author)
    stage.follow()
    stage.call("DELETE", POST, post_id, token=cast.author)
    stage.follow()
    return _by_author(stage, cast, "POST", RESTORE, post_id)


def _restore_followed(stage: Stage, cast: Cast) -> Sum:
    _restore(stage, cast)
    return stage.cost(stage.follow)


def _read_part(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author, part={**PART, "audience": FOR_OWNERS})
    stage.follow()
    stage.call("GET", POST, post_id, token=cast.reader)
    return done(stage, cast, "GET", POST, post_id)


def _read_locked_part(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author, part=PART)
    stage.follow()
    stage.call("GET", POST, post_id, token=cast.reader)
    return done(stage, cast, "GET", POST, post_id)


def _vote(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author, **_asked(stage))
    stage.follow()
    stage.call("GET", POST, post_id, token=cast.reader)
    stage.follow()
    return done(stage, cast, "POST", VOTES, post_id, body={"choices": [1]})


def _vote_followed(stage: Stage, cast: Cast) -> Sum:
    _vote(stage, cast)
    return stage.cost(stage.follow)


def _ask_for_upload(stage: Stage, cast: Cast) -> Sum:
    return _by_author(stage, cast, "POST", MEDIA, body=_picture())


def _shaped(stage: Stage, cast: Cast) -> Sum:
    """A picture of a post is made into what others may see, and WeChat is asked about it."""
    media_id = _taken(stage, cast)
    return stage.cost(lambda: _make_ready(stage, media_id))


def _passed(stage: Stage, cast: Cast) -> Sum:
    """WeChat is asked, and says what it thinks of the picture: it shows, and is the cover of its post."""
    from chalicelib.wechat.envelope import PictureVerdict
    from community.commons.media.rules import Size, shaped_key
    from community.commons.safety import service as safety

    media_id = _taken(stage, cast)
    _make_ready(stage, media_id)

    def judge() -> None:
        key = shaped_key(media_id, Size.LARGE)
        safety.ask_about_picture(media_id, key=key, openid="o", attempt=1, now=stage.now)
        safety.hear(PictureVerdict(trace_of(media_id), "pass"), now=stage.now)
        stage.follow()

    return stage.cost(judge)


def _begin_draft(stage: Stage, _cast: Cast) -> Sum:
    token = acts.signed_in(stage, f"drafter-{next(_numbers)}")
    return own(stage, token, "POST", DRAFTS, body=DRAFT)


def _change_draft(stage: Stage, cast: Cast) -> Sum:
    begun = stage.call("POST", DRAFTS, token=cast.author, body=DRAFT).json
    changed = {"version": begun["version"], "body": {**DRAFT, "text": TEXT_OF_3_KB[1:]}}
    route, draft_id = DRAFTS + "/{draft_id}", begun["draft_id"]
    cost = _by_author(stage, cast, "PUT", route, draft_id, body=changed)
    stage.call("DELETE", route, draft_id, token=cast.author)
    return cost


def _drafts(stage: Stage, _cast: Cast) -> Sum:
    token = acts.signed_in(stage, f"drafter-{next(_numbers)}")
    for _ in range(PAGE):
        stage.later(seconds=1)
        stage.call("POST", DRAFTS, token=token, body=DRAFT)
    return own(stage, token, "GET", DRAFTS)


def _edited(stage: Stage, cast: Cast, post_id: str) -> Sum:
    stage.later(seconds=1)
    changed = {**SAID, "text": f"{TEXT_OF_3_KB[4:]}{next(_numbers):04}", "audience": FOR_OWNERS}
    return _by_author(stage, cast, "PUT", POST, post_id, body=changed)


def _by_author(
    stage: Stage, cast: Cast, method: str, route: str, *path: str, **more: object
) -> Sum:
    cost = stage.cost(lambda: stage.call(method, route, *path, token=cast.author, **more))
    return cost - cast.identity


def _asked(stage: Stage) -> dict[str, Any]:
    ends_at = (stage.now + timedelta(days=7)).isoformat()
    return {"kind": "poll", "poll": {"options": OPTIONS, "choices_max": 2, "ends_at": ends_at}}


def _taken(stage: Stage, cast: Cast) -> str:
    """A new picture of a new post."""
    media_id = _uploaded(stage, cast)
    post(stage, cast.author, pictures=[media_id])
    stage.follow()
    return media_id


def _make_ready(stage: Stage, media_id: str) -> None:
    from community.commons.media import service as media

    media.shape(media_id)
    stage.follow()


def _uploaded(stage: Stage, cast: Cast) -> str:
    """The author's picture, in the bucket."""
    from chalicelib import storage
    from community.commons.media import service as media

    stage.later(seconds=1)
    made = stage.call("POST", MEDIA, token=cast.author, body=_picture()).json
    found = media.find(made["media_id"])
    assert found
    storage.put(found.key, _photo(), content_type=found.content_type)
    return found.media_id


def _picture() -> dict[str, object]:
    return {"purpose": "post", "content_type": "image/jpeg", "bytes": len(_photo())}


@cache
def _photo() -> bytes:
    from PIL import Image

    body = BytesIO()
    Image.new("RGB", (400, 300), (30, 60, 200)).save(body, "JPEG")
    return body.getvalue()


OF_POSTS: tuple[Operation, ...] = (
    Operation("publish it with nine pictures", _publish_pictures, Sum(10.5, 40, 5)),
    Operation("publish it with a part of 3 KB for some", _publish_part, Sum(1.5, 17, 4)),
    Operation("publish it as a poll", _publish_poll, Sum(2.5, 5, 5), Budget(None, 5)),
    Operation("edit a 3 KB post", _edit, Sum(3, 26, 5)),
    Operation("what follows from an edit", _edit_followed, Sum(10.5, 9, 17)),
    Operation("what a post was before", _versions, Sum(2.5, 0, 2)),
    Operation("delete a post", _delete, Sum(2, 21, 4)),
    Operation("what follows from a deletion", _delete_followed, Sum(11.5, 11, 19)),
    Operation("restore a post", _restore, Sum(2, 14, 4)),
    Operation("what follows from a restored post", _restore_followed, Sum(13, 11, 21)),
    Operation("read a post with a part", _read_part, Sum(2, 0, 4)),
    Operation("read a post with a part that is locked", _read_locked_part, Sum(2, 0, 4)),
    Operation("vote", _vote, Sum(2, 4, 4)),
    Operation("what follows from a vote", _vote_followed, Sum(1.5, 0, 2)),
    Operation("ask for an upload", _ask_for_upload, Sum(0, 8, 1)),
    Operation("a picture is made ready and sent to be checked", _shaped, Sum(5.5, 4, 8)),
    Operation("a picture has passed and is shown", _passed, Sum(15, 12, 24)),
    Operation("begin a draft", _begin_draft, Sum(1, 4, 2)),
    Operation("change a draft", _change_draft, Sum(1, 4, 2)),
    Operation("my drafts, 20 of 3 KB", _drafts, Sum(17, 0, 1)),
)
