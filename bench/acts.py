"""Who is on the stage and what they do there, through the Lambda's entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from bench import letters
from bench.letters import Push
from bench.meter import Sum
from bench.stage import Stage

BOARD = "car-care"
PAGE = 20
TAGS = 28
"""Beside the tag for the board and that for being an owner: 30, as many as usual."""
BOARDS = "/v1/boards"
POSTS = "/v1/boards/{board_id}/posts"
POST = "/v1/posts/{post_id}"
COMMENTS = "/v1/posts/{post_id}/comments"
LIKE = "/v1/posts/{post_id}/reactions/like"
NOTIFICATIONS = "/v1/notifications"

LONGEST_NICKNAME = "车" * 20
LONGEST_TITLE = "题" * 50
LONGEST_TEASER = "引" * 80
TEXT_OF_3_KB = "文" * 1_000
COMMENT = "评" * 50
FOR_OWNERS = {"identity": ["owner"]}
MODERATOR = "zhangsan"

_numbers = count(1)


@dataclass(frozen=True)
class Cast:
    """Who is there, and what was said before anything is measured."""

    author: str
    reader: str
    reader_id: str
    post_ids: tuple[str, ...]
    identity: Sum

    @property
    def post_id(self) -> str:
        """The post that everything happens to."""
        return self.post_ids[-1]


def prepare(stage: Stage) -> Cast:
    """A full page of posts, as long as they may be, all liked and read by the reader; comments."""
    author, reader = owner(stage, "author"), owner(stage, "reader")
    reader_id = member_id_of(stage, reader)
    post_ids = [post(stage, author) for _ in range(PAGE)]
    for post_id in post_ids:
        stage.call("PUT", LIKE, post_id, token=reader)
        stage.call("GET", POST, post_id, token=reader)
    for _ in range(PAGE + 1):
        stage.later(seconds=1)
        stage.call("POST", COMMENTS, post_ids[-1], token=reader, body={"text": COMMENT})
        tell(stage, reader_id)
    push(stage, letters.chat_text("帮助", now=stage.now))
    stage.follow()
    _note_tags(stage, reader_id)
    # The boards are at hand for a minute: then to list them is to know who calls, and no more.
    stage.call("GET", BOARDS, token=reader)
    identity = stage.cost(lambda: stage.call("GET", BOARDS, token=reader))
    return Cast(author, reader, reader_id, tuple(post_ids), identity)


def _note_tags(stage: Stage, member_id: str) -> None:
    """What a member cares for who has been here for months."""
    from community.people.tags import service as tags

    tags.note(member_id, {f"topic:自驾露营{number}": 2 for number in range(TAGS)}, at=stage.now)


def warm_tags(stage: Stage) -> None:
    """The container has the catalogue at hand."""
    from community.people.tag_catalogue import service as tag_catalogue

    tag_catalogue.everything(now=stage.now)


def owner(stage: Stage, who: str) -> str:
    """Somebody who may post, by their token."""
    from community.facts import CertificationDecision
    from community.people.certifications import service as certifications

    token = signed_in(stage, who)
    stage.call("PUT", "/v1/me", token=token, body={"nickname": LONGEST_NICKNAME})
    car = {
        "kind": "owner",
        "vin": f"LSVAA49J1320{next(_numbers):05d}",
        "plate_number": "沪A12345",
        "model": "途观 L",
    }
    applied = stage.call("POST", "/v1/certifications", token=token, body=car).json
    certifications.decide(
        applied["certification_id"], CertificationDecision.APPROVE, by=MODERATOR, now=stage.now
    )
    stage.follow()
    return token


def signed_in(stage: Stage, who: str) -> str:
    token: str = stage.call("POST", "/v1/session", body={"code": f"code-of-{who}"}).json["token"]
    return token


def member_id_of(stage: Stage, token: str) -> str:
    member_id: str = stage.call("GET", "/v1/me", token=token).json["member_id"]
    return member_id


def post(
    stage: Stage,
    token: str,
    *,
    text: str = TEXT_OF_3_KB,
    audience: Mapping[str, object] = FOR_OWNERS,
    topics: Sequence[str] = (),
    board: str = BOARD,
    key: str | None = None,
    **more: object,
) -> str:
    stage.later(seconds=1)
    draft = {
        "kind": "discussion",
        "title": LONGEST_TITLE,
        "text": text,
        "teaser": LONGEST_TEASER,
        "audience": audience,
        "topics": topics,
        **more,
    }
    headers = {"idempotency-key": key} if key else {}
    reply = stage.call("POST", POSTS, board, token=token, body=draft, headers=headers)
    post_id: str = reply.json["post_id"]
    return post_id


def tell(stage: Stage, member_id: str) -> None:
    from community.commons.notifications import service as notifications
    from community.commons.notifications.rules import Kind
    from community.facts import Fact

    fact = Fact(fact_id=f"told-{next(_numbers)}", at=stage.now)
    notifications.tell(
        member_id,
        fact,
        kind=Kind.MODERATION,
        title="您发布的内容已通过审核",
        text=f"「{LONGEST_TITLE[:20]}」现在大家都能看到了",
        link=f"pages/post/index?post_id={'0' * 26}",
    )


def callback(stage: Stage) -> Push:
    """A message of a member comes in and is answered."""
    from chat import worker

    pushed = letters.chat_text("帮助", now=stage.now)
    push(stage, pushed)
    worker.work(pushed.inbox_id)
    return pushed


def push(stage: Stage, pushed: Push) -> None:
    stage.call("POST", pushed.route, query=pushed.query, body=pushed.body)
