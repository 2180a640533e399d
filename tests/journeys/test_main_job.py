"""The main job, end to end: sign in, be certified, publish, be moderated, be told."""

from __future__ import annotations

from typing import Any

from local.players import Colleague, Phone, awaited
from tests.journeys.conftest import Control, a_car, a_post

# Where the group has heard enough for a minute, it hears the rest together when the minute tick comes.
IN_THE_GROUP_S = 180


def test_a_prospect_is_told_how_to_get_into_car_care(prospect: Phone) -> None:
    refused = prospect.call("POST", "/v1/boards/car-care/posts", a_post())
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["code"] == "board_needs_owner"
    assert problem["detail"] == "认证车主后即可在本板块发帖"
    assert problem["unlock"]["how"] == [{"kind": "certify_owner", "text": "完成车主认证即可解锁"}]


def test_an_approved_certification_makes_an_owner_and_everybody_is_told(
    prospect: Phone, zhangsan: Colleague, lisi: Colleague, control: Control
) -> None:
    prospect.did(
        "POST", "/v1/subscriptions", {"template": "certification_decided", "accepted": True}
    )
    car = a_car() | {"model": f"途观 {prospect.openid[-6:]}"}
    applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **car})
    assert applied["state"] == "submitted"
    task = f"certification-{applied['certification_id']}"
    shown = zhangsan.card(task)["body"]["template_card"]["horizontal_content_list"]
    assert {"keyname": "车架号", "value": car["vin"]} in shown

    pressed = zhangsan.presses(task, "certification.approve")

    assert pressed["status"] == 200
    assert "已由 张三 通过" in str(pressed["card"])
    awaited(lambda: prospect.did("GET", "/v1/me")["identity"] == "owner", what="being an owner")
    assert prospect.did("GET", "/v1/me")["badges"] == ["owner"]
    mine = prospect.did("GET", "/v1/certifications")["items"]
    assert [(c["certification_id"], c["state"]) for c in mine] == [
        (applied["certification_id"], "approved")
    ]
    told = awaited(lambda: _told(prospect, "车主认证已通过"), what="a notification")
    assert not told["read"]
    notice = awaited(lambda: _notices(control, prospect), what="a subscribe message")[0]
    assert notice["body"]["data"]["phrase2"] == {"value": "审核通过"}
    awaited(
        lambda: "已由 张三 通过" in str(lisi.card(task)["state"]), what="the card of 李四 changes"
    )
    awaited(
        lambda: _bot_said(control, f"{car['model']} 的认证已由 张三 通过"),
        what="the group bot",
        within_s=IN_THE_GROUP_S,
    )


def test_an_owner_publishes_and_everyone_reads(owner: Phone, prospect: Phone, guest: Phone) -> None:
    post = owner.did("POST", "/v1/boards/car-care/posts", a_post(title="刹车异响"))
    assert post["state"] == "published"
    assert post["author"]["badges"] == ["owner"]
    for reader in (owner, prospect, guest):
        listed = reader.did("GET", "/v1/boards/car-care/posts")["items"]
        assert post["post_id"] in [card["post_id"] for card in listed]
        assert reader.did("GET", f"/v1/posts/{post['post_id']}")["text"] == a_post()["text"]


def test_an_owners_only_post_shows_a_prospect_the_teaser_and_the_way_in(
    owner: Phone, prospect: Phone, guest: Phone
) -> None:
    secret = "工时费其实可以谈到七折"
    post = owner.did(
        "POST",
        "/v1/boards/new-car-shopping/posts",
        a_post(text=secret, audience={"identity": ["owner"]}),
    )
    path = f"/v1/posts/{post['post_id']}"
    assert owner.did("GET", path)["text"] == secret
    for reader in (prospect, guest):
        answer = reader.call("GET", path)
        seen = answer.json()
        assert (seen["locked"], seen["text"]) == (True, None)
        assert secret not in answer.text
        assert seen["teaser"]
        assert "certify_owner" in [way["kind"] for way in seen["unlock"]["how"]]
        assert reader.call("GET", f"{path}/comments").status_code == 403


