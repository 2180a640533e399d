"""Somebody posts and likes while it turns out who they are, on the whole system: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import httpx

from local.players import Phone
from tests.journeys.conftest import Control, LetHappen, a_mobile, a_post
from tests.races.test_at_once import at_once

POSTS = 6
PATH = "/v1/boards/new-car-shopping/posts"


def bind(phone: Phone, control: Control, mobile: str) -> str:
    """The phone button. Gives whom the member is from then on."""
    pressed = control.ask("POST", f"/users/{phone.openid}/phone-code", {"phone": mobile})
    bound = phone.did("POST", "/v1/me/phone", {"code": pressed["code"]})
    member_id: str = bound["member"]["member_id"]
    return member_id


def test_who_posts_and_likes_while_merged_finds_it_all_under_the_one_who_remains(
    new_phone: Callable[[], Phone], control: Control, let_happen: LetHappen
) -> None:
    first, second, mobile = new_phone(), new_phone(), a_mobile()
    first.sign_in()
    second.sign_in()
    kept_id = bind(first, control, mobile)
    liked = first.did("POST", PATH, a_post(title="大家的"))["post_id"]

    def publish(number: int) -> str:
        post_id: str = second.did("POST", PATH, a_post(title=f"合并时的第 {number} 篇"))["post_id"]
        return post_id

    def like() -> str:
        answer: httpx.Response = second.call("PUT", f"/v1/posts/{liked}/reactions/like")
        assert answer.status_code == 204, answer.text
        return liked

    merge = partial(bind, second, control, mobile)
    done = at_once([merge, *(partial(publish, number) for number in range(POSTS)), like])
    assert done[0] == kept_id
    let_happen(180)
    posts = [first.did("GET", f"/v1/posts/{post_id}") for post_id in done[1:-1]]
    assert {post["author"]["member_id"] for post in posts} == {kept_id}
    listed = first.did("GET", PATH, limit="50")["items"]
    cards = [card for card in listed if card["post_id"] in done[1:-1]]
    assert {card["author"]["member_id"] for card in cards} == {kept_id}
    assert len(cards) == POSTS
    assert first.did("GET", f"/v1/posts/{liked}")["counts"]["likes"] == 1
    assert first.did("GET", f"/v1/posts/{liked}")["liked"] is True
    assert second.did("GET", "/v1/me")["member_id"] == kept_id


def test_two_accounts_merged_from_both_sides_at_once_are_one(
    new_phone: Callable[[], Phone], control: Control, let_happen: LetHappen
) -> None:
    phones, mobile = [new_phone() for _ in range(3)], a_mobile()
    for phone in phones:
        phone.sign_in()
    at_once([partial(bind, phone, control, mobile) for phone in phones])
    let_happen(180)
    assert len({phone.did("GET", "/v1/me")["member_id"] for phone in phones}) == 1
