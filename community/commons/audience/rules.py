"""Audience rules: who may see, write, claim or attend something, and what unlocks it for the others.

A rule is one typed tree and is read in one place: `_folded` walks it for whether it holds, for whom it
lets in, and for what a person can do about it. See docs/decisions/0013-audience-tree.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec

from chalicelib.errors import Unlock, WayIn
from community.commons.audience import ways
from community.commons.audience.viewers import CO_DRIVER_BADGE, Identity, Tier, Viewer
from community.commons.audience.ways import Person, Way

__all__ = [
    "CO_DRIVER_BADGE",
    "EVERYONE",
    "OWNERS",
    "SIGNED_IN",
    "Audience",
    "Identity",
    "Tier",
    "Viewer",
    "texts_in",
    "unlock_for",
]

TAGS_MAX = 10
TAG_CHARS_MAX = 30
LEAVES_MAX = 20
"""How many things one rule can ask, all in all."""
DEPTH_MAX = 4
"""How deep rules stand in rules; one without any in it is 1 deep."""

T = TypeVar("T")


Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=TAG_CHARS_MAX)]
BoardRoleOf = Annotated[str, msgspec.Meta(pattern=r"^moderator:[a-z0-9-]{1,40}$")]
"""A role and on which board: `moderator:car-care`."""
SegmentId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


class Audience(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """All that is said must hold; of a list, one is enough. Nothing said: everyone, guests too.

    Of `all` each rule must hold, of `any` one; `not` must not. A guest gets in only where that cannot
    depend on who they are.
    """

    identity: Annotated[tuple[Identity, ...], msgspec.Meta(max_length=len(Identity))] = ()
    tier_min: Tier | None = None
    tags_any: Annotated[tuple[Tag, ...], msgspec.Meta(max_length=TAGS_MAX)] = ()
    board_role: BoardRoleOf | None = None
    segment: SegmentId | None = None
    all: Annotated[tuple[Audience, ...], msgspec.Meta(max_length=LEAVES_MAX)] = ()
    any: Annotated[tuple[Audience, ...], msgspec.Meta(max_length=LEAVES_MAX)] = ()
    not_: Audience | None = msgspec.field(default=None, name="not")

    def __post_init__(self) -> None:
        """Every decoder tells what is raised here of the field in which it stands."""
        if not (self.all or self.any or self.not_):
            return
        if self.not_ == EVERYONE:
            raise ValueError("请至少填写一个条件")
        if _depth(self) > DEPTH_MAX:
            raise ValueError(f"条件最多嵌套 {DEPTH_MAX} 层")
        if _leaves(self) > LEAVES_MAX:
            raise ValueError(f"条件最多 {LEAVES_MAX} 个")


EVERYONE = Audience()
SIGNED_IN = Audience(identity=tuple(Identity))
OWNERS = Audience(identity=(Identity.OWNER,))

_SIGN_IN = WayIn("sign_in", "登录后再试")


def unlock_for(viewer: Viewer | None, audience: Audience) -> Unlock | None:
    """None if it is open to the viewer; else why it is not, and every step that opens it.

    Where there are several ways in, each step says to which it belongs; where nothing that they can do
    helps, there is none. For boards and what is in them: a co-driver reads and writes where owners do.
    What is handed out to owners asks for the member's `identity`. See docs/decisions/0007-co-drivers.md.

    Shape: `viewer` is None for a guest
    """
    if audience == EVERYONE or _holds(viewer, audience):
        return None
    return _told(ways.person(viewer) if viewer else None, audience)


def texts_in(audience: Audience) -> tuple[str, ...]:
    """What somebody wrote into a rule in words of their own, for those who check what others read."""
    own = (*audience.tags_any, *filter(None, (audience.board_role, audience.segment)))
    return (*own, *(text for rule in _within(audience) for text in texts_in(rule)))


@lru_cache(maxsize=256)
def _told(person: Person | None, audience: Audience) -> Unlock:
    """Found out once: most locked posts on a page are for the same people."""
    return Unlock(_reason(audience), _how(person, audience))


# The tree


def _within(audience: Audience) -> Iterator[Audience]:
    yield from audience.all
    yield from audience.any
    if audience.not_ is not None:
        yield audience.not_


def _depth(audience: Audience) -> int:
    return 1 + max(map(_depth, _within(audience)), default=0)


def _leaves(audience: Audience) -> int:
    """A rule that says nothing counts as one: it takes as long to read."""
    within = sum(map(_leaves, _within(audience)))
    return within + sum(1 for name in _LEAVES if getattr(audience, name)) or 1


def _folded(
    audience: Audience,
    leaf: Callable[[_Leaf, Any, bool], T],
    both: Callable[[Iterable[T]], T],
    either: Callable[[Iterable[T]], T],
    *,
    wanted: bool = True,
) -> T:
    """What a tree comes to. Under `not` it is not `wanted` to hold, and all and any change places."""

    def folded(rule: Audience, wanted: bool) -> T:
        return _folded(rule, leaf, both, either, wanted=wanted)

    parts = [
        leaf(kind, value, wanted)
        for name, kind in _LEAVES.items()
        if (value := getattr(audience, name))
    ]
    parts += [folded(rule, wanted) for rule in audience.all]
    if audience.any:
        inner = either if wanted else both
        parts.append(inner([folded(rule, wanted) for rule in audience.any]))
    if audience.not_ is not None:
        parts.append(folded(audience.not_, not wanted))
    return (both if wanted else either)(parts)


def _holds(viewer: Viewer | None, audience: Audience) -> bool:
    """Of a guest nothing is known: neither that something holds for them nor that it does not."""

    def leaf(kind: _Leaf, value: Any, wanted: bool) -> bool:
        return viewer is not None and kind.holds(viewer, value) is wanted

    return _folded(audience, leaf, all, any)


def _how(somebody: Person | None, audience: Audience) -> tuple[WayIn, ...]:
    person = somebody or ways.NEWCOMER

    def leaf(kind: _Leaf, value: Any, wanted: bool) -> list[Way]:
        if kind.holds(person, value) is wanted:
            return [Way()]
        return kind.ways(person, value, wanted)

    found = _folded(audience, leaf, ways.all_of, ways.one_of)
    steps = ways.steps(person, found, lambda gone: _holds(gone, audience))
    return tuple(steps if somebody else [_SIGN_IN, *steps])


def _counts_as(viewer: Viewer) -> set[Identity]:
    along = {Identity.OWNER} if CO_DRIVER_BADGE in viewer.badges else set()
    return {viewer.identity} | along


# What is told


class _Words(NamedTuple):
    """`loose`: only one of it is needed, which brackets must say within something longer."""

    text: str
    loose: bool = False


def _reason(audience: Audience) -> str:
    """Whom the rule lets in, in a member's words."""

    def leaf(kind: _Leaf, value: Any, wanted: bool) -> _Words:
        return _Words(kind.words(value) if wanted else kind.words_of_others(value))

    words = _folded(audience, leaf, _words_of_all, _words_of_one).text
    return f"仅限{words or '会员'}"


