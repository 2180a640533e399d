"""Held content: one case each, decided by one moderator, told to everybody whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Unavailable
from chalicelib.lists import PageQuery
from community.commons.audit import service as audit
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.commons.staff import service as staff
from community.commons.staff.rules import NotAModerator, Role, Staff
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.facts import CaseDecision, CommentHeld, PostHeld
from community.forum.boards import service as boards
from community.forum.boards.changes import Changes
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.moderation import records
from community.forum.moderation import service as moderation
from community.forum.moderation.rules import Case, CaseDecidedAlready, NoSuchCase
from community.forum.posts import editing
from community.forum.posts import service as posts
from community.forum.posts.rules import Post, State
from community.people.members import service as members
from tests.community.forum.conftest import Publish
from tests.pictures import uploaded
from tests.world import Person, World

CARD = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
GROUP = "/cgi-bin/webhook/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/send"
PASS, REMOVE = CaseDecision

Decide = Callable[..., Case]


@pytest.fixture
def held(world: World, li: Person, publish: Publish) -> Post:
    """A held post whose moderators have got their card."""
    post = publish(li, title="存疑的标题", text="存疑的正文")
    world.settle()
    return post


@pytest.fixture
def decide(world: World) -> Decide:
    def decided(case_id: str, decision: CaseDecision = PASS, by: str = "zhangsan") -> Case:
        case = moderation.decide(case_id, decision, by=by, now=world.now)
        world.settle()
        return case

    return decided


def told(who: Person) -> list[str]:
    return [each.text for each in notifications.page(who.member_id, PageQuery())[0].items]


def cases(world: World) -> int:
    return len([row for row in world.rows("forum") if row["pk"].startswith("case#")])


def broken(*_: Any) -> None:
    raise ZeroDivisionError


def group(world: World) -> list[str]:
    return [line["text"]["content"] for line in world.sent(GROUP)]


def test_held_content_becomes_a_case_and_a_card_for_all_moderators(
    world: World, li: Person, held: Post
) -> None:
    (sent,) = world.sent(CARD)
    card = sent["template_card"]
    assert (sent["touser"], card["task_id"]) == ("lisi|zhangsan", f"case-{held.post_id}")
    assert card["main_title"] == {"title": "帖子待审核"}
    assert card["sub_title_text"] == "存疑的正文"
    assert group(world) == [
        f"【内容审核】{li.member.nickname} 的帖子「存疑的标题」待审核，请在企业微信中处理"
    ]


def test_moderators_get_all_of_a_text_that_the_card_has_no_room_for(
    world: World, li: Person, publish: Publish
) -> None:
    text = "长" * 1_000 + "存疑"
    publish(li, text=text, teaser="我的导语")
    world.settle()
    texts = [sent["text"]["content"] for sent in world.sent(CARD) if sent["msgtype"] == "text"]
    said = "".join(sorted(texts)).replace("\n", "")
    assert len(texts) == 2
    assert "我的导语" in said
    assert said.count("长") == 1_000 + 2 * texts[0].splitlines()[0].count("长")


def test_moderators_get_every_word_of_emoji_and_of_a_long_title(
    world: World, li: Person, publish: Publish
) -> None:
    title = "标题" * 10 + "广告" * 15
    publish(li, title=title, text="🚗" * 1_000 + "存疑")
    world.settle()
    texts = [sent["text"]["content"] for sent in world.sent(CARD) if sent["msgtype"] == "text"]
    said = "".join(text.partition("\n")[2] for text in texts)
    assert said.count("🚗") == 1_000
    assert title in said


@pytest.mark.parametrize(
    ("purpose", "number", "said"),
    [("post", 2, ["2 张图片"]), ("video", 1, ["1 个视频"]), ("", 0, [])],
)
def test_the_card_of_a_post_says_that_it_has_pictures_or_a_video(
    world: World, li: Person, publish: Publish, purpose: str, number: int, said: list[str]
) -> None:
    files = tuple(uploaded(world, li.member_id, purpose=purpose) for _ in range(number))
    draft = {"video": files[0]} if purpose == "video" else {"pictures": files}
    post = publish(li, text="存疑的正文", **draft)
    world.settle()
    found = [sent["template_card"] for sent in world.sent(CARD)]
    (card,) = [card for card in found if card["task_id"] == f"case-{post.post_id}"]
    lines = {line["keyname"]: line["value"] for line in card["horizontal_content_list"]}
    assert [value for name, value in lines.items() if name == "附件"] == said


def test_content_that_passed_is_no_case(world: World, li: Person, publish: Publish) -> None:
    publish(li)
    world.settle()
    assert (cases(world), world.sent(CARD)) == (0, [])


def test_one_content_is_one_case_however_often_it_is_told(world: World, held: Post) -> None:
    fact = PostHeld(
        fact_id="f", at=world.now, post_id=held.post_id, author_id=held.author.member_id
    )
    moderation.open_case(fact)
    world.settle()
    assert (cases(world), len(world.sent(CARD))) == (1, 1)


def test_a_case_that_was_decided_is_not_opened_again(
    world: World, held: Post, decide: Decide
) -> None:
    decided = decide(held.post_id)
    moderation.open_case(PostHeld(fact_id="f", at=world.now, post_id=held.post_id, author_id="m"))
    assert records.get(held.post_id) == decided


# Deciding


def test_a_released_post_is_seen_by_everyone(world: World, held: Post, decide: Decide) -> None:
    decide(held.post_id)
    assert posts.read(None, held.post_id, now=world.now).post.state is State.PUBLISHED


def test_a_removed_post_is_seen_by_nobody(held: Post, decide: Decide) -> None:
    decide(held.post_id, REMOVE)
    assert posts.get(held.post_id).state is State.REMOVED


@pytest.mark.parametrize("by", ["wangwu", "stranger"])
def test_nobody_but_moderators_decides(held: Post, decide: Decide, by: str) -> None:
    with pytest.raises(NotAModerator):
        decide(held.post_id, by=by)
    assert posts.get(held.post_id).state is State.HELD


def test_what_is_no_case_cannot_be_decided(world: World, decide: Decide) -> None:
    with pytest.raises(NoSuchCase):
        decide("unknown")


def test_the_second_moderator_is_told_who_was_first(held: Post, decide: Decide) -> None:
    decide(held.post_id, REMOVE)
    with pytest.raises(CaseDecidedAlready) as refused:
        decide(held.post_id, PASS, by="lisi")
    assert refused.value.detail == "已由 张三 删除"
    assert posts.get(held.post_id).state is State.REMOVED


def test_two_moderators_at_once_decide_once(
    world: World, held: Post, decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, first = records.get, [True]

    def look_while_lisi_decides(case_id: str) -> Case:
        seen = look(case_id)
        if first:
            first.clear()
            moderation.decide(case_id, REMOVE, by="lisi", now=world.now)
        return seen

    monkeypatch.setattr(records, "get", look_while_lisi_decides)
    with pytest.raises(CaseDecidedAlready) as refused:
        decide(held.post_id, PASS)
    assert refused.value.detail == "已由 李四 删除"


def test_a_decision_is_in_the_audit_log_and_a_second_one_is_not(
    world: World, held: Post, decide: Decide
) -> None:
    decide(held.post_id, REMOVE)
    with pytest.raises(CaseDecidedAlready):
        decide(held.post_id, PASS, by="lisi")
    (entry,) = audit.about(f"post#{held.post_id}")
    assert (entry.what, entry.by, entry.at) == ("moderation.remove", "zhangsan", world.now)


def test_what_cannot_be_written_down_is_not_decided(
    world: World, held: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "note_in", broken)
    with pytest.raises(ZeroDivisionError):
        moderation.decide(held.post_id, PASS, by="zhangsan", now=world.now)
    assert records.get(held.post_id).decision is None


def test_who_decides_while_another_does_is_told_who_was_first(
    world: World, held: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB refuses the second transaction while the first one holds the row."""
    save, first = records.save_decided, [True]

    def save_while_lisi_decides(*args: Any) -> None:
        if first:
            first.clear()
            moderation.decide(held.post_id, REMOVE, by="lisi", now=world.now)
            raise Unavailable
        save(*args)

    monkeypatch.setattr(records, "save_decided", save_while_lisi_decides)
    with pytest.raises(CaseDecidedAlready) as refused:
        moderation.decide(held.post_id, PASS, by="zhangsan", now=world.now)
    assert refused.value.detail == "已由 李四 删除"


