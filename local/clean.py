"""`make clean`: stops the local platform and removes its data and everything that was built; the installs stay."""

import shutil

from local import down, say
from local.places import CACHE, DIST, REPO, UP_STATE

TOOLS = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache")


def main() -> None:
    down.main()
    with say.step("Remove the local data, packages and caches"):
        for folder in (UP_STATE, CACHE, DIST, *(REPO / name for name in TOOLS)):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    say.run(main)
