"""`make post DO=…`: what a colleague says of a post, until the console has screens for it.

It works on the stage that runs on this machine, or on the one that STAGE names, with the settings of
its Lambdas and the rights of whoever calls it. Every deed stands in the audit log under BY.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from local import deeds, say
from local.deeds import Said

USAGE = """Say what to do, with which post, and who answers for it:
  make post DO=show      ID=<post>
  make post DO=feature   ID=<post> BY=<userid>
  make post DO=unfeature ID=<post> BY=<userid>
  make post DO=close     ID=<post> BY=<userid>
  make post DO=open      ID=<post> BY=<userid>
  make post DO=pin       ID=<post> BY=<userid>
  make post DO=unpin     ID=<post> BY=<userid>
  make post DO=accept    ID=<post> BY=<userid> COMMENT=<comment>
  make post DO=unaccept  ID=<post> BY=<userid> COMMENT=<comment>
with STAGE=dev or STAGE=prod for a stage on AWS."""


_needed = partial(deeds.needed, usage=USAGE)


def main() -> None:
    deeds.run(done)


def done(said: Said, *, now: datetime) -> list[str]:
    """Do what was asked for, on the stage at hand, and what to say about it."""
    deed = deeds.chosen(DEEDS, said, usage=USAGE)
    with say.refusals_told():
        return deed(said, now)


def _show(said: Said, _now: datetime) -> list[str]:
    from community.forum.posts import service as posts

    post = posts.get(_needed(said, "ID"))
    told = {"featured": post.featured, "closed": post.closed}
    flags = [name for name, holds in told.items() if holds]
    return [f"  {post.post_id}  {post.board_id}  {', '.join([post.state, *flags])}  {post.title}"]


def _flag(name: str, *, on: bool) -> Callable[[Said, datetime], list[str]]:
    def deed(said: Said, now: datetime) -> list[str]:
        from community.forum.posts import curating

        post_id, by = _needed(said, "ID"), _needed(said, "BY")
        getattr(curating, name)(post_id, on=on, by=by, now=now)
        return [f"✓ {post_id}: {said['DO']}"]

    return deed


def _answer(*, on: bool) -> Callable[[Said, datetime], list[str]]:
    def deed(said: Said, now: datetime) -> list[str]:
        from community.forum.answers import service as answers

        post_id, comment_id, by = (_needed(said, name) for name in ("ID", "COMMENT", "BY"))
        answers.decide(post_id, comment_id, on=on, by=by, now=now)
        return [f"✓ {post_id}: {said['DO']} {comment_id}"]

    return deed


DEEDS: dict[str, Callable[[Said, datetime], list[str]]] = {
    "show": _show,
    "feature": _flag("feature", on=True),
    "unfeature": _flag("feature", on=False),
    "close": _flag("close", on=True),
    "open": _flag("close", on=False),
    "pin": _flag("pin", on=True),
    "unpin": _flag("pin", on=False),
    "accept": _answer(on=True),
    "unaccept": _answer(on=False),
}


if __name__ == "__main__":
    say.run(main)
