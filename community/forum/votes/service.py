"""Front door: voting in polls, and what each person sees of one.

A vote and the tally change in one transaction, so that who voted sees their own vote at once and the
tally is right to one. What of a vote is in the tally stands on the vote: its fact brings a tally that was
lost in line again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.facts import MemberErased, MembersMerged, MembersUnmerged, Voted
from community.forum.polls.rules import NoSuchPoll, Poll, PollEnded, check_choices, has_ended
from community.forum.posts import service as posts
from community.forum.posts.rules import Post
from community.forum.votes import records, rules
from community.forum.votes.rules import Choices, PollSight, Results
from community.people.members.rules import Member

_TRIES_MAX = 5


def vote(member: Member, post_id: str, choices: Sequence[int], *, now: datetime) -> PollSight:
    """Choose options of a poll, or others than before; the same again changes nothing.

    Refuses: NoSuchPost, PostLocked; NoSuchPoll, PollEnded; Invalid; Unavailable — too many vote right now
    """
    post = posts.open_to(member, post_id, now=now)
    if post.poll is None:
        raise NoSuchPoll
    if has_ended(post.poll, now=now):
        raise PollEnded
    check_choices(choices, post.poll)
    chosen = tuple(sorted(choices))
    fact = Voted(
        fact_id=f"{member.member_id}.{post_id}.voted.{now.isoformat()}",
        at=now,
        member_id=member.member_id,
        post_id=post_id,
    )
    for _ in range(_TRIES_MAX):
        before = records.find(member.member_id, post_id)
        if before.choices == before.counted == chosen:
            return _sight(post.poll, chosen, records.results(post_id), now)
        with suppress(Overtaken, Unavailable):
            with one_transaction() as write:
                records.save(write, post_id, before, chosen, fact)
            return _sight(post.poll, chosen, records.results(post_id), now)
    raise Unavailable


def seen(viewer: Member | None, post: Post, *, now: datetime) -> PollSight | None:
    """The poll of a post that this person may read; None if it has none. One read for members."""
    if post.poll is None:
        return None
    if viewer is None:
        ended = has_ended(post.poll, now=now)
        return _sight(post.poll, None, records.results(post.post_id) if ended else None, now)
    return _sight(post.poll, *records.seen(viewer.member_id, post.post_id), now)


def count(fact: Voted) -> None:
    """The tally includes a vote as it is: nothing to do, but where the tally was lost. Refuses: Unavailable"""
    for _ in range(_TRIES_MAX):
        vote = records.find(fact.member_id, fact.post_id)
        if vote.choices is None or vote.choices == vote.counted:
            return
        with suppress(Overtaken, Unavailable):
            with one_transaction() as write:
                records.save(write, fact.post_id, vote, vote.choices, fact)
            return
    raise Unavailable


def exported(member_id: str) -> Any:
    """In which polls they voted, and for what."""
    return [
        {"post_id": post_id, "choices": chosen} for post_id, chosen in records.all_of(member_id)
    ]


def follow_merge(fact: MembersMerged) -> None:
    """Votes of either are theirs; where both voted, the kept one's counts. Refuses: Unfinished, Unavailable"""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back, and both count. Refuses: Unfinished, Unavailable"""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """Nobody can tell any longer what they voted for; the results stay. Refuses: Unfinished"""
    records.forget(fact.member_id)


def _sight(
    poll: Poll, choices: Choices | None, results: Results | None, now: datetime
) -> PollSight:
    may_see = rules.may_see_results(poll, choices, now=now)
    return PollSight(
        poll=poll,
        ended=has_ended(poll, now=now),
        choices=choices,
        results=rules.of_options(results, poll) if results and may_see else None,
    )
