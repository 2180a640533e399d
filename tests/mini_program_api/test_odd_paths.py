"""Whatever stands in an address where an id belongs: it is not found, and never a bug."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from local.openapi import CONTRACT
from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish, a_draft
from tests.world import Person, World

NOBODYS = "01J0000000000000000000MED1"
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/posts/{post_id}/votes"): {"choices": [0]},
    ("POST", "/v1/boards/{board_id}/posts"): a_draft(),
    ("PUT", "/v1/certifications/{certification_id}"): {"licence_media_id": NOBODYS},
    ("POST", "/v1/certifications/{certification_id}/transfer"): {"answer": "confirm"},
    ("POST", "/v1/posts/{post_id}/comments"): {"text": "好"},
    ("PUT", "/v1/me/drafts/{draft_id}"): {"body": {}, "version": 1},
    ("PUT", "/v1/posts/{post_id}"): a_draft(),
}
ROUTES = [
    (method.upper(), path)
    for path, methods in json.loads(CONTRACT.read_text())["paths"].items()
    for method in methods
    if "{" in path
]
# Of what nobody ever heard of there is nothing to be read, and nothing to be taken away; a topic may
# be anything.
NOTHING_THERE = {
    ("GET", "/v1/topics/{topic}/posts"),
    ("GET", "/v1/models/{model}/posts"),
    ("PUT", "/v1/follows/{kind}/{target_id}"),
    ("DELETE", "/v1/follows/{kind}/{target_id}"),
    ("DELETE", "/v1/me/blocks/{member_id}"),
    ("DELETE", "/v1/me/drafts/{draft_id}"),
    ("DELETE", "/v1/posts/{post_id}/accepted/{comment_id}"),
}
ODD: list[str | bytes] = [
    "x" * 3_000,
    "车" * 1_000,
    NOBODYS,
    "a#b|c.d-e:f g\n",
    "\x00",
    "😀",
    b"\xff\xfe\xed\xa0\x80",
    "{post_id}%s%",
    " ",
]


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[" ".join(each) for each in ROUTES])
def test_what_is_no_id_is_not_found(
    world: World, api: Gateway, li: Person, publish: Publish, method: str, path: str
) -> None:
    post_id = publish(li, kind="question")["post_id"]
    body, names = BODIES.get((method, path)), re.findall(r"\{(\w+)\}", path)
    for name, odd in product(names, ODD):
        # Nobody may try so many wrong codes in a day.
        world.later(days=1)
        who = world.joins("li")
        told = dict.fromkeys(names, quote(odd, safe="")) | {"post_id": post_id, "kind": "topic"}
        told[name] = quote(odd, safe="")
        reply = api.call(method, path.format(**told), body=body, as_=who)
        if (method, path) in NOTHING_THERE:
            assert reply.status in (200, 204, 404, 422), (name, odd, reply)
        else:
            assert reply.refusal[0] in (404, 422), (name, odd, reply)


def test_every_route_that_takes_a_body_gets_one_here() -> None:
    paths = json.loads(CONTRACT.read_text())["paths"]
    taking = {(how, at) for how, at in ROUTES if "requestBody" in paths[at][how.lower()]}
    assert taking == BODIES.keys()
