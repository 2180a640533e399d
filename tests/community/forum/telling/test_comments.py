"""Whose post or comment is answered, and who is mentioned, is told: each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib import moves
from community import consequences, facts
from community.commons.agenda import service as agenda
from community.commons.audience.rules import Audience, Identity
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind, QuietHours, Settings, Wish
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.facts import CaseDecision, CommentPublished, MediaChecked
from community.forum.answers import service as answers
from community.forum.blocks import service as blocks
from community.forum.comments import service as comments
from community.forum.moderation import service as moderation
from community.forum.posts import curating, editing
from community.forum.posts import service as posts
from community.forum.posts.rules import case_of
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from tests.builders import a_draft
from tests.community.forum.conftest import Publish
from tests.community.forum.telling.conftest import Say, told, unread
from tests.world import RECEIVES_MAX, Person, World

SUBSCRIBE = "/cgi-bin/message/subscribe/send"


def nickname(who: Person) -> str:
    return who.member.nickname


def test_who_wrote_a_post_is_told_of_a_comment(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    comment = say(wang, post.post_id, "刹车片我换过")
    from chalicelib.lists import PageQuery

    (item,) = notifications.page(li.member_id, PageQuery())[0].items
    assert (item.kind, item.title) == (Kind.REPLY, f"{nickname(wang)} 评论了您的帖子")
    assert item.text == "《首保多少钱》"  # And not what was said, which may be taken away.
    page = f"pages/post/index?post_id={post.post_id}&comment_id={comment.comment_id}"
    assert item.link == page
    assert told(wang) == []


def test_nobody_is_told_of_what_they_said_themselves(
    li: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    top = say(li, post.post_id)
    say(li, post.post_id, parent_id=top.comment_id, mentions=(li.member_id,))
    assert told(li) == []


def test_everybody_in_a_thread_is_told_in_the_one_way_that_concerns_them_most(
    li: Person, wang: Person, zhao: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    top = say(wang, post.post_id)
    first = say(zhao, post.post_id, parent_id=top.comment_id)
    everybody = (li.member_id, wang.member_id, zhao.member_id)
    say(li, post.post_id, parent_id=first.comment_id, mentions=everybody)
    assert told(zhao) == [f"{nickname(li)} 回复了您的评论"]
    assert told(wang) == [f"{nickname(li)} 在评论中提到了您", f"{nickname(zhao)} 回复了您的评论"]
    assert told(li) == [f"{nickname(zhao)} 评论了您的帖子", f"{nickname(wang)} 评论了您的帖子"]


def test_told_twice_late_and_out_of_order_it_is_one_notification(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    said = [say(wang, post.post_id) for _ in range(2)]
    for comment in reversed(said):
        fact = CommentPublished(
            fact_id=f"{comment.comment_id}.published",
            at=comment.created_at,
            post_id=post.post_id,
            comment_id=comment.comment_id,
            author_id=wang.member_id,
        )
        consequences.follow(facts.written(fact))
    assert (len(told(li)), unread(li)) == (2, 2)


def test_who_blocks_somebody_is_told_nothing_of_theirs(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    blocks.block(li.member, wang.member_id, now=world.now)
    say(wang, post.post_id, mentions=(li.member_id,))
    assert told(li) == []


def test_who_may_not_read_a_post_is_not_told_that_it_mentions_them(
    world: World, li: Person, wang: Person, zhao: Person, publish: Publish, say: Say
) -> None:
    audience = Audience(identity=(Identity.OWNER,))
    post = publish(li, audience=audience, mentions=(wang.member_id,))
    world.settle()
    say(li, post.post_id, mentions=(zhao.member_id,))
    assert (told(wang), told(zhao)) == ([], [])


def test_whom_a_post_mentions_is_told_once_also_when_it_is_restored(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li, mentions=(wang.member_id,))
    world.settle()
    editing.delete(li.member, post.post_id, now=world.now)
    world.settle()
    editing.restore(li.member, post.post_id, now=world.now)
    world.settle()
    assert told(wang) == [f"{nickname(li)} 在帖子中提到了您"]


def edit(
    world: World, li: Person, post_id: str, *mentioned: Person, text: str = "问问大家"
) -> None:
    world.later(minutes=1)
    draft = a_draft(text=text, mentions=tuple(each.member_id for each in mentioned))
    editing.edit(li.member, post_id, draft, now=world.now)
    world.settle()


def test_whom_an_edit_is_the_first_to_mention_is_told_once(
    world: World, li: Person, wang: Person, zhao: Person, publish: Publish
) -> None:
    post = publish(li, mentions=(wang.member_id,))
    world.settle()
    edit(world, li, post.post_id, wang, zhao)
    assert told(wang) == told(zhao) == [f"{nickname(li)} 在帖子中提到了您"]
    edit(world, li, post.post_id)
    edit(world, li, post.post_id, zhao, wang)
    curating.feature(post.post_id, on=True, by="zhangsan", now=world.now)
    world.settle()
    assert (len(told(wang)), len(told(zhao))) == (1, 1)


def test_whom_an_edit_mentions_is_told_also_when_it_is_followed_late_and_twice(
    world: World, li: Person, wang: Person, zhao: Person, publish: Publish
) -> None:
    post = publish(li)
    for mentioned in ((wang,), (wang, zhao)):
        world.later(minutes=1)
        draft = a_draft(mentions=tuple(each.member_id for each in mentioned))
        editing.edit(li.member, post.post_id, draft, now=world.now)
    world.relay()
    for body in world.take("facts") * 2:
        consequences.follow(body)
    assert (len(told(wang)), len(told(zhao))) == (1, 1)


def test_whom_an_edit_mentions_that_is_held_is_told_when_it_is_released(
    world: World, li: Person, wang: Person, zhao: Person, publish: Publish
) -> None:
    post = publish(li, mentions=(wang.member_id,))
    world.settle()
    edit(world, li, post.post_id, wang, zhao, text="存疑")
    assert told(zhao) == []
    case_id = case_of(posts.get(post.post_id))
    moderation.decide(case_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    assert (len(told(wang)), len(told(zhao))) == (1, 1)


def test_whom_an_edit_mentions_of_a_post_that_is_taken_back_is_not_told(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li)
    world.settle()
    draft = a_draft(mentions=(wang.member_id,))
    editing.edit(li.member, post.post_id, draft, now=world.now)
    editing.delete(li.member, post.post_id, now=world.now)
    world.settle()
    assert told(wang) == []


def test_what_is_held_is_told_when_it_is_released(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    held = say(wang, post.post_id, "存疑")
    assert told(li) == []
    moderation.decide(held.comment_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    assert told(li) == [f"{nickname(wang)} 评论了您的帖子"]


def test_of_a_comment_that_is_gone_nobody_is_told(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    from community.forum.comments.rules import CommentDraft

    post = publish(li)
    comment = comments.publish(
        wang.member, post.post_id, CommentDraft("同问"), request_id="r", now=world.now
    )
    comments.delete(wang.member, post.post_id, comment.comment_id, now=world.now)
    world.settle()
    assert told(li) == []


def test_whose_answer_is_accepted_is_told(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    post = publish(li, kind="question")
    comment = say(wang, post.post_id)
    answers.accept(li.member, post.post_id, comment.comment_id, now=world.now)
    world.settle()
    assert told(wang) == ["您的回答被采纳了"]


def test_whose_picture_is_refused_is_told(world: World, li: Person, publish: Publish) -> None:
    post = publish(li)
    for passed in (True, False):
        fact = MediaChecked(
            fact_id=f"checked {passed}",
            at=world.now,
            media_id="media",
            member_id=li.member_id,
            post_id=post.post_id,
            passed=passed,
        )
        consequences.follow(facts.written(fact))
    assert told(li) == ["您发布的图片未通过审核"]


def test_what_a_member_does_not_want_to_hear_they_are_not_told(
    li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    notifications.set_up(li.member_id, Settings(kinds={Kind.REPLY: Wish(centre=False)}))
    post = publish(li)
    say(wang, post.post_id)
    say(wang, post.post_id, parent_id=None, mentions=(li.member_id,))
    assert told(li) == [f"{nickname(wang)} 在评论中提到了您"]


def test_a_new_name_comes_to_very_many_notifications_bit_by_bit(
    world: World,
    li: Person,
    wang: Person,
    publish: Publish,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post_id = publish(li).post_id
    for _ in range(RECEIVES_MAX + 2):
        say(wang, post_id)
    monkeypatch.setattr(moves, "AT_ONCE_MAX", 1)
    profiles.change(wang.member, Changes(nickname="老王"), now=world.now)
    world.settle()
    assert told(li).count("老王 评论了您的帖子") == 1
    while agenda.let_happen(now=world.now):
        world.settle()
    assert set(told(li)) == {"老王 评论了您的帖子"}
    assert world.dead == []


# In WeChat


def test_who_agreed_to_it_is_told_in_wechat_too(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    subscriptions.grant(li.member_id, Template.REPLIED, 1, request_id="r", now=world.now)
    post = publish(li)
    say(wang, post.post_id)
    say(wang, post.post_id)
    (sent,) = world.sent(SUBSCRIBE)
    assert (sent["touser"], sent["template_id"]) == (li.openid, "template-5")
    assert sent["data"]["thing1"] == {"value": "首保多少钱"}
    assert sent["data"]["thing2"] == {"value": nickname(wang)}


@pytest.mark.parametrize("wish", [Wish(wechat=False), Wish(centre=False)])
def test_who_does_not_want_it_in_wechat_keeps_the_grant(
    world: World, li: Person, wang: Person, publish: Publish, say: Say, wish: Wish
) -> None:
    subscriptions.grant(li.member_id, Template.REPLIED, 1, request_id="r", now=world.now)
    notifications.set_up(li.member_id, Settings(kinds={Kind.REPLY: wish}))
    say(wang, publish(li).post_id)
    assert world.sent(SUBSCRIBE) == []
    assert subscriptions.has_one(li.member_id, Template.REPLIED)


def test_in_quiet_hours_it_waits_for_the_morning_and_comes_once(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    subscriptions.grant(li.member_id, Template.REPLIED, 9, request_id="r", now=world.now)
    notifications.set_up(li.member_id, Settings(quiet_hours=QuietHours("12:00", "13:30")))
    post = publish(li)  # It is noon in Beijing.
    say(wang, post.post_id)
    assert (len(told(li)), world.sent(SUBSCRIBE)) == (1, [])
    assert agenda.let_happen(now=world.now + timedelta(minutes=89)) == 0
    world.later(minutes=90)
    for _ in range(2):
        agenda.let_happen(now=world.now)
        world.settle()
    assert len(world.sent(SUBSCRIBE)) == 1
