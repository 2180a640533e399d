"""The company's tags: a group and its tags are there once a colleague first gives one to a contact."""

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from sandbox.control import ControlError
from sandbox.state import CorpTag, CorpTagGroup
from sandbox.world import World

NAME_CHARS_MAX = 30


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """A tag as a colleague sees it."""

    group: str
    name: str


def ids_of(world: World, tags: Sequence[Named]) -> list[str]:
    """The ids of tags; those that the company does not have yet are made."""
    for tag in tags:
        for text in (tag.group, tag.name):
            if not 1 <= len(text) <= NAME_CHARS_MAX:
                raise ControlError(400, f"group and name have 1 to {NAME_CHARS_MAX} characters")
    return list(dict.fromkeys(_tag(world, tag).tag_id for tag in tags))


def shown(world: World, tag_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Tags as they stand at a contact."""
    return [
        {"group_name": group.name, "tag_name": tag.name, "tag_id": tag.tag_id, "type": 1}
        for group in world.state.corp_tag_groups
        for tag in group.tags
        if tag.tag_id in tag_ids
    ]


def _tag(world: World, named: Named) -> CorpTag:
    groups = world.state.corp_tag_groups
    group = next((g for g in groups if g.name == named.group), None)
    if group is None:
        group = CorpTagGroup(named.group, tags=[])
        groups.append(group)
    tag = next((t for t in group.tags if t.name == named.name), None)
    if tag is None:
        tag = CorpTag(_new_id(), named.name)
        group.tags.append(tag)
    return tag


def _new_id() -> str:
    return "et" + secrets.token_urlsafe(24)[:30]
