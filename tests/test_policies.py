"""Every Lambda may do what it does: the calls of the whole main job, held against the policy files.

That a policy allows nothing else is in `shipping/test_policies.py`; there the code is the evidence.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import xmltodict

import app
from chalicelib import crypto, inbox, storage, tables
from community.commons.agenda import service as agenda
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import GroupLine
from community.people.certifications import service as certifications
from community.people.members.rules import State
from local.partner import signed
from local.placeholders import SECRETS
from tests.chat.conftest import Pushes, a_press
from tests.chat.test_picture_events import a_verdict
from tests.chat.test_privacy_events import an_event as a_privacy_event
from tests.cloud import DISTRICTS, TEMPLATE, aws
from tests.community.story import play
from tests.conftest import stage_in_memory
from tests.events import failed_in, queue_event, stream_event
from tests.fakes.usual import a_licence_photo, trace_of
from tests.gateway import Gateway
from tests.mini_program_api.conftest import a_draft
from tests.pictures import a_photo, uploaded
from tests.test_app import EVERY_MINUTE
from tests.world import Person, World

LAMBDAS = (
    "api_handler",
    "follow_facts",
    "fold_counts",
    "work_inbox",
    "send_outbound",
    "shape_pictures",
    "tick",
)
QUEUES = {
    "facts": "follow_facts",
    "counts": "fold_counts",
    "inbox": "work_inbox",
    "outbound": "send_outbound",
    "pictures": "shape_pictures",
}
IN_A_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
WITH_FILES = {
    "upload_ticket": "s3:PutObject",
    "put": "s3:PutObject",
    "get": "s3:GetObject",
    "beginning": "s3:GetObject",
    "exists": "s3:GetObject",
    "link": "s3:GetObject",
    "steady_link": "s3:GetObject",
    "delete": "s3:DeleteObject",
}
"""What the functions of `storage` ask of the bucket, or let somebody ask in our name."""

PHOTOS = (a_photo(), a_photo(), a_photo()[:99])

Used = dict[str, set[tuple[str, str]]]


class Recorder:
    """Runs the Lambdas and notes what each of them asks of AWS: action, and table, index or prefix."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.used: Used = defaultdict(set)
        self._running = "api_handler"

    @contextmanager
    def listening(self) -> Iterator[None]:
        events = tables.connection().client.meta.events
        events.register("before-call.dynamodb", self._note)
        with pytest.MonkeyPatch.context() as patch:
            for name, action in WITH_FILES.items():
                patch.setattr(storage, name, self._noting_files(getattr(storage, name), action))
            patch.setattr(crypto, "_gcm", self._noting_seals(crypto._gcm))
            try:
                yield
            finally:
                events.unregister("before-call.dynamodb", self._note)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Each Lambda has a container of its own: it finds nothing at hand that another one has read."""
        self._running = name
        self.world.start_containers_anew()
        yield
        self.world.start_containers_anew()
        self._running = "api_handler"

    def settle(self) -> None:
        while any([self._relay(), *(self._work(queue) for queue in QUEUES)]):
            pass

    def _relay(self) -> int:
        records = [record for district in DISTRICTS for record in self.world.changes(district)]
        app.relay_facts(stream_event(records), None)
        return len(records)

    def _work(self, queue: str) -> int:
        bodies = self.world.take(queue)
        with self.running(QUEUES[queue]):
            failed = failed_in(getattr(app, QUEUES[queue])(queue_event(*bodies), None))
        for name in failed:
            body = bodies[int(name.removeprefix("m"))]
            aws("sqs").send_message(QueueUrl=self.world.queues[queue], MessageBody=body)
        return len(bodies)

    def _noting_files(self, do: Callable[..., Any], action: str) -> Callable[..., Any]:
        def noted(key: str, *args: Any, **more: Any) -> Any:
            self.used[self._running].add((action, key.partition("/")[0]))
            return do(key, *args, **more)

        return noted

    def _noting_seals(self, do: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        def noted(sealed_key: bytes) -> Any:
            self.used[self._running].add(("kms:Decrypt", "data keys"))
            return do(sealed_key)

        return noted

    def _note(self, model: Any, params: Any, **_: Any) -> None:
        body = json.loads(params["body"])
        if model.name in ("BatchGetItem", "BatchWriteItem"):
            for table in body["RequestItems"]:
                self._note_one(model.name, {"TableName": table})
            return
        if model.name != "TransactWriteItems":
            self._note_one(model.name, body)
            return
        for item in body["TransactItems"]:
            ((kind, asked),) = item.items()
            self._note_one(IN_A_TRANSACTION[kind], asked)

    def _note_one(self, action: str, asked: dict[str, Any]) -> None:
        district = asked["TableName"].rpartition("-")[2]
        place = f"{district}/{asked['IndexName']}" if "IndexName" in asked else district
        self.used[self._running].add((action, place))


def call_everything(api: Gateway, li: Person, recorder: Recorder) -> None:
    """The calls of the mini program that the story of the services leaves out."""
    post = api.post("/v1/boards/car-care/posts", a_draft(text="存疑"), as_=li, key="k").json
    (listed, *_) = api.get("/v1/boards/car-care/posts", as_=li).json["items"]
    api.put("/v1/me", {"nickname": "老李"}, as_=li)
    api.get("/v1/certifications", as_=li)
    for path in (f"/v1/posts/{listed['post_id']}", "/v1/notifications"):
        api.get(path, as_=li)
    page = api.get("/v1/notifications", as_=li, query={"limit": 1}).json
    api.get("/v1/notifications", as_=li, query={"limit": 1, "cursor": page["next_cursor"]})
    up_to = page["items"][0]["notification_id"]
    api.post("/v1/notifications/read", {"up_to": up_to}, as_=li)
    api.post("/v1/subscriptions", {"template": "post_decided", "accepted": 1}, as_=li, key="k")
    comments = f"/v1/posts/{listed['post_id']}/comments"
    api.get(comments, as_=li)
    assert api.post(comments, {"text": "违规"}, as_=li, key="k").status == 422
    recorder.settle()
    pushes = Pushes(api, recorder.world)
    pushes.presses("zhangsan", "moderation.pass", f"case-{post['post_id']}")
    for text in ("养车无忧", "我的积分"):
        pushes.says("li", text)
    recorder.settle()


def read_lists(api: Gateway, li: Person, recorder: Recorder) -> None:
    """Everything that lists posts, and what makes them; the minute in which the counts are looked at."""
    world = recorder.world
    draft = a_draft(topics=["露营"], model="途观 L", kind="question")
    post = api.post("/v1/boards/car-care/posts", draft, as_=li, key="listed").json["post_id"]
    for path in ("reactions/useful", "reactions/share", "favourite"):
        assert api.put(f"/v1/posts/{post}/{path}", as_=li).status == 204
    said = api.post(f"/v1/posts/{post}/comments", {"text": "好"}, as_=li, key="said").json
    recorder.settle()
    like = f"/v1/posts/{post}/comments/{said['comment_id']}/reactions/like"
    assert api.put(like, as_=li).status == 204
    recorder.settle()
    with recorder.running("tick"):
        app.tick(EVERY_MINUTE, None)
    recorder.settle()
    for sort in ("hot", "featured", "unanswered"):
        assert api.get("/v1/boards/car-care/posts", as_=li, query={"sort": sort}).status == 200
    for path in (
        "/v1/topics/露营/posts",
        f"/v1/members/{li.member_id}/posts",
        "/v1/me/posts",
        "/v1/me/comments",
        "/v1/me/favourites",
        "/v1/me/history",
    ):
        assert api.get(path, as_=li).status == 200, path
    assert api.delete("/v1/me/history", as_=li).status == 204
    recorder.settle()
    assert world.dead == []


def go_about_the_forum(api: Gateway, li: Person, recorder: Recorder) -> None:
    """Everything else that members do there: change a post, answer, vote, search, follow, read their feed."""
    world, other = recorder.world, recorder.world.becomes_owner("wu")
    other_id = other.member_id
    board = "/v1/boards/car-care/posts"
    question = api.post(board, a_draft(kind="question"), as_=li, key="asked").json["post_id"]
    asked = {"options": ["好", "不好"], "ends_at": (world.now + timedelta(days=1)).isoformat()}
    poll = api.post(board, a_draft(kind="poll", poll=asked), as_=li, key="poll").json["post_id"]
    draft = api.post("/v1/me/drafts", {"title": "没写完"}, as_=li, key="draft").json
    path = f"/v1/posts/{question}"
    said = {"text": "先看胎压", "mentions": [li.member_id]}
    answer = api.post(f"{path}/comments", said, as_=other, key="answer").json["comment_id"]
    recorder.settle()
    events = [{"post_id": question, "kind": "clicked", "at": world.now.isoformat()}]
    for method, where, body in (
        ("PUT", f"{path}/comments/{answer}/reactions/like", None),
        ("PUT", f"{path}/accepted/{answer}", None),
        ("PUT", path, a_draft(kind="question", title="改过")),
        ("DELETE", path, None),
        ("POST", f"{path}/restore", None),
        ("GET", f"{path}/edits", None),
        ("DELETE", f"{path}/accepted/{answer}", None),
        ("DELETE", f"{path}/comments/{answer}", None),
        ("POST", f"/v1/posts/{poll}/votes", {"choices": [0]}),
        ("GET", "/v1/me/drafts", None),
        ("DELETE", f"/v1/me/drafts/{draft['draft_id']}", None),
        ("PUT", f"/v1/follows/member/{other_id}", None),
        ("PUT", "/v1/follows/topic/露营", None),
        ("GET", "/v1/me/follows", None),
        ("PUT", f"/v1/me/blocks/{other_id}", None),
        ("DELETE", f"/v1/me/blocks/{other_id}", None),
        ("GET", f"/v1/members/{other_id}", None),
        ("GET", "/v1/feed", None),
        ("POST", "/v1/feed/events", {"events": events}),
        ("GET", "/v1/slots", None),
        ("PUT", "/v1/me/notification-settings", {"quiet_hours": None}),
    ):
        answered = api.call(method, where, body=body, as_=li)
        assert answered.status < 300, (where, answered)
        if method != "GET":
            recorder.settle()
    for where in ("/v1/search", "/v1/search/suggestions"):
        assert api.get(where, as_=li, query={"q": "胎压"}).status == 200
    assert world.dead == []


def press_what_nobody_answers(api: Gateway, li: Person, recorder: Recorder) -> None:
    """Presses that were taken in when the Lambda died: the tick brings them to the worker."""
    world = recorder.world
    car = {"kind": "owner", "vin": "LSVAA49J132000008", "plate_number": "沪A12345", "model": "X"}
    applied = api.post("/v1/certifications", car, as_=li).json
    held = api.post("/v1/boards/car-care/posts", a_draft(text="存疑"), as_=li).json
    recorder.settle()
    for key, task in (
        ("certification.approve", f"certification-{applied['certification_id']}"),
        ("moderation.pass", f"case-{held['post_id']}"),
    ):
        press = xmltodict.parse(a_press("lisi", key, task, at=world.now))["xml"]
        inbox.take("wecom", task, press, now=world.now)
    world.later(seconds=61)
    with recorder.running("tick"):
        inbox.sweep(now=world.now)
    recorder.settle()


def take_what_the_dealer_tells(api: Gateway, recorder: Recorder) -> None:
    """Twice: of somebody new, and of somebody known."""
    path, at = "/v1/partner/archive", str(int(recorder.world.now.timestamp()))
    key = SECRETS["partner_keys"].split(",")[0].removeprefix("crm:")
    body = json.dumps({"rows": [{"mobile": "13800138000", "vin": "LSVAA49J132000009"}]})
    for nonce in ("n" * 16, "m" * 16):
        headers = signed(
            key,
            partner_id="crm",
            method="POST",
            path=path,
            body=body.encode(),
            timestamp=at,
            nonce=nonce,
        )
        assert api.post(path, raw=body, headers=headers).status == 200
    recorder.settle()


def upload_what_nobody_uses(api: Gateway, li: Person, recorder: Recorder) -> None:
    """A day later it is deleted."""
    wanted = {"purpose": "licence", "content_type": "image/png", "bytes": 9}
    assert api.post("/v1/media", wanted, as_=li).status == 201
    recorder.world.later(days=1)
    with recorder.running("tick"):
        agenda.let_happen(now=recorder.world.now)
    recorder.settle()


def tell_the_group_too_much(recorder: Recorder) -> None:
    """A minute later it hears the rest."""
    lines = [GroupLine(message_id=f"line {number}", text="…") for number in range(20)]
    outbound.enqueue(*lines)
    recorder.settle()
    recorder.world.later(minutes=1)
    with recorder.running("tick"):
        agenda.let_happen(now=recorder.world.now)
    recorder.settle()


def certify_in_every_way(api: Gateway, recorder: Recorder) -> None:
    """With a photo, by a moderator who looks at it; handed over; with a co-driver; until it ends."""
    world, pushes = recorder.world, Pushes(api, recorder.world)
    zhao, sun = world.joins("zhao"), world.joins("sun")
    picture = a_licence_photo(vin="LSVAA49J132000031")
    wanted = {"purpose": "licence", "content_type": "image/png", "bytes": len(picture)}
    photo = api.post("/v1/media", wanted, as_=zhao).json["media_id"]
    storage.put(f"licence/{photo}", picture, content_type="image/png")
    of_photo = {"licence_media_id": photo}
    assert api.post("/v1/licence-readings", of_photo, as_=zhao).status == 200
    applied = api.post("/v1/certifications", {"kind": "owner", **of_photo}, as_=zhao).json
    recorder.settle()
    task = f"certification-{applied['certification_id']}"
    pushes.presses("lisi", "certification.photo", task)
    pushes.presses("lisi", "certification.ask_more", task)
    path = f"/v1/certifications/{applied['certification_id']}"
    assert api.put(path, {"model": "ID.4"}, as_=zhao).status == 200
    recorder.settle()
    pushes.presses("lisi", "certification.approve", f"{task}-2")
    recorder.settle()
    (car,) = api.get("/v1/vehicles", as_=zhao).json["items"]
    seats = f"/v1/vehicles/{car['vehicle_id']}/co-drivers"
    for who in (sun, world.joins("qian")):
        code = api.post(seats, as_=zhao).json["code"]
        assert api.put(f"/v1/co-drivers/{code}", as_=who).status == 200
    assert api.delete(f"{seats}/{sun.member_id}", as_=zhao).status == 204
    again = {"kind": "owner", "vin": "LSVAA49J132000031", "plate_number": "沪A12345", "model": "X"}
    bought = api.post("/v1/certifications", again, as_=sun).json["certification_id"]
    recorder.settle()
    answer = {"answer": "hand_over"}
    assert api.post(f"/v1/certifications/{bought}/transfer", answer, as_=zhao).status == 200
    late = api.post("/v1/certifications", again, as_=world.joins("zhou")).json["certification_id"]
    recorder.settle()
    for days in (7, 30, 700):
        world.later(days=days)
        with recorder.running("tick"):
            agenda.let_happen(now=world.now)
        recorder.settle()
    assert certifications.get(bought).state == "expired"
    assert certifications.get(late).cards == 1


def post_pictures(api: Gateway, recorder: Recorder) -> None:
    """Pictures and a video in every way in which they can be judged, and one that is broken; exported."""
    world, pushes = recorder.world, Pushes(api, recorder.world)
    author = world.becomes_owner("yang")
    good, unanswered, broken = (uploaded(world, author.member_id, body) for body in PHOTOS)
    video = uploaded(world, author.member_id, purpose="video")
    car_care = "/v1/boards/car-care/posts"
    pictures = [good, unanswered, broken]
    shown = api.post(car_care, a_draft(pictures=pictures), as_=author)
    assert shown.status == 201, shown
    assert api.post(car_care, a_draft(video=video), as_=author).status == 201
    recorder.settle()
    pushes.wechat(a_verdict(world, trace_id=trace_of(good)), form="json")
    recorder.settle()
    world.later(minutes=30)
    with recorder.running("tick"):
        agenda.let_happen(now=world.now)
    recorder.settle()
    for key in ("moderation.look", "moderation.pass"):
        pushes.presses("lisi", key, f"case-{video}")
        press = xmltodict.parse(a_press("lisi", key, f"case-{unanswered}", at=world.now))["xml"]
        inbox.take("wecom", f"{key} late", press, now=world.now)
    world.later(seconds=61)
    with recorder.running("tick"):
        inbox.sweep(now=world.now)
    recorder.settle()
    post = api.get(f"/v1/posts/{shown.json['post_id']}", as_=world.joins("wang")).json
    assert [picture["media_id"] for picture in post["pictures"]] == [good, unanswered]
    export_id = api.post("/v1/me/export", as_=author).json["export_id"]
    recorder.settle()
    assert api.get(f"/v1/me/exports/{export_id}", as_=author).json["state"] == "ready"
    world.later(days=1)
    goodbye = {"confirm": "注销"}
    assert api.delete("/v1/me", body=goodbye, as_=world.joins("yang")).status == 202
    world.later(days=7)
    with recorder.running("tick"):
        agenda.let_happen(now=world.now)
    recorder.settle()


def use_their_rights(api: Gateway, recorder: Recorder) -> None:
    """Consent, what WeChat says that they took back, leaving, and closing the account."""
    world, pushes = recorder.world, Pushes(api, recorder.world)
    li, wang = world.joins("li"), world.joins("wang")
    version = api.get("/v1/me/consent", as_=li).json["version"]
    for agreed in (False, True):
        api.put("/v1/me/consent", {"version": version, "agreed": agreed}, as_=li)
        recorder.settle()
        world.later(seconds=1)
    goodbye = {"confirm": "注销"}
    assert api.delete("/v1/me", body=goodbye, as_=li).status == 202
    assert api.post("/v1/me/stay", as_=li).status == 200
    world.later(seconds=1)
    assert api.delete("/v1/me", body=goodbye, as_=li).status == 202
    taken_back = a_privacy_event(
        "user_authorization_revoke", who="wang", world=world, RevokeInfo="8"
    )
    closed = a_privacy_event("user_authorization_cancellation", who="wang", world=world)
    for event in (taken_back, closed):
        pushes.wechat(event)
        recorder.settle()
    assert wang.member.state is State.ERASED
    world.later(days=7)
    for _ in range(3):
        with recorder.running("tick"):
            agenda.let_happen(now=world.now)
        recorder.settle()
        world.later(minutes=3)
    assert li.member.state is State.ERASED


def turn_out_to_be_one_person(api: Gateway, recorder: Recorder) -> None:
    """By a phone number, which the older one gave up and takes again; then they sign out."""
    world = recorder.world
    one, other = world.joins("feng"), world.joins("chen")
    for who, code in (
        (one, "phone-of-13800138001"),
        (other, "phone-of-13800138002"),
        (one, "phone-of-13800138003"),
        (one, "phone-of-13800138002~again"),
    ):
        assert api.post("/v1/me/phone", {"code": code}, as_=who).status == 200
    recorder.settle()
    world.later(minutes=3)
    with recorder.running("tick"):
        agenda.let_happen(now=world.now)
    recorder.settle()
    assert one.member == other.member
    assert api.delete("/v1/session", as_=other).status == 204
    assert api.post("/v1/me/sessions/revoke", as_=one).status == 204


@pytest.fixture(scope="module")
def used() -> Used:
    with pytest.MonkeyPatch.context() as patch, stage_in_memory(patch) as world:
        recorder, api = Recorder(world), Gateway(world.new_request_id)
        with recorder.listening():
            play(world, recorder.settle)
            li = world.joins("li")
            call_everything(api, li, recorder)
            read_lists(api, li, recorder)
            go_about_the_forum(api, li, recorder)
            press_what_nobody_answers(api, li, recorder)
            take_what_the_dealer_tells(api, recorder)
            upload_what_nobody_uses(api, li, recorder)
            tell_the_group_too_much(recorder)
            certify_in_every_way(api, recorder)
            post_pictures(api, recorder)
            use_their_rights(api, recorder)
            turn_out_to_be_one_person(api, recorder)
        return recorder.used


def allowed(name: str) -> set[tuple[str, str]]:
    policy = json.loads((TEMPLATE.parent / f"policy-{name}.json").read_text())
    found = set()
    for statement in policy["Statement"]:
        for action in statement["Action"]:
            resource = json.dumps(statement["Resource"])
            index = "/gsi1" if "/index/gsi1" in resource else ""
            found |= {
                (action.removeprefix("dynamodb:"), f"{district}{index}")
                for district in DISTRICTS
                if f"{district.capitalize()}Table" in resource
            }
            prefixes = re.findall(r"MediaBucket\.Arn}/(\w+)/", resource)
            found |= {(action, prefix) for prefix in prefixes}
            if "DataMasterKey" in resource:
                found.add((action, "data keys"))
    return found


@pytest.mark.parametrize("name", LAMBDAS)
def test_a_lambda_may_do_what_it_does(used: Used, name: str) -> None:
    assert used[name] - allowed(name) == set()


def test_data_keys_are_opened_by_those_only_who_seal_or_open(used: Used) -> None:
    opening = ("kms:Decrypt", "data keys")
    assert {n for n in LAMBDAS if opening in used[n]} == {
        n for n in LAMBDAS if opening in allowed(n)
    }
