"""Who WeCom knows of the people that colleagues have as contacts, with the tags that these gave them.

Every function may refuse Unavailable — WeCom is busy or gave no sensible answer — and RateLimited.
Source: https://developer.work.weixin.qq.com/document/path/92114
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from chalicelib.errors import Unavailable
from chalicelib.wechat.platform import Answer, Refusals, Request, ask
from chalicelib.wecom.account import LIMITED, base_url, token_source
from chalicelib.wecom.refusals import NoSuchContact

ANSWER_S_MAX = 3.0
# A page holds 500 of the colleagues that have the contact.
PAGES_MAX = 20
_NO_CONTACT: Refusals = dict.fromkeys((40096, 84061), NoSuchContact)

Shape = TypeVar("Shape")


class ContactTag(msgspec.Struct, frozen=True):
    """A tag that a colleague gave a contact. `tag_id` only if it is the company's, not the colleague's own."""

    group: str
    name: str
    tag_id: str | None


class Follow(msgspec.Struct, frozen=True):
    """A colleague who has the contact. `state` is that of the code by which the contact came."""

    userid: str
    state: str | None
    tags: tuple[ContactTag, ...]
    remark_mobiles: tuple[str, ...]


class ExternalContact(msgspec.Struct, frozen=True):
    """A person outside the company. `unionid` only if the company is bound to the mini program."""

    external_userid: str
    name: str
    unionid: str | None
    follows: tuple[Follow, ...]


class _Tag(msgspec.Struct):
    tag_name: str
    group_name: str = ""
    tag_id: str = ""


class _Follow(msgspec.Struct):
    userid: str
    state: str = ""
    tags: tuple[_Tag, ...] = ()
    remark_mobiles: tuple[str, ...] = ()


class _Contact(msgspec.Struct):
    external_userid: str
    name: str = ""
    unionid: str = ""


class _Page(msgspec.Struct):
    external_contact: _Contact
    follow_user: tuple[_Follow, ...] = ()
    next_cursor: str = ""


def external_contact(external_userid: str) -> ExternalContact:
    """A contact of the company, with everybody who has it.

    Refuses: NoSuchContact
    """
    pages = list(_pages(external_userid))
    about = pages[0].external_contact
    return ExternalContact(
        external_userid=about.external_userid,
        name=about.name,
        unionid=about.unionid or None,
        follows=tuple(_follow(follow) for page in pages for follow in page.follow_user),
    )


def _pages(external_userid: str) -> Iterator[_Page]:
    by = time.monotonic() + ANSWER_S_MAX
    cursor = ""
    for _ in range(PAGES_MAX):
        params = {"external_userid": external_userid} | ({"cursor": cursor} if cursor else {})
        path = "/cgi-bin/externalcontact/get"
        request = Request(base_url(), path, params=params, is_get=True, by=by)
        answer = ask(request, source=token_source(), refuses={**LIMITED, **_NO_CONTACT})
        page = _read(answer, _Page)
        yield page
        cursor = page.next_cursor
        if not cursor:
            return


def _follow(follow: _Follow) -> Follow:
    tags = (ContactTag(tag.group_name, tag.tag_name, tag.tag_id or None) for tag in follow.tags)
    return Follow(follow.userid, follow.state or None, tuple(tags), follow.remark_mobiles)


def _read(answer: Answer, shape: type[Shape]) -> Shape:
    try:
        return msgspec.convert(answer, shape)
    except msgspec.ValidationError:
        raise Unavailable from None
