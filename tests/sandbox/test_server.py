"""The process: how it starts, how it stops, what it keeps, what it tells nobody."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


def start(folder, *options):
    command = [sys.executable, "-m", "sandbox", "--state", str(folder), *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def running(tmp_path):
    processes = []

    def run():
        port = free_port()
        process = start(tmp_path / "state", "--port", str(port))
        processes.append(process)
        assert process.stdout.readline().startswith(f"sandbox: http://127.0.0.1:{port}")
        return process, httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10
        )

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def stop(process, how=signal.SIGTERM):
    process.send_signal(how)
    output, _ = process.communicate(timeout=10)
    return process.returncode, output


def test_what_it_knows_survives_a_clean_stop(running):
    process, http = running()
    openid = http.post("/_sandbox/users", json={"nickname": "安娜"}).json()["openid"]
    http.post("/_sandbox/clock", json={"ahead_s": 60})
    identity = http.get("/_sandbox/identity").json()
    assert stop(process)[0] == 0
    process, http = running()
    assert http.get("/_sandbox/users").json()["items"][0]["openid"] == openid
    assert http.get("/_sandbox/clock").json()["ahead_s"] == 60
    assert http.get("/_sandbox/identity").json() == identity
    assert stop(process, signal.SIGINT)[0] == 0


def test_a_page_that_listens_does_not_hold_up_the_stop(running):
    process, http = running()
    with http.stream("GET", "/_sandbox/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": hello"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=2.5) == 0


def test_secrets_are_readable_by_their_owner_only_and_never_logged(running, tmp_path):
    process, http = running()
    identity = httpx.Response(
        200, content=(tmp_path / "state" / "identity.json").read_bytes()
    ).json()
    app = {
        "appid": identity["appid"],
        "secret": identity["wechat_secret"],
        "grant_type": "client_credential",
    }
    token = http.get("/cgi-bin/token", params=app).json()["access_token"]
    http.post("/wxa/msg_sec_check", params={"access_token": token}, json={})
    http.post("/cgi-bin/webhook/send", params={"key": identity["wecom_bot_key"]}, json={})
    _, output = stop(process)
    assert "/wxa/msg_sec_check errcode=40097" in output
    secrets = [
        value for name, value in identity.items() if name.endswith(("_secret", "_key", "_token"))
    ]
    assert len(secrets) == 7
    assert not [secret for secret in [token, *secrets] if secret in output]
    for name in ("identity.json", "sandbox.json"):
        assert (tmp_path / "state" / name).stat().st_mode & 0o077 == 0


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        process = start(tmp_path, "--port", str(other.getsockname()[1]))
        output, _ = process.communicate(timeout=10)
    assert process.returncode == 1
    assert output.count("\n") == 1
    assert "Address already in use" in output


def test_a_state_that_cannot_be_read_is_one_sentence(tmp_path):
    (tmp_path / "sandbox.json").write_text("{")
    process = start(tmp_path, "--port", "0")
    output, _ = process.communicate(timeout=10)
    assert (process.returncode, output.count("\n")) == (1, 1)
    assert "cannot read or write its state" in output


@pytest.mark.parametrize("host", ["0.0.0.0", "example.com", "192.168.1.5"])
def test_it_listens_on_this_machine_only(tmp_path, host):
    process = start(tmp_path, "--port", "0", "--host", host)
    output, _ = process.communicate(timeout=10)
    assert (process.returncode, "not a loopback address" in output) == (1, True)
    assert os.listdir(tmp_path) == []
