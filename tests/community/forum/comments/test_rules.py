"""Comments: what a draft must be, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from chalicelib import ids
from chalicelib.errors import Invalid
from community.forum.comments import rules
from community.forum.comments.rules import Comment, CommentDraft
from community.forum.posts.drafting import new_post
from community.forum.posts.rules import State
from tests.builders import a_draft, an_owner

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
POST_ID = ids.new_id(NOW, "p")


def a_comment(text: str = "同问", *, checked: bool = True, request_id: str = "r1") -> Comment:
    author = an_owner(nickname="老李")
    comment_id = rules.new_comment_id(author, request_id=request_id, now=NOW)
    post = new_post(
        a_draft(), post_id=POST_ID, author=author, board_id="car-care", checked=True, now=NOW
    )
    return rules.new_comment(text, comment_id=comment_id, author=author, post=post, checked=checked)


def test_blanks_around_a_comment_are_cut() -> None:
    assert rules.tidied(CommentDraft(" 同问\n\n我也想知道 ")).text == "同问\n\n我也想知道"


@pytest.mark.parametrize("text", ["", "  ", "\n\u3000"])
def test_a_comment_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.tidied(CommentDraft(text))
    assert [error.field for error in refused.value.errors] == ["text"]


def test_a_comment_has_at_most_500_characters() -> None:
    assert len(msgspec.convert({"text": "字" * 500}, CommentDraft).text) == 500
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"text": "字" * 501}, CommentDraft)


@pytest.mark.parametrize(("checked", "state"), [(True, State.PUBLISHED), (False, State.HELD)])
def test_what_was_not_checked_is_held(checked: bool, state: State) -> None:
    assert a_comment(checked=checked).state is state


def test_a_comment_says_who_wrote_it_and_when() -> None:
    comment = a_comment()
    assert (comment.author.nickname, comment.author.badges) == ("老李", ("owner",))
    assert comment.created_at == ids.time_of(comment.comment_id) == NOW


def test_a_retry_makes_the_same_comment() -> None:
    assert a_comment() == a_comment()
    assert a_comment(request_id="r2").comment_id != a_comment().comment_id
