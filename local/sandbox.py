"""Starts and stops the sandbox, which plays WeChat and WeCom and gives clients one address for all."""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import web
from local.places import REPO
from local.processes import Keeper

PROGRAM = REPO / "sandbox"
PASSED_ON = ("PATH", "HOME", "LANG")


@dataclass(frozen=True)
class Sandbox:
    folder: Path
    port: int
    tied: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def keeper(self) -> Keeper:
        return Keeper("sandbox", self.folder, self.tied)

    def start(self) -> None:
        """Start it, unless it runs already as it should."""
        running = self.keeper.running()
        if running and running.fingerprint == self._fingerprint():
            return
        self.keeper.stop()
        module = ["sandbox", "--port", str(self.port), "--state", str(self.folder)]
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        python = Path(sys.executable)
        self.keeper.start(python, module, env=environment, fingerprint=self._fingerprint())
        web.wait_until_answers(f"{self.url}/_sandbox/health", self.keeper)

    def identity(self) -> dict[str, Any]:
        """Its ids and secrets, random per machine."""
        identity: dict[str, Any] = json.loads((self.folder / "identity.json").read_text())
        return identity

    def put_in_front_of(self, api_url: str) -> None:
        """Let it pass the community's own addresses on to its API."""
        web.call("PUT", f"{self.url}/_sandbox/upstream", {"api": api_url})

    def _fingerprint(self) -> str:
        digest = hashlib.sha256((REPO / "requirements-dev.txt").read_bytes())
        for path in sorted(path for path in PROGRAM.rglob("*") if path.is_file()):
            if path.suffix != ".pyc":
                digest.update(str(path.relative_to(REPO)).encode() + b"\0" + path.read_bytes())
        return f"{self.port} {digest.hexdigest()}"
