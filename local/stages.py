"""Where the community of a stage is, for commands that work on it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.settings import BadSetting, Settings
from local import cloud, deploy, say
from local.cloud import Clients
from local.stack import Stack
from local.usual import stack_that_is_up


def environment_of(stack: Stack) -> dict[str, str]:
    """The settings of the Lambdas of a system on this machine, and how to reach it."""
    return _settings_of(stack.boto, stack.name) | cloud.emulated_env(stack.emulator_url)


def environment_of_stage(stage: str) -> dict[str, str]:
    """The settings of a stage's Lambdas, and how to reach it."""
    if stage == "local":
        return environment_of(stack_that_is_up())
    if stage not in deploy.STAGES:
        raise say.Failure(f"STAGE={stage} is none: local, {', '.join(deploy.STAGES)}.")
    region = deploy.read_plan(deploy.FOLDER / f"{stage}.json").region
    settings = _settings_of(cloud.real(region), f"member-community-{stage}")
    return settings | {"AWS_DEFAULT_REGION": region}


def _settings_of(clients: Clients, stack: str) -> dict[str, str]:
    try:
        found: dict[str, Any] = clients("lambda").get_function_configuration(
            FunctionName=f"{stack}-api_handler"
        )
    except (BotoCoreError, ClientError) as error:
        raise say.Failure(
            f"{stack} cannot be asked for its settings from here ({type(error).__name__}): is it deployed, "
            "and do these credentials allow lambda:GetFunctionConfiguration?"
        ) from error
    settings: dict[str, str] = found["Environment"]["Variables"]
    try:
        Settings.from_env(settings)
    except BadSetting as lacking:
        raise say.Failure(
            f"What runs there is of another version than this: {lacking}."
        ) from lacking
    return settings
