"""Cold starts: fresh processes that see nothing but the unpacked package, run in turns."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import msgspec

from bench import entry, letters, told
from bench.figures import Figure, Sample, ratios
from community.forum.boards.rules import BOARDS_FROM_THE_START, Board
from local import package, say
from local.placeholders import SECRETS
from local.places import LOCAL

_UNPACKED = LOCAL / "bench" / "package"
ROUNDS = 15
ECHO = "5837291046"

_MEASURED = """
import sys, time
sys.path.insert(0, sys.argv[1])
start = time.process_time()
{what}
print(time.process_time() - start)
"""
_IMPORT_APP = _MEASURED.format(what="import app")
_BOTOCORE_AND_CLIENT = _MEASURED.format(
    what="import botocore.session\nbotocore.session.get_session().create_client('dynamodb')"
)
_ANSWER = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import app
print(app.app(json.loads(sys.argv[2]), None)["body"], flush=True)
os._exit(0)
"""


@dataclass(frozen=True)
class Tree:
    """The package as Lambda unpacks it, and the same without bytecode."""

    zip_bytes: int
    compiled: Path
    plain: Path


@dataclass(frozen=True)
class Run:
    """A process that ran: what it printed last, and its CPU seconds from its start until then."""

    said: str
    cpu_s: float


def measured() -> list[Figure]:
    """Figures 1, 2, 3 and 7."""
    tree = unpacked()
    ours, base, plain, answers, boards = [], [], [], [], []
    with small_aws() as aws_url, say.step(f"Cold starts, {ROUNDS} rounds"):
        for _ in range(ROUNDS):
            ours.append(_imports_s(_IMPORT_APP, tree.compiled))
            base.append(_imports_s(_BOTOCORE_AND_CLIENT, tree.compiled))
            plain.append(_imports_s(_IMPORT_APP, tree.plain))
            answers.append(_answers_s(tree.compiled, aws_url))
            boards.append(_lists_boards_s(tree.compiled, aws_url))
    to_base, to_plain = ratios(ours, base), ratios(ours, plain)
    answer, first_page = Sample(answers), Sample(boards)
    return [
        Figure(
            1,
            "cold import of the API Lambda ÷ botocore and one DynamoDB client",
            to_base.middle,
            goal=1.2,
            limit="~0.3",
            note=f"middle half {to_base.spread}; {_ms(ours)} ÷ {_ms(base)} CPU",
        ),
        Figure(
            2,
            "import from the package with bytecode ÷ without",
            to_plain.middle,
            goal=0.4,
            note=f"middle half {to_plain.spread}; without bytecode {_ms(plain)} CPU",
        ),
        Figure(
            3,
            "process start → WeCom's URL check answered, CPU",
            answer.quiet,
            unit=" s",
            goal=0.35,
            note=f"middle half {answer.spread}; with the secrets fetched from a local SSM",
        ),
        Figure(
            3,
            "process start → a guest's list of boards, CPU",
            first_page.quiet,
            unit=" s",
            note=f"middle half {first_page.spread}; with the DynamoDB client and one query",
        ),
        Figure(
            7,
            "deployment zip",
            tree.zip_bytes / 1e6,
            unit=" MB",
            goal=25,
            note="bytecode included",
        ),
    ]


def unpacked() -> Tree:
    """The package that is deployed, unpacked; again only if it is another one."""
    code = package.built("local", package.host_arch()).code
    folder = _UNPACKED / code.stem
    tree = Tree(code.stat().st_size, folder / "compiled", folder / "plain")
    if not folder.exists():
        shutil.rmtree(_UNPACKED, ignore_errors=True)
        with say.step("Unpack the package"), zipfile.ZipFile(code) as archive:
            for root in (tree.compiled, tree.plain):
                archive.extractall(root)
            for cached in list(tree.plain.rglob("__pycache__")):
                shutil.rmtree(cached)
    return tree


def _imports_s(program: str, root: Path) -> float:
    """The CPU seconds that a program measures of itself."""
    return float(_run(program, root).said)


def _answers_s(root: Path, aws_url: str) -> float:
    """The CPU seconds of a process that answers WeCom's check of our address, from its start on."""
    query = letters.url_check(ECHO, now=datetime.now(UTC))
    event = entry.event("GET", "/callbacks/wecom", query=query)
    run = _run(_ANSWER, root, json.dumps(event), AWS_ENDPOINT_URL=aws_url)
    assert run.said == ECHO, run
    return run.cpu_s


def _lists_boards_s(root: Path, aws_url: str) -> float:
    """The CPU seconds of a process that lists the boards for a guest, from its start on."""
    event = entry.event("GET", "/v1/boards")
    run = _run(_ANSWER, root, json.dumps(event), AWS_ENDPOINT_URL=aws_url)
    assert '"board_id":"car-care"' in run.said, run
    return run.cpu_s


def _ms(seconds: Sequence[float]) -> str:
    return f"{Sample(seconds).middle * 1000:.0f} ms"


@contextmanager
def small_aws() -> Iterator[str]:
    """The address of an SSM that knows the stage's secrets, and of a DynamoDB that knows the boards."""
    answers = {"GetParametersByPath": _secrets(), "Query": _boards()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = answers[self.headers["X-Amz-Target"].rpartition(".")[2]]
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _secrets() -> bytes:
    path = f"/{told.ENVIRONMENT['STACK']}/"
    known = [
        {"Name": f"{path}{name}", "Value": value, "Type": "SecureString"}
        for name, value in SECRETS.items()
    ]
    return json.dumps({"Parameters": known}).encode()


def _boards() -> bytes:
    rows = [
        {"pk": {"S": "boards"}, "sk": {"S": each.board_id}, "board": {"S": _text(each)}}
        for each in BOARDS_FROM_THE_START
    ]
    return json.dumps({"Items": rows, "Count": len(rows), "ScannedCount": len(rows)}).encode()


def _text(board: Board) -> str:
    return msgspec.json.encode(board).decode()


def _run(program: str, root: Path, *arguments: str, **environment: str) -> Run:
    """Run a program on a Python without any site-packages, as Lambda does."""
    command = [os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", program, str(root)]
    child = subprocess.Popen(
        [*command, *arguments],
        env={**told.ENVIRONMENT, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    said = child.stdout.read().strip()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"the measured process failed: {said}"
    return Run(said.splitlines()[-1], used.ru_utime + used.ru_stime)
