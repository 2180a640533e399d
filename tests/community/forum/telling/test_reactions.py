"""Who reacts and who follows is told as one thing that grows."""

from __future__ import annotations

from chalicelib.lists import PageQuery
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind, Settings, Wish
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.facts import Reacted
from community.forum.blocks import service as blocks
from community.forum.follows import service as follows
from community.forum.follows.rules import Kind as FollowKind
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind as Reaction
from community.forum.telling import growing as telling
from community.people.leaving import service as leaving
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from tests.community.forum.conftest import Publish
from tests.community.forum.telling.conftest import Say, read_all, told, unread
from tests.world import Person, World

SUBSCRIBE = "/cgi-bin/message/subscribe/send"


def like(world: World, post_id: str, *everybody: Person) -> None:
    for who in everybody:
        world.later(seconds=1)
        reactions.like(who.member, post_id, now=world.now)
    world.settle()


def unlike(world: World, post_id: str, who: Person) -> None:
    world.later(seconds=1)
    reactions.unlike(who.member, post_id, now=world.now)
    world.settle()


def name(who: Person) -> str:
    return who.member.nickname


def crowd(world: World, number: int) -> list[Person]:
    return [world.joins(f"fan{each}") for each in range(number)]


def test_one_who_likes_is_told_by_name(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li)
    like(world, post.post_id, wang)
    (item,) = notifications.page(li.member_id, PageQuery())[0].items
    assert (item.kind, item.title) == (Kind.REACTION, f"{name(wang)} 赞了您的帖子")
    assert (item.text, item.link) == (
        "《首保多少钱》",
        f"pages/post/index?post_id={post.post_id}",
    )


def test_many_who_like_are_one_notification_with_their_number(
    world: World, li: Person, publish: Publish
) -> None:
    post, fans = publish(li), crowd(world, 5)
    like(world, post.post_id, *fans[:2])
    like(world, post.post_id, li, *fans[2:])  # One's own does not count.
    assert told(li) == [f"{name(fans[-1])} 等 5 人赞了您的帖子"]
    assert unread(li) == 1


def test_each_kind_of_reaction_is_told_on_its_own_and_views_are_not(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li)
    for kind in Reaction:
        world.later(seconds=1)
        reactions.react(kind, wang.member, post.post_id, now=world.now)
    world.settle()
    assert sorted(told(li)) == sorted(
        [
            f"{name(wang)} 赞了您的帖子",
            f"{name(wang)} 觉得您的帖子有用",
            f"{name(wang)} 收藏了您的帖子",
        ]
    )


