"""The sandbox's page in a browser: the main job from signing in to a released post, and the page's manners."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Route, ViewportSize, expect

from tests.browser.conftest import OpenPage

PHONE = ViewportSize(width=390, height=844)
WINDOWS = ("phone", "wecom", "group")
# Where the group has heard enough for a minute, it hears the rest together when the minute tick comes.
IN_THE_GROUP_MS = 180_000


def test_a_newcomer_plays_the_main_job_from_signing_in_to_a_released_post(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    owner, prospect = f"车友{mark}", f"潜客{mark}"

    page.sign_up(owner)
    expect(page.find("holder-identity")).to_have_text("潜客")
    page.write("car-care", f"首保要做什么{mark}", "请教各位车主，首保有哪些项目？")
    expect(page.find("refusal-detail")).to_have_text("认证车主后即可在本板块发帖")
    expect(page.find("unlock-how")).to_contain_text("车主认证")

    page.press("go-certify")
    page.apply_for_certification()
    page.grant("certification_decided")
    page.tap(owner, "通过")
    expect(page.find("certification")).to_have_attribute("data-state", "approved")
    expect(page.find("holder-identity")).to_have_text("车主")
    expect(page.find("service-push")).to_contain_text("车主认证结果通知")
    page.press("service-push-close")
    expect(page.find("group-messages")).to_contain_text(owner, timeout=IN_THE_GROUP_MS)

    shared, secret = f"工时费减半的办法{mark}", f"预约暗号是{secrets.token_hex(8)}"
    page.press("tour-go")
    page.find("publish").get_by_test_id("fill-sample").click()
    page.find("field-title").fill(shared)
    page.find("field-text").fill(secret)
    page.press("publish-submit")
    expect(page.find("post-text-shown")).to_have_text(secret)
    expect(page.find("tour-post")).to_have_attribute("data-done", "true")

    expect(page.find("tour-teaser")).to_have_attribute("data-done", "false")
    page.sign_up(prospect)
    expect(page.find("post-heading")).to_have_text(shared)
    expect(page.find("post-teaser")).to_be_visible()
    expect(page.find("tour-teaser")).to_have_attribute("data-done", "true")
    page.open_board("car-care")
    listed = page.find("post-card").filter(has_text=shared)
    expect(listed.get_by_test_id("post-locked")).to_be_visible()
    page.open_post("car-care", shared)
    expect(page.find("unlock-how")).to_contain_text("车主认证")
    told = page.answers_to_holder()
    assert any(shared in answer for answer in told)
    assert not any(secret in answer for answer in told)

    page.sign_in(owner)
    word, doubtful = f"代办{mark}", f"有人用过代办{mark}吗"
    page.script_verdict(word, "review")
    page.write("car-care", doubtful, "小卡片上看到的，靠谱吗？")
    expect(page.find("held-banner")).to_be_visible()
    page.tap(doubtful, "通过")
    expect(page.find("held-banner")).to_have_count(0)

    page.press("tab-messages")
    expect(page.find("notification").filter(has_text="认证已通过")).to_have_count(1)
    expect(page.find("notification").filter(has_text="通过审核")).to_have_count(1)
    expect(page.page.locator("[data-testid^=tour-][data-done=false]")).to_have_count(0)


def test_a_reader_likes_and_comments_and_is_not_doubled_by_a_reload(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    page.sign_up(f"读者{mark}")
    title = f"预算二十万怎么选{mark}"
    page.write("new-car-shopping", title, "家用，求推荐。")
    page.press("like")
    expect(page.find("like-count")).to_have_text("1")
    page.find("comment-text").fill("同问")
    page.press("comment-submit")
    expect(page.find("comment")).to_have_count(1)

    page.open()
    page.open_post("new-car-shopping", title)
    expect(page.find("like")).to_have_attribute("aria-pressed", "true")
    expect(page.find("comment")).to_have_count(1)


def test_the_customer_service_chat_answers_with_help_and_cards_that_open_posts(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    page.sign_up(f"提问{mark}")
    title = f"试驾感受{mark}"
    page.write("new-car-shopping", title, "底盘很稳。")
    expect(page.find("post-heading")).to_have_text(title)
    page.open_board("new-car-shopping")
    expect(page.find("post-card").filter(has_text=title)).to_be_visible()

    page.press("tab-service")
    page.press("quick-帮助")
    expect(page.find("said-by-service").first).to_contain_text("我的积分")
    page.press("quick-新车选购")
    page.find("program-card").filter(has_text=title).click()
    expect(page.find("post-heading")).to_have_text(title)


def test_what_people_write_stays_text(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    page.sign_up(f"<b>{mark}</b>")
    markup = f"<img src=x onerror=alert(1)>{mark}"
    page.write("new-car-shopping", markup, f"<script>alert(2)</script>{mark}")
    expect(page.find("post-heading")).to_have_text(markup)
    expect(page.find("post-text-shown")).to_have_text(f"<script>alert(2)</script>{mark}")
    assert page.find("post-body").locator("img, script, b:has-text('<b>')").count() == 0


def test_an_api_that_does_not_answer_is_told_in_a_sentence_with_a_way_to_try_again(
    open_page: OpenPage,
) -> None:
    page = open_page()
    failing = re.compile(r"/v1/boards$")

    def fail(route: Route) -> None:
        route.fulfill(status=503, content_type="text/plain", body="down")

    def cut(route: Route) -> None:
        route.abort()

    # Without news the page does not look again by itself.
    page.page.route("**/_sandbox/events", cut)
    page.page.route(failing, fail)
    page.page.reload()
    expect(page.find("problem")).to_contain_text("社区接口暂时没有回应")
    page.page.unroute(failing)
    page.press("retry")
    expect(page.find("board-car-care")).to_be_visible()


def test_a_sheet_is_left_with_escape_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_page()
    page.press("switch-user")
    expect(page.find("sign-in")).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(page.find("sign-in")).to_have_count(0)
    expect(page.find("switch-user")).to_be_focused()


def test_on_a_phone_one_window_shows_at_a_time_and_nothing_is_wider_than_the_screen(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page(PHONE)
    for shown in WINDOWS:
        page.press(f"show-{shown}")
        for window in WINDOWS:
            expect(page.find(window)).to_be_visible(visible=window == shown)
        assert not page.is_wider_than_the_screen()

    page.press("show-phone")
    page.sign_up(f"手机{mark}")
    page.write("new-car-shopping", f"{'长' * 40}{mark}", "W" * 300)
    expect(page.find("post-text-shown")).to_be_visible()
    assert not page.is_wider_than_the_screen()
    for tab in ("messages", "service", "me", "community"):
        page.press(f"tab-{tab}")
        assert not page.is_wider_than_the_screen()
    page.press("tools-toggle")
    expect(page.find("leap-2d")).to_be_visible()
    assert not page.is_wider_than_the_screen()
