from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from chalicelib.errors import Refusal, Unavailable
from chalicelib.wecom import contacts
from chalicelib.wecom.contacts import ContactTag, ExternalContact, Follow
from chalicelib.wecom.refusals import NoSuchContact, RateLimited
from tests.fakes.platform import DROP, HANG, OK, FakePlatform, Reply

GET = "/cgi-bin/externalcontact/get"
WHO = "wmAbCdEfGhIjKlMnOpQrStUvWxYz0123"
PERSON = {"external_userid": WHO, "name": "安娜", "type": 1, "gender": 0, "unionid": "u-anna"}
WANGWU = {
    "userid": "wangwu",
    "remark": "安娜",
    "createtime": 1795334400,
    "tags": [
        {"group_name": "意向", "tag_name": "高意向", "tag_id": "et1", "type": 1},
        {"group_name": "", "tag_name": "老客户", "type": 2},
    ],
    "remark_mobiles": ["13812345678"],
    "state": "store-7",
}


def page(*follows: dict[str, Any], cursor: str = "", **person: Any) -> dict[str, Any]:
    about = {**OK, "external_contact": PERSON | person, "follow_user": list(follows)}
    return about | ({"next_cursor": cursor} if cursor else {})


# Contacts


def test_a_contact_comes_with_who_has_it(platform: FakePlatform) -> None:
    platform.answers(GET, page(WANGWU))
    assert contacts.external_contact(WHO) == ExternalContact(
        external_userid=WHO,
        name="安娜",
        unionid="u-anna",
        follows=(
            Follow(
                userid="wangwu",
                state="store-7",
                tags=(ContactTag("意向", "高意向", "et1"), ContactTag("", "老客户", None)),
                remark_mobiles=("13812345678",),
            ),
        ),
    )
    [asked] = platform.asked_for(GET)
    assert (asked.method, asked.query) == (
        "GET",
        {"external_userid": WHO, "access_token": "token-of-the-platform"},
    )


def test_a_contact_may_have_neither_unionid_nor_remarks(platform: FakePlatform) -> None:
    platform.answers(GET, {**OK, "external_contact": {"external_userid": WHO, "name": "安娜"}})
    assert contacts.external_contact(WHO) == ExternalContact(WHO, "安娜", None, ())
    platform.answers(GET, page({"userid": "lisi", "state": ""}, unionid=""))
    known = contacts.external_contact(WHO)
    assert (known.unionid, known.follows) == (None, (Follow("lisi", None, (), ()),))


def test_many_colleagues_come_page_by_page(platform: FakePlatform) -> None:
    platform.answers(GET, page(WANGWU, cursor="c1"), page({"userid": "lisi"}))
    follows = contacts.external_contact(WHO).follows
    assert [follow.userid for follow in follows] == ["wangwu", "lisi"]
    assert [asked.query.get("cursor") for asked in platform.asked_for(GET)] == [None, "c1"]


def test_pages_without_end_end(platform: FakePlatform) -> None:
    platform.answers(GET, *[page(WANGWU, cursor="again")] * 25)
    assert len(contacts.external_contact(WHO).follows) == contacts.PAGES_MAX


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (84061, NoSuchContact),
        (40096, NoSuchContact),
        (45009, RateLimited),
        (45033, RateLimited),
        (84074, Unavailable),
        (-1, Unavailable),
        (OK, Unavailable),
        ({**OK, "external_contact": {"name": "安娜"}}, Unavailable),
        (page({"remark": "nobody"}), Unavailable),
        (DROP, Unavailable),
        (HANG, Unavailable),
        (Reply(status=502), Unavailable),
    ],
)
def test_a_contact_that_is_not_told_says_why(
    platform: FakePlatform, answer: Any, refusal: type[Refusal]
) -> None:
    platform.answers(GET, answer)
    with pytest.raises(refusal):
        contacts.external_contact(WHO)


# What must not be told


@pytest.mark.parametrize("answer", [84061, -1, page({"remark": "13812345678"}), DROP, HANG])
def test_neither_errors_nor_logs_tell_the_person(
    platform: FakePlatform,
    answer: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("botocore").setLevel(logging.INFO)
    platform.answers(GET, answer)
    with pytest.raises(Refusal) as refused:
        contacts.external_contact(WHO)
    told_of = "".join(
        [*traceback.format_exception(refused.value), caplog.text, *capfd.readouterr()]
    )
    for secret in (WHO, "安娜", "u-anna", "13812345678", "token-of", platform.url):
        assert secret not in told_of
