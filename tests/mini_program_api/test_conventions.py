"""What holds for every call of the contract."""

from __future__ import annotations

import re

import pytest

from app import app
from chalicelib.http import Route, Who
from mini_program_api import door
from tests.gateway import Gateway
from tests.world import Person

CONTRACT = {
    ("POST", "/v1/session"),
    ("DELETE", "/v1/session"),
    ("POST", "/v1/me/sessions/revoke"),
    ("GET", "/v1/me"),
    ("PUT", "/v1/me"),
    ("GET", "/v1/me/referral-code"),
    ("POST", "/v1/me/next-question/skip"),
    ("GET", "/v1/me/next-question"),
    ("POST", "/v1/me/phone"),
    ("GET", "/v1/me/consent"),
    ("PUT", "/v1/me/consent"),
    ("POST", "/v1/me/export"),
    ("GET", "/v1/me/exports/{export_id}"),
    ("DELETE", "/v1/me"),
    ("POST", "/v1/me/stay"),
    ("POST", "/v1/media"),
    ("POST", "/v1/certifications"),
    ("GET", "/v1/certifications"),
    ("PUT", "/v1/certifications/{certification_id}"),
    ("POST", "/v1/certifications/{certification_id}/transfer"),
    ("POST", "/v1/licence-readings"),
    ("GET", "/v1/vehicles"),
    ("POST", "/v1/vehicles/{vehicle_id}/co-drivers"),
    ("PUT", "/v1/co-drivers/{code}"),
    ("DELETE", "/v1/vehicles/{vehicle_id}/co-drivers/{member_id}"),
    ("GET", "/v1/boards"),
    ("POST", "/v1/boards/{board_id}/posts"),
    ("GET", "/v1/boards/{board_id}/posts"),
    ("GET", "/v1/posts/{post_id}"),
    ("PUT", "/v1/posts/{post_id}"),
    ("DELETE", "/v1/posts/{post_id}"),
    ("POST", "/v1/posts/{post_id}/restore"),
    ("GET", "/v1/posts/{post_id}/edits"),
    ("POST", "/v1/posts/{post_id}/comments"),
    ("GET", "/v1/posts/{post_id}/comments"),
    ("GET", "/v1/posts/{post_id}/comments/{comment_id}/replies"),
    ("DELETE", "/v1/posts/{post_id}/comments/{comment_id}"),
    ("PUT", "/v1/posts/{post_id}/accepted/{comment_id}"),
    ("DELETE", "/v1/posts/{post_id}/accepted/{comment_id}"),
    ("POST", "/v1/posts/{post_id}/votes"),
    ("GET", "/v1/me/drafts"),
    ("POST", "/v1/me/drafts"),
    ("GET", "/v1/me/drafts/{draft_id}"),
    ("PUT", "/v1/me/drafts/{draft_id}"),
    ("DELETE", "/v1/me/drafts/{draft_id}"),
    ("PUT", "/v1/posts/{post_id}/reactions/like"),
    ("DELETE", "/v1/posts/{post_id}/reactions/like"),
    ("PUT", "/v1/posts/{post_id}/reactions/useful"),
    ("DELETE", "/v1/posts/{post_id}/reactions/useful"),
    ("PUT", "/v1/posts/{post_id}/reactions/share"),
    ("PUT", "/v1/posts/{post_id}/favourite"),
    ("DELETE", "/v1/posts/{post_id}/favourite"),
    ("PUT", "/v1/posts/{post_id}/comments/{comment_id}/reactions/like"),
    ("DELETE", "/v1/posts/{post_id}/comments/{comment_id}/reactions/like"),
    ("GET", "/v1/topics/{topic}/posts"),
    ("GET", "/v1/models/{model}/posts"),
    ("GET", "/v1/members/{member_id}/posts"),
    ("GET", "/v1/me/posts"),
    ("GET", "/v1/me/comments"),
    ("GET", "/v1/me/favourites"),
    ("GET", "/v1/me/history"),
    ("DELETE", "/v1/me/history"),
    ("GET", "/v1/members/{member_id}"),
    ("PUT", "/v1/follows/{kind}/{target_id}"),
    ("DELETE", "/v1/follows/{kind}/{target_id}"),
    ("GET", "/v1/me/follows"),
    ("GET", "/v1/me/followers"),
    ("PUT", "/v1/me/blocks/{member_id}"),
    ("DELETE", "/v1/me/blocks/{member_id}"),
    ("GET", "/v1/me/blocks"),
    ("GET", "/v1/feed"),
    ("POST", "/v1/feed/events"),
    ("GET", "/v1/slots"),
    ("GET", "/v1/search"),
    ("GET", "/v1/search/suggestions"),
    ("GET", "/v1/notifications"),
    ("POST", "/v1/notifications/read"),
    ("POST", "/v1/subscriptions"),
    ("PUT", "/v1/me/notification-settings"),
    ("GET", "/v1/me/notification-settings"),
}
OPEN_TO_GUESTS = {
    "/v1/members/{member_id}",
    "/v1/feed",
    "/v1/slots",
    "/v1/search",
    "/v1/search/suggestions",
    "/v1/boards",
    "/v1/boards/{board_id}/posts",
    "/v1/posts/{post_id}",
    "/v1/posts/{post_id}/comments",
    "/v1/posts/{post_id}/comments/{comment_id}/replies",
    "/v1/topics/{topic}/posts",
    "/v1/models/{model}/posts",
    "/v1/members/{member_id}/posts",
}
BODIES = [route for route in door.routes if route.takes]
FOR_MEMBERS = [route for route in door.routes if route.who is Who.MEMBER]


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def address(route: Route) -> str:
    names = re.findall(r"\{(\w+)\}", route.path)
    values = dict.fromkeys(names, "unknown") | {"board_id": "car-care"}
    return route.path.format(**values)


