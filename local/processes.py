"""Background processes: started in a group of their own, remembered in a file, stopped without hitting anybody else's."""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from local import say
from local.places import REPO

STOPPING_S_MAX = 60
POLL_S = 0.05


@dataclass(frozen=True)
class Process:
    """A process of ours: the number alone could be somebody else's by now, with its start time it cannot."""

    pid: int
    started: str
    fingerprint: str


@dataclass(frozen=True)
class Keeper:
    """Starts and stops one process; its log and what is remembered of it lie in `folder`."""

    name: str
    folder: Path
    tied: bool = False
    """Whether the process ends with the one that started it, however that ends: for tests."""

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def _memory(self) -> Path:
        return self.folder / f"{self.name}.process.json"

    def start(
        self, python: Path, module: list[str], *, env: dict[str, str], fingerprint: str
    ) -> None:
        """Run a module in the background; its fingerprint says later whether it still is what it should be."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.log.exists():
            os.replace(self.log, self.log.with_suffix(".log.before"))
        tie = ["local.tied"] if self.tied else []
        stdin = _lifeline() if self.tied else subprocess.DEVNULL
        with self.log.open("wb") as log:
            child = subprocess.Popen(
                [python, "-u", "-m", *tie, *module],
                cwd=REPO, env=env, stdin=stdin, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        if self.tied:
            os.close(stdin)
        process = Process(child.pid, _start_time(child.pid), fingerprint)
        self._memory.write_text(json.dumps(asdict(process)))

    def running(self) -> Process | None:
        """The process, if it is still the one that was started."""
        with suppress(FileNotFoundError, ValueError, TypeError):
            process = Process(**json.loads(self._memory.read_text()))
            if process.started and _start_time(process.pid) == process.started:
                return process
        return None

    def stop(self) -> bool:
        """Ask the process to stop and wait until it and its children have; whether there was one."""
        process = self.running()
        if process:
            _signal_group(process.pid, signal.SIGTERM)
            if not _ended(process, within_s=STOPPING_S_MAX):
                say.line(
                    f"  {self.name} does not stop by itself: killing it. What it had not saved is lost."
                )
            _signal_group(process.pid, signal.SIGKILL)
            _ended(process, within_s=STOPPING_S_MAX)
        self._memory.unlink(missing_ok=True)
        return process is not None

    def last_words(self) -> str:
        """The end of the log, for telling why a process did not come up."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-15:])


@contextmanager
def only_one(lock_file: Path, what: str) -> Iterator[None]:
    """Hold a lock while at work; whoever finds it held is told."""
    lock_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise say.Failure(f"Another {what} is at work: wait until it has ended.") from None
        yield


def is_alive(pid: int) -> bool:
    return bool(_start_time(pid))


def _lifeline() -> int:
    """A pipe's reading end; its writing end closes when this process ends, and with it the process tied to it."""
    reading, _writing = os.pipe()
    return reading


def _start_time(pid: int) -> str:
    """Field 22 of /proc/<pid>/stat, with the boot's id; empty when there is no such process, or only its corpse."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return "" if fields[0] == "Z" else f"{boot}:{fields[19]}"


def _signal_group(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, sign)


def _ended(process: Process, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
        if _start_time(process.pid) != process.started:
            return True
        time.sleep(POLL_S)
    return False
