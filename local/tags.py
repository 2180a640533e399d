"""`make tags FILE=… BY=… STAGE=…`: puts the entries of a file into the catalogue of tags.

A file is a JSON list of entries as `community/people/tag_catalogue/rules.py` describes them. What is
there already and the same stays; what is not in the file stays too.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import msgspec

from local import say
from local.archive_import.__main__ import environment_of
from local.placeholders import SETTINGS

USAGE = "Say which file, and who answers for it: `make tags FILE=tags.json BY=<userid>`."


def main() -> None:
    file, by, stage = (*sys.argv[1:], "", "", "")[:3]
    if not file or not by:
        raise say.Failure(USAGE)
    os.environ.update({**SETTINGS, **environment_of(stage)})
    from chalicelib import clock

    changed = put(Path(file), by=by, now=clock.utc_now())
    say.line(f"✓ {len(changed)} entries added or changed: {', '.join(changed) or 'none'}")


def put(file: Path, *, by: str, now: datetime) -> list[str]:
    """Put a file's entries into the catalogue of the stage at hand; gives those that changed."""
    from community.people.tag_catalogue import service as tag_catalogue
    from community.people.tag_catalogue.rules import Tag

    try:
        entries = msgspec.json.decode(file.read_bytes(), type=list[Tag])
    except (OSError, msgspec.DecodeError) as error:
        raise say.Failure(f"{file} could not be read: {error}.") from error
    with say.refusals_told():
        return tag_catalogue.put(entries, by=by, now=now)


if __name__ == "__main__":
    say.run(main)
