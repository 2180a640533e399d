"""`make import FILE=… MAP=… STAGE=…`: brings the dealer's records into the community."""

from __future__ import annotations

import sys
from pathlib import Path

from local import say
from local.archive_import import columns, run
from local.stages import environment_of_stage


def main() -> None:
    file, map_file, stage = (*sys.argv[1:], "", "", "")[:3]
    if not file:
        raise say.Failure("Say which file: `make import FILE=owners.csv` (MAP=…, STAGE=…).")
    run.import_file(
        Path(file),
        columns=columns.said_in(Path(map_file)) if map_file else columns.usual(),
        environment=environment_of_stage(stage),
    )


if __name__ == "__main__":
    say.run(main)
