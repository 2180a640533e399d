"""Rules of the house that the import contracts cannot say, read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHIPPED = ("chalicelib", "community", "mini_program_api", "partner_api", "chat")
FILES = sorted(path for package in SHIPPED for path in (ROOT / package).rglob("*.py"))
RECORDS = [path for path in FILES if path.name == "records.py"]
LINES_MAX = 300
FUNCTION_LINES_MAX = 70

# What is imported where it is used: it costs start-up time, or would be a circle.
IMPORTED_LATE = (
    "PIL",
    "cryptography",
    "requests",
    "tempfile",
    "urllib",
    "urllib3",
    "wechatpy",
    "xml",
    "xmltodict",
    "zipfile",
    "chalicelib",
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(tree(path))


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in nodes(path) if isinstance(node, ast.FunctionDef)]


def imported(path: Path) -> set[str]:
    """Every module that a file imports, also within its functions."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


# Capabilities


def test_rows_are_private_to_the_folder_that_they_stand_in() -> None:
    rows = {module(path): path for path in RECORDS}
    foreign = {
        name(path): sorted(strange)
        for path in FILES
        if (strange := {r for r in imported(path) & set(rows) if rows[r].parent != path.parent})
    }
    assert foreign == {}


def test_rows_are_reached_through_the_service_only() -> None:
    allowed = {"service.py", "senders.py", "group.py"}
    readers = {
        name(other)
        for other in FILES
        if any(module(path) in imported(other) for path in RECORDS) and other.name not in allowed
    }
    assert readers == set()


def test_rows_come_with_a_table_of_what_each_access_costs() -> None:
    table = re.compile(r"\| pattern +\| key condition +\| units +\|.*[RW]CU", re.DOTALL)
    assert [name(p) for p in RECORDS if not table.search(ast.get_docstring(tree(p)) or "")] == []


def test_no_table_is_scanned() -> None:
    def scans(path: Path) -> bool:
        return any(isinstance(node, ast.Attribute) and node.attr == "scan" for node in nodes(path))

    assert [name(path) for path in FILES if scans(path)] == []


# Time, failure, words


def test_nothing_in_the_community_reads_a_clock_but_who_takes_messages_off_a_queue() -> None:
    clock = re.compile(r"utc_now\(|datetime\.now\(|time\.time\(")
    readers = [name(p) for p in FILES if "community" in p.parts and clock.search(p.read_text())]
    assert readers == [
        "community/commons/media/service.py",
        "community/commons/outbound/service.py",
    ]


def test_only_the_queue_loop_and_the_door_frame_catch_every_exception() -> None:
    def catches_all(path: Path) -> bool:
        return any(
            isinstance(node, ast.ExceptHandler)
            and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
            for node in nodes(path)
        )

    catching = [name(path) for path in FILES if catches_all(path)]
    assert catching == ["chalicelib/http.py", "chalicelib/queues.py"]


def test_the_environment_is_read_by_the_settings_only() -> None:
    readers = [name(path) for path in FILES if "environ" in path.read_text()]
    assert readers == ["chalicelib/settings.py"]


def test_the_ground_floor_knows_no_community_word() -> None:
    words = re.compile(
        r"\b(member|board|forum|post|comment|certification|moderator|prospect|owner|coupon)s?\b"
    )
    knowing = {
        name(path): sorted(known)
        for path in FILES
        if "chalicelib" in path.parts
        if (known := set(words.findall(" ".join(_names_in(path)))) - _OTHER_MEANINGS)
    }
    assert knowing == {}


# HTTP's method and the client's call of that name.
_OTHER_MEANINGS = {"post"}


def _names_in(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Name):
            yield node.id.replace("_", " ")
        elif isinstance(node, ast.Attribute):
            yield node.attr.replace("_", " ")
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name.replace("_", " ")


# Size and docstrings


def test_every_module_says_in_a_sentence_what_it_knows() -> None:
    sentence = re.compile(r"[A-Z`].*?[.:]", re.DOTALL)
    assert [name(p) for p in FILES if not sentence.match(ast.get_docstring(tree(p)) or "")] == []


def test_a_module_fits_in_a_head() -> None:
    assert [name(p) for p in FILES if len(p.read_text().splitlines()) > LINES_MAX] == []


def test_no_function_is_long() -> None:
    long = [
        f"{name(path)} {function.name}"
        for path in FILES
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_what_checks_says_what_it_refuses() -> None:
    silent = [
        f"{name(path)} {function.name}"
        for path in FILES
        for function in functions(path)
        if function.name.startswith("check_") and "call" not in _arguments(function)
        if "Refuses:" not in (ast.get_docstring(function) or "")
    ]
    assert silent == []


def _arguments(function: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in function.args.args}


def test_every_use_case_says_what_it_does_for_the_community() -> None:
    """Those whose name and types say it all are one line long."""
    silent = [
        f"{name(path)} {function.name}"
        for path in FILES
        if path.name == "service.py"
        for function in tree(path).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if not ast.get_docstring(function)
        if len(function.body) > 1
    ]
    assert silent == []


def test_an_import_inside_a_function_is_there_for_a_fast_start() -> None:
    late = {
        f"{name(path)} {node.module}"
        for path in FILES
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(IMPORTED_LATE)
    }
    assert late == set()
