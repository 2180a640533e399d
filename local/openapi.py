"""`make openapi`: writes the contract of the HTTP doors to docs/api/openapi.json."""

from __future__ import annotations

import os

from local import say
from local.placeholders import SETTINGS
from local.places import REPO

CONTRACT = REPO / "docs" / "api" / "openapi.json"


def contract() -> bytes:
    """The contract as the package in this folder serves it."""
    os.environ.update(SETTINGS)
    from chalicelib import openapi, system
    from mini_program_api import door as mini_program
    from partner_api import door as partners

    doors = [mini_program, partners]
    return openapi.document([*doors, system.door_for(doors)], version=system.VERSION)


def main() -> None:
    CONTRACT.write_bytes(contract() + b"\n")
    say.line(f"✓ {CONTRACT.relative_to(REPO)}")


if __name__ == "__main__":
    say.run(main)
