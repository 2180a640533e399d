"""Front door: the posts of a board, page by page."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.boards.rules import Board
from community.forum.posts import listed
from community.forum.posts import service as posts
from community.forum.posts.rules import Card
from community.people.members.rules import Member

_READS_MAX = 3
_pinned: dict[str, tuple[datetime, list[tuple[str, str]], list[Card]]] = {}


def latest(viewer: Member | None, board_id: str, query: PageQuery, *, now: datetime) -> Page[Card]:
    """A board's posts, latest first; on the first page the pinned ones before them, beyond the limit.

    Pinned posts are up to a minute old, and stand nowhere else in the list. Three reads at most: where
    many posts next to each other were deleted, a page may have less than was asked for.

    Refuses: NoSuchBoard; BoardClosed
    """
    board = boards.get(board_id, now=now)
    board_rules.check_may_read(viewer, board)
    of = f"board {board_id}"
    place = place_of(query.cursor, of=of)
    # What stood at the top of the first page is known to the next ones: pins change meanwhile.
    top = [] if place else _pinned_cards(board, now=now)
    last, *pinned = place.split() if place else ("", *(card.post_id for card in top))
    found: list[Card] = []
    for _ in range(_READS_MAX):
        wanted = query.limit - len(found)
        read = listed.cards(board_id, before=last or None, limit=wanted)
        found += [card for post_id, card in read if card and post_id not in pinned]
        more = len(read) == wanted
        last = read[-1][0] if read else last
        if not more or len(found) == query.limit:
            break
    cursor = cursor_after(" ".join((last, *pinned)), of=of) if more else None
    return Page(items=[*top, *found], next_cursor=cursor)


def newest(board_id: str, *, limit: int) -> list[Card]:
    """A board's latest cards, for those who choose among them: who may read them is theirs to mind."""
    return [card for _, card in listed.cards(board_id, before=None, limit=limit) if card]


def on_board(board_id: str, *, before: str | None, limit: int) -> list[str]:
    """Places on a board from one on, latest first, whether others see something there or not."""
    return [post_id for post_id, _ in listed.cards(board_id, before=before, limit=limit)]


def _pinned_cards(board: Board, *, now: datetime) -> list[Card]:
    """At most a minute old, as the board is."""
    places = [(board.board_id, post_id) for post_id in board.pinned]
    if not places:
        return []
    kept = _pinned.get(board.board_id)
    if kept is None or kept[1] != places or not timedelta() <= now - kept[0] < boards.KEPT_FOR:
        found = posts.several_cards(places)
        cards = [found[post_id] for _, post_id in places if post_id in found]
        _pinned[board.board_id] = kept = (now, places, cards)
    return kept[2]
