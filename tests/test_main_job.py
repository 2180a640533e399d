"""The main job in one process: from signing in to a moderated post that everybody sees as they may.

The same job on the whole stack is in `journeys/`; this one takes a second and says where it breaks.
"""

from __future__ import annotations

import pytest

from chalicelib.lists import PageQuery
from community.commons.notifications import service as notifications
from community.facts import CaseDecision, CertificationDecision
from community.forum.boards.rules import BoardNeedsOwner
from community.forum.moderation import service as moderation
from community.forum.posts import pages
from community.forum.posts import service as posts
from community.forum.posts.rules import State
from community.people.applications import service as applications
from community.people.applications.rules import Application
from community.people.certifications import service as certifications
from community.people.members import service as members
from tests.builders import a_draft
from tests.world import A_PLATE, A_VIN, World


def test_a_prospect_becomes_an_owner_posts_and_a_held_post_is_released(world: World) -> None:
    li = world.joins("li").member
    with pytest.raises(BoardNeedsOwner) as refused:
        posts.publish(li, "car-care", a_draft(), request_id="r1", now=world.now)
    assert refused.value.unlock is not None
    assert [way.kind for way in refused.value.unlock.how] == ["certify_owner"]

    application = Application(kind="owner", vin=A_VIN, plate_number=A_PLATE, model="Model X")
    submitted = applications.submit(li, application, request_id="r2", now=world.now)
    world.settle()
    card = world.sent("/cgi-bin/message/send")[0]
    assert card["touser"] == "lisi|zhangsan"
    certifications.decide(
        submitted.certification_id, CertificationDecision.APPROVE, by="ZhangSan", now=world.now
    )
    world.settle()
    assert world.sent("/cgi-bin/message/update_template_card")[0]["button"] == {
        "replace_name": "已由 张三 通过"
    }
    li = members.get(li.member_id)
    assert li.identity == "owner"

    held = posts.publish(
        li, "car-care", a_draft(text="这句存疑的话"), request_id="r3", now=world.now
    )
    assert held.state is State.HELD
    world.settle()
    moderation.decide(held.post_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    assert posts.get(held.post_id).state is State.PUBLISHED
    listed = pages.latest(None, "car-care", PageQuery(), now=world.now)
    assert [card.post_id for card in listed.items] == [held.post_id]

    page, unread, _ = notifications.page(li.member_id, PageQuery())
    assert unread == 2
    assert {n.title for n in page.items} == {"车主认证已通过", "您发布的内容已通过审核"}
    texts = [line["text"]["content"] for line in world.sent("/cgi-bin/webhook/send")]
    assert len(texts) == 4
