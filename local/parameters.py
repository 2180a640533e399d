"""The secrets of a stage in SSM: SecureString parameters under `/<stack>/`."""

import base64
import secrets
from collections.abc import Callable, Mapping

from local import say
from local.cloud import Clients

DATA_KEY_BYTES = 32


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(DATA_KEY_BYTES)).decode()


FIRST_PARTNER = "crm"
"""The dealer's records, see docs/partner-signing.md."""

OUR_OWN: dict[str, Callable[[], str]] = {
    "session_keys": lambda: secrets.token_urlsafe(32),
    "lookup_key": _new_key,
    "partner_keys": lambda: f"{FIRST_PARTNER}:{secrets.token_urlsafe(32)}",
}
"""Made at random once and kept: sessions are signed and rows found by them; partners get theirs."""

DATA_KEYS = "field_keys"
"""Made by KMS once and kept, sealed by the stack's master key: rows are sealed with them."""

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


def check_data_keys(clients: Clients, stack: str) -> None:
    """What is sealed with a key that KMS does not know could not be read: say so before anything changes."""
    there = stored(clients, stack).get(DATA_KEYS, "")
    for entry in filter(None, there.split(",")):
        key_id, _, text = entry.partition(":")
        if len(base64.b64decode(text)) == DATA_KEY_BYTES:
            raise say.Failure(
                f"The key {key_id} in /{stack}/{DATA_KEYS} was made by an older version and is not sealed "
                "by KMS. Start afresh: `make clean`, then `make up`."
            )


def make_data_keys(clients: Clients, stack: str) -> None:
    """Let KMS make the first data key under the stack's master key, unless there is one. Nobody sees it."""
    if DATA_KEYS not in stored(clients, stack):
        made = clients("kms").generate_data_key_without_plaintext(
            KeyId=f"alias/{stack}", KeySpec="AES_256", EncryptionContext={"stack": stack}
        )
        put(clients, stack, {DATA_KEYS: f"k1:{base64.b64encode(made['CiphertextBlob']).decode()}"})


def put(clients: Clients, stack: str, values: Mapping[str, str]) -> None:
    """Store values that are not there yet or are others."""
    there = stored(clients, stack)
    for name, value in values.items():
        if there.get(name) != value:
            path = f"/{stack}/{name}"
            clients("ssm").put_parameter(
                Name=path, Value=value, Type="SecureString", Overwrite=True
            )
