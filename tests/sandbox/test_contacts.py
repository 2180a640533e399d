"""Contacts of colleagues, and the company's tags."""

import pytest
from starlette.responses import Response

from sandbox import contacts

GET = "/cgi-bin/externalcontact/get"
KEEN = {"group": "意向", "name": "高意向"}
TRIED = {"group": "进展", "name": "已试驾"}


@pytest.fixture(autouse=True)
def _nothing_to_say(backend):
    backend.answers(Response(""))


def add(sandbox, userid="wangwu", openid=None, **more):
    asked = {"userid": userid, "external": {"name": "安娜", "openid": openid}, **more}
    answer = sandbox.control("POST", "/contacts", **asked)
    assert answer["status"] == 200
    return answer["external_userid"]


def get(sandbox, external_userid, **more):
    token = sandbox.wecom_token()["access_token"]
    return sandbox.get(GET, access_token=token, external_userid=external_userid, **more)


def test_a_contact_is_told_with_who_has_it(sandbox):
    openid = sandbox.user(unionid="u-anna")
    contact = add(sandbox, openid=openid, state="store-7", mobile="13800001234")
    answer = get(sandbox, contact)
    assert answer["errcode"] == 0
    assert answer["external_contact"] == {
        "external_userid": contact,
        "name": "安娜",
        "avatar": "",
        "type": 1,
        "gender": 0,
        "unionid": "u-anna",
    }
    [follow] = answer["follow_user"]
    assert (follow["userid"], follow["state"]) == ("wangwu", "store-7")
    assert (follow["remark_mobiles"], follow["tags"]) == (["13800001234"], [])
    assert "next_cursor" not in answer


def test_who_does_not_use_the_mini_program_has_no_unionid_and_no_state(sandbox):
    answer = get(sandbox, add(sandbox))
    assert "unionid" not in answer["external_contact"]
    assert "state" not in answer["follow_user"][0]
    assert answer["follow_user"][0]["remark_mobiles"] == []


def test_everybody_who_has_the_contact_is_told(sandbox, monkeypatch):
    openid = sandbox.user()
    for userid in ("wangwu", "lisi", "zhangsan"):
        contact = add(sandbox, userid, openid)
    monkeypatch.setattr(contacts, "FOLLOWERS_PER_PAGE", 2)
    first = get(sandbox, contact)
    last = get(sandbox, contact, cursor=first["next_cursor"])
    followers = [f["userid"] for page in (first, last) for f in page["follow_user"]]
    assert followers == ["wangwu", "lisi", "zhangsan"]
    assert "next_cursor" not in last
    assert get(sandbox, contact, cursor="nonsense")["errcode"] == 40058


def test_whom_nobody_has_is_refused(sandbox):
    assert get(sandbox, "wmNobody")["errcode"] == 84061
    for malformed in ("", "nobody", "wm 1"):
        assert get(sandbox, malformed)["errcode"] == 40096


def test_it_needs_a_token_of_wecom(sandbox):
    contact = add(sandbox)
    token = sandbox.stable_token()["access_token"]
    assert sandbox.get(GET, external_userid=contact)["errcode"] == 41001
    assert sandbox.get(GET, external_userid=contact, access_token=token)["errcode"] == 40014


def test_tags_given_to_a_contact_are_the_companys(sandbox):
    contact = add(sandbox, tags=[KEEN, TRIED, KEEN])
    given = get(sandbox, contact)["follow_user"][0]["tags"]
    assert [(tag["group_name"], tag["tag_name"], tag["type"]) for tag in given] == [
        ("意向", "高意向", 1),
        ("进展", "已试驾", 1),
    ]


def test_the_same_name_is_the_same_tag(sandbox):
    first, second = (
        get(sandbox, add(sandbox, tags=tags))["follow_user"][0]["tags"]
        for tags in ([KEEN], [KEEN, {"group": "意向", "name": "观望"}])
    )
    assert first == second[:1]
    assert second[0]["tag_id"] != second[1]["tag_id"]


def test_a_change_of_a_contact_is_told_and_seen(sandbox, backend):
    openid = sandbox.user()
    contact = add(sandbox, openid=openid, state="store-7", tags=[KEEN], mobile="13800001234")
    add(sandbox, "lisi", openid)
    sandbox.control("PUT", f"/contacts/{contact}", userid="wangwu", tags=[TRIED])
    event = sandbox.opened(backend.received[-1])
    assert (event["Event"], event["ChangeType"]) == (
        "change_external_contact",
        "edit_external_contact",
    )
    assert (event["UserID"], event["ExternalUserID"]) == ("wangwu", contact)
    assert "WelcomeCode" not in event
    changed, other = get(sandbox, contact)["follow_user"]
    assert [tag["tag_name"] for tag in changed["tags"]] == ["已试驾"]
    assert (changed["remark_mobiles"], changed["state"]) == (["13800001234"], "store-7")
    assert other["tags"] == []
    sandbox.control("PUT", f"/contacts/{contact}", userid="wangwu", mobile="13900001234")
    assert get(sandbox, contact)["follow_user"][0]["remark_mobiles"] == ["13900001234"]


def test_only_who_has_a_contact_can_change_it(sandbox):
    contact = add(sandbox)
    assert sandbox.refused("PUT", f"/contacts/{contact}", userid="lisi", tags=[])[0] == 404
    assert sandbox.refused("PUT", "/contacts/wmNobody", userid="wangwu", tags=[])[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"tags": [{"group": "", "name": "a"}]},
        {"tags": [{"group": "a", "name": "长" * 31}]},
        {"tags": ["高意向"]},
        {"mobile": "call me"},
        {"mobile": ""},
    ],
)
def test_a_contact_with_impossible_remarks_is_not_made(sandbox, backend, wrong):
    asked = {"userid": "wangwu", "external": {"name": "安娜"}, **wrong}
    assert sandbox.refused("POST", "/contacts", **asked)[0] == 400
    assert (backend.received, sandbox.world.state.contacts) == ([], {})
