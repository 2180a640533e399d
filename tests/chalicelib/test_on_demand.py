from __future__ import annotations

import sys
from importlib import import_module, invalidate_caches
from pathlib import Path

import pytest

from chalicelib import on_demand


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules of a package `shop` with a `till`, in the order in which they were read."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("read = ['shop']")
    (tmp_path / "shop" / "till.py").write_text(
        "from shop import read\nread.append('till')\nsum = 7"
    )
    invalidate_caches()
    for name in ("shop", "shop.till"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    order: list[str] = import_module("shop").read
    return order


def test_a_module_is_read_when_it_is_used(read: list[str]) -> None:
    with on_demand.modules_of("shop"):
        till = import_module("shop.till")
    assert read == ["shop"]
    assert till.sum == 7
    assert read == ["shop", "till"]


def test_outside_of_the_block_and_of_the_packages_modules_are_read_at_once(read: list[str]) -> None:
    with on_demand.modules_of("cafe"):
        import_module("shop.till")
    assert read == ["shop", "till"]
    del sys.modules["shop.till"]
    with on_demand.modules_of("shop"):
        pass
    import_module("shop.till")
    assert read == ["shop", "till", "till"]
