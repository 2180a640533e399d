"""The catalogue of tags: what an entry must say, and the entries that there are from the start.

An entry whose id ends in `:*` stands for a family, such as one tag for each city: `city:*`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from community.commons.audience.rules import TAG_CHARS_MAX

ENTRIES_MAX = 500
DAYS_MAX = 3650
ANY = ":*"
WECOM_FAMILY = "wecom"
OF_THE_CORP = "企业微信"
"""Who answers for a tag that came with a contact."""

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
Days = Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)]


class Source(StrEnum):
    """Who says that a member has it."""

    HAND = "hand"
    RULE = "rule"
    BEHAVIOUR = "behaviour"
    WECOM = "wecom"


class NoSuchTag(NotFound):
    code = "no_such_tag"
    text = "标签目录里没有这个标签"


class NotByHand(Invalid):
    code = "tag_not_by_hand"
    text = "这个标签由系统维护，不能手动添加"


class CatalogueFull(Conflict):
    code = "tag_catalogue_full"
    text = f"标签目录最多 {ENTRIES_MAX} 个标签"


class Tag(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """An entry. `owner`: a colleague's userid or a team. It is over after its lifetime, and fades by its
    half-life; without them it stays.
    """

    tag_id: Annotated[
        str, msgspec.Meta(pattern=r"^[^\s*]+(:\*)?$", min_length=1, max_length=TAG_CHARS_MAX)
    ]
    name: Words
    group: Words
    meaning: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    owner: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    source: Source
    lifetime_days: Days | None = None
    half_life_days: Days | None = None


def check_tag(tag: Tag) -> None:
    """Refuses: Invalid — what follows from behaviour has to fade"""
    if tag.source is Source.BEHAVIOUR and tag.half_life_days is None:
        raise Invalid(errors=[FieldError(tag.tag_id, "行为标签必须设置半衰期")])


def check_not_full(tag_ids: Collection[str]) -> None:
    """Refuses: CatalogueFull"""
    if len(tag_ids) > ENTRIES_MAX:
        raise CatalogueFull


def check_by_hand(tag: Tag) -> None:
    """Refuses: NotByHand"""
    if tag.source is not Source.HAND:
        raise NotByHand


def id_in(family: str, value: str) -> str:
    """The tag of a family for a value that people wrote, however they spaced it: `model:途观l`."""
    word = "".join(value.split()).lower()
    return f"{family}:{word}"[:TAG_CHARS_MAX]


def entry_of(tag_id: str, catalogue: Mapping[str, Tag]) -> Tag | None:
    """What the catalogue says of a tag, by itself or as one of a family."""
    if tag_id.endswith(ANY) or len(tag_id) > TAG_CHARS_MAX:
        return None
    return catalogue.get(tag_id) or catalogue.get(tag_id.partition(":")[0] + ANY)


def name_of(tag_id: str, entry: Tag) -> str:
    return tag_id.partition(":")[2] if entry.tag_id.endswith(ANY) else entry.name


def wecom_tag(group: str, name: str) -> Tag:
    """The entry of a tag that the company gives its contacts in WeCom."""
    told = hashlib.sha256(msgspec.json.encode((group, name))).hexdigest()[:16]
    return Tag(
        tag_id=f"{WECOM_FAMILY}:{told}",
        name=name[:30],
        group=group[:30] or OF_THE_CORP,
        meaning="企业微信客户标签",
        owner=OF_THE_CORP,
        source=Source.WECOM,
    )


def wecom_tags(catalogue: Iterable[Tag]) -> dict[tuple[str, str], Tag]:
    """The entries for tags in WeCom, by group and name."""
    return {(tag.group, tag.name): tag for tag in catalogue if tag.source is Source.WECOM}


_OPERATORS = "社区运营"


def _by_rule(
    tag_id: str, name: str, group: str, meaning: str, *, lifetime_days: int | None = None
) -> Tag:
    return Tag(
        tag_id=tag_id,
        name=name,
        group=group,
        meaning=meaning,
        owner=_OPERATORS,
        source=Source.RULE,
        lifetime_days=lifetime_days,
    )


def _interest(tag_id: str, name: str, meaning: str, *, half_life_days: int) -> Tag:
    return Tag(
        tag_id=tag_id,
        name=name,
        group="兴趣",
        meaning=meaning,
        owner=_OPERATORS,
        source=Source.BEHAVIOUR,
        half_life_days=half_life_days,
    )


CATALOGUE_FROM_THE_START = (
    _by_rule("identity:owner", "认证车主", "身份", "持有有效的车主认证"),
    _by_rule("identity:deposit_holder", "意向金用户", "身份", "支付了购车意向金"),
    _by_rule("identity:prospect", "潜客", "身份", "还没有认证的车"),
    _by_rule("newcomer", "新会员", "阶段", "30 天内第一次来", lifetime_days=30),
    _by_rule("buys:within-month", "一个月内购车", "购车意向", "打算一个月内购车", lifetime_days=30),
    _by_rule("buys-model:*", "意向车型", "购车意向", "打算购买的车型", lifetime_days=180),
    _by_rule("owns-model:*", "已购车型", "车辆", "名下认证车辆的车型"),
    _by_rule("birthday:*", "生日月份", "人群", "几月过生日"),
    _by_rule("city:*", "城市", "人群", "所在城市"),
    _by_rule("household:*", "家庭结构", "人群", "和谁一起用车"),
    _interest("board:*", "板块兴趣", "常看、常发言的板块", half_life_days=30),
    _interest("model:*", "车型兴趣", "关注的车型", half_life_days=60),
    _interest("topic:*", "话题兴趣", "关注的话题", half_life_days=30),
    Tag(
        tag_id="driving-feel",
        name="看重驾驶感",
        group="偏好",
        meaning="顾问了解到：选车看重驾驶感受",
        owner=_OPERATORS,
        source=Source.HAND,
        half_life_days=180,
    ),
    Tag(
        tag_id="vip",
        name="重点维护",
        group="服务",
        meaning="需要顾问重点维护的会员",
        owner=_OPERATORS,
        source=Source.HAND,
        lifetime_days=365,
    ),
)