# Who is told


@pytest.mark.parametrize(
    ("decision", "title", "text", "words"),
    [
        (
            PASS,
            "您发布的内容已通过审核",
            "「存疑的标题」已按您设定的可见范围展示",
            "已由 张三 通过",
        ),
        (
            REMOVE,
            "您发布的内容未通过审核",
            "「存疑的标题」不符合社区规范，未能展示",
            "已由 张三 删除",
        ),
    ],
)
def test_a_decision_is_told_to_everybody(
    world: World,
    li: Person,
    held: Post,
    decide: Decide,
    decision: CaseDecision,
    title: str,
    text: str,
    words: str,
) -> None:
    decide(held.post_id, decision)
    page, unread, _ = notifications.page(li.member_id, PageQuery())
    assert [(n.title, n.text) for n in page.items] == [(title, text)]
    link = f"pages/post/index?post_id={held.post_id}" if decision is PASS else None
    assert (unread, page.items[0].link) == (1, link)
    assert [update["button"]["replace_name"] for update in world.sent(UPDATE)] == [words]
    assert group(world)[-1] == f"【内容审核】帖子「存疑的标题」{words}"


def test_an_author_who_granted_a_message_gets_one(
    world: World, li: Person, held: Post, decide: Decide
) -> None:
    subscriptions.grant(li.member_id, Template.POST_DECIDED, 1, request_id="r", now=world.now)
    decide(held.post_id)
    (sent,) = world.sent(SUBSCRIBE)
    assert (sent["touser"], sent["template_id"]) == ("openid-of-li", "template-2")
    assert {name: field["value"] for name, field in sent["data"].items()} == {
        "thing1": "存疑的标题",
        "phrase2": "审核通过",
        "time3": "2026-11-22 12:00",
        "thing4": "内容已展示，欢迎继续交流",
    }


