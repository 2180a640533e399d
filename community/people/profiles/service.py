"""Front door: what members tell of themselves, and what they are asked."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Any

import msgspec

from chalicelib.errors import FieldError, Unavailable
from chalicelib.tables import Overtaken, one_transaction
from chalicelib.wechat.client import Scene
from community import facts
from community.commons.media import service as media
from community.commons.media.rules import Media, NoSuchMedia, NotAPicture, Purpose
from community.commons.safety import service as safety
from community.commons.safety.rules import ContentNotAllowed
from community.people.archive import service as archive
from community.people.leaving import service as leaving
from community.people.leaving.rules import MinorMember, is_minor
from community.people.members import rules as member_rules
from community.people.members import service as members
from community.people.members.rules import Member, State
from community.people.profiles import changes as changing
from community.people.profiles import questions, records, rules
from community.people.profiles.changes import Changes, News
from community.people.profiles.questions import Askable, Question
from community.people.profiles.records import Kept
from community.people.profiles.rules import Profile, WordsNotAllowed

TRIES_MAX = 5


def of_member(member_id: str) -> Profile:
    """What is known of a member."""
    return records.find(member_id).profile


def change(member: Member, changes: Changes, *, now: datetime) -> tuple[Member, Profile]:
    """A member tells something of themselves, or takes it back: all of it is kept, or nothing.

    Refuses: Invalid — names every wrong field
             ConsentNeeded — for everything that is not taken back
             MinorMember — below 18: nothing is kept of them
             NoSuchMedia, NotAPicture — the avatar
             WordsNotAllowed; Unavailable — nobody can check it, and it is shown to others at once
    """
    wanted = changing.tidied(changes, now=now)
    if changing.is_personal(wanted):
        member_rules.check_consented(member)
    if isinstance(wanted.birthday, date) and is_minor(wanted.birthday, now):
        leaving.block_minor(member.member_id, now=now)
        raise MinorMember
    kept = records.find(member.member_id, consistent=True)
    news = changing.news(member, kept.profile, wanted, now=now)
    _screen(member, news)
    avatar = _avatar(member, news)
    for _ in range(TRIES_MAX):
        with suppress(Overtaken):
            return _save(member, kept, news, avatar, now=now)
        # Something else of the member changed, or they were merged into another.
        member = members.get(member.member_id)
        kept = records.find(member.member_id, consistent=True)
        news = changing.news(member, kept.profile, wanted, now=now)
    raise Unavailable


def next_question(member: Member, *, now: datetime) -> tuple[Question | None, int]:
    """What to ask a member next, and how complete their profile is, of 100."""
    return _asked(member, of_member(member.member_id), now)


def skip_question(member: Member, field: Askable, *, now: datetime) -> tuple[Question | None, int]:
    """A member does not want to answer that now; gives what to ask instead.

    Refuses: Unavailable — again and again something else changed
    """
    for _ in range(TRIES_MAX):
        kept = records.find(member.member_id, consistent=True)
        own = kept.own or Profile()
        own = msgspec.structs.replace(own, skipped={**own.skipped, field: now})
        with suppress(Overtaken):
            records.save(kept, own)
            return _asked(member, kept.with_own(own).profile, now)
        member = members.get(member.member_id)
    raise Unavailable


def prefill(fact: facts.MemberWoken) -> None:
    """What the archive knows of somebody who is here now fills what they have not told yet.

    Refuses: Unavailable — again and again something else changed
    """
    for _ in range(TRIES_MAX):
        member = members.get(fact.member_id)
        if not member_rules.has_consented(member):
            return
        kept = records.find(member.member_id, consistent=True)
        own = kept.own or Profile()
        known = rules.known_from(archive.of(member.member_id))
        news = {f: said for f, said in known.items() if getattr(kept.profile, f) is None}
        if not news:
            return
        told = facts.ProfileChanged(
            fact_id=f"{fact.fact_id}.profile",
            at=fact.at,
            member_id=member.member_id,
            fields=tuple(news),
        )
        with suppress(Overtaken):
            records.save(kept, msgspec.structs.replace(own, **news), told)
            return
    raise Unavailable


def drop_old_avatars(fact: facts.ProfileChanged) -> None:
    """An avatar that no profile shows any longer is deleted."""
    if "avatar_media_id" not in fact.fields:
        return
    # In this order: what is in use by now is in the profile by now.
    theirs = [m for m in media.exported(fact.member_id) if m.purpose is Purpose.AVATAR and m.used]
    kept = records.find(fact.member_id, consistent=True)
    told = [profile.avatar_media_id for profile in kept.everything]
    shown = {said.value for said in told if said}
    for old in theirs:
        if old.media_id not in shown:
            media.delete(old.media_id)


def forget_all(fact: facts.ConsentWithdrawn) -> None:
    """Whoever does not agree to the privacy notice any longer leaves nothing here but a name that we made.

    Refuses: Unavailable — again and again something else changed
    """
    _forget(fact, fact.member_id, ("nickname", *rules.FIELDS))


def forget_taken_back(fact: facts.DataTakenBack) -> None:
    """What a member took back in WeChat is gone here, too, if they did not say it anew since.

    Refuses: Unavailable — again and again something else changed
    """
    fields = {facts.Datum.NAME: "nickname", facts.Datum.AVATAR: "avatar_media_id"}
    _forget(fact, fact.member_id, tuple(fields[each] for each in fact.data if each in fields))


def exported(member_id: str) -> Any:
    """Everything that a member told, and when."""
    return msgspec.to_builtins(of_member(member_id))


def follow_merge(fact: facts.MembersMerged) -> None:
    """What the one who is gone told stands beside what the one who stays did: the newest holds.

    Refuses: Unavailable — it changes right now
    """
    if members.get(fact.gone_id).member_id == fact.gone_id:
        return  # They are two again.
    records.move(fact.merge_id, gone_id=fact.gone_id, kept_id=fact.kept_id)


def follow_unmerge(fact: facts.MembersUnmerged) -> None:
    """What came by the merge goes back. Refuses: Unavailable — it changes right now"""
    if members.get(fact.gone_id).member_id == fact.gone_id:
        records.move_back(fact.merge_id, gone_id=fact.gone_id, kept_id=fact.kept_id)


def erase(fact: facts.MemberErased) -> None:
    """Nothing is left of what a member told."""
    records.close(fact.member_id)


def _forget(fact: facts.Fact, member_id: str, fields: tuple[str, ...]) -> None:
    """Let go what was said of these fields before the fact."""
    for _ in range(TRIES_MAX):
        member = members.get(member_id)
        kept = records.find(member.member_id, consistent=True)
        held = [
            field
            for field in rules.FIELDS
            if field in fields
            if any(rules.holds(each, field, said_until=fact.at) for each in kept.everything)
        ]
        told = facts.ProfileChanged(
            fact_id=f"{fact.fact_id}.profile",
            at=fact.at,
            member_id=member.member_id,
            fields=tuple(held),
        )
        with suppress(Overtaken):
            if held:
                records.forget(kept, held, told)
            break
    else:
        raise Unavailable
    if "nickname" in fields and (kept.profile.named_at or fact.at) <= fact.at:
        _forget_nickname(fact, member)


def _forget_nickname(fact: facts.Fact, member: Member) -> None:
    first = member_rules.first_nickname(member.member_id)
    told = facts.ProfileChanged(
        fact_id=f"{fact.fact_id}.nickname",
        at=fact.at,
        member_id=member.member_id,
        fields=("nickname",),
    )
    members.change(
        member.member_id,
        lambda m: m if m.state is State.ERASED else _renamed(m, first),
        fact=told,
    )


def _screen(member: Member, news: News) -> None:
    """Refuses: WordsNotAllowed, naming every wrong field; Unavailable — nobody can check it"""
    wrong = []
    for field, text in news.words.items():
        try:
            openid = members.openid_here(member)
            is_fine = safety.passes(text, openid=openid, scene=Scene.PROFILE)
        except ContentNotAllowed:
            is_fine = False
        if not is_fine:
            wrong.append(FieldError(field, ContentNotAllowed.text))
    if wrong:
        raise WordsNotAllowed(errors=wrong)


def _avatar(member: Member, news: News) -> Media | None:
    """The picture that a member names, looked at. Refuses: NoSuchMedia, NotAPicture"""
    if news.avatar_media_id is None:
        return None
    try:
        found = media.uploaded(member.member_id, news.avatar_media_id, purpose=Purpose.AVATAR)
        media.picture(found)
    except (NoSuchMedia, NotAPicture) as refusal:
        raise type(refusal)(errors=[FieldError("avatar_media_id", refusal.text)]) from None
    return found


def _save(
    member: Member, kept: Kept, news: News, avatar: Media | None, *, now: datetime
) -> tuple[Member, Profile]:
    """Refuses: Overtaken — the member or the profile changed meanwhile"""
    if not news.fields:
        return member, kept.profile
    fact = facts.ProfileChanged(
        fact_id=f"{member.member_id}.profile.{now.isoformat()}",
        at=now,
        member_id=member.member_id,
        fields=news.fields,
    )
    own = msgspec.structs.replace(kept.own or Profile(), **news.said)
    if news.nickname:
        own = msgspec.structs.replace(own, named_at=now)
    with one_transaction() as write:
        records.save_in(write, kept, own, fact)
        if nickname := news.nickname:
            member = members.change_in(
                write, member.member_id, lambda current: _renamed(current, nickname)
            )
        if avatar:
            media.mark_used(write, avatar, now=now)
    return member, kept.with_own(own).profile


def _renamed(current: Member, nickname: str) -> Member:
    """Refuses: Overtaken — they were merged into somebody else meanwhile"""
    if current.merged_into:
        raise Overtaken
    return msgspec.structs.replace(current, nickname=nickname, nickname_of=None)


def _asked(member: Member, profile: Profile, now: datetime) -> tuple[Question | None, int]:
    question = questions.next_question(member, profile, now=now)
    return question, questions.completeness(member, profile, now=now)
