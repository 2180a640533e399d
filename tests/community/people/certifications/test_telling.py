"""Who is told of certifications: moderators, their group, and the member."""

from __future__ import annotations

import pytest

from chalicelib.lists import PageQuery
from community.commons.notifications import service as notifications
from community.facts import CertificationDecision
from tests.community.people.certifications.conftest import Decide, Submit
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


def test_who_applies_for_a_car_that_has_an_owner_is_told_why_not(
    world: World, li: Person, wang: Person, submit: Submit, decide: Decide
) -> None:
    decide(submit(li))
    decide(submit(wang))
    world.settle()
    page, _, _ = notifications.page(wang.member_id, PageQuery())
    assert [(n.title, n.text) for n in page.items] == [("车主认证未通过", "这辆车已有认证车主")]
