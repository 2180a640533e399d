"""What is shipped asks the sandbox, over HTTP: both sides have read the same pages."""

from datetime import UTC, date, datetime

import pytest
from starlette.responses import Response

from chalicelib import tokens
from chalicelib.errors import Unavailable
from chalicelib.settings import settings
from chalicelib.wechat import client, envelope, pictures
from chalicelib.wechat.client import RiskScene
from chalicelib.wechat.envelope import PrivacyNews, Revocable
from chalicelib.wechat.refusals import (
    LicenceUnreadable,
    OcrQuotaUsedUp,
    PhoneCodeInvalid,
    SceneInvalid,
)
from chalicelib.wecom import contacts
from chalicelib.wecom import envelope as wecom_envelope
from chalicelib.wecom.contacts import ContactTag
from chalicelib.wecom.refusals import NoSuchContact, RateLimited


@pytest.fixture
def asked(world, sandbox, known_secrets, monkeypatch):
    """A sandbox that our adapters take for the platforms."""
    identity = sandbox.identity
    known_secrets.update(
        wechat_secret=identity.wechat_secret,
        wechat_push_token=identity.wechat_push_token,
        wechat_push_aes_key=identity.wechat_push_aes_key,
        wecom_secret=identity.wecom_secret,
        wecom_push_token=identity.wecom_push_token,
        wecom_push_aes_key=identity.wecom_push_aes_key,
    )
    for name, value in {
        "WECHAT_API_URL": sandbox.url,
        "WECOM_API_URL": sandbox.url,
        "WECHAT_APPID": identity.appid,
        "WECOM_CORPID": identity.corpid,
        "WECOM_AGENTID": str(identity.agentid),
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    monkeypatch.setattr(tokens, "_held", {})
    yield sandbox
    settings.cache_clear()


def phone_code(sandbox, openid, **number):
    return sandbox.control("POST", f"/users/{openid}/phone-code", **number)["code"]


def photo(sandbox, **fields):
    return sandbox.http.post("/_sandbox/pictures", json=fields).content


def test_a_phone_number(asked):
    anna, bert = asked.user(), asked.user()
    code = phone_code(asked, anna, phone="13800001234")
    with pytest.raises(PhoneCodeInvalid):
        client.phone_of(code, openid=bert)
    assert client.phone_of(code, openid=anna) == "13800001234"
    with pytest.raises(PhoneCodeInvalid):
        client.phone_of(code, openid=anna)
    abroad = phone_code(asked, anna, phone="91234567", country_code="852")
    assert client.phone_of(abroad, openid=anna) == "+85291234567"
    late = phone_code(asked, anna, phone="13800001234")
    asked.ahead(301)
    with pytest.raises(PhoneCodeInvalid):
        client.phone_of(late, openid=anna)


def test_a_sign_in_with_its_unionid(asked):
    openid = asked.user(unionid="u-anna")
    assert client.exchange_code(asked.login_code(openid)).unionid == "u-anna"


def test_a_vehicle_licence(asked):
    licence = pictures.read_vehicle_licence(photo(asked, vin="lsvaa49j132000017", model=""))
    assert (licence.vin, licence.plate_number) == ("LSVAA49J132000017", "沪A12345")
    assert (licence.model, licence.holder_name) == (None, "安娜")
    assert licence.register_date == date(2023, 5, 18)
    with pytest.raises(LicenceUnreadable):
        pictures.read_vehicle_licence(b"no picture")
    with pytest.raises(LicenceUnreadable):
        pictures.read_vehicle_licence(asked.http.post("/_sandbox/pictures/driver").content)
    asked.world.state.days["ocr driving"].count = 100
    with pytest.raises(OcrQuotaUsedUp):
        pictures.read_vehicle_licence(photo(asked))


def test_a_code(asked):
    picture = pictures.code_picture("t=01JXYZ", page="pages/home/home", width=280)
    scanned = asked.http.post("/_sandbox/scan", content=picture).json()
    assert (scanned["page"], scanned["scene"]) == ("pages/home/home", "t=01JXYZ")
    asked.control("POST", "/faults", path="/wxa/getwxacodeunlimit", errcode=40169, times=1)
    with pytest.raises(SceneInvalid):
        pictures.code_picture("t=01JXYZ", page="pages/home/home")


def test_a_risk_rank(asked):
    openid = asked.active_user()
    about = {"scene": RiskScene.PUBLISHING, "client_ip": "203.0.113.7"}
    asked.control("PUT", f"/users/{openid}", risk_rank=2)
    assert client.risk_rank(openid, mobile="13800001234", **about) == 2
    with pytest.raises(Unavailable):
        client.risk_rank(asked.user(), **about)


def test_a_contact_and_its_tags(asked, backend):
    backend.answers(Response(""))
    external = {"name": "安娜", "openid": asked.user(unionid="u-anna")}
    about = {"mobile": "13800001234", "tags": [{"group": "意向", "name": "高意向"}]}
    for userid, more in (("wangwu", {**about, "state": "store-7"}), ("lisi", {})):
        added = asked.control("POST", "/contacts", userid=userid, external=external, **more)
    known = contacts.external_contact(added["external_userid"])
    wangwu, lisi = known.follows
    assert (known.name, known.unionid) == ("安娜", "u-anna")
    assert (wangwu.userid, wangwu.state) == ("wangwu", "store-7")
    assert wangwu.remark_mobiles == ("13800001234",)
    [tag] = wangwu.tags
    assert tag.tag_id
    assert tag == ContactTag("意向", "高意向", tag.tag_id)
    assert (lisi.userid, lisi.state, lisi.tags, lisi.remark_mobiles) == ("lisi", None, (), ())
    with pytest.raises(NoSuchContact):
        contacts.external_contact("wmNobody")
    asked.control("POST", "/faults", path="/cgi-bin/externalcontact/get", errcode=45033)
    with pytest.raises(RateLimited):
        contacts.external_contact(known.external_userid)


def test_news_of_a_contact(asked, backend):
    backend.answers(Response(""))
    contact = {"userid": "wangwu", "external": {"name": "安娜"}, "state": "store-7"}
    external_userid = asked.control("POST", "/contacts", **contact)["external_userid"]
    asked.control("PUT", f"/contacts/{external_userid}", userid="wangwu", tags=[])
    added, edited = (
        wecom_envelope.contact_change_in(_message(asked, received, wecom_envelope).fields)
        for received in backend.received
    )
    assert (added.kind, added.userid, added.state) == (
        "add_external_contact",
        "wangwu",
        "store-7",
    )
    assert (edited.kind, edited.external_userid) == ("edit_external_contact", external_userid)
    assert edited.state is None


@pytest.mark.parametrize("wire_format", ["json", "xml"])
@pytest.mark.parametrize("news", list(PrivacyNews))
def test_news_of_what_a_person_let_us_have(asked, backend, news, wire_format):
    openid = asked.user()
    fields = {"RevokeInfo": "8"} if news is PrivacyNews.REVOKED else {}
    said = {"type": "event", "event": news.value, "fields": fields, "format": wire_format}
    asked.control("POST", f"/users/{openid}/say", **said)
    message = _message(asked, backend.received[0], envelope)
    notice = envelope.privacy_notice_in(message.fields)
    assert (notice.openid, notice.news) == (openid, news)
    assert notice.revoked == ({Revocable.PHONE} if fields else set())
    assert envelope.chat_in(message.fields) is None


def _message(sandbox, received, platform):
    now = datetime.fromtimestamp(sandbox.world.now(), UTC)
    return platform.opened(received.query, received.body, now=now)
