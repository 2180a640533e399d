"""Modules that are read when something of theirs is first used, not where they are imported.

A Lambda imports every door and every consequence, and then answers one request, which needs a few of them.
Python's own `LazyLoader` puts off the rest until it is asked for: docs/decisions/0012.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


def modules_of(*packages: str) -> None:
    """From now on, put off the modules of these packages when they are imported; packages are read at once.

    `from a.module import name` uses the module and reads it; `from a import module` does not.
    """
    sys.meta_path.insert(0, _OnDemand(packages))


class _OnDemand:
    def __init__(self, packages: Sequence[str]) -> None:
        self._starts = tuple(f"{package}." for package in packages)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(self._starts):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader and spec.submodule_search_locations is None:
            spec.loader = LazyLoader(spec.loader)
        return spec
