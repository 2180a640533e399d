"""What a stage is told from outside: settings from the environment, secrets from SSM. Read once."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Literal, cast

import msgspec

Stage = Literal["local", "dev", "prod"]
PARTNER_KEY_CHARS_MIN = 32


class BadSetting(Exception):
    """The stage is not set up: names what is missing or malformed, never its value."""


class Settings(msgspec.Struct, frozen=True):
    """Everything that differs between stages and is not secret."""

    stage: Stage
    stack: str
    facts_queue_url: str
    inbox_queue_url: str
    outbound_queue_url: str
    counts_queue_url: str
    pictures_queue_url: str
    media_bucket: str
    wechat_appid: str
    wechat_api_url: str
    wechat_push_mode: Literal["safe", "plain"]
    wechat_env: Literal["release", "trial", "develop"]
    wechat_templates: Mapping[str, str]
    wecom_corpid: str
    wecom_agentid: int
    wecom_api_url: str
    sandbox_url: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        stage = _one_of(env, "STAGE", "local", "dev", "prod")
        if env.get("SANDBOX_URL") and stage != "local":
            raise BadSetting("SANDBOX_URL is for stage local only")
        if stage == "prod" and env.get("WECHAT_PUSH_MODE") == "plain":
            # In plain mode the platform does not sign what it says, only when it said something.
            raise BadSetting("WECHAT_PUSH_MODE must be safe in stage prod")
        return cls(
            stage=cast(Stage, stage),
            stack=_text(env, "STACK"),
            facts_queue_url=_url(env, "FACTS_QUEUE_URL"),
            inbox_queue_url=_url(env, "INBOX_QUEUE_URL"),
            outbound_queue_url=_url(env, "OUTBOUND_QUEUE_URL"),
            counts_queue_url=_url(env, "COUNTS_QUEUE_URL"),
            pictures_queue_url=_url(env, "PICTURES_QUEUE_URL"),
            media_bucket=_text(env, "MEDIA_BUCKET"),
            wechat_appid=_text(env, "WECHAT_APPID"),
            wechat_api_url=_url(env, "WECHAT_API_URL"),
            wechat_push_mode=cast(
                Literal["safe", "plain"], _one_of(env, "WECHAT_PUSH_MODE", "safe", "plain")
            ),
            wechat_env=cast(
                Literal["release", "trial", "develop"],
                _one_of(env, "WECHAT_ENV", "release", "trial", "develop"),
            ),
            wechat_templates=_names(env, "WECHAT_TEMPLATES"),
            wecom_corpid=_text(env, "WECOM_CORPID"),
            wecom_agentid=_number(env, "WECOM_AGENTID"),
            wecom_api_url=_url(env, "WECOM_API_URL"),
            sandbox_url=_url(env, "SANDBOX_URL") if env.get("SANDBOX_URL") else "",
        )


class Secrets(msgspec.Struct, frozen=True):
    """What only this stage may know; kept in SSM SecureString parameters under `/<stack>/`.

    `field_keys` are sealed themselves: only KMS opens them (see `crypto`).
    """

    session_keys: tuple[str, ...]
    lookup_key: bytes
    field_keys: Mapping[str, bytes]
    partner_keys: Mapping[str, tuple[str, ...]]
    wechat_secret: str
    wechat_push_token: str
    wechat_push_aes_key: str
    wecom_secret: str
    wecom_push_token: str
    wecom_push_aes_key: str
    wecom_bot_key: str

    @classmethod
    def from_parameters(cls, values: Mapping[str, str]) -> Secrets:
        return cls(
            session_keys=_texts(values, "session_keys"),
            lookup_key=_key(_text(values, "lookup_key"), "lookup_key"),
            field_keys=_keyring(values, "field_keys"),
            partner_keys=_keys_by_id(values, "partner_keys"),
            wechat_secret=_text(values, "wechat_secret"),
            wechat_push_token=_text(values, "wechat_push_token"),
            wechat_push_aes_key=_text(values, "wechat_push_aes_key"),
            wecom_secret=_text(values, "wecom_secret"),
            wecom_push_token=_text(values, "wecom_push_token"),
            wecom_push_aes_key=_text(values, "wecom_push_aes_key"),
            wecom_bot_key=_text(values, "wecom_bot_key"),
        )

    def __repr__(self) -> str:
        return "Secrets(…)"


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_env(os.environ)


@cache
def secrets() -> Secrets:
    """The secrets of this stage, fetched on first use and kept as long as the process lives."""
    from chalicelib import aws

    path = f"/{settings().stack}/"
    return Secrets.from_parameters(aws.parameters_under(path))


def _text(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "")
    if not value:
        raise BadSetting(f"{name} is missing")
    return value


def _texts(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    texts = tuple(_text(values, name).split(","))
    # An empty key would be one that everybody knows.
    if not all(texts):
        raise BadSetting(f"{name} must be texts with commas between")
    return texts


def _one_of(values: Mapping[str, str], name: str, *allowed: str) -> str:
    value = _text(values, name)
    if value not in allowed:
        raise BadSetting(f"{name} must be one of {', '.join(allowed)}")
    return value


def _url(values: Mapping[str, str], name: str) -> str:
    value = _text(values, name)
    if not value.startswith(("http://", "https://")):
        raise BadSetting(f"{name} must be an http(s) address")
    return value.rstrip("/")


def _number(values: Mapping[str, str], name: str) -> int:
    value = _text(values, name)
    if not value.isdecimal():
        raise BadSetting(f"{name} must be a number")
    return int(value)


def _names(values: Mapping[str, str], name: str) -> Mapping[str, str]:
    try:
        names = json.loads(_text(values, name))
    except ValueError:
        names = None
    if not isinstance(names, dict) or not all(isinstance(v, str) for v in names.values()):
        raise BadSetting(f"{name} must be a JSON object of names and texts")
    return names


def _key(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadSetting(f"{name} must be 32 bytes in base64")
    return key


def _keyring(values: Mapping[str, str], name: str) -> Mapping[str, bytes]:
    """`id:blob,id:blob`, newest first: the first one seals, all of them open."""
    ring = {}
    for entry in _text(values, name).split(","):
        key_id, _, text = entry.partition(":")
        try:
            ring[key_id] = base64.b64decode(text, validate=True)
        except ValueError:
            ring[key_id] = b""
    if not all(key_id and blob for key_id, blob in ring.items()):
        raise BadSetting(f"{name} must be ids and sealed keys in base64")
    return ring


def _keys_by_id(values: Mapping[str, str], name: str) -> Mapping[str, tuple[str, ...]]:
    """`id:key,id:key`: an id may have two keys, while the one takes over from the other."""
    keys: dict[str, tuple[str, ...]] = {}
    for entry in _text(values, name).split(","):
        partner_id, _, key = entry.partition(":")
        if not partner_id or len(key) < PARTNER_KEY_CHARS_MIN:
            raise BadSetting(
                f"{name} must be ids and keys of {PARTNER_KEY_CHARS_MIN} characters or more"
            )
        keys[partner_id] = (*keys.get(partner_id, ()), key)
    return keys
