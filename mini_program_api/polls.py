"""Voting in polls."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from community.forum.polls.rules import OPTIONS_MAX, NoSuchPoll, PollEnded
from community.forum.posts.rules import NoSuchPost, PostLocked
from community.forum.votes import service as votes
from community.forum.votes.rules import PollSight
from mini_program_api.door import MemberCall, door


class VoteBody(msgspec.Struct, frozen=True):
    """The options that I choose, by their places from 0."""

    choices: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=OPTIONS_MAX)]


class OptionView(msgspec.Struct):
    """`votes` is null as long as the results are hidden."""

    text: str
    chosen: bool
    votes: int | None


class PollView(msgspec.Struct, kw_only=True):
    """A poll as I see it: how many voted, and for what, only once I did or it has ended."""

    options: list[OptionView]
    choices_max: int
    ends_at: datetime
    ended: bool
    voted: bool
    voters: int | None


def poll_view(sight: PollSight) -> PollView:
    votes = sight.results.votes if sight.results else (None,) * len(sight.poll.options)
    chosen = sight.choices or ()
    return PollView(
        options=[
            OptionView(text, place in chosen, votes[place])
            for place, text in enumerate(sight.poll.options)
        ],
        choices_max=sight.poll.choices_max,
        ends_at=sight.poll.ends_at,
        ended=sight.ended,
        voted=sight.choices is not None,
        voters=sight.results.voters if sight.results else None,
    )


@door.route(
    "POST",
    "/v1/posts/{post_id}/votes",
    takes=VoteBody,
    gives=PollView,
    refuses=(NoSuchPost, PostLocked, NoSuchPoll, PollEnded),
)
def vote(call: MemberCall[VoteBody, None], post_id: str) -> PollView:
    """I vote, or vote otherwise while the poll is open; the same again changes nothing."""
    return poll_view(votes.vote(call.caller, post_id, call.body.choices, now=call.now))