def test_every_call_of_the_contract_is_there() -> None:
    assert {(route.method, route.path) for route in door.routes} == CONTRACT


def test_everything_is_mounted() -> None:
    mounted = {(method, path) for path, methods in app.routes.items() for method in methods}
    assert mounted >= CONTRACT | {("GET", "/health"), ("GET", "/openapi.json")}


def test_no_call_is_a_patch_because_the_mini_program_cannot_send_one() -> None:
    assert not [path for path, methods in app.routes.items() if "PATCH" in methods]


def test_guests_read_and_do_nothing_else() -> None:
    guests = {(r.method, r.path) for r in door.routes if r.who is Who.GUEST}
    assert guests == {("GET", path) for path in OPEN_TO_GUESTS}


@pytest.mark.parametrize("route", FOR_MEMBERS, ids=name)
@pytest.mark.parametrize("token", [None, "x", "x.y"])
def test_who_is_not_known_gets_401(api: Gateway, route: Route, token: str | None) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    reply = api.call(route.method, address(route), headers=headers)
    assert reply.refusal == (401, "sign_in_first")
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", sorted(OPEN_TO_GUESTS))
def test_a_bad_session_is_not_taken_for_a_guest(api: Gateway, path: str) -> None:
    path = re.sub(r"\{\w+\}", "unknown", path)
    reply = api.get(path, headers={"Authorization": "Bearer x"})
    assert reply.refusal == (401, "sign_in_first")


@pytest.mark.parametrize("route", BODIES, ids=name)
@pytest.mark.parametrize(
    ("raw", "kind", "refusal"),
    [
        ("", "application/json", (422, "malformed")),
        ("{", "application/json", (422, "malformed")),
        ("[]", "application/json", (422, "invalid")),
        ("a=b", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        ("x" * 70_000, "application/json", (413, "too_large")),
    ],
    ids=["empty", "cut", "array", "form", "large"],
)
def test_what_cannot_be_understood_is_refused(
    api: Gateway, li: Person, route: Route, raw: str, kind: str, refusal: tuple[int, str]
) -> None:
    reply = api.call(route.method, address(route), raw=raw, as_=li, headers={"Content-Type": kind})
    assert reply.refusal == refusal


# All of it may be left out: a slip of the pen would else put everything back to what is usual.
PARTICULAR = {"/v1/me/notification-settings"}


@pytest.mark.parametrize("route", [r for r in BODIES if r.path not in PARTICULAR], ids=name)
def test_fields_that_nobody_declared_are_passed_over(
    api: Gateway, li: Person, route: Route
) -> None:
    reply = api.call(route.method, address(route), body={"unheard_of": 1}, as_=li)
    assert "unheard_of" not in reply.text


def test_every_answer_of_a_type_says_that_it_is_json(api: Gateway) -> None:
    for path in ("/v1/boards", "/health", "/openapi.json"):
        assert api.get(path).headers["content-type"] == "application/json"
