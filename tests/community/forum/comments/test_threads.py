"""Two levels: what is shown with a comment, whom replies name, and what is left of what was deleted."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from chalicelib import tables
from chalicelib.errors import Invalid, Unavailable
from chalicelib.lists import PageQuery
from community import facts
from community.commons.agenda import service as agenda
from community.commons.audit.rules import SYSTEM
from community.facts import CaseDecision, CommentPublished, CommentRemoved
from community.forum.comments import records, rules
from community.forum.comments import service as comments
from community.forum.comments.rules import Comment, NoSuchComment, NotYourComment
from community.forum.moderation import service as moderation
from community.forum.posts import curating
from community.forum.posts import service as posts
from community.forum.posts.rules import ERASED, Post, PostClosed, State
from community.people.leaving import service as leaving
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from tests.community.forum.comments.conftest import Say
from tests.world import Person, World


def tops(world: World, post: Post, **query: Any) -> list[Comment]:
    page = comments.page(None, post.post_id, PageQuery(**query), now=world.now)
    return page.items


def below(world: World, post: Post, top: Comment, **query: Any) -> list[Comment]:
    asked = PageQuery(**query)
    return comments.replies(None, post.post_id, top.comment_id, asked, now=world.now).items


def texts(found: list[Comment] | tuple[Comment, ...]) -> list[str]:
    return [comment.text for comment in found]


def counted(world: World, post: Post) -> int:
    return posts.read(None, post.post_id, now=world.now).counts.comments


def delete(world: World, who: Person, comment: Comment) -> None:
    world.later(milliseconds=1)
    comments.delete(who.member, comment.post_id, comment.comment_id, now=world.now)


# Answering


def test_replies_stand_below_what_they_answer_and_not_beside_it(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang, "多少钱")
    say(li, "三百", parent_id=top.comment_id)
    world.settle()
    assert texts(tops(world, post)) == ["多少钱"]
    assert texts(below(world, post, top)) == ["三百"]


def test_the_first_two_replies_are_shown_with_a_comment_and_all_are_counted(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    for number in range(4):
        say(li, f"第 {number} 条", parent_id=top.comment_id)
    world.settle()
    (shown,) = tops(world, post)
    assert (shown.reply_count, texts(shown.replies)) == (4, ["第 0 条", "第 1 条"])
    assert counted(world, post) == 5


def test_a_reply_to_a_reply_stands_below_the_same_comment_and_says_whom_it_answers(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    first = say(li, "三百", parent_id=top.comment_id)
    second = say(wang, "真的？", parent_id=first.comment_id)
    assert second.parent_id == first.parent_id == top.comment_id
    assert first.reply_to is None
    assert second.reply_to
    assert second.reply_to.member_id == li.member_id
    world.settle()
    assert below(world, post, top) == [first, second]


def test_pages_of_replies_neither_skip_nor_repeat_while_others_answer(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    for number in range(5):
        say(li, f"{number}", parent_id=top.comment_id)
    seen, cursor = [], None
    for number in range(5, 9):
        query = PageQuery(limit=2, cursor=cursor)
        page = comments.replies(None, post.post_id, top.comment_id, query, now=world.now)
        seen += texts(page.items)
        cursor = page.next_cursor
        say(li, f"{number}", parent_id=top.comment_id)
    assert seen == [f"{number}" for number in range(8)]


def test_a_long_reply_is_cut_short_where_it_is_shown_with_what_it_answers(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    say(li, "字" * 200, parent_id=top.comment_id)
    world.settle()
    (shown,) = tops(world, post)[0].replies
    assert len(shown.text) == rules.REPLY_SHOWN_CHARS_MAX
    assert len(below(world, post, top)[0].text) == 200


def test_what_nobody_can_read_cannot_be_answered(
    world: World, li: Person, wang: Person, say: Say
) -> None:
    held, gone = say(wang, "存疑"), say(wang)
    delete(world, wang, gone)
    for parent_id in (held.comment_id, gone.comment_id, "unknown", f"{gone.post_id}-x"):
        with pytest.raises(NoSuchComment):
            say(li, parent_id=parent_id)


def test_replies_to_what_is_no_comment_are_not_found(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    reply = say(li, parent_id=top.comment_id)
    for comment_id in ("unknown", reply.comment_id):
        with pytest.raises(NoSuchComment):
            comments.replies(None, post.post_id, comment_id, PageQuery(), now=world.now)


def test_a_held_reply_is_shown_where_it_was_written_once_released(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    held = say(li, "存疑", parent_id=top.comment_id)
    for number in range(2):
        say(wang, f"{number}", parent_id=top.comment_id)
    world.settle()
    assert texts(tops(world, post)[0].replies) == ["0", "1"]
    moderation.decide(held.comment_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    (shown,) = tops(world, post)
    assert (shown.reply_count, texts(shown.replies)) == (3, ["存疑", "0"])
    assert counted(world, post) == 4


def test_a_closed_post_is_not_commented_any_more(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    curating.close(post.post_id, on=True, by="zhangsan", now=world.now)
    with pytest.raises(PostClosed):
        say(wang)


# Naming others


def test_a_comment_mentions_members_once_each_as_they_are_called(
    world: World, li: Person, wang: Person, say: Say
) -> None:
    said = say(wang, mentions=(li.member_id, li.member_id))
    assert [who.member_id for who in said.mentions] == [li.member_id]
    assert said.mentions[0].nickname == li.member.nickname


def test_nobody_can_be_mentioned_who_is_not_there(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    before = world.rows("forum")
    with pytest.raises(Invalid) as refused:
        say(wang, mentions=(li.member_id, "unknown"))
    assert [error.field for error in refused.value.errors] == ["mentions"]
    assert world.rows("forum") == before


def named(world: World, post: Post) -> set[tuple[str, str]]:
    """Whom comments and replies, on their own and where they are shown with another, name."""
    found = []
    for top in tops(world, post):
        found += [top, *top.replies, *below(world, post, top)]
    authors = {(c.author.member_id, c.author.nickname) for c in found}
    others = {(who.member_id, who.nickname) for c in found for who in c.mentions}
    return (
        authors
        | others
        | {(c.reply_to.member_id, c.reply_to.nickname) for c in found if c.reply_to}
    )


@pytest.fixture
def thread(world: World, li: Person, wang: Person, say: Say) -> Comment:
    """Li comments and answers, and is answered and mentioned by Wang."""
    top = say(li)
    reply = say(li, parent_id=top.comment_id)
    say(wang, parent_id=reply.comment_id, mentions=(li.member_id,))
    world.settle()
    return top


def test_everywhere_a_member_is_called_as_they_are_called_by_now(
    world: World, li: Person, wang: Person, post: Post, thread: Comment
) -> None:
    world.later(seconds=1)
    profiles.change(li.member, Changes(nickname="老李头"), now=world.now)
    world.settle()
    wangs_name = (wang.member_id, wang.member.nickname)
    assert named(world, post) == {(li.member_id, "老李头"), wangs_name}


def test_who_leaves_is_named_nowhere(
    world: World, li: Person, wang: Person, post: Post, thread: Comment
) -> None:
    nickname = li.member.nickname
    leaving.ask(li.member, now=world.now)
    world.later(days=7)
    while agenda.let_happen(now=world.now):
        world.settle()
        world.later(minutes=3)
    wangs_name = (wang.member_id, wang.member.nickname)
    assert named(world, post) == {(ERASED.member_id, ERASED.nickname), wangs_name}
    assert [r for r in world.rows("forum") if nickname in str(r)] == []


def test_who_is_merged_is_named_as_who_remains_until_they_are_parted(
    world: World, li: Person, wang: Person, post: Post, thread: Comment
) -> None:
    before = named(world, post)
    merges.merge(wang.member_id, li.member_id, reason=Reason.MOBILE, by=SYSTEM, now=world.now)
    world.settle()
    kept_id = members.remaining(li.member_id)
    assert {member_id for member_id, _ in named(world, post)} == {kept_id}
    gone = wang if kept_id == li.member_id else li
    merge_id = merges.merge_of(gone.member_id)
    assert merge_id
    world.later(seconds=1)
    merges.unmerge(merge_id, by="zhangsan", now=world.now)
    world.settle()
    assert named(world, post) == before


# Deleting


def test_a_comment_without_replies_is_gone_and_not_counted(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    said = say(wang, "说错了")
    say(wang, "说对了")
    world.settle()
    delete(world, wang, said)
    assert texts(tops(world, post)) == ["说对了"]
    world.settle()
    assert counted(world, post) == 1
    assert "说错了" not in str(world.rows("forum"))


def test_a_comment_with_replies_says_nothing_any_more_and_they_stay(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang, "说错了")
    say(li, "哪里", parent_id=top.comment_id)
    world.settle()
    delete(world, wang, top)
    world.settle()
    (shown,) = tops(world, post)
    assert (shown.state, shown.text, texts(shown.replies)) == (State.DELETED, "", ["哪里"])
    assert texts(below(world, post, top)) == ["哪里"]
    assert counted(world, post) == 1


def test_a_deleted_comment_is_gone_with_its_last_reply(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    reply = say(li, parent_id=top.comment_id)
    world.settle()
    delete(world, wang, top)
    delete(world, li, reply)
    world.settle()
    assert (tops(world, post), counted(world, post)) == ([], 0)


def test_a_reply_that_comes_while_its_comment_is_deleted_is_still_read(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    say(li, "哪里", parent_id=top.comment_id)
    delete(world, wang, top)  # Nobody has counted the reply yet.
    assert tops(world, post) == []
    world.settle()
    (shown,) = tops(world, post)
    assert (shown.state, texts(shown.replies), counted(world, post)) == (State.DELETED, ["哪里"], 1)


def test_a_deleted_reply_is_shown_nowhere_at_once_and_the_next_takes_its_place(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    replies = [say(li, f"第 {n} 条", parent_id=top.comment_id) for n in range(3)]
    world.settle()
    delete(world, li, replies[0])
    assert texts(tops(world, post)[0].replies) == ["第 1 条"]
    world.settle()
    (shown,) = tops(world, post)
    assert (texts(shown.replies), shown.reply_count) == (["第 1 条", "第 2 条"], 2)
    assert counted(world, post) == 3


def test_the_author_of_a_post_may_delete_what_others_say_below_it(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    delete(world, li, say(wang))
    assert tops(world, post) == []


def test_others_may_not_delete(world: World, li: Person, post: Post, say: Say) -> None:
    zhao = world.joins("zhao")
    with pytest.raises(NotYourComment):
        delete(world, zhao, say(li))
    assert len(tops(world, post)) == 1


def test_a_held_comment_can_be_taken_back_by_its_author_only_and_is_not_released_any_more(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    held = say(wang, "存疑")
    world.settle()
    with pytest.raises(NoSuchComment):
        delete(world, li, held)
    delete(world, wang, held)
    moderation.decide(held.comment_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    assert (tops(world, post), counted(world, post)) == ([], 0)


def test_to_delete_again_changes_nothing(world: World, wang: Person, post: Post, say: Say) -> None:
    said = say(wang)
    world.settle()
    for _ in range(2):
        delete(world, wang, said)
    world.settle()
    assert counted(world, post) == 0


def test_two_who_delete_at_once_delete_once(
    world: World, li: Person, wang: Person, post: Post, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = say(wang)
    world.settle()
    save, others = records.save_deleted, iter([li])

    def overtaken(*told: Any) -> None:
        for other in others:
            delete(world, other, said)
        save(*told)

    monkeypatch.setattr(records, "save_deleted", overtaken)
    delete(world, wang, said)
    world.settle()
    assert (tops(world, post), counted(world, post)) == ([], 0)


# Counting, in whatever order


@pytest.mark.parametrize("seed", range(8))
def test_counts_are_right_in_whatever_order_and_however_often_facts_are_told(
    world: World, li: Person, wang: Person, post: Post, say: Say, seed: int
) -> None:
    """What holds at the end is what is there, not what was told in between."""
    world.settle()
    random = Random(seed)
    said: list[Comment] = []
    told: list[str] = []
    for _ in range(12):
        there = [c for c in said if comments.get(c.post_id, c.comment_id).state is State.PUBLISHED]
        if there and random.random() < 0.4:
            delete(world, li, random.choice(there))
        else:
            parent = random.choice(there).comment_id if there and random.random() < 0.7 else None
            said.append(say(wang, f"{len(said)}", parent_id=parent))
        world.relay()
        told += world.take("facts")
        if random.random() < 0.5:
            tell(random.choice(told))
    random.shuffle(told)
    for text in [*told, *told[:5]]:
        tell(text)
    world.relay()
    for text in world.take("facts"):
        tell(text)
    there = [c for c in said if comments.get(c.post_id, c.comment_id).state is State.PUBLISHED]
    assert counted(world, post) == len(there)
    shown = {top.comment_id: top for top in tops(world, post)}
    for top in said:
        if top.parent_id:
            continue
        replies = [c for c in there if c.parent_id == top.comment_id]
        assert (top.comment_id in shown) == (top in there or bool(replies))
        if top.comment_id in shown:
            kept = shown[top.comment_id]
            assert (kept.reply_count, texts(kept.replies)) == (
                len(replies),
                texts(replies[: rules.REPLIES_SHOWN]),
            )


def tell(text: str) -> None:
    fact = facts.read(text)
    if isinstance(fact, CommentPublished | CommentRemoved):
        comments.count(fact)


def test_a_reply_is_counted_again_where_somebody_was_first(
    world: World, li: Person, wang: Person, post: Post, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = say(wang)
    world.settle()
    say(li, parent_id=top.comment_id)
    note, others = records.note_counted, iter(["别的"])

    def overtaken(*told: Any) -> None:
        for text in others:
            other = say(wang, text, parent_id=top.comment_id)
            comments.count(published(other))
        note(*told)

    monkeypatch.setattr(records, "note_counted", overtaken)
    world.settle()
    assert (tops(world, post)[0].reply_count, counted(world, post)) == (2, 3)


def published(comment: Comment) -> CommentPublished:
    return CommentPublished(
        fact_id=f"{comment.comment_id}.published",
        at=comment.created_at,
        post_id=comment.post_id,
        comment_id=comment.comment_id,
        author_id=comment.author.member_id,
    )


def test_what_changes_again_and_again_comes_again(
    world: World, wang: Person, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*_: Any) -> None:
        raise tables.Overtaken

    said = say(wang)
    monkeypatch.setattr(records, "note_counted", overtaken)
    with pytest.raises(Unavailable):
        comments.count(published(said))


# Likes


def like(world: World, comment: Comment, by: int = 1) -> None:
    with tables.one_transaction() as write:
        comments.add_to_likes(write, comment.post_id, comment.comment_id, by)


def by_likes(world: World, post: Post) -> list[str]:
    page = comments.page(None, post.post_id, PageQuery(), sort="likes", now=world.now)
    return texts(page.items)


def test_the_most_liked_come_first_and_the_others_by_time(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    said = [say(wang, f"{n}") for n in range(4)]
    like(world, said[2], by=10)
    like(world, said[3], by=9)
    assert by_likes(world, post) == ["2", "3", "0", "1"]
    like(world, said[2], by=-10)
    assert by_likes(world, post) == ["3", "0", "1", "2"]


def test_likes_are_told_with_a_comment_and_go_with_it(
    world: World, li: Person, wang: Person, post: Post, say: Say
) -> None:
    top = say(wang)
    reply = say(li, parent_id=top.comment_id)
    world.settle()
    like(world, top)
    like(world, reply, by=2)
    assert ([c.likes for c in tops(world, post)], by_likes(world, post)) == ([1], ["同问"])
    assert [c.likes for c in below(world, post, top)] == [2]
    delete(world, wang, top)
    assert [c.likes for c in tops(world, post)] == [0]
