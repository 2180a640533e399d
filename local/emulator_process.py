"""Runs the emulated AWS. This file is a program of the emulator's own virtual environment: see `local/emulator.py`."""

import atexit
import glob
import json
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    state = Path(os.environ["EMULATOR_STATE"])
    _clear_workers(state / "tmp")
    atexit.register(_clear_workers, state / "tmp")
    import ministack.app

    _keep_streams_over_restarts()
    _authorize_as_aws_does()
    _end_when_all_is_saved(state)
    sys.executable = _bare_python(state)
    ministack.app.main()


def _clear_workers(folder: Path) -> None:
    """The emulator leaves every Lambda's unpacked package behind."""
    for left in glob.glob(str(folder / "ministack-lambda-*")):
        shutil.rmtree(left, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _bare_python(state: Path) -> str:
    """What runs the Lambdas: the base Python without any site-packages, so that only what is packaged can be imported."""
    script = state / "python"
    script.write_text(f'#!/bin/sh\nexec "{os.path.realpath(sys.executable)}" -I -S "$@"\n')
    script.chmod(stat.S_IRWXU)
    return str(script)


def _keep_streams_over_restarts() -> None:
    """MiniStack 1.5.33 saves how far each stream was read, but not the stream: after a restart it would skip changes."""
    from ministack.services import dynamodb

    save, load = dynamodb.get_state, dynamodb.load_persisted_state

    def get_state() -> dict[str, Any]:
        kept = {"records": dynamodb._stream_records, "trimmed": dynamodb._stream_trimmed}
        return {**save(), "streams_kept": kept}

    def load_persisted_state(data: dict[str, Any]) -> None:
        kept = data.pop("streams_kept", {})
        load(data)
        dynamodb._stream_records._data.update(kept["records"]._data if kept else {})
        dynamodb._stream_trimmed._data.update(kept["trimmed"]._data if kept else {})

    dynamodb.get_state, dynamodb.load_persisted_state = get_state, load_persisted_state


def _end_when_all_is_saved(state: Path) -> None:
    """MiniStack 1.5.33 saves, then waits for up to a minute for threads that wait for its Lambdas."""
    from ministack import app

    save = app.save_all

    def save_all(services: dict[str, Any]) -> None:
        save(services)
        _clear_workers(state / "tmp")
        os._exit(0)

    app.save_all = save_all


def _authorize_as_aws_does() -> None:
    """MiniStack 1.5.33 makes up actions for SQS batches, and sees neither GetParametersByPath's path nor
    KMS's encryption context.
    """
    from ministack.core import iam_actions

    action_of, resource_of = iam_actions.extract_iam_action, iam_actions.extract_resource_arn
    context_of = iam_actions.request_tag_context

    def extract_iam_action(*request: Any) -> str | None:
        action: str | None = action_of(*request)
        return action.removesuffix("Batch") if action and action.startswith("sqs:") else action

    def extract_resource_arn(service: str, *request: Any) -> str:
        _method, _path, headers, body, _query, region, account = request
        if headers.get("x-amz-target") == "AmazonSSM.GetParametersByPath":
            return f"arn:aws:ssm:{region}:{account}:parameter{json.loads(body)['Path']}"
        found: str = resource_of(service, *request)
        return found

    def request_tag_context(service: str, action: str, body: bytes, params: Any) -> dict[str, Any]:
        found: dict[str, Any] = context_of(service, action, body, params)
        told = json.loads(body).get("EncryptionContext", {}) if service == "kms" else {}
        return found | {f"kms:EncryptionContext:{name}": value for name, value in told.items()}

    iam_actions.request_tag_context = request_tag_context
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.extract_resource_arn = extract_resource_arn


if __name__ == "__main__":
    main()
