"""Codes: one use, for a while, for what they were made for; nobody can guess or read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tables import Overtaken, one_transaction
from community.commons.codes import rules
from community.commons.codes import service as codes
from community.commons.codes.rules import (
    ALPHABET,
    CODE_CHARS,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    Issued,
    Purpose,
)
from tests.world import World

A_DAY = timedelta(days=1)


def issue(world: World, request_id: str = "r", issuer_id: str = "wangwu") -> Issued:
    return codes.issue(
        Purpose.INVITATION,
        issuer_id=issuer_id,
        valid_for=A_DAY,
        request_id=request_id,
        now=world.now,
    )


def use(world: World, code: str, by: str = "li") -> None:
    with one_transaction() as write:
        codes.use_in(write, code, by=by, now=world.now)


def test_a_code_can_be_read_out_and_typed(world: World) -> None:
    issued = issue(world)
    assert len(issued.code) == CODE_CHARS
    assert set(issued.code) <= set(ALPHABET)
    assert issued.expires_at == world.now + A_DAY
    typed = f" {issued.code[:5].lower()}-{issued.code[5:]} "
    found = codes.usable(typed, Purpose.INVITATION, now=world.now)
    assert (found.issuer_id, found.subject_id, found.used_by) == ("wangwu", None, None)


@given(st.binary(min_size=32, max_size=32))
def test_every_code_has_its_length_and_its_letters(digest: bytes) -> None:
    import base64

    text = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert len(rules.letters(text)) == CODE_CHARS
    assert set(rules.letters(text)) <= set(ALPHABET)


def test_the_same_request_gives_the_same_code_and_others_give_others(world: World) -> None:
    first = issue(world)
    world.later(minutes=1)
    assert issue(world) == first
    others = {issue(world, "other").code, issue(world, issuer_id="zhaoliu").code}
    assert len(others | {first.code}) == 3


def test_a_code_stands_nowhere(world: World) -> None:
    issued = issue(world)
    assert issued.code not in str(world.rows("platform"))


@pytest.mark.parametrize("typed", ["", "ABC", "2222222222", "码" * 40, "x" * 4_000])
def test_what_nobody_made_opens_nothing(world: World, typed: str) -> None:
    with pytest.raises(CodeUnknown):
        codes.usable(typed, Purpose.INVITATION, now=world.now)


def test_a_code_for_something_else_opens_nothing(world: World) -> None:
    with pytest.raises(CodeUnknown):
        codes.usable(issue(world).code, Purpose.CO_DRIVER, now=world.now)


def test_a_code_is_good_until_it_expires(world: World) -> None:
    issued = issue(world)
    just_before = issued.expires_at - timedelta(microseconds=1)
    assert codes.usable(issued.code, Purpose.INVITATION, now=just_before)
    with pytest.raises(CodeExpired):
        codes.usable(issued.code, Purpose.INVITATION, now=issued.expires_at)


def test_a_code_is_used_once(world: World) -> None:
    code = issue(world).code
    use(world, code)
    with pytest.raises(CodeUsed):
        codes.usable(code, Purpose.INVITATION, now=world.now)
    with pytest.raises(Overtaken):
        use(world, code, by="wang")


def test_who_used_it_finds_it_used_by_themselves_also_later(world: World) -> None:
    code = issue(world).code
    use(world, code)
    world.later(days=2)
    assert codes.usable(code, Purpose.INVITATION, by="li", now=world.now).used_by == "li"
    with pytest.raises(CodeUsed):
        codes.usable(code, Purpose.INVITATION, by="wang", now=world.now)


def test_what_is_not_there_cannot_be_used(world: World) -> None:
    with pytest.raises(Overtaken):
        use(world, "2222222222")
