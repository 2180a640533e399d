"""Builds what is deployed: a zip file for every Lambda and the CloudFormation template."""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from local import dependencies, say, zips
from local.dependencies import Arch
from local.placeholders import SETTINGS
from local.places import CACHE, DIST, REPO, VENV

STAGES = ("local", "dev", "prod")
KEPT = 5
MERGE_TEMPLATE = ".chalice/resources.json"
_BUILDERS = [
    Path(__file__).with_name(name) for name in ("package.py", "dependencies.py", "zips.py")
]
_NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc", "deployments", "deployed")


@dataclass(frozen=True)
class Package:
    """A zip file for every Lambda, and the template that refers to it by the parameters CodeBucket and CodeKey."""

    code: Path
    template: Path


def host_arch() -> Arch:
    return "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


def built(stage: str, arch: Arch) -> Package:
    """The package of a stage; built again only when something that goes into it changed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    package = _place(stage, arch)
    with _one_at_a_time():
        if not (package.code.exists() and package.template.exists()):
            libraries = dependencies.zipped(arch)
            with say.step(f"Package the Lambdas for stage {stage} ({arch})"):
                build(package, libraries, stage, arch)
            _forget_old(f"member-community-{stage}-{arch}-*.zip")
            _forget_old(f"dependencies-{arch}-*.zip")
    return package


def _forget_old(pattern: str) -> None:
    """Keep the newest few, for those who go back and forth between branches."""
    newest_first = sorted(CACHE.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest_first[KEPT:]:
        old.unlink()
        old.with_suffix(".json").unlink(missing_ok=True)


def _place(stage: str, arch: Arch) -> Package:
    digest = hashlib.sha256(f"{version('chalice')} {stage} {arch}".encode())
    for path in [*_sources(), dependencies.REQUIREMENTS, *_BUILDERS]:
        digest.update(str(path.relative_to(REPO)).encode() + b"\0" + path.read_bytes())
    name = f"member-community-{stage}-{arch}-{digest.hexdigest()[:16]}"
    return Package(code=CACHE / f"{name}.zip", template=CACHE / f"{name}.json")


def _packages() -> list[str]:
    """The packages that `vendor/` names; Chalice ships them, and chalicelib of itself."""
    return sorted(link.name for link in (REPO / "vendor").iterdir() if link.is_symlink())


def _sources() -> list[Path]:
    folders = [REPO / name for name in ("chalicelib", ".chalice", *_packages())]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    unwanted = {"__pycache__", "deployments", "deployed"}
    return [REPO / "app.py", *sorted(path for path in found if not unwanted & set(path.parts))]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (CACHE / "package.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(package: Package, libraries: Path, stage: str, arch: Arch) -> None:
    """Build both files at their places, whatever is there."""
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch_name:
        scratch = Path(scratch_name)
        project, out = scratch / "project", scratch / "out"
        _copy_project(project, stage, arch)
        _run_chalice(project, out, stage)
        with zipfile.ZipFile(out / "deployment.zip") as ours:
            ours.extractall(scratch / "root")
        dependencies.compile_tree(scratch / "root")
        shutil.copyfile(libraries, scratch / "code.zip")
        with zipfile.ZipFile(scratch / "code.zip", "a") as archive:
            zips.add_tree(archive, scratch / "root")
        zips.put_in_place(out / "sam.json", package.template)
        zips.put_in_place(scratch / "code.zip", package.code)


def _copy_project(project: Path, stage: str, arch: Arch) -> None:
    """A clean tree for Chalice: sources only, no requirements (the libraries are in their own zip)."""
    project.mkdir()
    shutil.copyfile(REPO / "app.py", project / "app.py")
    for name in ("chalicelib", ".chalice", *_packages()):
        shutil.copytree(REPO / name, project / name, ignore=_NOT_SOURCE)
    shutil.copytree(REPO / "vendor", project / "vendor", symlinks=True)
    (project / "requirements.txt").touch()
    config_file = project / ".chalice" / "config.json"
    config = json.loads(config_file.read_text())
    config["stages"][stage]["lambda_architecture"] = arch
    config_file.write_text(json.dumps(config))


def _run_chalice(project: Path, out: Path, stage: str) -> None:
    command = [
        str(VENV / "bin" / "chalice"),
        "package",
        "--stage",
        stage,
        "--merge-template",
        MERGE_TEMPLATE,
        str(out),
    ]
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # Chalice imports the app to learn what is in it.
    environment = (
        plain
        | SETTINGS
        | {
            "AWS_DEFAULT_REGION": "us-east-1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    )
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode or not (out / "sam.json").exists():
        raise say.Failure(f"`chalice package` failed:\n{(done.stdout + done.stderr).strip()}")


def main() -> None:
    """`make package STAGE=… ARCH=…`: put the package where it can be picked up."""
    stage, arch = sys.argv[1:]
    if stage not in STAGES or arch not in dependencies.PLATFORMS:
        raise say.Failure(
            f"STAGE is one of {', '.join(STAGES)}; ARCH is one of {', '.join(dependencies.PLATFORMS)}."
        )
    package = built(stage, arch)
    DIST.mkdir(exist_ok=True)
    for source in (package.code, package.template):
        target = DIST / f"member-community-{stage}-{arch}{source.suffix}"
        shutil.copyfile(source, target)
        say.line(f"  {target.relative_to(REPO)}  {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    say.run(main)
