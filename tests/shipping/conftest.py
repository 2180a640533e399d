"""The package as production gets it, built once per test run, and unpacked."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import package as packaging
from local.package import Package
from local.placeholders import SETTINGS


@pytest.fixture(scope="session")
def package() -> Package:
    return packaging.built("prod", packaging.host_arch())


@pytest.fixture(scope="session")
def template(package: Package) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(package.template.read_text())
    return read


@pytest.fixture(scope="session")
def functions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The Lambdas' properties, by logical id."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


@pytest.fixture(scope="session")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    with zipfile.ZipFile(package.code) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def run_unpacked(unpacked: Path) -> Callable[..., str]:
    """Runs a program that can import the package and the standard library, and nothing else."""

    def run(program: str, **environment: str) -> str:
        prelude = f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
        command = [sys.executable, "-I", "-S", "-c", prelude + program]
        aws = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x"}
        aws |= {"AWS_SECRET_ACCESS_KEY": "x"}
        done = subprocess.run(
            command, env=SETTINGS | aws | environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