def test_the_message_about_what_is_removed_leads_nowhere(
    world: World, li: Person, held: Post, decide: Decide
) -> None:
    subscriptions.grant(li.member_id, Template.POST_DECIDED, 1, request_id="r", now=world.now)
    decide(held.post_id, REMOVE)
    (sent,) = world.sent(SUBSCRIBE)
    assert "page" not in sent
    assert sent["data"]["thing4"]["value"] == "不符合社区规范，未能展示"


def test_an_author_is_told_nothing_of_what_they_deleted(
    world: World, li: Person, held: Post, decide: Decide
) -> None:
    subscriptions.grant(li.member_id, Template.POST_DECIDED, 1, request_id="r", now=world.now)
    editing.delete(li.member, held.post_id, now=world.now)
    world.settle()
    decide(held.post_id)
    assert (told(li), world.sent(SUBSCRIBE)) == ([], [])


def test_an_author_is_told_that_what_passed_is_shown_at_its_time(
    world: World, publish: Publish, decide: Decide
) -> None:
    brand = world.joins("brand")
    official = {"badges": ("official",)}
    members.change(brand.member_id, lambda member: msgspec.structs.replace(member, **official))
    at = world.now + timedelta(hours=1)
    post = publish(
        brand, "new-launches", kind="article", title="预告", text="存疑的正文", publish_at=at
    )
    world.settle()
    decide(post.post_id)
    assert posts.get(post.post_id).state is State.SCHEDULED
    assert told(brand) == ["「预告」将在您设定的时间展示"]


