"""Installs the project's and the emulator's virtual environments from their lock files.

Runs on a bare Python 3.11: standard library only.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local import say
from local.places import EMULATOR_VENV, LOCAL, REPO, VENV

PROJECT_LOCK = REPO / "requirements-dev.txt"
EMULATOR_LOCK = REPO / "local" / "emulator-requirements.txt"
LOG = LOCAL / "install.log"
FREE_BYTES_MIN = 2 * 1024**3


def install() -> None:
    """Bring both virtual environments to what their lock files say; quick when they are."""
    wanted = [(VENV, PROJECT_LOCK), (EMULATOR_VENV, EMULATOR_LOCK)]
    stale = [(venv, lock) for venv, lock in wanted if _installed(venv) != _fingerprint(lock)]
    if not stale:
        return
    check_machine(free_bytes_min=FREE_BYTES_MIN)
    LOCAL.mkdir(exist_ok=True)
    LOG.write_text("")
    if not _uv_is_there():
        with say.step("Create the virtual environment and install uv"):
            _install_uv()
    with ThreadPoolExecutor() as pool:
        for installed in [pool.submit(_sync, venv, lock) for venv, lock in stale]:
            installed.result()


def check_machine(*, free_bytes_min: int) -> None:
    if sys.version_info[:2] != (3, 11):
        raise say.Failure(
            f"Python 3.11 is needed, this is {sys.version.split()[0]}: run `make PYTHON=/path/to/python3.11 …`."
        )
    free_bytes = shutil.disk_usage(REPO).free
    if free_bytes < free_bytes_min:
        raise say.Failure(
            f"Only {free_bytes / 1024**3:.1f} GB of disk are free, {free_bytes_min / 1024**3:.0f} GB are needed: make room and try again."
        )


def _fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _stamp(venv: Path) -> Path:
    return venv / "installed-lock.sha256"


def _installed(venv: Path) -> str:
    works = (venv / "bin" / "python").exists() and _stamp(venv).exists()
    return _stamp(venv).read_text() if works else ""


def uv_pin() -> str:
    """The lock file's entry for uv, hashes included."""
    entry = re.search(r"^uv==.*?(?<!\\)$", PROJECT_LOCK.read_text(), re.MULTILINE | re.DOTALL)
    assert entry, "requirements-dev.txt pins uv"
    return entry.group()


def _uv_is_there() -> bool:
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        return False
    answer = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False)
    version = answer.stdout.split()
    return len(version) > 1 and uv_pin().startswith(f"uv=={version[1]} ")


def _install_uv() -> None:
    if not importlib.util.find_spec("ensurepip"):
        _install_ensurepip()
    _logged(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        "The virtual environment could not be created",
    )
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pin:
        pin.write(uv_pin())
        pin.flush()
        pip = [
            str(VENV / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            pin.name,
        ]
        _logged(pip, "uv could not be installed: is the network up?")


def _install_ensurepip() -> None:
    """Debian packs `venv` apart from Python."""
    package = "python3.11-venv"
    if os.geteuid() != 0:
        raise say.Failure(
            f"Python's venv module is missing: install it with `sudo apt-get install {package}`."
        )
    _logged(["apt-get", "update"], "apt-get could not fetch its lists: is the network up?")
    _logged(["apt-get", "install", "--yes", package], f"{package} could not be installed")


def _sync(venv: Path, lock: Path) -> None:
    uv, python = str(VENV / "bin" / "uv"), str(venv / "bin" / "python")
    with say.step(f"Install {lock.relative_to(REPO)}"):
        if not Path(python).exists():
            _logged(
                [uv, "venv", "--quiet", "--python", sys.executable, str(venv)],
                f"{venv.name} could not be created",
            )
        _stamp(venv).unlink(missing_ok=True)
        _logged(
            [uv, "pip", "sync", "--python", python, "--require-hashes", str(lock)],
            "The Python packages could not be installed: is the network up?",
        )
        _stamp(venv).write_text(_fingerprint(lock))


def _logged(command: list[str], on_failure: str) -> None:
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
    if done.returncode:
        raise say.Failure(f"{on_failure} (What was tried is in {LOG.relative_to(REPO)}.)")


if __name__ == "__main__":
    say.run(install)
