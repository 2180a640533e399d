"""Writing posts and what becomes of them on the sandbox's page: pictures, parts, polls, answers, edits, drafts."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Route, ViewportSize, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver import SandboxPage

BOARD = "new-car-shopping"
CHECK_TAKES_MS = 1500
IS_LOADED = "picture => picture.decode().then(() => picture.naturalWidth > 0)"
SCROLLS_SIDEWAYS = "screen => screen.scrollWidth > screen.clientWidth"
WIDE = "没有空格的长词" * 12

Fill = Callable[[SandboxPage], None]


def write(page: SandboxPage, title: str, text: str, *, board: str = BOARD, fill: Fill) -> None:
    """Fill in a new post with what `fill` adds to it, and publish it."""
    page.open_board(board)
    page.press("new-post")
    page.find("field-title").fill(title)
    page.find("field-text").fill(text)
    fill(page)
    page.press("publish-submit")
    expect(page.find("post-heading")).to_have_text(title)


def comment(page: SandboxPage, text: str) -> None:
    page.find("comment-text").fill(text)
    page.press("comment-submit")
    expect(page.find("comment-text")).to_have_value("")


def said(page: SandboxPage, text: str) -> Locator:
    return page.find("comment").filter(has_text=text)


def with_picture(page: SandboxPage) -> None:
    page.press("picture-sample")
    expect(page.find("chosen-picture")).to_have_attribute("data-ready", "true")


def as_poll(*options: str) -> Fill:
    def fill(page: SandboxPage) -> None:
        page.choose("kind-poll")
        for _ in options[2:]:
            page.press("poll-more")
        for place, text in enumerate(options):
            page.find(f"poll-option-{place}").fill(text)

    return fill


def as_question(page: SandboxPage) -> None:
    page.choose("kind-question")


def test_a_picture_is_uploaded_and_shown_after_its_check(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    page.sign_up(f"摄影{mark}")
    slow = {"when": "after", "delay_ms": CHECK_TAKES_MS, "times": 1}
    page.page.request.post(f"{page.base}/_sandbox/picture-checks", data=slow)
    write(page, f"提车晒图{mark}", "天气正好。", fill=with_picture)
    expect(page.find("picture-unchecked")).to_have_text("审核中")
    expect(page.find("thumbnail")).to_be_visible()
    expect(page.find("picture-unchecked")).to_have_count(0)
    assert page.find("thumbnail").evaluate(IS_LOADED)

    page.sign_up(f"看客{mark}")
    page.open_post(BOARD, f"提车晒图{mark}")
    page.press("picture")
    assert page.find("large-picture").evaluate(IS_LOADED)


def test_a_part_for_owners_is_read_by_owners_and_locked_for_others(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    owner, title = f"车主{mark}", f"保养省钱{mark}"
    secret = f"暗号{secrets.token_hex(8)}"

    def with_part(page: SandboxPage) -> None:
        page.choose("part-owner")
        page.find("part-text").fill(f"报 **{secret}** 即可")

    page.sign_up(owner)
    page.become_owner(owner)
    write(page, title, "办法写在专享内容里。", board="car-care", fill=with_part)
    expect(page.find("post-part-text")).to_have_text(f"报 {secret} 即可")

    page.sign_up(f"潜客{mark}")
    page.open_post("car-care", title)
    expect(page.find("post-text-shown")).to_have_text("办法写在专享内容里。")
    expect(page.find("post-part")).to_have_attribute("data-locked", "true")
    expect(page.find("post-part").get_by_test_id("unlock-how")).to_contain_text("车主认证")
    assert not any(secret in answer for answer in page.answers_to_holder())

    page.sign_in(owner)
    page.open_post("car-care", title)
    expect(page.find("post-part")).to_contain_text("仅车主可见")
    expect(page.find("post-part-text").locator("strong")).to_have_text(secret)


def test_a_poll_shows_its_results_to_who_voted(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    page.sign_up(f"发起{mark}")
    write(page, f"去哪自驾{mark}", "投一票。", fill=as_poll("川西", "海边", "在家"))
    page.find("vote-1").check()
    page.press("vote-submit")
    expect(page.find("poll-result").nth(1)).to_contain_text("1 票 · 100%")

    page.sign_up(f"投票{mark}")
    page.open_post(BOARD, f"去哪自驾{mark}")
    expect(page.find("poll")).not_to_contain_text("100%")
    page.find("vote-0").check()
    page.press("vote-submit")
    expect(page.find("poll-result").nth(0)).to_contain_text("1 票 · 50%")
    page.press("vote-again")
    page.find("vote-1").check()
    page.press("vote-submit")
    expect(page.find("poll-result").nth(1)).to_contain_text("2 票 · 100%")


def test_a_question_is_answered_discussed_and_the_accepted_answer_stands_first(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    asker, helper, title = f"提问{mark}", f"热心{mark}", f"异响怎么办{mark}"
    page.sign_up(asker)
    write(page, title, "冷车哒哒响。", fill=as_question)
    page.sign_up(helper)
    page.open_post(BOARD, title)
    comment(page, "我也想知道")
    expect(page.find("toast")).to_have_text("评论已发送")
    comment(page, "换个机油滤芯试试")

    page.sign_in(asker)
    page.open_post(BOARD, title)
    good = said(page, "换个机油滤芯试试")
    good.get_by_test_id("comment-like").click()
    expect(good.get_by_test_id("comment-like")).to_have_attribute("aria-pressed", "true")
    good.get_by_test_id("comment-answer").click()
    comment(page, f"@{helper} 哪个牌子好？")
    expect(good.get_by_test_id("reply").get_by_test_id("mention")).to_have_text(f"@{helper}")
    good.get_by_test_id("accept").click()
    expect(page.find("comment").first).to_contain_text("已采纳的回答")
    expect(page.find("comment").first).to_contain_text("换个机油滤芯试试")

    page.sign_in(helper)
    page.open_post(BOARD, title)
    page.find("reply-answer").click()
    on_the_way: list[Route] = []

    def hold(route: Route) -> None:
        on_the_way.append(route)

    page.page.route("**/replies?*", hold, times=1)
    comment(page, "原厂的就行")
    second = page.find("reply").filter(has_text="原厂的就行")
    expect(second.get_by_test_id("reply-to")).to_have_text(f"@{asker}")
    expect(page.find("reply").first).to_contain_text("哪个牌子好？")
    on_the_way[0].continue_()
    page.find("reply").first.get_by_test_id("reply-like").click()
    expect(page.find("reply-like").first).to_have_text("赞1")
    second.get_by_test_id("reply-delete").click()
    page.press("comment-delete-confirm")
    expect(second).to_have_count(0)


def test_an_author_edits_sees_what_was_deletes_and_restores(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    page.sign_up(f"作者{mark}")
    before, after = f"初稿{mark}", f"改定{mark}"
    page.write(BOARD, before, "第一版。")
    page.press("post-edit")
    expect(page.find("field-text")).to_have_value("第一版。")
    page.find("field-title").fill(after)
    page.find("field-text").fill("第二版。")
    page.press("publish-submit")
    expect(page.find("post-heading")).to_have_text(after)
    expect(page.find("edited")).to_be_visible()
    page.press("post-edits")
    expect(page.find("version")).to_contain_text([before])
    expect(page.find("version")).to_contain_text(["第一版。"])
    page.press("phone-back")

    page.press("post-delete")
    page.press("post-delete-confirm")
    expect(page.find("deleted-banner")).to_be_visible()
    page.press("post-restore")
    expect(page.find("deleted-banner")).to_have_count(0)
    expect(page.find("like")).to_be_visible()


def test_a_draft_is_kept_and_gone_on_with_and_its_text_is_drawn(
    open_page: OpenPage, mark: str
) -> None:
    page = open_page()
    page.sign_up(f"草稿{mark}")
    page.open_board(BOARD)
    page.press("new-post")
    page.find("field-title").fill(f"待续{mark}")
    as_poll("一", "二")(page)
    page.press("draft-save")
    expect(page.find("toast")).to_have_text("已存为草稿")

    page.open()
    page.open_board(BOARD)
    page.press("new-post")
    page.press("draft-resume")
    expect(page.find("field-title")).to_have_value(f"待续{mark}")
    expect(page.find("poll-option-1")).to_have_value("二")
    page.choose("kind-discussion")
    text = "**要点**\n- 一\n- 二\n> 引用\n[文章](https://mp.weixin.qq.com/s/a) <b>不是标签</b>"
    page.find("field-text").fill(text)
    page.press("publish-submit")
    shown = page.find("post-text-shown")
    expect(shown.locator("strong")).to_have_text("要点")
    expect(shown.locator("li")).to_have_text(["一", "二"])
    expect(shown.locator("blockquote")).to_have_text("引用")
    expect(shown.locator("a")).to_have_attribute("href", "https://mp.weixin.qq.com/s/a")
    expect(shown).to_contain_text("<b>不是标签</b>")

    page.open_board(BOARD)
    page.press("new-post")
    expect(page.find("field-title")).to_be_visible()
    expect(page.find("unfinished")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen_and_the_console_stays_silent(
    open_page: OpenPage, mark: str, width: int
) -> None:
    page = open_page(ViewportSize(width=width, height=844))
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(message.text)

    page.page.on("console", note)
    page.sign_up(f"宽{mark}")

    def fill(page: SandboxPage) -> None:
        as_poll(WIDE[:40], "W" * 40)(page)
        with_picture(page)
        page.find("field-topics").fill(f"{WIDE[:20]} 露营")
        page.find("field-model").fill("W" * 40)
        page.choose("part-t2")
        page.find("part-text").fill(WIDE)
        assert not page.find("screen").locator(".scroll").evaluate(SCROLLS_SIDEWAYS)

    write(page, f"{WIDE[:40]}{mark}", f"> {WIDE}\n- {'W' * 200}", fill=fill)
    comment(page, f"{WIDE}{'W' * 200}")
    expect(page.find("comment")).to_be_in_viewport()
    page.press("comment-answer")
    comment(page, WIDE)
    expect(page.find("reply")).to_be_visible()
    expect(page.find("thumbnail")).to_be_visible()
    page.find("vote-1").check()
    page.press("vote-submit")
    expect(page.find("poll-results")).to_be_visible()
    assert not page.find("screen").locator(".scroll").evaluate(SCROLLS_SIDEWAYS)
    page.press("post-author")
    expect(page.find("member-posts")).to_contain_text(mark)
    assert not page.find("screen").locator(".scroll").evaluate(SCROLLS_SIDEWAYS)
    assert not page.is_wider_than_the_screen()
    assert problems == []