def test_a_doubtful_post_is_held_and_released_by_one_tap(
    owner: Phone, prospect: Phone, guest: Phone, zhangsan: Colleague, control: Control
) -> None:
    control.ask("POST", "/verdicts", {"text": "神秘配方", "suggest": "review"})
    post = owner.did("POST", "/v1/boards/car-care/posts", a_post(text="分享一个神秘配方"))
    path = f"/v1/posts/{post['post_id']}"
    assert post["state"] == "held"
    assert owner.did("GET", path)["state"] == "held"
    assert prospect.call("GET", path).status_code == 404
    assert guest.call("GET", path).status_code == 404

    pressed = zhangsan.presses(f"case-{post['post_id']}", "moderation.pass")

    assert "已由 张三 通过" in str(pressed["card"])
    awaited(lambda: prospect.call("GET", path).status_code == 200, what="the post is released")
    listed = awaited(
        lambda: [
            card
            for card in guest.did("GET", "/v1/boards/car-care/posts")["items"]
            if card["post_id"] == post["post_id"]
        ],
        what="the post is on its board",
    )
    assert listed[0]["state"] == "published"
    awaited(lambda: _told(owner, "您发布的内容已通过审核"), what="a notification")


def test_a_removed_post_is_gone_and_its_author_knows(
    owner: Phone, zhangsan: Colleague, control: Control
) -> None:
    control.ask("POST", "/verdicts", {"text": "加我微信", "suggest": "review"})
    post = owner.did("POST", "/v1/boards/car-care/posts", a_post(text="便宜机油加我微信"))
    zhangsan.presses(f"case-{post['post_id']}", "moderation.remove")
    awaited(lambda: _told(owner, "您发布的内容未通过审核"), what="a notification")
    path = f"/v1/posts/{post['post_id']}"
    awaited(lambda: owner.call("GET", path).status_code == 404, what="the post is gone")


def test_risky_text_is_refused_and_nothing_is_kept(owner: Phone, control: Control) -> None:
    control.ask("POST", "/verdicts", {"text": "绝对违规", "suggest": "risky"})
    refused = owner.call("POST", "/v1/boards/car-care/posts", a_post(text="这是绝对违规的话"))
    assert (refused.status_code, refused.json()["code"]) == (422, "content_not_allowed")
    listed = owner.did("GET", "/v1/boards/car-care/posts", limit=50)["items"]
    assert "绝对违规" not in str(listed)


def test_a_doubtful_comment_waits_for_a_moderator_too(
    owner: Phone, prospect: Phone, zhangsan: Colleague, control: Control
) -> None:
    control.ask("POST", "/verdicts", {"text": "可疑评论", "suggest": "review"})
    post = owner.did("POST", "/v1/boards/car-care/posts", a_post())
    path = f"/v1/posts/{post['post_id']}/comments"
    comment = prospect.did("POST", path, {"text": "一条可疑评论"})
    assert comment["state"] == "held"
    assert owner.did("GET", path)["items"] == []
    zhangsan.presses(f"case-{comment['comment_id']}", "moderation.pass")
    awaited(lambda: owner.did("GET", path)["items"], what="the comment is released")
    counted = awaited(
        lambda: owner.did("GET", f"/v1/posts/{post['post_id']}")["counts"]["comments"],
        what="the comment is counted",
    )
    assert counted == 1


def _told(phone: Phone, title: str) -> dict[str, Any] | None:
    items = phone.did("GET", "/v1/notifications")["items"]
    return next((item for item in items if item["title"] == title), None)


def _notices(control: Control, phone: Phone) -> list[dict[str, Any]]:
    return [sent for sent in control.sent(to=phone.openid) if sent["channel"] == "subscribe"]


def _bot_said(control: Control, words: str) -> bool:
    return any(
        words in str(sent["body"]) for sent in control.sent() if sent["channel"] == "wecom_bot"
    )
