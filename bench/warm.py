"""What a warm call costs in CPU beside DynamoDB: in turns with a bare handler that asks the same.

DynamoDB's answers are canned, so its time and the network's are in neither. Both handlers run in one
process, on one botocore, and get the same answers.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from typing import Any
from unittest.mock import patch

import botocore.session
from chalice.app import Chalice
from moto import mock_aws

from bench import acts, bare, entry
from bench.acts import BOARD, PAGE, POSTS, Cast
from bench.canned import Canned
from bench.entry import Event
from bench.figures import Figure, Sample, ratios
from bench.stage import Stage, opened
from local import say

ROUNDS = 25
PAGES_A_ROUND = 20
CALLS_A_ROUND = 400
FRAME_MS = 0.06


def measured() -> list[Figure]:
    """Figures 4, 5 and 6."""
    from app import app
    from chalicelib.tables import connection

    client, canned = connection().client, Canned()
    in_memory = mock_aws()
    in_memory.start()
    with say.step("Warm calls"), opened() as stage, _quiet():
        cast = acts.prepare(stage)
        stage.meter.leave(client)
        pages = _pages(cast)
        with _identity_at_hand(stage, cast.reader):
            with canned.learning(client):
                bodies = [app(page, None)["body"] for page in pages]
            # moto would go on answering in vain.
            in_memory.stop()
            return [*_frame(cast.reader), *_board_page(cast, canned), _bytes(bodies[0])]


def _frame(token: str) -> list[Figure]:
    """The door frame around routes that do nothing."""
    from app import app

    plain = Chalice(app_name="plain")
    plain.route("/health")(lambda: {"version": "0", "stage": "none"})
    health, me = entry.event("GET", "/health"), entry.event("GET", "/v1/me", token=token)
    ms = _in_turns(
        CALLS_A_ROUND,
        me=lambda: app(me, None),
        health=lambda: app(health, None),
        plain=lambda: plain(health, None),
    )
    of_plain = f"plain Chalice, same event: {Sample(ms['plain']).quiet:.3f} ms"
    return [
        _frame_figure("GET /v1/me, signed in", ms["me"], f"identity at hand; {of_plain}"),
        _frame_figure("GET /health", ms["health"], of_plain),
    ]


def _frame_figure(what: str, ms: list[float], note: str) -> Figure:
    sample = Sample(ms)
    return Figure(
        4,
        f"{what}, through the door frame with its log line, CPU",
        sample.quiet,
        " ms",
        goal=FRAME_MS,
        limit="0.002",
        note=f"middle half {sample.spread}; {note}",
    )


def _pages(cast: Cast) -> tuple[Event, Event]:
    """The board page for a guest (one query) and for a member (two)."""
    query = {"limit": str(PAGE)}
    guest = entry.event("GET", POSTS, BOARD, query=query)
    return guest, entry.event("GET", POSTS, BOARD, query=query, token=cast.reader)


def _board_page(cast: Cast, canned: Canned) -> list[Figure]:
    from app import app
    from chalicelib import aws
    from chalicelib.tables import connection

    guest, member = _pages(cast)
    ours = connection().client
    raw = botocore.session.get_session().create_client("dynamodb")
    short = aws.session().create_client("dynamodb")
    with canned.answering(ours), canned.answering(raw), canned.answering(short):
        ms = _in_turns(
            PAGES_A_ROUND,
            guest=lambda: app(guest, None),
            bare_guest=lambda: bare.board_page(raw, guest),
            short_guest=lambda: bare.board_page(short, guest),
            member=lambda: app(member, None),
            bare_member=lambda: bare.board_page(raw, member, reader_id=cast.reader_id),
        )
    return [
        _page_figure("for a guest: the same one query", ms["guest"], ms["bare_guest"]),
        _page_figure("for a member: the same two queries", ms["member"], ms["bare_member"]),
        _page_figure(
            "if its botocore took our short-cut past the model too",
            ms["guest"],
            ms["short_guest"],
            goal=None,
        ),
    ]


def _bytes(body: str) -> Figure:
    utf_8 = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
    return Figure(
        6,
        "bytes of a board page ÷ the same as UTF-8 JSON",
        len(body.encode()) / len(utf_8),
        goal=1.0,
        limit="1.0",
        note=f"{len(body.encode()):,} bytes",
    )


def _page_figure(
    what: str, ours: list[float], theirs: list[float], *, goal: float | None = 1.2
) -> Figure:
    sample = ratios(ours, theirs)
    return Figure(
        5,
        f"board page of 20 through the Lambda's entry ÷ bare handler, {what}",
        sample.middle,
        goal=goal,
        limit="0.15–0.2",
        note=f"middle half {sample.spread}; "
        f"{Sample(ours).middle:.2f} ms ÷ {Sample(theirs).middle:.2f} ms CPU",
    )


def _in_turns(calls: int, **each: Callable[[], Any]) -> dict[str, list[float]]:
    """CPU milliseconds a call, measured in turns."""
    ms: dict[str, list[float]] = {name: [] for name in each}
    for _ in range(ROUNDS):
        for name, call in each.items():
            start = time.process_time()
            for _ in range(calls):
                call()
            ms[name].append((time.process_time() - start) * 1000 / calls)
    return ms


@contextmanager
def _identity_at_hand(stage: Stage, token: str) -> Iterator[None]:
    """Who calls, and what they told of themselves, is known without asking: that is DynamoDB's time and a line of its own."""
    from community.people.members import service as members
    from community.people.profiles import service as profiles
    from community.people.sessions import service as sessions

    found = sessions.recognise(token, stage.now)
    assert found
    here = members.presence(found.member.member_id, now=stage.now)
    told = profiles.of_member(found.member.member_id)
    with (
        patch.object(members, "presence", lambda _who, **_when: here),
        patch.object(profiles, "of_member", lambda _who: told),
    ):
        yield


@contextmanager
def _quiet() -> Iterator[None]:
    """Log lines are written, and lost."""
    with ExitStack() as stack:
        lost = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
        stack.enter_context(redirect_stdout(lost))
        yield
