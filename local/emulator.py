"""Starts and stops the emulated AWS: MiniStack in a virtual environment of its own, on loopback, with IAM enforced."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from local import web
from local.places import EMULATOR_VENV
from local.processes import Keeper

PROGRAM = Path(__file__).with_name("emulator_process.py")
LOCK = Path(__file__).with_name("emulator-requirements.txt")


@dataclass(frozen=True)
class Emulator:
    """One emulated AWS: its port belongs to its state, which holds addresses with it."""

    folder: Path
    port: int
    tied: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def keeper(self) -> Keeper:
        return Keeper("emulator", self.folder, self.tied)

    @property
    def workers(self) -> Path:
        """Where the running Lambdas are unpacked."""
        return self.folder / "tmp"

    def start(self) -> None:
        """Start it, unless it runs already as it should."""
        running = self.keeper.running()
        if running and running.fingerprint == self._fingerprint():
            return
        self.keeper.stop()
        python = EMULATOR_VENV / "bin" / "python"
        module = ["local.emulator_process"]
        self.keeper.start(python, module, env=self._environment(), fingerprint=self._fingerprint())
        web.wait_until_answers(f"{self.url}/_ministack/health", self.keeper)

    def _fingerprint(self) -> str:
        inputs = PROGRAM.read_bytes() + LOCK.read_bytes()
        return f"{self.port} {hashlib.sha256(inputs).hexdigest()}"

    def _environment(self) -> dict[str, str]:
        """All that the emulator sees, and the Lambdas after it: nothing of the person's own environment."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TMPDIR": str(self.workers),
            "EMULATOR_STATE": str(self.folder),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.folder / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.folder / "s3"),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
        }
