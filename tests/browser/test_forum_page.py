"""Reading the forum on the sandbox's page: the feed, search, boards in four orders, what is mine, settings."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import msgspec
import pytest
from playwright.sync_api import ConsoleMessage, Locator, Request, Route, ViewportSize, expect

from chalicelib import ids
from community.forum.slots.rules import NAMES, Kind, Slot
from local.players import Phone
from local.stack import Stack
from mini_program_api.slots import EntryView, PictureView, SlotsView, SlotView
from tests.browser.conftest import DESK, OpenPage
from tests.browser.driver import OPENID_OF_HOLDER, SandboxPage
from tests.journeys.forum import TALK, by_command, items, listed, member_id, publishes, says, until

PHONE = ViewportSize(width=390, height=844)
LAUNCHES = "new-launches"
MINE = (
    "my-posts",
    "my-comments",
    "favourites",
    "history",
    "drafts",
    "follows",
    "followers",
    "settings",
)
POST_IDS = "cards => cards.map(card => card.dataset.postId)"
SCROLLS_SIDEWAYS = "screen => screen.scrollWidth > screen.clientWidth"


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture
def writer(stack: Stack, http: httpx.Client, mark: str) -> Phone:
    """Somebody who wrote before the page was opened."""
    phone = Phone.of_somebody(stack.base, f"作者{mark}", http)
    phone.sign_in()
    phone.did("PUT", "/v1/me", {"nickname": f"作者{mark}"})
    return phone


def holder_of(page: SandboxPage, http: httpx.Client) -> Phone:
    """Who holds the page's phone, with another phone of theirs."""
    openid = page.page.evaluate(OPENID_OF_HOLDER)
    return Phone(page.base, openid, http, page.token_of_holder())


def titled(page: SandboxPage, testid: str, title: str) -> Locator:
    return page.find(testid).filter(has_text=title)


def test_the_feed_says_why_each_post_is_there_and_is_told_what_was_seen_and_opened(
    open_page: OpenPage, writer: Phone, http: httpx.Client, mark: str
) -> None:
    title = f"第一次露营{mark}"
    post_id = publishes(writer, title=title, topics=[f"露营{mark}"])
    page = open_page()
    page.sign_up(f"读者{mark}")
    reader = holder_of(page, http)
    reader.did("PUT", f"/v1/follows/member/{member_id(writer)}")
    until(lambda: post_id in listed(reader, "/v1/feed"), "the post in the feed")

    def tells_of_both(request: Request) -> bool:
        if not request.url.endswith("/v1/feed/events"):
            return False
        told.update((each["kind"], each["post_id"]) for each in request.post_data_json["events"])
        return {("seen", post_id), ("clicked", post_id)} <= told

    told: set[tuple[str, str]] = set()
    with page.page.expect_request(tells_of_both) as telling:
        page.open()
        item = titled(page, "feed-item", title)
        expect(item.get_by_test_id("feed-why")).to_contain_text(f"因为您关注了 作者{mark}")
        cards, reasons = page.find("feed-item"), page.find("feed-why")
        assert all(reasons.all_inner_texts())
        expect(reasons).to_have_count(cards.count())
        shown = cards.evaluate_all(POST_IDS)
        item.scroll_into_view_if_needed()
        item.click()
        expect(page.find("post-heading")).to_have_text(title)
    answer = telling.value.response()
    assert answer
    assert answer.ok
    page.press("phone-back")
    assert page.find("feed-item").evaluate_all(POST_IDS) == shown


def test_search_completes_marks_what_it_found_and_keeps_to_a_board(
    open_page: OpenPage, writer: Phone, mark: str
) -> None:
    topic, title = f"露营{mark}", f"<i>露营</i>怎么装车{mark}"
    post_id = publishes(writer, title=title, text="天幕杆横放。", topics=[topic])
    until(
        lambda: (
            post_id
            in [
                found["post"]["post_id"]
                for found in writer.did("GET", "/v1/search", q=topic)["items"]
            ]
        ),
        "the post in the index",
    )
    until(
        lambda: topic in writer.did("GET", "/v1/search/suggestions", q=topic[:6])["items"],
        "the word",
    )
    page = open_page()
    page.sign_up(f"读者{mark}")
    page.press("open-search")
    page.find("search-input").fill(f"装车{mark}")
    with page.page.expect_response("**/v1/topics/*/posts?*"):
        page.press("search-submit")
    found = titled(page, "found", title)
    expect(found).to_be_visible()
    expect(page.find("open-topic")).to_have_count(0)
    page.find("search-input").fill(topic[:6])
    page.find("suggestion").filter(has_text=topic).click()
    expect(page.find("open-topic")).to_contain_text(f"#{topic}")
    expect(found.locator("mark").filter(has_text="露营")).to_be_visible()
    expect(found.locator("i")).to_have_count(0)

    page.find("search-board").select_option("accessory-deals")
    expect(page.find("results").locator("..")).to_contain_text("没有找到相关内容")
    page.find("search-board").select_option("members-only")
    expect(page.find("refusal")).to_contain_text("车主认证")
    page.find("search-board").select_option(TALK)
    found.click()
    expect(page.find("post-heading")).to_have_text(title)
    page.press("phone-back")
    expect(page.find("search-input")).to_have_value(topic)


