"""Comments by likes: none comes twice and none is left out, however likes change between two pages."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids
from community.forum.comments import ranking
from community.forum.comments.rules import RANKED_MAX, Comment
from community.forum.posts.rules import ERASED, State

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
POST_ID = ids.new_id(NOW, "p")


def a_comment(number: int) -> Comment:
    return Comment(
        comment_id=f"{number:026}",
        post_id=POST_ID,
        board_id="car-care",
        author=ERASED,
        text=str(number),
        state=State.PUBLISHED,
        created_at=NOW,
    )


class Said:
    """What is said below a post, and how many like it."""

    def __init__(self, likes: list[int]) -> None:
        self.likes = dict(enumerate(likes))
        self.read_at_most = 0

    def page(self, place: str | None, limit: int) -> tuple[list[Comment], str | None]:
        def most_liked(so_many: int) -> list[Comment]:
            self.read_at_most = max(self.read_at_most, so_many)
            liked = [number for number, likes in self.likes.items() if likes > 0]
            liked.sort(key=lambda number: self.likes[number], reverse=True)
            return [a_comment(number) for number in liked[:so_many]]

        def oldest_first(after: str | None) -> list[Comment]:
            rest = [number for number in sorted(self.likes) if after is None or number > int(after)]
            return [a_comment(number) for number in rest[:limit]]

        return ranking.page(place, limit, most_liked, oldest_first)


changes = st.lists(st.tuples(st.integers(0, 400), st.integers(-20, 20)), max_size=8)


@given(
    st.lists(st.integers(0, 9), max_size=300),
    st.integers(1, 50),
    st.lists(changes, max_size=30),
    st.integers(0, 3),
)
def test_every_comment_comes_once_while_likes_change_and_others_comment(
    likes: list[int], limit: int, meanwhile: list[list[tuple[int, int]]], new: int
) -> None:
    said = Said(likes)
    seen: list[int] = []
    place: str | None = None
    while True:
        items, place = said.page(place, limit)
        assert len(items) <= limit
        seen += [int(comment.comment_id) for comment in items]
        if place is None:
            break
        for number, by in meanwhile.pop() if meanwhile else []:
            if number in said.likes:
                said.likes[number] = max(0, said.likes[number] + by)
        for _ in range(new if meanwhile else 0):
            said.likes[len(said.likes)] = 5
    assert len(seen) == len(set(seen))
    assert set(range(len(likes))) <= set(seen)
    assert said.read_at_most <= RANKED_MAX + 2 * limit


def test_the_first_page_has_the_most_liked_in_order_and_then_the_oldest() -> None:
    items, _ = Said([0, 3, 0, 9]).page(None, 4)
    assert [comment.text for comment in items] == ["3", "1", "0", "2"]


def test_a_cursor_has_a_bounded_length() -> None:
    said, place, longest = Said([1] * 400), None, 0
    while True:
        _, place = said.page(place, 50)
        if place is None:
            break
        longest = max(longest, len(place))
    assert longest <= (RANKED_MAX + 49) * 8 + 27
