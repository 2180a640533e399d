"""Members with names, for what is told and shown by name; and lists that are walked to their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from local.players import Colleague, Phone
from local.stack import Stack
from tests.journeys.conftest import a_car


def joined(stack: Stack, http: httpx.Client, nickname: str) -> Phone:
    """Somebody new who is called so."""
    phone = Phone.of_somebody(stack.base, nickname, http)
    phone.sign_in()
    phone.did("PUT", "/v1/me", {"nickname": nickname})
    return phone


def owner_joined(stack: Stack, http: httpx.Client, nickname: str) -> Phone:
    phone = joined(stack, http, nickname)
    phone.becomes_owner(Colleague(stack.base, "zhangsan", http), **a_car())
    return phone


def walked(read: Callable[..., Any]) -> list[list[dict[str, Any]]]:
    """All pages of a list, one after the other: `read` takes the cursor, if there is one."""
    pages: list[list[dict[str, Any]]] = []
    more: dict[str, str] | None = {}
    while more is not None:
        page = read(**more)
        pages.append(page["items"])
        more = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    return pages