@pytest.fixture
def launches(
    stack: Stack, http: httpx.Client, writer: Phone, mark: str
) -> Iterator[dict[str, str]]:
    """A board with a pinned post, a good one, a question with an answer and one without; titles by what they are."""
    titles = {name: f"{name}{mark}" for name in ("pinned", "good", "answered", "open", "plain")}
    kinds = {"answered": "question", "open": "question"}
    made = {
        name: publishes(writer, LAUNCHES, title=title, kind=kinds.get(name, "discussion"))
        for name, title in titles.items()
    }
    answer = says(writer, made["answered"], "下周开始交付。")
    writer.did("PUT", f"/v1/posts/{made['answered']}/accepted/{answer}")
    pinned, good = ({"ID": made[name], "BY": "zhangsan"} for name in ("pinned", "good"))
    by_command(stack, ("post", {"DO": "pin", **pinned}), ("post", {"DO": "feature", **good}))
    # Boards are kept for a minute.
    http.post(f"{stack.base}/_sandbox/clock", json={"ahead_s": 61}).raise_for_status()
    yield titles
    by_command(stack, ("post", {"DO": "unpin", **pinned}))


def test_a_board_shows_its_posts_in_four_orders_and_what_they_are(
    open_page: OpenPage, writer: Phone, launches: dict[str, str]
) -> None:
    def titles(sort: str) -> set[str]:
        found = items(writer, f"/v1/boards/{LAUNCHES}/posts", sort=sort)
        return {post["title"] for post in found} & set(launches.values())

    until(lambda: titles("unanswered") == {launches["open"]}, "the open question alone")
    until(lambda: titles("featured") == {launches["good"]}, "the good post")
    page = open_page()
    page.open_board(LAUNCHES)
    expect(page.find("post-card").first).to_contain_text(launches["pinned"])
    expect(page.find("post-card").first).to_contain_text("置顶")
    expect(titled(page, "post-card", launches["answered"])).to_contain_text("已解决")
    expect(titled(page, "post-card", launches["plain"])).to_be_visible()

    page.press("segment-featured")
    expect(titled(page, "post-card", launches["good"])).to_contain_text("精华")
    expect(titled(page, "post-card", launches["plain"])).to_have_count(0)
    page.press("segment-unanswered")
    expect(titled(page, "post-card", launches["open"])).to_contain_text("提问")
    expect(titled(page, "post-card", launches["answered"])).to_have_count(0)
    titled(page, "post-card", launches["open"]).click()
    page.press("phone-back")
    expect(page.find("segment-unanswered")).to_have_attribute("aria-pressed", "true")
    with page.page.expect_response(lambda answer: "sort=hot" in answer.url) as hot:
        page.press("segment-hot")
    assert hot.value.ok


def test_a_page_without_items_is_passed_over_and_officials_are_named(
    open_page: OpenPage, writer: Phone, mark: str
) -> None:
    title = f"官方答疑{mark}"
    publishes(writer, title=title)

    def answer(route: Route) -> None:
        first, _, cursor = route.request.url.partition("&cursor=")
        if not cursor:
            route.fulfill(json={"items": [], "next_cursor": "behind"})
            return
        page_behind = route.fetch(url=first).json()
        for post in page_behind["items"]:
            post["author"]["badges"] = ["official", "staff"]
        route.fulfill(json=page_behind)

    page = open_page()
    page.page.route(f"**/v1/boards/{TALK}/posts?*", answer)
    page.open_board(TALK)
    card = titled(page, "post-card", title)
    expect(card.locator(".author .chip")).to_have_text(["官方", "工作人员"])
    # The page may be looking again.
    page.page.unroute_all(behavior="ignoreErrors")


