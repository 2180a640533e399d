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


@pytest.fixture(autouse=True)
def finders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever puts modules off here does so for this test only."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])


def test_a_module_is_read_when_it_is_used(read: list[str]) -> None:
    on_demand.modules_of("shop")
    till = import_module("shop.till")
    assert read == ["shop"]
    assert till.sum == 7
    assert read == ["shop", "till"]


def test_what_a_module_imports_when_it_is_read_is_put_off_too(
    read: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop" / "door.py").write_text("from shop import till\nis_open = True")
    monkeypatch.delitem(sys.modules, "shop.door", raising=False)
    invalidate_caches()
    on_demand.modules_of("shop")
    door = import_module("shop.door")
    assert door.is_open
    assert read == ["shop"]
    assert door.till.sum == 7
    assert read == ["shop", "till"]


def test_modules_of_other_packages_are_read_at_once(read: list[str]) -> None:
    on_demand.modules_of("cafe")
    import_module("shop.till")
    assert read == ["shop", "till"]
