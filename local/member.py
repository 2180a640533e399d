"""`make member DO=…`: what a colleague does about one member, and what was done about them before.

It works on the stage that runs on this machine, or on the one that STAGE names, with the settings of
its Lambdas and the rights of whoever calls it. Every deed stands in the audit log under BY.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from local import deeds, member_history, say
from local.deeds import Said

USAGE = """Say what to do, about whom, and who answers for it:
  make member DO=history  WHO=<member>
  make member DO=merges   WHO=<member>
  make member DO=unmerge  WHO=<member> BY=<userid> ID=<merge>
  make member DO=sign-out WHO=<member> BY=<userid> WHY=<reason>
  make member DO=deposit  WHO=<member> BY=<userid> WHY=<reason>
  make member DO=revoke   WHO=<member> BY=<userid> WHY=<reason> ID=<certification>
  make member DO=official WHO=<member> BY=<userid> [OFF=yes]
  make member DO=staff    WHO=<member> BY=<userid> [OFF=yes]
  make member DO=tag      WHO=<member> BY=<userid> TAG=<tag>
  make member DO=untag    WHO=<member> BY=<userid> TAG=<tag>
  make member DO=write    WHO=<member> BY=<userid> TITLE=<title> TEXT=<text> [LINK=<page>]
with STAGE=dev or STAGE=prod for a stage on AWS."""


_needed = partial(deeds.needed, usage=USAGE)


def main() -> None:
    deeds.run(done)


def done(said: Said, *, now: datetime) -> list[str]:
    """Do what was asked for, on the stage at hand, and what to say about it."""
    deed = deeds.chosen(DEEDS, said, usage=USAGE)
    with say.refusals_told():
        return deed(said, _who(said), now)


def _history(_said: Said, who: str, _now: datetime) -> list[str]:
    return member_history.lines(who)


def _merges(_said: Said, who: str, _now: datetime) -> list[str]:
    return [_merge_told(each) for each in member_history.merges_of(who)] or ["  none"]


def _unmerge(said: Said, who: str, now: datetime) -> list[str]:
    from community.people.merges import service as merges

    merge_id = _needed(said, "ID")
    if merge_id not in {each["merge_id"] for each in member_history.merges_of(who)}:
        raise say.Failure(f"{merge_id} is no merge of {who}: DO=merges lists them.")
    merges.unmerge(merge_id, by=_needed(said, "BY"), now=now)
    return [f"✓ {merge_id} undone; both have to sign in anew"]


def _sign_out(said: Said, who: str, now: datetime) -> list[str]:
    from community.people.sessions import service as sessions

    sessions.revoke(who, by=_needed(said, "BY"), why=_needed(said, "WHY"), now=now)
    return [f"✓ {who} signed out everywhere"]


def _deposit(said: Said, who: str, now: datetime) -> list[str]:
    from community.people.certifications import service as certifications
    from community.people.certifications.rules import Kind, State
    from community.people.deposits import service as deposits

    by, why = _needed(said, "BY"), _needed(said, "WHY")
    for each in certifications.of_member(who):
        holds = each.certification.state is State.APPROVED
        if holds and each.certification.kind is Kind.DEPOSIT_HOLDER:
            noted = each.certification.certification_id
            return [f"· {noted} notes a deposit of {who} already; DO=revoke takes it back"]
    made = deposits.grant(who, by=by, why=why, request_id=uuid.uuid4().hex, now=now)
    return [f"✓ {made.certification_id} notes a deposit of {who}; DO=revoke takes it back"]


def _revoke(said: Said, who: str, now: datetime) -> list[str]:
    from community.people.certifications import service as certifications

    by, why, certification_id = (_needed(said, name) for name in ("BY", "WHY", "ID"))
    if certification_id not in {e["certification_id"] for e in certifications.exported(who)}:
        raise say.Failure(f"{certification_id} is no certification of {who}.")
    certifications.revoke(certification_id, by=by, why=why, now=now)
    return [f"✓ {certification_id} revoked"]


def _official(said: Said, who: str, now: datetime) -> list[str]:
    return _say_standing(said, who, "official", now)


def _staff(said: Said, who: str, now: datetime) -> list[str]:
    return _say_standing(said, who, "staff", now)


def _say_standing(said: Said, who: str, what: str, now: datetime) -> list[str]:
    from community.people.standing import service as standing
    from community.people.standing.rules import Ground

    on = said.get("OFF") != "yes"
    member = standing.say(who, Ground(what), on=on, by=_needed(said, "BY"), now=now)
    return [f"✓ badges of {who}: {', '.join(member.badges) or 'none'}"]


def _tag(said: Said, who: str, now: datetime) -> list[str]:
    from community.people.tags import service as tags

    tags.put(who, _needed(said, "TAG"), by=_needed(said, "BY"), now=now)
    return [f"✓ {said['TAG']} put on {who}"]


def _untag(said: Said, who: str, now: datetime) -> list[str]:
    from community.people.tags import service as tags

    tag_id, by = _needed(said, "TAG"), _needed(said, "BY")
    held = [each.tag_id for each in tags.of(who, now=now)]
    if tag_id not in held:
        raise say.Failure(f"{who} has no tag {tag_id}, only: {', '.join(held) or 'none'}.")
    tags.take_off(who, tag_id, by=by, now=now)
    return [f"✓ {tag_id} taken off {who}"]


def _write(said: Said, who: str, now: datetime) -> list[str]:
    from community.forum.telling import service as telling

    telling.write_to(
        who,
        title=_needed(said, "TITLE"),
        text=_needed(said, "TEXT"),
        link=said.get("LINK") or None,
        by=_needed(said, "BY"),
        request_id=uuid.uuid4().hex,
        now=now,
    )
    return [f"✓ {who} finds it among their notifications"]


DEEDS: dict[str, Callable[[Said, str, datetime], list[str]]] = {
    "history": _history,
    "merges": _merges,
    "unmerge": _unmerge,
    "sign-out": _sign_out,
    "deposit": _deposit,
    "revoke": _revoke,
    "official": _official,
    "staff": _staff,
    "tag": _tag,
    "untag": _untag,
    "write": _write,
}


def _who(said: Said) -> str:
    """The member who is meant; of two who were merged, the one who remains."""
    from chalicelib.errors import NotFound
    from community.people.members import service as members

    member_id = _needed(said, "WHO")
    try:
        return members.get(member_id).member_id
    except NotFound as unknown:
        raise say.Failure(f"There is no member {member_id}.") from unknown


def _merge_told(merge: dict[str, Any]) -> str:
    from community.commons.dates import in_beijing

    kept_id, gone_id = merge["member_ids"]
    undone = f"  undone {in_beijing(merge['undone_at'])}" if merge["undone_at"] else ""
    at, reason = in_beijing(merge["at"]), merge["reason"]
    return f"  {merge['merge_id']}  {at}  {reason:<7}  {gone_id} into {kept_id}{undone}"


if __name__ == "__main__":
    say.run(main)
