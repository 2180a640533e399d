"""Who is told of certifications: moderators, their group, and the member."""

from __future__ import annotations

import pytest

from chalicelib.lists import PageQuery
from community.commons.notifications import service as notifications
from community.commons.staff.rules import NotAModerator
from community.facts import CertificationDecision
from community.people.applications import service as applications
from community.people.applications.rules import Supplement
from community.people.certifications import telling
from community.people.certifications.rules import PhotoIsGone, Reason
from sandbox import cards as sandbox_cards
from tests.community.people.certifying import Decide, Submit, Upload
from tests.fakes.usual import a_licence_photo
from tests.world import Person, World

APPROVE, REJECT, ASK_MORE = CertificationDecision
CARD = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
GROUP = "/cgi-bin/webhook/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/send"


def texts_of(world: World, path: str) -> list[str]:
    return [line["text"]["content"] for line in world.sent(path)]


def test_moderators_get_a_card_and_the_group_hears_of_it(
    world: World, li: Person, submit: Submit
) -> None:
    submitted = submit(li)
    world.settle()
    (card,) = world.sent(CARD)
    assert card["touser"] == "lisi|zhangsan"
    assert card["template_card"]["task_id"] == f"certification-{submitted.certification_id}"
    assert texts_of(world, GROUP) == [
        f"【车主认证】{li.member.nickname} 提交了 Model X 的认证，请在企业微信中处理"
    ]


def test_the_group_is_told_neither_car_nor_plate(world: World, li: Person, submit: Submit) -> None:
    submit(li)
    world.settle()
    said = str(world.sent(GROUP))
    assert "LSVAA49J132000001" not in said
    assert "A12345" not in said


@pytest.mark.parametrize(
    ("decision", "title", "words"),
    [
        (APPROVE, "车主认证已通过", "已由 张三 通过"),
        (REJECT, "车主认证未通过", "已由 张三 驳回"),
        (ASK_MORE, "车主认证需补充资料", "已由 张三 要求补充资料"),
    ],
)
def test_a_decision_is_told_to_everybody(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    decision: CertificationDecision,
    title: str,
    words: str,
) -> None:
    submitted = submit(li)
    world.settle()
    decide(submitted, decision)
    world.settle()
    page, unread, _ = notifications.page(li.member_id, PageQuery())
    assert ([n.title for n in page.items], unread) == ([title], 1)
    assert [update["button"]["replace_name"] for update in world.sent(UPDATE)] == [words]
    assert texts_of(world, GROUP)[-1] == f"【车主认证】Model X 的认证{words}"


def test_who_granted_a_message_gets_one(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    from community.commons.subscriptions import service as subscriptions
    from community.commons.subscriptions.rules import Template

    subscriptions.grant(
        li.member_id, Template.CERTIFICATION_DECIDED, 1, request_id="r", now=world.now
    )
    decide(submit(li))
    world.settle()
    (sent,) = world.sent(SUBSCRIBE)
    assert (sent["touser"], sent["template_id"]) == ("openid-of-li", "template-1")
    assert {name: field["value"] for name, field in sent["data"].items()} == {
        "thing1": "Model X",
        "phrase2": "审核通过",
        "time3": "2026-11-22 12:00",
        "thing4": "恭喜成为认证车主，车主板块已开放",
    }


@pytest.mark.parametrize(
    ("decision", "identity"), [(APPROVE, "owner"), (REJECT, "prospect"), (ASK_MORE, "prospect")]
)
def test_only_an_approval_makes_an_owner(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    decision: CertificationDecision,
    identity: str,
) -> None:
    decide(submit(li), decision)
    world.settle()
    assert li.member.identity == identity


def test_a_reason_is_told_to_everybody(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    made = submit(li)
    world.settle()
    decide(made, REJECT, reason=Reason.UNREADABLE)
    world.settle()
    page, _, _ = notifications.page(li.member_id, PageQuery())
    assert page.items[0].text == "照片不清晰或不完整"
    words = "已由 张三 驳回：照片不清晰或不完整"
    assert [update["button"]["replace_name"] for update in world.sent(UPDATE)] == [words]


def test_a_card_tells_what_a_moderator_should_look_at(
    world: World, li: Person, wang: Person, submit: Submit, upload: Upload
) -> None:
    photo = a_licence_photo(vin="LSVAA49J132000009")
    submit(li, licence_media_id=upload(li, photo))
    submit(wang, licence_media_id=upload(wang, photo))
    world.settle()
    card = world.sent(CARD)[1]["template_card"]
    assert {"keyname": "照片车架号", "value": "LSVAA49J132000009"} in card[
        "horizontal_content_list"
    ]
    assert card["sub_title_text"] == (
        "照片与填写的信息不一致；另有 1 位会员提交过同一张照片；一年内另有 1 位会员申请过该车架号"
    )
    sandbox_cards.check_new(card)


def test_a_card_offers_a_reason_for_a_rejection(world: World, li: Person, submit: Submit) -> None:
    submit(li)
    world.settle()
    choice = world.sent(CARD)[0]["template_card"]["button_selection"]
    assert [option["id"] for option in choice["option_list"]] == list(Reason)
    assert choice["selected_id"] == Reason.UNVERIFIED


def test_a_moderator_who_asks_sees_the_photo_and_nobody_else(
    world: World, li: Person, submit: Submit, upload: Upload
) -> None:
    made = submit(li, licence_media_id=upload(li))
    world.settle()
    telling.show_photo(made.certification_id, to="lisi", press_id="p1")
    telling.show_photo(made.certification_id, to="lisi", press_id="p1")
    world.settle()
    (said,) = [sent for sent in world.sent(CARD) if sent["msgtype"] == "text"]
    assert said["touser"] == "lisi"
    assert f"licence/{made.photos[0]}" in said["text"]["content"]
    with pytest.raises(NotAModerator):
        telling.show_photo(made.certification_id, to="wangwu", press_id="p2")


def test_without_a_photo_there_is_none_to_see(
    world: World, li: Person, submit: Submit, decide: Decide, upload: Upload
) -> None:
    made = submit(li, licence_media_id=upload(li))
    decide(made)
    typed = submit(li, vin="LSVAA49J132000009")
    for each in (made, typed):
        with pytest.raises(PhotoIsGone):
            telling.show_photo(each.certification_id, to="lisi", press_id="p")


def test_who_supplements_fast_leaves_the_old_card_to_its_decision(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    """The new card is not ended by what is told late of the old one."""
    made = submit(li)
    world.settle()
    decide(made, ASK_MORE)
    more = Supplement(model="ID.4")
    applications.supplement(li.member, made.certification_id, more, now=world.now)
    world.settle()
    updated = [update["response_code"] for update in world.sent(UPDATE)]
    assert updated == [f"code-of-certification-{made.certification_id}"]
