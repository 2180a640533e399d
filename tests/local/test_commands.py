"""The commands say in one sentence what is wrong."""

import json
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local import deploy, install, logs, ports, say, stack, up

GOOD_PLAN = json.loads((deploy.FOLDER / "sample.json").read_text())


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_failure_is_its_sentence_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        raise say.Failure("The disk is full.")

    with pytest.raises(SystemExit) as ended:
        say.run(main)
    assert ended.value.code == "✗ The disk is full."


def test_a_free_port_is_free_and_a_taken_one_is_not(taken_port: int) -> None:
    assert ports.is_free(ports.free())
    assert not ports.is_free(taken_port)


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path, taken_port: int) -> None:
    elsewhere = stack.at(tmp_path, base_port=taken_port, emulator_port=ports.free())
    with pytest.raises(say.Failure, match=rf"Port {taken_port} is taken .* `make up PORT="):
        up.check_ports(elsewhere)
    elsewhere = stack.at(tmp_path, base_port=ports.free(), emulator_port=taken_port)
    with pytest.raises(say.Failure, match=rf"Port {taken_port}, on which the emulated AWS"):
        up.check_ports(elsewhere)


def test_another_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 12, 0))
    with pytest.raises(say.Failure, match=r"Python 3\.11 is needed"):
        install.check_machine(free_bytes_min=2 * 1024**3)


def test_a_full_disk_is_told_before_anything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9))
    with pytest.raises(say.Failure, match=r"Only 0\.9 GB of disk are free"):
        install.check_machine(free_bytes_min=2 * 1024**3)


def test_the_lock_file_pins_uv_with_hashes() -> None:
    pin = install.uv_pin()
    assert pin.startswith("uv==")
    assert pin.count("--hash=sha256:") > 5
    assert pin.count("==") == 1


def test_the_sample_of_a_deployment_can_be_deployed() -> None:
    plan = deploy.read_plan(deploy.FOLDER / "sample.json")
    assert plan.region == "cn-northwest-1"
    assert plan.arch == "x86_64"


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "does not say: region, bucket, staff, parameters.WechatAppid"),
        ({**GOOD_PLAN, "region": ""}, "does not say: region"),
        ({**GOOD_PLAN, "arch": "sparc"}, "arch is one of"),
        (
            {**GOOD_PLAN, "parameters": {**GOOD_PLAN["parameters"], "SandboxUrl": "http://x"}},
            "must not set SandboxUrl",
        ),
    ],
)
def test_a_deployment_that_is_not_described_is_refused(
    tmp_path: Path, told: dict[str, Any], says: str
) -> None:
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(told))
    with pytest.raises(say.Failure, match=says):
        deploy.read_plan(file)


def test_a_stage_without_a_description_says_where_to_start(tmp_path: Path) -> None:
    with pytest.raises(say.Failure, match=r"copy deploy/sample\.json"):
        deploy.read_plan(tmp_path / "prod.json")


def test_a_log_line_is_readable() -> None:
    message = '{"level": "info", "message": "call", "route": "/health", "status": 200}'
    line = logs.readable("api_handler", 0, message)
    assert line.endswith("api_handler    info    call  route=/health status=200")


def test_a_metric_is_readable() -> None:
    message = '{"_aws": {"Timestamp": 1}, "fact_followed": 1, "stage": "local"}'
    line = logs.readable("follow_facts", 0, message)
    assert line.endswith("follow_facts   metric    fact_followed=1 stage=local")


def test_a_line_that_is_not_json_is_shown_as_it_is() -> None:
    assert logs.readable("tick", 0, "Traceback (most recent…\n").endswith("Traceback (most recent…")
