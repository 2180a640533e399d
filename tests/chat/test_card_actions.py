"""The table of buttons: every button of every card has its action, and nothing else has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.wecom.envelope import CardPress
from chat.card_actions import CARD_ACTIONS, words_after
from community.forum.moderation import cards as case_cards
from community.people.certifications import cards as certification_cards
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification
from tests.builders import a_certification
from tests.community.people.certifying import Submit, Upload
from tests.world import World


def keys_of(card: dict[str, Any]) -> set[str]:
    return {button["key"] for button in card["button_list"]}


def test_every_button_of_every_card_has_an_action_and_nothing_else_has() -> None:
    cards = (
        certification_cards.card(a_certification(photos=("p",)), nickname="老李"),
        case_cards.card("c", what="图片", author="老李", title="首保", text="看", has_media=True),
    )
    assert set().union(*map(keys_of, cards)) == set(CARD_ACTIONS)


def pressed(key: str, task_id: str, by: str = "zhangsan", **selected: str) -> CardPress:
    return CardPress(
        userid=by,
        task_id=task_id,
        key=key,
        response_code="r1",
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
        selected=selected,
    )


@pytest.fixture
def wanted(world: World, submit: Submit, upload: Upload) -> Certification:
    li = world.joins("li")
    made = submit(li, licence_media_id=upload(li))
    world.settle()
    return made


def task(about: Certification) -> str:
    return f"certification-{about.certification_id}"


@pytest.mark.parametrize(
    ("selected", "words"),
    [
        ({}, "已由 张三 驳回"),
        ({"reason": "mismatch"}, "已由 张三 驳回：填写的信息与行驶证不一致"),
        ({"reason": "of an older card"}, "已由 张三 驳回"),
        ({"other": "mismatch"}, "已由 张三 驳回"),
    ],
)
def test_a_rejection_gives_the_reason_that_was_chosen(
    world: World, wanted: Certification, selected: dict[str, str], words: str
) -> None:
    press = pressed("certification.reject", task(wanted), **selected)
    assert words_after(press, now=world.now) == words


@pytest.mark.parametrize("key", ["certification.approve", "certification.ask_more"])
def test_what_is_no_rejection_has_no_reason(world: World, wanted: Certification, key: str) -> None:
    words_after(pressed(key, task(wanted), reason="mismatch"), now=world.now)
    assert certifications.get(wanted.certification_id).reason is None


def test_to_look_at_the_photo_leaves_the_card_as_it_is(world: World, wanted: Certification) -> None:
    assert words_after(pressed("certification.photo", task(wanted)), now=world.now) is None
    world.settle()
    texts = [s for s in world.sent("/cgi-bin/message/send") if s["msgtype"] == "text"]
    assert [text["touser"] for text in texts] == ["zhangsan"]
    assert certifications.get(wanted.certification_id).state == "submitted"


def test_who_may_not_see_the_photo_is_told_so(world: World, wanted: Certification) -> None:
    press = pressed("certification.photo", task(wanted), by="wangwu")
    assert words_after(press, now=world.now) == "只有版主可以处理，请联系运营人员"


def test_the_card_of_a_second_round_is_about_the_same_certification(
    world: World, wanted: Certification
) -> None:
    press = pressed("certification.approve", f"{task(wanted)}-2")
    assert words_after(press, now=world.now) == "已由 张三 通过"
