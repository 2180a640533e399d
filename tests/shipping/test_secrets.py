"""Nothing that must stay secret is in the repository."""

import re
import subprocess
from pathlib import Path

import pytest

from local.places import REPO

SECRET = re.compile(
    rb"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|xox[bp]-[0-9A-Za-z-]{20,}"
    rb"|corpsecret=[0-9A-Za-z_-]{40,}|qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=[0-9a-f]{8}-"
)


def files_of_the_repository() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPO,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return [REPO / name for name in names if name and (REPO / name).is_file()]


def test_no_file_looks_like_a_secret() -> None:
    assert [str(f) for f in files_of_the_repository() if SECRET.search(f.read_bytes())] == []


@pytest.mark.parametrize(
    "name", [".local/stack.json", ".local/up/sandbox/identity.json", ".dist/x.zip"]
)
def test_what_is_made_here_is_not_committed(name: str) -> None:
    ignored = subprocess.run(["git", "check-ignore", "--quiet", name], cwd=REPO, check=False)
    assert ignored.returncode == 0
