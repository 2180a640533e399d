"""The dealer's records come in by file and by signed calls; who stands there is woken by their number."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from local.parameters import FIRST_PARTNER, stored
from local.partner import Partner
from local.places import REPO, VENV
from local.players import Phone
from local.stack import Stack

PATH = "/v1/partner/archive"
IMPORT = """
import sys
from pathlib import Path
from local import cloud, say
from local.archive_import import columns, run
from local.placeholders import SETTINGS
say.run(lambda: run.import_file(
    Path(sys.argv[1]),
    columns=columns.usual(),
    environment={**SETTINGS, "STACK": sys.argv[3], **cloud.emulated_env(sys.argv[2])},
))
"""
"""The command, into a stack of the tests."""


@pytest.fixture
def crm(stack: Stack, http: httpx.Client) -> Partner:
    key = stored(stack.boto, stack.name)["partner_keys"].removeprefix(f"{FIRST_PARTNER}:")
    return Partner(stack.base, http, key)


def importing(stack: Stack, file: Path) -> subprocess.Popen[str]:
    python = [VENV / "bin" / "python", "-c", IMPORT, file, stack.emulator_url, stack.name]
    return subprocess.Popen(python, cwd=REPO, stdout=subprocess.PIPE, text=True)


def imported(stack: Stack, file: Path) -> str:
    process = importing(stack, file)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


def rows(*told: dict[str, str]) -> bytes:
    return json.dumps({"rows": told}, ensure_ascii=False).encode()


def test_a_file_becomes_people_who_wake_when_they_show_their_number(
    stack: Stack, new_phone: Callable[[], Phone], http: httpx.Client, tmp_path: Path
) -> None:
    file = tmp_path / "owners.csv"
    text = "姓名,手机号,车架号,城市\n王小明,139 0013 9001,LSVAA49J132000017,上海\n李四,139,,\n"
    file.write_bytes(text.encode("gb18030"))
    assert "2 rows" in (said := imported(stack, file))
    assert "1 added, 0 refreshed, 0 unchanged, 1 rejected, 0 warnings" in said
    with (tmp_path / "owners.csv.report.csv").open(encoding="utf-8-sig", newline="") as report:
        assert [line[:3] for line in csv.reader(report)][1:] == [["3", "mobile", "未录入"]]
    assert "139" not in (tmp_path / "owners.csv.report.csv").read_text()
    assert "0 added, 0 refreshed, 1 unchanged" in imported(stack, file)

    phone = new_phone()
    came = phone.sign_in()["member"]["member_id"]
    pressed = http.post(
        f"{stack.base}/_sandbox/users/{phone.openid}/phone-code", json={"phone": "13900139001"}
    ).json()
    bound = phone.did("POST", "/v1/me/phone", {"code": pressed["code"]})
    assert bound["phone"] == "139******01"
    sleeper = bound["member"]["member_id"]
    assert sleeper < came  # The older one remains.
    assert phone.did("GET", "/v1/me")["member_id"] == sleeper
    stack.wait_until_idle()
    assert "0 added, 0 refreshed, 1 unchanged" in imported(stack, file)
    car = {"vin": "LSVAA49J132000017", "plate_number": "沪A12345", "model": "途观 L"}
    certified = phone.did("POST", "/v1/certifications", {"kind": "owner", **car})
    assert certified["state"] == "approved"


def test_the_dealers_system_tells_what_changes(crm: Partner) -> None:
    told = rows({"mobile": "13900139002", "name": "赵六"}, {"vin": "x"})
    answer = crm.post(PATH, told, **{"Idempotency-Key": "first"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["added"] == 1
    assert [(r["row"], r["field"]) for r in answer.json()["rejected"]] == [(1, "vin")]
    again = crm.post(PATH, told, **{"Idempotency-Key": "first"})
    assert again.json() == answer.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert crm.post(PATH, told).json()["unchanged"] == 1


def test_who_does_not_sign_or_signs_twice_is_refused(crm: Partner, http: httpx.Client) -> None:
    told = rows({"mobile": "13900139003"})

    def code(answer: httpx.Response) -> tuple[int, str]:
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]

    unsigned = http.post(f"{crm.base}{PATH}", content=told)
    assert code(unsigned) == (401, "partner_not_signed")
    wrong = crm.post(PATH, told, **{"Partner-Signature": "0" * 64})
    assert code(wrong) == (401, "partner_signature_wrong")
    first = crm.post(PATH, told)
    assert first.json()["added"] == 1
    heard = {name: first.request.headers[name] for name in first.request.headers}
    replayed = http.post(f"{crm.base}{PATH}", content=told, headers=heard)
    assert code(replayed) == (401, "partner_signature_replayed")


@pytest.mark.parametrize("megabytes", [1, 10])
def test_a_body_of_megabytes_is_refused(crm: Partner, megabytes: int) -> None:
    answer = crm.post(PATH, b'{"rows":[' + b" " * (megabytes * 1024 * 1024) + b"]}")
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_an_import_without_a_stage_says_so_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "owners.csv"
    file.write_text("手机号\n13900139004\n")
    python = [VENV / "bin" / "python", "-c", IMPORT, file, "http://127.0.0.1:9", "nowhere"]
    done = subprocess.run(python, cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "✗ nowhere cannot be used from here" in done.stderr
    assert "Traceback" not in done.stderr
