"""Writes zip files that depend on nothing but what is put in: sorted, with fixed times and modes."""

import os
import zipfile
from pathlib import Path

LONG_AGO = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


def add_tree(archive: zipfile.ZipFile, root: Path) -> None:
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), date_time=LONG_AGO)
        entry.external_attr = READABLE
        archive.writestr(entry, path.read_bytes(), compress_type=zipfile.ZIP_DEFLATED)


def put_in_place(written: Path, final: Path) -> None:
    """Let a finished file appear under its name all at once."""
    os.replace(written, final)
