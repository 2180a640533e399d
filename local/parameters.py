"""The secrets of a stage in SSM: SecureString parameters under `/<stack>/`."""

import base64
import secrets
from collections.abc import Callable, Mapping

from local.cloud import Clients


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


OUR_OWN: dict[str, Callable[[], str]] = {
    "session_keys": lambda: secrets.token_urlsafe(32),
    "lookup_key": _new_key,
    "field_keys": lambda: f"k1:{_new_key()}",
}
"""Made at random once and kept: rows are sealed with them."""

OF_THE_PLATFORMS = (
    "wechat_secret",
    "wechat_push_token",
    "wechat_push_aes_key",
    "wecom_secret",
    "wecom_push_token",
    "wecom_push_aes_key",
    "wecom_bot_key",
)
"""Given by WeChat and WeCom, in the sandbox by itself."""


def stored(clients: Clients, stack: str) -> dict[str, str]:
    """What is there, by the last part of the name."""
    pages = clients("ssm").get_paginator("get_parameters_by_path")
    found = pages.paginate(Path=f"/{stack}/", WithDecryption=True).search("Parameters[]")
    return {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in found}


def make_our_own(clients: Clients, stack: str) -> None:
    """Create what only this stage has to know, where it is missing."""
    there = stored(clients, stack)
    put(clients, stack, {name: new() for name, new in OUR_OWN.items() if name not in there})


def put(clients: Clients, stack: str, values: Mapping[str, str]) -> None:
    """Store values that are not there yet or are others."""
    there = stored(clients, stack)
    for name, value in values.items():
        if there.get(name) != value:
            path = f"/{stack}/{name}"
            clients("ssm").put_parameter(
                Name=path, Value=value, Type="SecureString", Overwrite=True
            )