# Comments


@pytest.fixture
def held_comment(world: World, li: Person, wang: Person, publish: Publish) -> CommentHeld:
    post = publish(li)
    comment = comments.publish(
        wang.member, post.post_id, CommentDraft("存疑\n的评论"), request_id="c", now=world.now
    )
    world.settle()
    return CommentHeld(
        fact_id="f",
        at=world.now,
        post_id=post.post_id,
        comment_id=comment.comment_id,
        author_id=wang.member_id,
    )


def test_a_held_comment_is_a_case_of_its_own(
    world: World, wang: Person, held_comment: CommentHeld
) -> None:
    (sent,) = world.sent(CARD)
    assert sent["template_card"]["task_id"] == f"case-{held_comment.comment_id}"
    assert sent["template_card"]["main_title"] == {"title": "评论待审核"}
    assert f"{wang.member.nickname} 的评论「存疑 的评论」" in group(world)[0]


@pytest.mark.parametrize(("decision", "seen"), [(PASS, ["存疑\n的评论"]), (REMOVE, [])])
def test_a_decision_about_a_comment_leaves_its_post_alone(
    world: World,
    held_comment: CommentHeld,
    decide: Decide,
    decision: CaseDecision,
    seen: list[str],
) -> None:
    decide(held_comment.comment_id, decision)
    page = comments.page(None, held_comment.post_id, PageQuery(), now=world.now)
    assert [comment.text for comment in page.items] == seen
    assert posts.get(held_comment.post_id).state is State.PUBLISHED


def test_the_author_of_a_comment_is_told_and_not_that_of_the_post(
    world: World, li: Person, wang: Person, held_comment: CommentHeld, decide: Decide
) -> None:
    decide(held_comment.comment_id)
    pages = [notifications.page(who.member_id, PageQuery())[0] for who in (li, wang)]
    assert [[told.kind for told in page.items] for page in pages] == [
        [Kind.REPLY],
        [Kind.MODERATION],
    ]


def test_the_author_of_a_comment_is_told_nothing_of_what_was_deleted(
    world: World, wang: Person, held_comment: CommentHeld, decide: Decide
) -> None:
    comments.delete(wang.member, held_comment.post_id, held_comment.comment_id, now=world.now)
    world.settle()
    decide(held_comment.comment_id)
    assert told(wang) == []


# Boards with moderators of their own


def look_after(board_id: str, world: World, *userids: str) -> None:
    staff.appoint(Staff("ops", "运营小陈", (Role.OPERATOR,)))
    boards.change(board_id, Changes(moderators=userids), by="ops", now=world.now)


def asked(world: World) -> list[str]:
    """Who got the texts and cards, in order."""
    return [sent["touser"] for sent in world.sent(CARD)]


def test_the_card_goes_to_those_who_look_after_the_board(
    world: World, li: Person, publish: Publish
) -> None:
    look_after("car-care", world, "lisi")
    publish(li, text="长" * 1_000 + "存疑")
    publish(li, "accessory-deals", text="存疑的正文")
    world.settle()
    assert sorted(asked(world)) == ["lisi", "lisi", "lisi", "lisi|zhangsan"]


def test_so_does_that_of_a_comment(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    look_after("car-care", world, "zhangsan")
    post = publish(li)
    comments.publish(
        wang.member,
        post.post_id,
        CommentDraft(text="存疑的评论"),
        request_id=world.new_request_id(),
        now=world.now,
    )
    world.settle()
    assert asked(world) == ["zhangsan"]


def test_where_none_of_them_moderates_any_longer_all_moderators_are_asked(
    world: World, li: Person, publish: Publish
) -> None:
    look_after("car-care", world, "lisi")
    staff.appoint(Staff("lisi", "李四", ()))
    publish(li, text="存疑的正文")
    world.settle()
    assert asked(world) == ["zhangsan"]
