"""Settings and secrets: what is missing or malformed is named, and its value is not told."""

from __future__ import annotations

import base64

import pytest

from chalicelib.settings import BadSetting, Secrets, Settings, secrets, settings
from local.placeholders import SECRETS, SETTINGS


def test_a_stage_that_is_set_up_has_settings() -> None:
    made = Settings.from_env(SETTINGS)
    assert (made.stage, made.wecom_agentid) == ("dev", 1000002)
    assert made.wechat_templates == {
        "certification_decided": "template-1",
        "post_decided": "template-2",
        "leaving_asked": "template-3",
        "transfer_asked": "template-4",
        "replied": "template-5",
        "mentioned": "template-6",
        "reacted": "template-7",
        "followed": "template-8",
    }


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_missing_setting_is_named(name: str) -> None:
    env = {other: value for other, value in SETTINGS.items() if other != name}
    with pytest.raises(BadSetting, match=f"^{name} is missing$"):
        Settings.from_env(env)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_an_empty_setting_is_a_missing_one(name: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({**SETTINGS, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGE", "staging-of-x"),
        ("FACTS_QUEUE_URL", "sqs:value-of-x"),
        ("WECHAT_API_URL", "file:///value-of-x"),
        ("WECHAT_PUSH_MODE", "compat-of-x"),
        ("WECHAT_ENV", "formal-of-x"),
        ("WECOM_AGENTID", "-1-of-x"),
        ("WECHAT_TEMPLATES", "{of-x"),
        ("WECHAT_TEMPLATES", '["of-x"]'),
        ("WECHAT_TEMPLATES", '{"of-x": 1}'),
    ],
)
def test_a_malformed_setting_is_named_and_not_told(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} must be") as bad:
        Settings.from_env({**SETTINGS, name: value})
    assert "of-x" not in str(bad.value)


def test_addresses_lose_their_last_slash() -> None:
    made = Settings.from_env({**SETTINGS, "WECHAT_API_URL": "https://api.weixin.qq.com/"})
    assert made.wechat_api_url == "https://api.weixin.qq.com"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_only_the_local_stage_knows_a_sandbox(stage: str) -> None:
    env = {**SETTINGS, "STAGE": stage, "SANDBOX_URL": "http://127.0.0.1:8788"}
    with pytest.raises(BadSetting, match="SANDBOX_URL is for stage local only"):
        Settings.from_env(env)


def test_production_takes_sealed_messages_only() -> None:
    with pytest.raises(BadSetting, match="WECHAT_PUSH_MODE must be safe in stage prod"):
        Settings.from_env({**SETTINGS, "STAGE": "prod", "WECHAT_PUSH_MODE": "plain"})


def test_the_local_stage_may_have_a_sandbox() -> None:
    env = {**SETTINGS, "STAGE": "local", "SANDBOX_URL": "http://127.0.0.1:8788"}
    assert Settings.from_env(env).sandbox_url == "http://127.0.0.1:8788"


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_missing_secret_is_named(name: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} is missing$"):
        Secrets.from_parameters({k: v for k, v in SECRETS.items() if k != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lookup_key", "bm90LTMyLWJ5dGVz"),
        ("lookup_key", "§not-base64§"),
        ("field_keys", "bm90LTMyLWJ5dGVz"),
        ("field_keys", ":bm90LTMyLWJ5dGVz"),
        ("field_keys", "k1:"),
        ("field_keys", "k1:§not-base64§"),
        ("field_keys", "k1:bm90LTMyLWJ5dGVz,"),
        ("session_keys", "newest,"),
        ("session_keys", ",oldest"),
        ("session_keys", "newest,,oldest"),
    ],
)
def test_a_malformed_secret_is_named_and_not_told(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} must be") as bad:
        Secrets.from_parameters({**SECRETS, name: value})
    assert value not in str(bad.value)


def test_keys_come_newest_first() -> None:
    key = base64.b64encode(bytes(32)).decode()
    known = Secrets.from_parameters({**SECRETS, "field_keys": f"k2:{key},k1:{key}"})
    assert list(known.field_keys) == ["k2", "k1"]
    assert known.session_keys == ("key-of-today", "key-of-yesterday")


def test_secrets_do_not_print_themselves() -> None:
    known = Secrets.from_parameters(SECRETS)
    assert not [value for value in SECRETS.values() if value in f"{known} {known!r}"]


def test_settings_are_read_once() -> None:
    assert settings() is settings()


def test_secrets_are_fetched_once(known_secrets: dict[str, str]) -> None:
    first = secrets()
    known_secrets["wecom_secret"] = "changed"
    assert secrets() is first
