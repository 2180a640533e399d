"""Being certified on the sandbox's page, and the cars that follow: photo, reasons, co-drivers, transfers."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

VIN = re.compile(r"^[A-Z0-9]{17}$")


def test_a_photo_of_the_licence_fills_the_form_and_leads_to_the_owner_s_badge(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    owner = f"拍照{mark}"
    page.sign_up(owner)
    page.open_certifications()
    page.photograph_licence()
    expect(page.find("field-vin")).to_have_value(VIN)
    page.press("certify-submit")
    expect(page.find("certification")).to_have_attribute("data-state", "submitted")
    page.tap(owner, "通过")
    expect(page.find("certification")).to_have_attribute("data-state", "approved")
    expect(page.find("holder-identity")).to_have_text("车主")


def test_a_moderator_sees_the_photo_and_rejects_with_a_reason_that_the_member_reads(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    applicant = f"驳回{mark}"
    page.sign_up(applicant)
    page.open_certifications()
    page.photograph_licence()
    page.press("certify-submit")
    expect(page.find("certification")).to_have_attribute("data-state", "submitted")
    look = page.card(applicant).get_by_test_id("card-button-查看行驶证")
    expect(look).to_be_visible()
    photos = page.find("wecom-text").get_by_role("link", name="查看行驶证照片")
    before = photos.count()
    look.click()
    expect(photos).to_have_count(before + 1)
    shown = page.page.request.get(photos.last.get_attribute("href") or "")
    assert shown.headers["content-type"] == "image/png"
    reasons = page.card(applicant).get_by_test_id("card-choice-reason")
    reason = reasons.locator("option").nth(2).inner_text()
    reasons.select_option(label=reason)
    page.card(applicant).get_by_test_id("card-button-驳回").click()
    decided = page.card(applicant).get_by_test_id("card-decided")
    expect(decided).to_have_text(f"已由 张三 驳回：{reason}")
    expect(page.find("certification-reason")).to_have_text(f"原因：{reason}")


def test_what_a_moderator_asks_for_is_handed_in_afterwards(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    applicant = f"补充{mark}"
    page.sign_up(applicant)
    page.open_certifications()
    page.apply_for_certification()
    page.card(applicant).get_by_test_id("card-button-补充资料").click()
    page.press("supplement-open")
    page.find("supplement").get_by_test_id("licence-sample").click()
    expect(page.find("field-vin")).to_have_value(VIN)
    page.press("supplement-submit")
    expect(page.find("certification")).to_have_attribute("data-state", "submitted")
    expect(page.card(applicant)).to_have_count(2)


def test_who_intends_to_buy_says_so_and_is_told_what_is_missing(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    page.sign_up(f"意向{mark}")
    page.open_certifications()
    page.press("way-intention")
    page.find("field-model").fill("星途 X7")
    page.press("intention-submit")
    expect(page.page.locator('[data-field="when"].wrong')).to_contain_text("请选择购车时间")
    page.choose("when-half_year")
    page.find("field-budget_fen_max-max").fill("25")
    page.press("intention-submit")
    expect(page.find("certification")).to_have_attribute("data-state", "approved")

    page.press("apply-again")
    page.press("way-invitation")
    page.find("field-invitation_code").fill("ABCDE23456")
    page.press("invitation-submit")
    expect(page.find("refusal-detail")).to_contain_text("这个码不正确")


def test_an_owner_gives_a_seat_by_code_and_takes_it_back(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    owner, driver = f"车主{mark}", f"家人{mark}"
    page.sign_up(owner)
    page.become_owner(owner)
    page.open_mine("vehicles")
    expect(page.find("vehicle")).to_have_attribute("data-role", "owner")
    page.press("seat-offer")
    code = page.find("seat-code").inner_text()
    page.page.keyboard.press("Escape")

    page.sign_up(driver)
    page.open_mine("vehicles")
    page.find("field-code").fill("ABCDE23456")
    page.press("join-submit")
    expect(page.find("refusal-detail")).to_be_visible()
    page.find("field-code").fill(code)
    page.press("join-submit")
    expect(page.find("vehicle")).to_have_attribute("data-role", "co_driver")
    page.press("phone-back")
    expect(page.find("screen")).to_contain_text("共同驾驶人")

    page.sign_in(owner)
    page.open_mine("vehicles")
    expect(page.find("co-driver")).to_contain_text(driver)
    page.press("seat-free")
    expect(page.find("co-driver")).to_have_count(0)


def test_a_car_changes_hands_when_its_owner_says_so(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    seller, buyer = f"卖家{mark}", f"买家{mark}"
    page.sign_up(seller)
    car = page.become_owner(seller)

    page.sign_up(buyer)
    page.apply_for(car)

    page.sign_in(seller)
    page.open_notification("有人申请成为您爱车的车主")
    page.press("transfer-hand_over")
    expect(page.find("certification")).to_have_attribute("data-state", "transferred")
    expect(page.find("holder-identity")).to_have_text("潜客")
    page.sign_in(buyer)
    expect(page.find("holder-identity")).to_have_text("车主")


def test_a_second_wechat_of_the_owner_becomes_one_member_with_the_first(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    first, second = f"主号{mark}", f"小号{mark}"
    page.sign_up(first)
    car = page.become_owner(first)
    page.sign_up(second)
    page.apply_for(car)

    page.sign_in(first)
    page.open_notification("有人申请成为您爱车的车主")
    page.press("transfer-same_person")
    page.sign_in(second)
    page.open_mine("certify")
    page.press("same-person")
    expect(page.find("holder-name")).to_have_text(first)
    expect(page.find("holder-identity")).to_have_text("车主")
