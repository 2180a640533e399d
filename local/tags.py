"""`make tags FILE=… BY=…`: puts the entries of a file into the catalogue of tags.

A file is a JSON list of entries as `community/people/tag_catalogue/rules.py` describes them. What is
there already and the same stays; what is not in the file stays too. It works on the stage that runs on
this machine, or on the one that STAGE names, as `make touchpoint` does.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from local import deeds, say
from local.deeds import Said

USAGE = "Say which file, and who answers for it: `make tags FILE=tags.json BY=<userid>`."


_needed = partial(deeds.needed, usage=USAGE)


def main() -> None:
    deeds.run(done)


def done(said: Said, *, now: datetime) -> list[str]:
    """Do what was asked for, on the stage at hand, and what to say about it."""
    file, by = _needed(said, "FILE"), _needed(said, "BY")
    changed = put(Path(file), by=by, now=now)
    return [f"✓ {len(changed)} entries added or changed: {', '.join(changed) or 'none'}"]


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
