"""`make import FILE=… MAP=… STAGE=…`: brings the dealer's records into the community."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from local import deploy, say, stack, usual
from local.archive_import import columns, run


def main() -> None:
    file, map_file, stage = (*sys.argv[1:], "", "", "")[:3]
    if not file:
        raise say.Failure("Say which file: `make import FILE=owners.csv` (MAP=…, STAGE=…).")
    run.import_file(
        Path(file),
        columns=columns.said_in(Path(map_file)) if map_file else columns.usual(),
        environment=environment_of(stage),
    )


def environment_of(stage: str) -> Mapping[str, str]:
    """Where the community of a stage is, and with whose rights."""
    if stage == stack.STAGE:
        return run.emulated(usual.stack_that_is_up().emulator_url, stack.NAME)
    if stage not in deploy.STAGES:
        raise say.Failure(f"STAGE is one of {', '.join((stack.STAGE, *deploy.STAGES))}.")
    plan = deploy.read_plan(deploy.FOLDER / f"{stage}.json")
    return {"STACK": f"member-community-{stage}", "AWS_DEFAULT_REGION": plan.region}


if __name__ == "__main__":
    say.run(main)
