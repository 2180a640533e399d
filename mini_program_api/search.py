"""Finding posts by words."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.forum.boards.rules import BoardClosed, NoSuchBoard
from community.forum.posts.rules import MODEL_CHARS_MAX, PostKind
from community.forum.reactions import service as reactions
from community.forum.search import rules
from community.forum.search import service as search
from community.forum.search.rules import Found, Moment, Search, Segment
from mini_program_api.door import GuestCall, door
from mini_program_api.hidden import without_blocked
from mini_program_api.post_views import PostCard, card_view


class SearchQuery(PageQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`from` counts in, `to` does not."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=rules.ASKED_CHARS_MAX)]
    board: str | None = None
    model: Annotated[str, msgspec.Meta(max_length=MODEL_CHARS_MAX)] | None = None
    kind: PostKind | None = None
    since: Moment | None = msgspec.field(default=None, name="from")
    until: Moment | None = msgspec.field(default=None, name="to")
    sort: Literal["relevance", "latest"] = "relevance"


class BegunQuery(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What somebody begins to write."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=rules.BEGUN_CHARS_MAX)]


class FoundView(msgspec.Struct, kw_only=True):
    """A post that was found; title and teaser in segments, `hit` where they have the words."""

    post: PostCard
    title: tuple[Segment, ...]
    teaser: tuple[Segment, ...]


class SuggestionsView(msgspec.Struct):
    items: list[str]
    next_cursor: None = None


@door.route(
    "GET",
    "/v1/search",
    who=Who.GUEST,
    asks=SearchQuery,
    gives=Page[FoundView],
    refuses=(NoSuchBoard, BoardClosed),
)
def search_posts(call: GuestCall[None, SearchQuery]) -> Page[FoundView]:
    """Posts with these words, the best first: those with all of them, then those with half of them.

    At most a hundred; the latest go on.
    """
    asked = call.query
    wanted = Search(
        text=asked.q,
        board_id=asked.board,
        model=asked.model,
        kind=asked.kind,
        since=asked.since,
        until=asked.until,
        sort=asked.sort,
    )
    page = search.find(call.caller, wanted, cursor=asked.cursor, limit=asked.limit, now=call.now)
    page = without_blocked(call.caller, page, lambda found: found.card.author)
    places = [(found.card.board_id, found.card.post_id) for found in page.items]
    liked = reactions.liked_anywhere(call.caller, places)

    def view(found: Found) -> FoundView:
        card = card_view(found.card, call.caller, liked=found.card.post_id in liked)
        return FoundView(post=card, title=found.title, teaser=found.teaser)

    return page.map(view)


@door.route("GET", "/v1/search/suggestions", who=Who.GUEST, asks=BegunQuery, gives=SuggestionsView)
def suggest(call: GuestCall[None, BegunQuery]) -> SuggestionsView:
    """How what I begin to write may go on: topics and models in use, words about cars."""
    return SuggestionsView(search.suggestions(call.query.q))
