"""The platforms that play along in a stage in memory say what the adapters understand."""

from __future__ import annotations

import pytest

from chalicelib.wechat import client, pictures
from chalicelib.wechat.client import RiskScene, WechatIdentity
from chalicelib.wechat.refusals import LicenceUnreadable
from chalicelib.wecom import contacts
from chalicelib.wecom.refusals import NoSuchContact
from tests.fakes.usual import A_PNG, a_licence_photo
from tests.world import World

pytestmark = pytest.mark.usefixtures("world")


def test_a_code_may_carry_a_unionid() -> None:
    assert client.exchange_code("code-of-anna") == WechatIdentity("openid-of-anna", None)
    known = client.exchange_code("code-of-anna~u1")
    assert known == WechatIdentity("openid-of-anna", "unionid-of-u1")


def test_a_person_with_a_unionid_joins(world: World) -> None:
    person = world.joins("anna~u1")
    assert person.openid == "openid-of-anna"
    assert person.member_id == world.joins("anna").member_id


def test_a_phone_code_is_its_number() -> None:
    assert client.phone_of("phone-of-13812345678", openid="openid-of-anna") == "13812345678"


def test_a_licence_photo_tells_what_it_was_made_with() -> None:
    licence = pictures.read_vehicle_licence(a_licence_photo(vin="LSVAA49J132000017", owner="安娜"))
    assert (licence.vin, licence.holder_name) == ("LSVAA49J132000017", "安娜")
    for picture in (A_PNG, b"no picture"):
        with pytest.raises(LicenceUnreadable):
            pictures.read_vehicle_licence(picture)


def test_a_code_is_a_grey_dot_and_nobody_is_risky() -> None:
    assert pictures.code_picture("t=1", page="pages/home/home") == A_PNG
    assert client.risk_rank("openid-of-anna", scene=RiskScene.JOINING, client_ip="203.0.113.7") == 0


def test_a_contact_is_who_its_name_says(world: World) -> None:
    known = contacts.external_contact("external-of-anna~u1")
    assert (known.name, known.unionid) == ("anna", "unionid-of-u1")
    assert [follow.userid for follow in known.follows] == ["wangwu"]
    assert contacts.external_contact("external-of-bert").unionid is None
    with pytest.raises(NoSuchContact):
        contacts.external_contact("wmNobody")
