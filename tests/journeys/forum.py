"""Those who meet in the forum, what colleagues do there by command, and what everybody says and sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from local.places import REPO
from local.players import Colleague, Phone, awaited
from local.stack import Stack
from local.stages import environment_of

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
TALK = "new-car-shopping"
"""A board on which every member writes."""
DEEDS = """
import importlib, json, sys
from chalicelib import clock
MODULES = {"post": "posts", "board": "boards"}
for command, said in json.load(sys.stdin):
    for line in importlib.import_module(f"local.{MODULES.get(command, command)}").done(said, now=clock.utc_now()):
        print(line)
"""


@dataclass
class People:
    """An owner, two prospects, an official account, and a colleague who is a member, too."""

    owner: Phone
    prospect: Phone
    friend: Phone
    official: Phone
    clerk: Phone

    @classmethod
    def meet(cls, stack: Stack, http: httpx.Client, *, car: dict[str, str]) -> People:
        names = ("老周", "阿诚", "小鹿", "官方", "小王")
        people = cls(*(Phone.of_somebody(stack.base, name, http) for name in names))
        people.come_back()
        people.owner.becomes_owner(Colleague(stack.base, "zhangsan", http), **car)
        by_command(
            stack,
            ("member", {"DO": "official", "WHO": member_id(people.official), "BY": "zhangsan"}),
            ("member", {"DO": "staff", "WHO": member_id(people.clerk), "BY": "zhangsan"}),
        )
        return people

    @property
    def everybody(self) -> tuple[Phone, ...]:
        return (self.owner, self.prospect, self.friend, self.official, self.clerk)

    def come_back(self) -> None:
        """Time may have moved by weeks: WeChat checks the texts of those alone who were here lately."""
        for phone in self.everybody:
            phone.sign_in()


def by_command(stack: Stack, *deeds: tuple[str, dict[str, str]]) -> str:
    """What `make post`, `make board` and `make member` do, one after the other; gives what they say."""
    done = subprocess.run(
        [sys.executable, "-c", DEEDS],
        cwd=REPO,
        env={**os.environ, **environment_of(stack)},
        input=json.dumps(deeds),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def member_id(phone: Phone) -> str:
    found: str = phone.did("GET", "/v1/me")["member_id"]
    return found


def later(phone: Phone, **ahead: float) -> str:
    """A time from now on, as calls write it."""
    clock = phone.http.get(f"{phone.base}/_sandbox/clock").json()
    return (datetime.fromisoformat(clock["now"]) + timedelta(**ahead)).isoformat()


def publishes(phone: Phone, board: str = TALK, **fields: Any) -> str:
    """Publish a post; gives its id."""
    draft = {"kind": "discussion", "title": "首保多少钱", "text": "大家花了多少？", **fields}
    post = phone.did("POST", f"/v1/boards/{board}/posts", draft)
    assert post["state"] == "published"
    post_id: str = post["post_id"]
    return post_id


def says(phone: Phone, post_id: str, text: str, **fields: Any) -> str:
    """Comment on a post; gives the comment's id."""
    said = phone.did("POST", f"/v1/posts/{post_id}/comments", {"text": text, **fields})
    assert said["state"] == "published"
    comment_id: str = said["comment_id"]
    return comment_id


def post(phone: Phone, post_id: str) -> dict[str, Any]:
    seen: dict[str, Any] = phone.did("GET", f"/v1/posts/{post_id}")
    return seen


def items(phone: Phone, path: str, **query: Any) -> list[dict[str, Any]]:
    """The first page of a list."""
    found: list[dict[str, Any]] = phone.did("GET", path, **{"limit": 50, **query})["items"]
    return found


def listed(phone: Phone, path: str, **query: Any) -> list[str]:
    """The posts of the first page of a list."""
    return [each["post_id"] for each in items(phone, path, **query)]


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    awaited(true, what=what)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """With what a call is refused."""
    return answer.status_code, answer.json()["code"]


def wrong_fields(answer: httpx.Response) -> list[str]:
    """Which fields of a call are wrong."""
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]
