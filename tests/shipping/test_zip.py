"""What the zip file holds and does not hold, and that it runs by itself."""

import importlib.util
import marshal
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from local import dependencies
from local import package as packaging
from local.dependencies import SERVICES_CALLED
from local.package import Package
from local.places import REPO

OURS = ("chalicelib", "community", "chat", "mini_program_api", "partner_api")
NOT_SHIPPED = {"local", "sandbox", "bench", "tests", "vendor", "docs", "boto3", "moto", "pytest"}
SIZE_BYTES_MAX = 25_000_000
UNCHECKED_HASH = 0b01


@pytest.fixture(scope="session")
def names(package: Package) -> set[str]:
    with zipfile.ZipFile(package.code) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("name", OURS)
def test_every_file_of_our_packages_is_there(names: set[str], name: str) -> None:
    files = [path for path in (REPO / name).rglob("*") if path.is_file()]
    ours = {str(p.relative_to(REPO)) for p in files if "__pycache__" not in p.parts}
    assert f"{name}/__init__.py" in ours
    assert ours <= names


def test_nothing_ships_that_only_development_needs(names: set[str]) -> None:
    assert not NOT_SHIPPED & {name.partition("/")[0] for name in names}


def test_it_is_small(package: Package) -> None:
    assert package.code.stat().st_size <= SIZE_BYTES_MAX


def test_nothing_is_in_it_twice(package: Package) -> None:
    with zipfile.ZipFile(package.code) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist()))


def test_every_module_has_bytecode_that_this_python_loads_unchecked(package: Package) -> None:
    with zipfile.ZipFile(package.code) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                bytecode = archive.read(importlib.util.cache_from_source(name))
                assert bytecode[:4] == importlib.util.MAGIC_NUMBER, name
                assert int.from_bytes(bytecode[4:8], "little") == UNCHECKED_HASH, name
                marshal.loads(bytecode[16:])


def test_the_same_sources_give_the_same_bytes(package: Package, tmp_path: Path) -> None:
    libraries = dependencies.zipped(packaging.host_arch())
    again = Package(tmp_path / "code.zip", tmp_path / "template.json")
    packaging.build(again, libraries, "prod", packaging.host_arch())
    assert again.code.read_bytes() == package.code.read_bytes()
    assert again.template.read_bytes() == package.template.read_bytes()


def test_every_handler_of_the_template_can_be_imported(
    functions: dict[str, dict[str, Any]], run_unpacked: Callable[..., str]
) -> None:
    handlers = [properties["Handler"] for properties in functions.values()]
    lookups = "".join(f"assert callable({handler})\n" for handler in handlers)
    run_unpacked(f"import app\n{lookups}")


def test_nothing_but_the_package_is_imported(
    run_unpacked: Callable[..., str], unpacked: Path
) -> None:
    program = """
import app
for module in list(sys.modules.values()):
    print(getattr(module, "__file__", None) or "")
"""
    allowed = (str(unpacked), str(Path(importlib.util.__file__).parent.parent))
    files = [line for line in run_unpacked(program).splitlines() if line]
    assert [file for file in files if not file.startswith(allowed)] == []


def test_the_start_reads_no_service_and_no_records_of_the_community(
    run_unpacked: Callable[..., str],
) -> None:
    """A cold start pays for what it reads: docs/decisions/0012."""
    program = """
import app
for name, module in list(sys.modules.items()):
    if name.startswith("community.") and type(module).__name__ != "_LazyModule":
        print(name)
"""
    parts = {name.rpartition(".")[2] for name in run_unpacked(program).split()}
    assert "rules" in parts
    assert not parts & {"service", "records", "consequences"}


@pytest.mark.parametrize("library", ["rjieba", "PIL"])
def test_the_start_loads_no_library_that_few_calls_use(
    run_unpacked: Callable[..., str], library: str
) -> None:
    run_unpacked(f"import app\nassert {library!r} not in sys.modules")


def test_what_splits_words_is_loaded_when_a_text_is_split(run_unpacked: Callable[..., str]) -> None:
    """It takes 110 ms, which nobody pays who only compares names."""
    program = """
import app
from community.forum.search.words import splitter
for do in (splitter.norm, splitter.words):
    do("刹车异响")
    print("rjieba" in sys.modules)
"""
    assert run_unpacked(program).split() == ["False", "True"]


class Agreeable(BaseHTTPRequestHandler):
    """An AWS that says yes to everything."""

    def do_POST(self) -> None:
        self._agree(b"{}")

    def do_PUT(self) -> None:
        self._agree(b"")

    def _agree(self, answer: bytes) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def agreeable_aws() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agreeable)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


CALLS = {
    "dynamodb": "query(TableName='t', KeyConditionExpression='pk = :p')",
    "kms": "decrypt(CiphertextBlob=b'sealed', EncryptionContext={'stack': 's'})",
    "s3": "put_object(Bucket='b-1', Key='k', Body=b'b', ContentType='image/png')",
    "sqs": "send_message_batch(QueueUrl='http://q', Entries=[{'Id': '1', 'MessageBody': 'b'}])",
    "ssm": "get_parameters_by_path(Path='/stack/', WithDecryption=True)",
}


@pytest.mark.parametrize("service", SERVICES_CALLED)
def test_every_service_that_is_called_can_be_called(
    run_unpacked: Callable[..., str], agreeable_aws: str, service: str
) -> None:
    client = f"botocore.session.get_session().create_client({service!r})"
    run_unpacked(
        f"import botocore.session\n{client}.{CALLS[service]}", AWS_ENDPOINT_URL=agreeable_aws
    )


def test_models_ship_for_just_the_services_that_are_called(names: set[str]) -> None:
    inside = {name.removeprefix("botocore/data/") for name in names if "botocore/data/" in name}
    assert {name.partition("/")[0] for name in inside if "/" in name} == set(SERVICES_CALLED)
