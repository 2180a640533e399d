"""Every Lambda may do what it does: the calls of the whole main job, held against the policy files.

That a policy allows nothing else is in `shipping/test_policies.py`; there the code is the evidence.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import xmltodict

import app
from chalicelib import inbox, tables
from tests.chat.conftest import Pushes, a_press
from tests.cloud import DISTRICTS, TEMPLATE, aws
from tests.community.story import play
from tests.conftest import stage_in_memory
from tests.events import failed_in, queue_event, stream_event
from tests.gateway import Gateway
from tests.mini_program_api.conftest import a_draft
from tests.world import Person, World

LAMBDAS = (
    "api_handler",
    "follow_facts",
    "work_inbox",
    "send_outbound",
    "tick",
)
QUEUES = {"facts": "follow_facts", "inbox": "work_inbox", "outbound": "send_outbound"}
IN_A_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
Used = dict[str, set[tuple[str, str]]]


class Recorder:
    """Runs the Lambdas and notes what each of them asks of DynamoDB: action, and table or index."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.used: Used = defaultdict(set)
        self._running = "api_handler"

    @contextmanager
    def listening(self) -> Iterator[None]:
        events = tables.connection().client.meta.events
        events.register("before-call.dynamodb", self._note)
        try:
            yield
        finally:
            events.unregister("before-call.dynamodb", self._note)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        self._running = name
        yield
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

    def _note(self, model: Any, params: Any, **_: Any) -> None:
        body = json.loads(params["body"])
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


@pytest.fixture(scope="module")
def used() -> Used:
    with pytest.MonkeyPatch.context() as patch, stage_in_memory(patch) as world:
        recorder, api = Recorder(world), Gateway(world.new_request_id)
        with recorder.listening():
            play(world, recorder.settle)
            li = world.joins("li")
            call_everything(api, li, recorder)
            press_what_nobody_answers(api, li, recorder)
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
    return found


@pytest.mark.parametrize("name", LAMBDAS)
def test_a_lambda_may_do_what_it_does(used: Used, name: str) -> None:
    assert used[name] - allowed(name) == set()
