"""Front door: who wrote what.

What is written names its author, as they are called. Here it is found by them, so that it follows when
they are called otherwise or turn out to be somebody else, and stays without a name when they leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.moves import Unfinished
from chalicelib.tables import Overtaken, one_transaction
from community.facts import MemberErased, MembersMerged, MembersUnmerged
from community.forum.authorship import records
from community.forum.authorship.records import Renamed
from community.forum.authorship.rules import What, Work
from community.people.members import service as members
from community.people.members.rules import Member, State
from community.people.merges import service as merges

PAGE = 100
TRIES_MAX = 5


def note(author_id: str, work: Work, *, renamed: Renamed) -> Member | None:
    """Note who wrote something, once. Gives who that is by now.

    Who was merged or erased since they wrote it is looked for afterwards, and whoever merges or erases
    looks for what is noted: one of both sees the other.

    Shape:   `renamed` lets what is written name another author, or nobody, in the same transaction
    Refuses: Unavailable
    """
    records.add(author_id, work)
    author = members.alone(author_id)
    while author and author.state is State.MERGED and author.merge_id:
        fact = merges.fact_of(author.merge_id)
        if isinstance(fact, MembersUnmerged):
            break
        with suppress(Unfinished):  # Whoever merges goes on with the others.
            follow_merge(work.what, fact, renamed=renamed)
        author = members.alone(fact.kept_id)
    if author and author.state is State.ERASED:
        with suppress(Unfinished):
            records.forget(work.what, author.member_id, renamed=renamed)
    return author


def works(author_id: str, what: What) -> Iterator[Work]:
    """What a member wrote, oldest first."""
    return records.works(author_id, what)


def pages(author_id: str, what: What) -> Iterator[list[Work]]:
    """The same, by the hundred."""
    works = records.works(author_id, what)
    while page := list(islice(works, PAGE)):
        yield page


def page(author_id: str, *, after: str | None, limit: int) -> list[Work]:
    """Some of all that a member wrote, as it is this moment, from a place on."""
    return records.page(author_id, after=after, limit=limit)


def latest(author_id: str, what: What, *, before: str | None, limit: int) -> list[Work]:
    """Of what a member wrote, the latest, from one on: in one read."""
    return records.latest(author_id, what, before=before, limit=limit)


def name_anew(rename: Callable[[TransactWrite], None]) -> None:
    """Let something that is written name its author anew, as it was read.

    Shape:   `rename` reads it and joins the transaction
    Refuses: Unavailable — others change it again and again
    """
    for _ in range(TRIES_MAX):
        with suppress(Overtaken, Unavailable), one_transaction() as write:
            rename(write)
            return
    raise Unavailable


def follow_merge(what: What, fact: MembersMerged, *, renamed: Renamed) -> None:
    """What the one who is gone wrote, the one who remains wrote. Refuses: Unfinished, Unavailable"""
    records.move(what, fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id, renamed=renamed)


def follow_unmerge(what: What, fact: MembersUnmerged, *, renamed: Renamed) -> None:
    """What came by the merge goes back. Refuses: Unfinished, Unavailable"""
    records.move_back(what, fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id, renamed=renamed)


def erase(what: What, fact: MemberErased, *, renamed: Renamed) -> None:
    """Nobody knows any longer who wrote it. Refuses: Unfinished, Unavailable"""
    records.forget(what, fact.member_id, renamed=renamed)
