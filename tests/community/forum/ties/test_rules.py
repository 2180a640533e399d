"""What becomes of somebody's ties when others turn out to be one, or two again."""

from __future__ import annotations

import pytest

from community.forum.ties.rules import Tie, entry_of, members_in, renamed


@pytest.mark.parametrize(
    ("held", "gone", "come", "then"),
    [
        ("abc", "b", "x", "axc"),
        ("abc", "bc", "x", "ax"),
        ("abc", "cb", "bc", "abc"),
        ("axc", "bx", "bx", "abxc"),
        ("abc", "b", "", "ac"),
        ("abc", "d", "x", "abc"),
        ("", "b", "x", ""),
    ],
)
def test_what_comes_stands_where_the_first_of_what_goes_stood(
    held: str, gone: str, come: str, then: str
) -> None:
    assert renamed(held, set(gone), come) == tuple(then)


def test_members_are_told_from_boards_and_topics() -> None:
    held = [entry_of(Tie.FOLLOWS, "m1"), "board#car-care", "topic#露营"]
    assert members_in(Tie.FOLLOWS, held) == ["m1"]
    assert members_in(Tie.BLOCKS, [entry_of(Tie.BLOCKS, "m1")]) == ["m1"]