def _words_of_all(parts: Iterable[_Words]) -> _Words:
    said = list(dict.fromkeys(part for part in parts if part.text))
    if len(said) == 1:
        return said[0]
    return _Words("且".join(f"（{text.strip()}）" if loose else text for text, loose in said))


def _words_of_one(parts: Iterable[_Words]) -> _Words:
    said = list(dict.fromkeys(parts))
    if not all(part.text for part in said):
        return _Words("")  # One of them asks for nothing.
    return said[0] if len(said) == 1 else _Words("或".join(part.text for part in said), loose=True)


def _names(identities: tuple[Identity, ...]) -> str:
    names = {
        Identity.OWNER: "认证车主",
        Identity.DEPOSIT_HOLDER: "意向金用户",
        Identity.PROSPECT: "潜客",
    }
    return "、".join(dict.fromkeys(names[identity] for identity in identities))


# What a rule can ask


class _Leaf(NamedTuple):
    """`ways`: how somebody can become one for whom it holds, or one for whom it does not."""

    holds: Callable[[Viewer, Any], bool]
    words: Callable[[Any], str]
    words_of_others: Callable[[Any], str]
    ways: Callable[[Viewer, Any, bool], list[Way]] = lambda _viewer, _value, _wanted: []


def _everybody(identities: tuple[Identity, ...]) -> bool:
    return set(identities) == set(Identity)


_LEAVES = {
    "identity": _Leaf(
        lambda viewer, identities: bool(_counts_as(viewer) & {*identities}),
        lambda identities: "" if _everybody(identities) else _names(identities),
        lambda identities: f"{_names(identities)}以外的会员",
        lambda viewer, identities, wanted: ways.ways_to_be(
            viewer, {*identities} if wanted else {*Identity} - {*identities}
        ),
    ),
    "tier_min": _Leaf(
        lambda viewer, tier: viewer.tier >= tier,
        lambda tier: f" {tier} 及以上会员",
        lambda tier: f" {tier} 以下会员",
        lambda _viewer, tier, wanted: [Way(tier=tier)] if wanted else [],
    ),
    "tags_any": _Leaf(
        lambda viewer, tags: bool({*tags} & {*viewer.tags}),
        lambda _tags: "特定兴趣的会员",
        lambda _tags: "特定兴趣以外的会员",
        lambda _viewer, tags, wanted: [Way(tags=frozenset(tags))] if wanted else [],
    ),
    "board_role": _Leaf(
        lambda viewer, role: role in viewer.board_roles,
        lambda _role: "版主",
        lambda _role: "版主以外的会员",
    ),
    "segment": _Leaf(
        lambda viewer, segment: segment in viewer.segments,
        lambda _segment: "特定人群的会员",
        lambda _segment: "特定人群以外的会员",
    ),
}
