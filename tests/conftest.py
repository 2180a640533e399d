"""What every test can have: a stage in memory (moto), a WeChat and WeCom that plays along, and time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pkgutil import walk_packages

import hypothesis
import pytest
from moto import mock_aws

import chat
import community
from local import seed
from local.placeholders import SECRETS, SETTINGS
from local.stack import Stack, running_stack

for _name, _value in {
    **SETTINGS,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}.items():
    os.environ[_name] = _value
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
os.environ.pop("SANDBOX_URL", None)

from chalicelib.settings import secrets, settings  # noqa: E402 (tables are named at import)
from tests.cloud import unsealed  # noqa: E402
from tests.gateway import Gateway  # noqa: E402
from tests.world import World  # noqa: E402

# The Lambdas read these on demand, which is not for threads (before Python 3.11.9); tests use threads.
for _package in (chat, community):
    for _module in walk_packages(_package.__path__, f"{_package.__name__}."):
        import_module(_module.name)

# No wall time in a test: it says more about the machine than about the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@contextmanager
def stage_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An empty stage: tables as the template makes them, queues, secrets, boards and moderators."""
    # Not from moto's SSM, which takes two seconds to import; `test_aws.py` reads that.
    monkeypatch.setattr("chalicelib.aws.parameters_under", lambda path: SECRETS)
    monkeypatch.setattr("chalicelib.aws.data_key", unsealed)
    secrets.cache_clear()
    with mock_aws(), World.open(monkeypatch) as world:
        yield world
    settings.cache_clear()
    secrets.cache_clear()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with stage_in_memory(monkeypatch) as world:
        yield world
        assert not world.dead, "These came again and again; clear them where that is right."


@pytest.fixture
def api(world: World) -> Gateway:
    """The HTTP API of that stage."""
    return Gateway(world.new_request_id)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system on ports of its own, with boards and staff and nobody else."""
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        seed.basics(stack)
        yield stack


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What plays on the whole system shares one, also when tests run in parallel."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("stack"))


@pytest.fixture
def known_secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Secrets without a store behind them; a test may change them before they are first used."""
    known = dict(SECRETS)
    monkeypatch.setattr("chalicelib.aws.parameters_under", lambda path: known)
    monkeypatch.setattr("chalicelib.aws.data_key", unsealed)
    secrets.cache_clear()
    yield known
    secrets.cache_clear()
