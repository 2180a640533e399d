"""The company's tags: a group and its tags are there once a colleague first gives one to a contact."""

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from sandbox.apis import Call, Refused, ok
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


def show(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/externalcontact/get_corp_tag_list: all, or those of `group_id`, or those of `tag_id`

    Source: wechat.md C6, and the API's page for what is answered.
    """
    asked = call.json()
    group_ids, tag_ids = asked.get("group_id") or [], asked.get("tag_id") or []
    if not isinstance(group_ids, list) or not isinstance(tag_ids, list):
        raise Refused(40058, "invalid parameter")
    groups = []
    for group in call.world.state.corp_tag_groups:
        tags = [t for t in group.tags if group_ids or not tag_ids or t.tag_id in tag_ids]
        if tags and (not group_ids or group.group_id in group_ids):
            groups.append(_shown(group, tags))
    return ok(tag_group=groups)


def _tag(world: World, named: Named) -> CorpTag:
    groups = world.state.corp_tag_groups
    group = next((g for g in groups if g.name == named.group), None)
    if group is None:
        group = CorpTagGroup(_new_id(), named.group, world.now(), tags=[])
        groups.append(group)
    tag = next((t for t in group.tags if t.name == named.name), None)
    if tag is None:
        tag = CorpTag(_new_id(), named.name, world.now())
        group.tags.append(tag)
    return tag


def _shown(group: CorpTagGroup, tags: list[CorpTag]) -> dict[str, Any]:
    return {
        "group_id": group.group_id,
        "group_name": group.name,
        "create_time": int(group.created_at),
        "order": 1,
        "tag": [
            {
                "id": tag.tag_id,
                "name": tag.name,
                "create_time": int(tag.created_at),
                "order": order,
            }
            for order, tag in enumerate(tags, 1)
        ],
    }


def _new_id() -> str:
    return "et" + secrets.token_urlsafe(24)[:30]
