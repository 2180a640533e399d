"""What a member tells of themselves on the sandbox's page: questions, profile, picture, phone number."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import expect

from community.people.profiles import texts
from tests.browser.conftest import OpenPage

MASKED = re.compile(r"^138\*{6}\d{2}$")


def test_a_member_answers_what_is_asked_skips_and_fills_in_the_profile(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    page.sign_up(f"新友{mark}")
    page.press("tab-me")
    expect(page.find("question")).to_have_attribute("data-asks", "intentions")
    expect(page.find("completeness")).to_have_text("5%")
    page.find("field-intention-0-model").fill("星途 X7")
    page.choose("intention-0-when-three_months")
    page.press("question-submit")
    expect(page.find("completeness")).to_have_text("20%")
    expect(page.find("question")).to_have_attribute("data-asks", "city")
    page.press("question-skip")
    expect(page.find("question")).to_have_attribute("data-asks", "vehicles")
    page.find("field-vehicle-0-model").fill("丰田 汉兰达")
    page.press("question-submit")
    expect(page.find("completeness")).to_have_text("30%")
    expect(page.find("question")).to_have_attribute("data-asks", "interests")
    page.choose("interests-camping")
    page.press("question-submit")
    expect(page.find("completeness")).to_have_text("40%")

    page.press("open-profile")
    page.find("field-bio").fill(f"周末常去露营{mark}")
    page.press("fill-杭州")
    page.find("field-birthday").fill("1990-05-06")
    page.find("field-household-size").fill("2")
    page.find("field-household-children").fill("2")
    page.find("field-vehicle-0-year").fill("2999")
    page.press("profile-submit")
    expect(page.find("refusal-detail")).to_be_visible()
    expect(page.page.locator('[data-field="household"].wrong')).to_contain_text("孩子人数")
    expect(page.page.locator('[data-field="vehicles"].wrong')).to_contain_text("购买年份")
    page.find("field-household-size").fill("4")
    page.find("field-vehicle-0-year").fill("2019")
    page.press("vehicles-more")
    page.find("field-vehicle-1-model").fill("海豚")
    page.press("profile-submit")
    expect(page.find("completeness")).to_have_text("80%")

    page.press("open-profile")
    expect(page.find("field-bio")).to_have_value(f"周末常去露营{mark}")
    expect(page.find("field-city")).to_have_value("杭州")
    expect(page.find("interests-camping")).to_be_checked()
    expect(page.find("field-intention-0-model")).to_have_value("星途 X7")
    expect(page.find("field-vehicle-0-model")).to_have_value("丰田 汉兰达")
    expect(page.find("field-vehicle-0-year")).to_have_value("2019")
    expect(page.find("field-vehicle-1-model")).to_have_value("海豚")


def test_a_picture_of_oneself_is_uploaded_and_shown(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    page.sign_up(f"头像{mark}")
    page.press("tab-me")
    page.press("open-profile")
    page.press("avatar-sample")
    expect(page.find("my-avatar")).to_be_visible()
    loaded = "picture => picture.decode().then(() => picture.naturalWidth)"
    assert page.find("my-avatar").evaluate(loaded) > 0


def test_the_phone_number_is_bound_by_the_button_and_shown_masked(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    page.sign_up(f"手机{mark}")
    page.press("tab-me")
    expect(page.find("my-phone")).to_have_text("未绑定")
    page.press("open-phone")
    page.find("wechat-phone").fill("一三八")
    page.press("phone-allow")
    expect(page.find("phone-error")).to_have_text("请填写 11 位手机号")
    number = f"138{secrets.randbelow(10**8):08}"
    page.find("wechat-phone").fill(number)
    page.press("phone-allow")
    expect(page.find("my-phone")).to_have_text(MASKED)
    assert not any(number in answer for answer in page.answers_to_holder())


def test_two_wechat_users_with_one_number_turn_out_to_be_one_member(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    first, second = f"旧号{mark}", f"新号{mark}"
    number = f"138{secrets.randbelow(10**8):08}"
    for nickname in (first, second):
        page.sign_up(nickname)
        page.open_mine("phone")
        page.find("wechat-phone").fill(number)
        page.press("phone-allow")
        expect(page.find("phone-sheet")).to_have_count(0)
    expect(page.find("my-nickname")).to_have_text(first)
    expect(page.find("holder-name")).to_have_text(first)


def test_who_is_under_age_is_told_why_and_let_out(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    page.sign_up(f"少年{mark}")
    page.open_mine("profile")
    page.find("field-birthday").fill("2015-01-01")
    page.press("profile-submit")
    expect(page.find("turned-away")).to_contain_text("年满 18 周岁")
    expect(page.find("holder-name")).to_have_count(0)


def test_the_page_offers_what_the_community_knows(open_page: OpenPage) -> None:
    page = open_page()
    offered = page.page.evaluate("() => import('/page/phone/choices.js').then((all) => ({...all}))")
    assert offered["INTERESTS"] == texts.OPTIONS["interests"]
    assert offered["ACCESSORIES"] == texts.OPTIONS["accessories"]
    assert offered["WHEN"] == {
        str(when): text for when, text in texts.OPTIONS["intentions"].items()
    }
