"""Who is not the platform, or says something else than it said, gets nowhere."""

from __future__ import annotations

from dataclasses import replace

import httpx
import msgspec
import pytest

from local.players import Phone
from local.stack import Stack
from sandbox.envelopes import Letter
from tests.journeys.conftest import Control
from tests.journeys.letters import Letters


@pytest.fixture
def letters(stack: Stack, http: httpx.Client) -> Letters:
    return Letters(stack, http)


def tampered(letter: Letter) -> dict[str, Letter]:
    middle = len(letter.body) // 2
    flipped = bytes([letter.body[middle] ^ 1])
    body = letter.body[:middle] + flipped + letter.body[middle + 1 :]
    doctype = b'<!DOCTYPE x [<!ENTITY e "e">]>' + letter.body
    return {
        "body": replace(letter, body=body),
        "nonce": replace(letter, query=letter.query.replace("nonce=", "nonce=0")),
        "timestamp": replace(letter, query=letter.query.replace("timestamp=1", "timestamp=2")),
        "signature": replace(letter, query=letter.query.replace("signature=", "signature=0")),
        "nothing": replace(letter, body=b""),
        "doctype": replace(letter, body=doctype, content_type="text/xml"),
        "too large": replace(letter, body=letter.body + b" " * 200_000),
    }


def test_what_was_changed_on_its_way_is_refused_and_not_kept(
    letters: Letters, prospect: Phone, stack: Stack, control: Control
) -> None:
    letter = letters.letter(letters.text(prospect.openid, "帮助"))
    for what, changed in tampered(letter).items():
        answer = letters.deliver(changed)
        assert answer.status_code in (403, 413), what
    stack.wait_until_idle()
    assert control.sent(to=prospect.openid) == []


def test_an_envelope_older_than_five_minutes_is_refused(letters: Letters, prospect: Phone) -> None:
    push = letters.text(prospect.openid, "帮助")
    assert letters.deliver(letters.letter(push, age_s=301)).status_code == 403
    assert letters.deliver(letters.letter(push, age_s=-400)).status_code == 403


def test_a_replayed_envelope_does_nothing_again(
    letters: Letters, prospect: Phone, stack: Stack, control: Control
) -> None:
    letter = letters.letter(letters.text(prospect.openid, "我的积分"))
    # The sandbox has not seen the member write, so it is told: else it would refuse our answer.
    prospect.says("你好", wait_s=20)
    before = len(control.sent(to=prospect.openid))
    for _ in range(3):
        assert letters.deliver(letter).status_code == 200
    stack.wait_until_idle()
    assert len(control.sent(to=prospect.openid)) == before + 1


def test_a_letter_for_another_company_is_refused(letters: Letters) -> None:
    push = letters.press("zhangsan", "certification-x", "certification.approve")
    other_company = msgspec.structs.replace(letters.identity, corpid="ww00000000000000ff")
    assert letters.deliver(push.letter(other_company, letters.now)).status_code == 403
