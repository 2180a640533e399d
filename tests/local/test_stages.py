"""Where the community of a stage is: one answer for all commands that work on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from local import cloud, deploy, say, stages
from local.placeholders import SETTINGS


@pytest.fixture(autouse=True)
def dev(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A stage on AWS that is described."""
    described = tmp_path / "dev.json"
    described.write_text((deploy.FOLDER / "sample.json").read_text())
    monkeypatch.setattr(deploy, "FOLDER", tmp_path)
    return described


def answers(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any] | Exception) -> None:
    class Lambda:
        def get_function_configuration(self, **_: str) -> dict[str, Any]:
            if isinstance(answer, Exception):
                raise answer
            return answer

    monkeypatch.setattr(cloud, "real", lambda _region: lambda _service: Lambda())


def test_a_stage_is_where_its_lambdas_are_with_their_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers(monkeypatch, {"Environment": {"Variables": SETTINGS}})
    wanted = {**SETTINGS, "AWS_DEFAULT_REGION": "cn-northwest-1"}
    assert stages.environment_of_stage("dev") == wanted


def test_a_stage_that_is_not_described_is_told(dev: Path) -> None:
    dev.unlink()
    with pytest.raises(say.Failure, match=r"dev\.json is missing"):
        stages.environment_of_stage("dev")


@pytest.mark.parametrize(
    "error", [NoCredentialsError(), ClientError({}, "GetFunctionConfiguration")]
)
def test_a_stage_that_cannot_be_asked_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    answers(monkeypatch, error)
    with pytest.raises(say.Failure, match="member-community-dev cannot be asked for its settings"):
        stages.environment_of_stage("dev")
