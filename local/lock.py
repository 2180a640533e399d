"""`make lock`: pins the newest versions that pyproject.toml and the emulator allow, with their hashes."""

import subprocess
from pathlib import Path

from local import say
from local.install import EMULATOR_LOCK, PROJECT_LOCK
from local.places import REPO, VENV

EMULATOR = "ministack[full]==1.5.33"
"""The SAM transform needs [full]. Before raising the version read the emulator_process and gaps modules."""

LAMBDA_LOCK = REPO / "requirements.txt"
PROJECT = REPO / "pyproject.toml"


def main() -> None:
    _compile(LAMBDA_LOCK, [str(PROJECT)])
    _compile(PROJECT_LOCK, [str(PROJECT), "--group", "dev", "--constraint", str(LAMBDA_LOCK)])
    _compile(EMULATOR_LOCK, ["-"], given=EMULATOR)


def _compile(lock: Path, source: list[str], given: str | None = None) -> None:
    command = [
        str(VENV / "bin" / "uv"),
        "pip",
        "compile",
        "--quiet",
        "--upgrade",
        "--generate-hashes",
    ]
    command += ["--no-header", "--python-version", "3.11", "--output-file", str(lock), *source]
    with say.step(f"Pin {lock.relative_to(REPO)}"):
        done = subprocess.run(
            command, cwd=REPO, input=given, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise say.Failure(f"{lock.name} could not be pinned: {done.stderr.strip()}")


if __name__ == "__main__":
    say.run(main)
