"""Sessions, consent, one's data and leaving, on the sandbox's page."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import OpenPage

PHONE = ViewportSize(width=390, height=844)


def test_the_member_s_data_are_made_into_a_file_and_downloaded(
    open_page: OpenPage, mark: str, tmp_path: Path
) -> None:
    page = open_page()
    nickname = f"带走{mark}"
    page.sign_up(nickname)
    page.open_mine("account")
    page.press("export-ask")
    expect(page.find("export-state")).to_have_attribute("data-state", "ready")
    with page.page.expect_download() as caught:
        page.press("export-download")
    caught.value.save_as(tmp_path / "data.zip")
    with zipfile.ZipFile(tmp_path / "data.zip") as file:
        assert nickname in file.read("data/members.json").decode()


def test_who_asks_to_leave_sees_until_when_they_can_stay_and_stays(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    page.sign_up(f"再见{mark}")
    page.open_mine("account")
    page.press("leave")
    page.find("field-confirm").fill("不")
    page.press("leave-submit")
    expect(page.find("refusal-detail")).to_contain_text("请输入「注销」")
    page.find("field-confirm").fill("注销")
    page.press("leave-submit")
    expect(page.find("leaving")).to_contain_text(
        re.compile(r"账号将于 \d+月\d+日.+ \d\d:\d\d 注销")
    )
    expect(page.find("leave")).to_have_count(0)
    page.press("stay")
    expect(page.find("leaving")).to_have_count(0)
    expect(page.find("leave")).to_be_visible()


def test_consent_is_withdrawn_and_given_again(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    page.sign_up(f"同意{mark}")
    page.open_mine("account")
    expect(page.find("consent-state")).to_have_text("已同意")
    page.press("consent-withdraw")
    page.press("consent-withdraw-confirm")
    expect(page.find("consent-state")).to_have_text("未同意")
    page.press("phone-back")
    page.press("open-phone")
    page.press("phone-allow")
    expect(page.find("phone-error")).to_contain_text("隐私政策")
    page.page.keyboard.press("Escape")
    page.press("open-account")
    page.press("consent-agree")
    expect(page.find("consent-state")).to_have_text("已同意")


@pytest.mark.parametrize("way_out", ["sign-out", "sign-out-everywhere"])
def test_who_signs_out_is_signed_out_on_the_server_too(
    open_page: OpenPage, mark: str, way_out: str
) -> None:
    page = open_page()
    nickname = f"退出{mark}"
    page.sign_up(nickname)
    token = page.token_of_holder()
    page.open_mine("account")
    page.press(way_out)
    expect(page.find("go-sign-in")).to_be_visible()
    answer = page.page.request.get(
        f"{page.base}/v1/me", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status == 401
    page.sign_in(nickname)
    expect(page.find("my-nickname")).to_have_text(nickname)


def test_a_session_goes_on_with_the_fresh_token_of_an_answer(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    page.sign_up(f"续期{mark}")
    fresh = page.give_fresh_token()
    assert page.token_of_holder() != fresh
    page.press("tab-me")
    expect(page.find("my-nickname")).to_be_visible()
    assert page.token_of_holder() == fresh


def test_on_a_phone_nothing_of_the_member_s_affairs_is_wider_than_the_screen(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page(PHONE)
    page.sign_up(f"窄屏{mark}")
    for view in ("certify", "vehicles", "profile", "account"):
        page.open_mine(view)
        expect(page.find("screen").locator("form, section").first).to_be_visible()
        assert not page.is_wider_than_the_screen()
