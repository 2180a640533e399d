"""What a board's moderation policy does with what content safety lets pass."""

from __future__ import annotations

from community.commons.staff import service as staff
from community.commons.staff.rules import Role, Staff
from community.forum.boards import service as boards
from community.forum.boards.changes import Changes
from community.forum.boards.rules import Policy
from community.forum.comments import service as comments
from community.forum.comments.rules import Comment, CommentDraft
from community.forum.posts.rules import Post, State
from tests.community.forum.conftest import Publish
from tests.world import Person, World

BOARD = "new-car-shopping"


def wait(world: World, policy: Policy) -> None:
    staff.appoint(Staff("ops", "运营", (Role.OPERATOR,)))
    boards.change(BOARD, Changes(policy=policy), by="ops", now=world.now)


def comment(world: World, who: Person, post: Post) -> Comment:
    draft = CommentDraft("同问")
    request_id = world.new_request_id()
    return comments.publish(who.member, post.post_id, draft, request_id=request_id, now=world.now)


def test_on_a_board_that_waits_for_moderators_posts_and_comments_are_held(
    world: World, wang: Person, publish: Publish
) -> None:
    open_post = publish(wang, BOARD)
    assert comment(world, wang, open_post).state is State.PUBLISHED
    wait(world, Policy.PRE_MODERATE)
    assert publish(wang, BOARD).state is State.HELD
    assert comment(world, wang, open_post).state is State.HELD


def test_where_only_new_members_wait_others_do_not(
    world: World, wang: Person, publish: Publish
) -> None:
    wait(world, Policy.PRE_MODERATE_NEW)
    assert publish(wang, BOARD).state is State.HELD
    world.later(days=7)
    post = publish(wang, BOARD)
    assert post.state is State.PUBLISHED
    assert comment(world, wang, post).state is State.PUBLISHED