def test_what_operators_put_on_the_first_page_leads_to_its_post(
    open_page: OpenPage, writer: Phone, mark: str
) -> None:
    title = f"到店试驾{mark}"
    post_id = publishes(writer, title=title)
    picture = PictureView("/page/icon.svg", "/page/icon.svg", "/page/icon.svg")
    entry = EntryView(
        entry_id=ids.new_id(ids.time_of(post_id), mark),
        kind=Kind.POST,
        ref_id=post_id,
        title="周末试驾",
        picture=picture,
        link=f"pages/post/index?post_id={post_id}",
    )
    slots = [SlotView(slot=slot, name=NAMES[slot], items=[entry]) for slot in Slot]

    def answer(route: Route) -> None:
        route.fulfill(body=msgspec.json.encode(SlotsView(slots)), content_type="application/json")

    page = open_page()
    page.page.route("**/v1/slots", answer)
    page.open()
    expect(page.find(f"slot-{Slot.MEMBERS_ONLY}")).to_contain_text("会员尊享")
    page.find(f"slot-{Slot.HOME_BANNER}").get_by_role("button", name="周末试驾").click()
    expect(page.find("post-heading")).to_have_text(title)


def test_what_i_follow_keep_read_and_began_is_found_under_mine(
    open_page: OpenPage, writer: Phone, http: httpx.Client, mark: str
) -> None:
    title, draft = f"值得收藏{mark}", f"没写完{mark}"
    post_id = publishes(writer, title=title)
    page = open_page()
    page.sign_up(f"读者{mark}")
    reader = holder_of(page, http)
    reader.did("PUT", f"/v1/posts/{post_id}/favourite")
    reader.did("POST", "/v1/me/drafts", {"board_id": TALK, "kind": "discussion", "title": draft})
    page.open_board(TALK)
    page.press("follow-board")
    expect(page.find("follow-board")).to_have_attribute("aria-pressed", "true")

    page.open_mine("favourites")
    titled(page, "post-card", title).click()
    expect(page.find("post-heading")).to_have_text(title)
    page.press("phone-back")
    expect(titled(page, "post-card", title)).to_be_visible()
    page.open_mine("history")
    expect(titled(page, "post-card", title)).to_be_visible()
    page.press("history-clear")
    expect(page.find("post-card")).to_have_count(0)
    page.open_mine("follows")
    expect(page.find("followed")).to_contain_text("新车选购")
    page.press("unfollow")
    expect(page.find("followed")).to_have_count(0)
    page.open_mine("drafts")
    titled(page, "draft", draft).get_by_test_id("draft-open").click()
    expect(page.find("field-title")).to_have_value(draft)


def test_what_i_want_to_hear_of_is_kept(open_page: OpenPage, mark: str) -> None:
    page = open_page()
    page.sign_up(f"安静{mark}")
    page.press("tab-messages")
    page.press("notification-settings")
    expect(page.find("quiet")).to_be_checked()
    expect(page.find("certification-centre")).to_have_count(0)
    for wish in ("quiet", "reaction-centre", "reply-wechat"):
        page.find(wish).uncheck()
    page.press("settings-submit")
    expect(page.find("toast")).to_have_text("已保存")
    page.open()
    page.open_mine("settings")
    for wish in ("quiet", "reaction-centre", "reply-wechat"):
        expect(page.find(wish)).not_to_be_checked()
    for wish in ("reaction-wechat", "reply-centre", "system-wechat"):
        expect(page.find(wish)).to_be_checked()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_is_wider_than_the_screen_and_the_console_stays_silent(
    open_page: OpenPage, writer: Phone, http: httpx.Client, mark: str, size: ViewportSize
) -> None:
    wide = f"没有空格的长词{'W' * 30}"[:40] + mark
    post_id = publishes(writer, title=wide, text="W" * 300, topics=["W" * 20], kind="question")
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page = open_page(size)
    page.page.on("console", hear)
    page.sign_up(f"宽屏{'宽' * 8}{mark}")
    reader = holder_of(page, http)
    reader.did("PUT", f"/v1/posts/{post_id}/favourite")
    reader.did("PUT", f"/v1/follows/topic/{'W' * 20}")
    says(reader, post_id, "W" * 300)
    reader.did("POST", "/v1/me/drafts", {"board_id": TALK, "title": wide, "text": "W" * 300})

    def fits(view: str) -> None:
        expect(page.find("screen").get_by_role("status", name="正在载入")).to_have_count(0)
        screen = page.find("screen").locator(".scroll")
        assert not page.is_wider_than_the_screen(), view
        assert not screen.evaluate(SCROLLS_SIDEWAYS), view

    page.press("feed-next")
    expect(page.find("phone-title")).to_be_in_viewport()
    fits("home")
    page.open_board(TALK)
    expect(titled(page, "post-card", wide)).to_be_visible()
    fits("board")
    page.press("phone-back")
    page.press("open-search")
    page.find("search-input").fill("W" * 50)
    page.press("search-submit")
    fits("search")
    for view in MINE:
        page.open_mine(view)
        fits(view)
    page.press("tab-messages")
    fits("messages")
    assert said == []