def test_a_like_of_a_comment_is_told_to_who_wrote_it(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    comment = say(wang, post.post_id)
    reactions.like_comment(li.member, post.post_id, comment.comment_id, now=world.now)
    world.settle()
    assert told(wang) == [f"{name(li)} 赞了您的评论"]


def test_what_is_taken_back_is_told_less_and_then_not_at_all(
    world: World, li: Person, publish: Publish
) -> None:
    post, (one, two) = publish(li), crowd(world, 2)
    like(world, post.post_id, one, two)
    unlike(world, post.post_id, one)
    assert told(li) == [f"{name(two)} 赞了您的帖子"]
    unlike(world, post.post_id, two)
    assert (told(li), unread(li)) == ([], 0)


def test_when_the_one_who_is_named_takes_it_back_the_number_stays(
    world: World, li: Person, publish: Publish
) -> None:
    post, (one, two) = publish(li), crowd(world, 2)
    like(world, post.post_id, one, two)
    unlike(world, post.post_id, two)
    assert told(li) == ["1 人赞了您的帖子"]


def test_it_comes_to_the_top_unread_again_at_most_once_an_hour(
    world: World, li: Person, publish: Publish
) -> None:
    post, (one, two, three) = publish(li), crowd(world, 3)
    like(world, post.post_id, one)
    read_all(world, li)
    like(world, post.post_id, two)
    assert (told(li), unread(li)) == ([f"{name(two)} 等 2 人赞了您的帖子"], 0)
    world.later(hours=1)
    like(world, post.post_id, three)
    assert (told(li), unread(li)) == ([f"{name(three)} 等 3 人赞了您的帖子"], 1)


def test_told_again_it_stays_as_it_is(world: World, li: Person, publish: Publish) -> None:
    post, fans = publish(li), crowd(world, 3)
    like(world, post.post_id, *fans)
    before = [row for row in world.rows("platform") if "notification" in row["pk"]]
    again = [
        Reacted(
            fact_id=f"again {fan.who}",
            at=world.now,
            member_id=fan.member_id,
            board_id="car-care",
            post_id=post.post_id,
            kind="like",
        )
        for fan in fans[:1]
    ]
    telling.follow_reactions([_at(each, post.created_at) for each in again])
    assert [row for row in world.rows("platform") if "notification" in row["pk"]] == before


def _at(fact: Reacted, at: object) -> Reacted:
    import msgspec

    return msgspec.structs.replace(fact, at=at)


def test_of_somebody_blocked_who_likes_nothing_is_told(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li)
    blocks.block(li.member, wang.member_id, now=world.now)
    like(world, post.post_id, wang)
    assert told(li) == []


def test_who_does_not_want_to_hear_of_likes_hears_nothing(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    notifications.set_up(li.member_id, Settings(kinds={Kind.REACTION: Wish(centre=False)}))
    like(world, publish(li).post_id, wang)
    assert told(li) == []


def test_in_wechat_a_post_is_liked_once_a_day(world: World, li: Person, publish: Publish) -> None:
    subscriptions.grant(li.member_id, Template.REACTED, 9, request_id="r", now=world.now)
    post, fans = publish(li), crowd(world, 3)
    like(world, post.post_id, fans[0])
    world.later(hours=2)
    like(world, post.post_id, fans[1])
    assert len(world.sent(SUBSCRIBE)) == 1
    assert world.sent(SUBSCRIBE)[0]["data"]["thing2"] == {"value": f"{name(fans[0])} 赞了您的帖子"}
    world.later(days=1)
    like(world, post.post_id, fans[2])
    assert len(world.sent(SUBSCRIBE)) == 2


# Names


def test_who_is_called_otherwise_is_named_so(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    say(wang, post.post_id)
    profiles.change(wang.member, Changes(nickname="老王"), now=world.now)
    world.settle()
    assert told(li) == ["老王 评论了您的帖子"]


def test_who_is_erased_is_named_no_longer(
    world: World, li: Person, wang: Person, publish: Publish, say: Say
) -> None:
    post = publish(li)
    say(wang, post.post_id)
    like(world, post.post_id, wang)
    gone = name(wang)
    leaving.erase_closed(wang.member, now=world.now)
    world.settle()
    assert sorted(told(li)) == ["已注销用户 评论了您的帖子", "已注销用户 赞了您的帖子"]
    kept = [row for row in world.rows("platform") if row["pk"].startswith(("notif", "merged"))]
    assert [row for row in kept if gone in str(row) or wang.member_id in str(row)] == []


# Followers


def follow(world: World, who: Person, whom: Person, *, on: bool = True) -> None:
    world.later(seconds=1)
    change = follows.follow if on else follows.unfollow
    change(who.member, FollowKind.MEMBER, whom.member_id, now=world.now)
    world.settle()


def test_who_follows_on_one_day_is_one_notification(world: World, li: Person) -> None:
    one, two = crowd(world, 2)
    follow(world, one, li)
    assert told(li) == [f"{name(one)} 关注了您"]
    follow(world, two, li)
    assert (told(li), unread(li)) == ([f"{name(two)} 等 2 人关注了您"], 1)
    world.later(days=1)
    follow(world, world.joins("zhao"), li)
    assert len(told(li)) == 2


def test_who_does_not_follow_any_longer_counts_no_more(world: World, li: Person) -> None:
    one, two = crowd(world, 2)
    follow(world, one, li)
    follow(world, two, li)
    follow(world, two, li, on=False)
    assert told(li) == ["1 人关注了您"]
    follow(world, one, li, on=False)
    assert (told(li), unread(li)) == ([], 0)


def test_who_blocks_somebody_does_not_hear_that_they_follow(world: World, li: Person) -> None:
    (one,) = crowd(world, 1)
    blocks.block(li.member, one.member_id, now=world.now)
    follow(world, one, li)
    assert told(li) == []
