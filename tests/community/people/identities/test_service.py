"""Identities: each is one member's only, found by a keyed hash, sealed at rest."""

from __future__ import annotations

import pytest

from chalicelib.tables import Overtaken, one_transaction
from community import facts
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from tests.world import START, World

NUMBER = Identity(Kind.MOBILE, "13812345678")
UNION = Identity(Kind.UNIONID, "union-1")


def claim(identity: Identity, member_id: str) -> None:
    with one_transaction() as write:
        identities.claim(write, identity, member_id=member_id)


def release(identity: Identity, member_id: str) -> None:
    with one_transaction() as write:
        identities.release(write, identity, member_id=member_id)


def test_an_identity_is_of_who_claims_it_first(world: World) -> None:
    claim(NUMBER, "li")
    with pytest.raises(Overtaken):
        claim(NUMBER, "wang")
    assert identities.owner_of(Kind.MOBILE, NUMBER.value) == "li"


def test_who_has_it_may_claim_it_again(world: World) -> None:
    claim(NUMBER, "li")
    claim(NUMBER, "li")
    assert identities.of_member("li") == [NUMBER]


def test_the_same_text_of_another_kind_is_another_identity(world: World) -> None:
    claim(NUMBER, "li")
    claim(Identity(Kind.UNIONID, NUMBER.value), "wang")
    assert identities.owner_of(Kind.UNIONID, NUMBER.value) == "wang"


def test_an_openid_is_of_one_app(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.settings import settings

    here = identities.key_of(Kind.OPENID, "o1")
    monkeypatch.setenv("WECHAT_APPID", "wx-another-app")
    settings.cache_clear()
    assert identities.key_of(Kind.OPENID, "o1") != here
    settings.cache_clear()


def test_what_is_given_up_is_free_and_only_its_owner_can_give_it_up(world: World) -> None:
    claim(NUMBER, "li")
    with pytest.raises(Overtaken):
        release(NUMBER, "wang")
    release(NUMBER, "li")
    assert identities.owner_of(Kind.MOBILE, NUMBER.value) is None
    claim(NUMBER, "wang")


def test_by_what_a_member_is_known(world: World) -> None:
    claim(NUMBER, "li")
    claim(UNION, "li")
    claim(Identity(Kind.MOBILE, "13987654321"), "wang")
    assert sorted(identities.of_member("li"), key=lambda each: each.kind) == [NUMBER, UNION]
    assert identities.exported("li") == [
        {"kind": each.kind.value, "value": each.value} for each in identities.of_member("li")
    ]


def test_nothing_stands_in_the_table_as_it_is(world: World) -> None:
    claim(NUMBER, "li")
    claim(UNION, "li")
    rows = str(world.rows("people"))
    assert [each.value for each in (NUMBER, UNION) if each.value in rows] == []


def test_who_is_erased_is_known_by_nothing_and_nobody_else_is_touched(world: World) -> None:
    claim(NUMBER, "li")
    claim(UNION, "wang")
    identities.erase(facts.MemberErased(fact_id="f", at=START, member_id="li"))
    assert (identities.of_member("li"), identities.of_member("wang")) == ([], [UNION])
