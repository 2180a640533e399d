"""The third-party half of the package: wheels for Lambda, less what is never called, compiled.

Chalice could fetch the wheels too, but it does so again after every change of our own code and ships no bytecode.
uv takes the same requirements.txt, checks its hashes, and is told plainly which platform to fetch for.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Literal

from local import say, zips
from local.places import CACHE, REPO, VENV

Arch = Literal["x86_64", "arm64"]

REQUIREMENTS = REPO / "requirements.txt"
PLATFORMS: dict[Arch, str] = {"x86_64": "x86_64-manylinux2014", "arm64": "aarch64-manylinux2014"}
"""manylinux2014 needs glibc 2.17; the python3.11 runtime is Amazon Linux 2 with 2.26."""

SERVICES_CALLED = {
    "dynamodb": "every row, through PynamoDB",
    "kms": "opens the data keys",
    "s3": "pictures, exports, and tickets to upload",
    "sqs": "the facts, inbox and outbound queues",
    "ssm": "the secrets",
}
"""botocore describes over 400 services in 27 MB; only the models of these ship, without their prose."""

NOT_NEEDED_TO_RUN = (".lock", "*.dist-info", "*.pyi", "py.typed", "*.h", "tests", "bin")


def zipped(arch: Arch) -> Path:
    """The dependencies as a zip file, built when requirements.txt or this module changed."""
    inputs = (REQUIREMENTS.read_bytes(), Path(__file__).read_bytes(), arch.encode())
    built = CACHE / f"dependencies-{arch}-{hashlib.sha256(b''.join(inputs)).hexdigest()[:16]}.zip"
    if not built.exists():
        with say.step(f"Fetch and compile what the Lambdas depend on ({arch})"):
            _build(arch, built)
    return built


def _build(arch: Arch, built: Path) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        root = Path(scratch) / "root"
        _fetch(arch, root)
        _prune(root)
        compile_tree(root)
        with zipfile.ZipFile(Path(scratch) / "zip", "w") as archive:
            zips.add_tree(archive, root)
        zips.put_in_place(Path(scratch) / "zip", built)


def _fetch(arch: Arch, root: Path) -> None:
    command = [
        str(VENV / "bin" / "uv"),
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
    ]
    command += [
        "--only-binary",
        ":all:",
        "--python-platform",
        PLATFORMS[arch],
        "--python-version",
        "3.11",
    ]
    # Not links into uv's cache, which is what it makes otherwise: what is pruned here is ours alone.
    command += ["--link-mode", "copy", "--target", str(root), "--requirement", str(REQUIREMENTS)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise say.Failure(
            f"The Lambdas' packages could not be fetched: is the network up? uv says: {done.stderr.strip()}"
        )


def _prune(root: Path) -> None:
    for pattern in NOT_NEEDED_TO_RUN:
        for path in list(root.rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    data = root / "botocore" / "data"
    for model in data.iterdir():
        if model.is_dir() and model.name not in SERVICES_CALLED:
            shutil.rmtree(model)
    for compressed in data.glob("*/*/*.json.gz"):
        model_text = gzip.decompress(compressed.read_bytes())
        _put_json(compressed.with_suffix(""), _without_prose(json.loads(model_text)))
        compressed.unlink()
    endpoints = json.loads((data / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in SERVICES_CALLED if name in known}
    _put_json(data / "endpoints.json", endpoints)


def _without_prose(model: Any) -> Any:
    """A model without what only people read of it: that is most of it, and a start parses it all.

    The parameters of a client keep it: botocore insists.
    """
    if isinstance(model, list):
        return [_without_prose(part) for part in model]
    if not isinstance(model, dict):
        return model
    return {
        name: part if name == "clientContextParams" else _without_prose(part)
        for name, part in model.items()
        if not (name == "documentation" and isinstance(part, str))
    }


def _put_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")))


def compile_tree(root: Path) -> None:
    """Put bytecode beside every source; unpacking changes file times, so it is valid by decree, not by time."""
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(root), "-p", "/var/task", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise say.Failure(f"The package does not compile: {done.stdout.strip()}")
