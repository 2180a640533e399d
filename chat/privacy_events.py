"""What WeChat tells of people who took something back: one table of what that means here."""

from __future__ import annotations

from datetime import datetime

from chalicelib import logs
from chalicelib.wechat.envelope import PrivacyNews, PrivacyNotice, Revocable
from community.facts import Datum
from community.people.consents import service as consents
from community.people.identities import service as identities
from community.people.identities.rules import Kind
from community.people.leaving import service as leaving
from community.people.members import service as members

# Of what is not here we keep nothing.
MEANINGS: dict[int, tuple[Datum, ...]] = {
    Revocable.PLATE_NUMBER: (Datum.LICENCE,),
    Revocable.NICKNAME_AND_AVATAR: (Datum.NAME, Datum.AVATAR),
    Revocable.CAMERA: (Datum.AVATAR, Datum.LICENCE),
    Revocable.PHONE: (Datum.PHONE,),
    Revocable.PICTURES: (Datum.AVATAR, Datum.LICENCE),
    Revocable.NICKNAME: (Datum.NAME,),
    Revocable.AVATAR: (Datum.AVATAR,),
}
# A profile was found to be harmful and cleaned: who has a copy is to clean it, too.
# Source: miniprogram/security/basic/listen.
CLEANED = (Datum.NAME, Datum.AVATAR)


def take_in(notice: PrivacyNotice, *, now: datetime) -> None:
    """Let go what a person took back, and the whole person if they closed their only account.

    Refuses: Unavailable — the event comes again
    """
    member_id = identities.owner_of(Kind.OPENID, notice.openid)
    if member_id is None:
        logs.info("a privacy event about nobody we know", news=notice.news.value)
    elif notice.news is PrivacyNews.CANCELLED:
        member = members.get(member_id)
        leaving.close_account(member, openid=notice.openid, unionid=notice.unionid, now=now)
    else:
        consents.take_back(
            members.get(member_id).member_id,
            news=notice.news.value,
            codes=notice.revoked,
            data=_data_of(notice),
            at=notice.created_at,
        )


def _data_of(notice: PrivacyNotice) -> tuple[Datum, ...]:
    if notice.news is PrivacyNews.MODIFIED:
        return CLEANED
    return tuple(sorted({datum for code in notice.revoked for datum in MEANINGS.get(code, ())}))
