"""The sandbox's page as its user handles it: what can be done there, in the words of the page."""

from __future__ import annotations

from playwright.sync_api import Error, Locator, Page, Response, Route, expect

TOKEN_OF_HOLDER = """() => {
  const { user, tokens } = JSON.parse(localStorage.getItem("sandbox.session"));
  return tokens[user.openid];
}"""

OPENID_OF_HOLDER = '() => JSON.parse(localStorage.getItem("sandbox.session")).user.openid'


class SandboxPage:
    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.errors: list[str] = []
        self.answers: list[Response] = []
        page.on("pageerror", self._note_error)
        page.on("response", self._note_answer)

    def open(self) -> None:
        self.page.goto(self.base)
        expect(self.find("live")).to_have_text("实时")
        expect(self.find("board-car-care")).to_be_visible()

    def close(self) -> None:
        self.page.context.close()

    def find(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def press(self, testid: str) -> None:
        self.find(testid).click()

    def sign_up(self, nickname: str) -> None:
        """A new WeChat user takes the phone and signs in."""
        self.press("switch-user")
        self.find("new-user-name").fill(nickname)
        self.press("new-user-submit")
        self._holds_the_phone(nickname)

    def sign_in(self, nickname: str) -> None:
        """A WeChat user who was here before takes the phone."""
        self.press("switch-user")
        self.find("wechat-user").filter(has_text=nickname).click()
        self._holds_the_phone(nickname)

    def open_board(self, board_id: str) -> None:
        self.press("tab-community")
        back = self.find("phone-back")
        while back.is_visible():
            back.click()
        self.press(f"board-{board_id}")
        expect(self.find("new-post")).to_be_visible()

    def write(self, board_id: str, title: str, text: str, *, for_owners: bool = False) -> None:
        """Fill in a new post and send it."""
        self.open_board(board_id)
        self.press("new-post")
        self.find("field-title").fill(title)
        self.find("field-text").fill(text)
        if for_owners:
            self.find("audience-owners").check()
        self.press("publish-submit")

    def open_post(self, board_id: str, title: str) -> None:
        self.open_board(board_id)
        self.find("post-card").filter(has_text=title).click()
        expect(self.find("post-heading")).to_have_text(title)

    def choose(self, testid: str) -> None:
        """Tap a word that can be chosen: its box itself is not seen."""
        self.page.locator("label.pick", has=self.find(testid)).click()
        expect(self.find(testid)).to_be_checked()

    def open_mine(self, view: str) -> None:
        """A view that is reached from 我的."""
        self.press("tab-me")
        back = self.find("phone-back")
        while back.is_visible():
            back.click()
        self.press(f"open-{view}")

    def open_certifications(self) -> None:
        self.open_mine("certify")
        expect(self.find("certify")).to_be_visible()

    def photograph_licence(self) -> None:
        self.press("licence-sample")
        expect(self.find("licence-photo")).to_be_visible()
        expect(self.page.locator("#field-licence_media_id-note")).to_contain_text("已识别")

    def become_owner(self, nickname: str) -> dict[str, str]:
        """Whoever holds the phone is certified; gives what they said of their car."""
        self.open_certifications()
        self.find("certify").get_by_test_id("fill-sample").click()
        fields = ("model", "vin", "plate_number")
        car = {name: self.find(f"field-{name}").input_value() for name in fields}
        self.press("certify-submit")
        self.tap(nickname, "通过")
        expect(self.find("holder-identity")).to_have_text("车主")
        return car

    def apply_for(self, car: dict[str, str]) -> None:
        self.open_certifications()
        for name, value in car.items():
            self.find(f"field-{name}").fill(value)
        self.press("certify-submit")
        expect(self.find("certification")).to_have_attribute("data-state", "submitted")

    def open_notification(self, title: str) -> None:
        self.press("tab-messages")
        self.find("notification").filter(has_text=title).click()

    def apply_for_certification(self) -> None:
        self.find("certify").get_by_test_id("fill-sample").click()
        self.press("certify-submit")
        expect(self.find("certification")).to_have_attribute("data-state", "submitted")

    def grant(self, template: str) -> None:
        """Allow one subscribe message, in the sheet that WeChat shows."""
        self.press(f"subscribe-{template}")
        self.press("subscribe-accept")
        expect(self.find("subscribe-sheet")).to_have_count(0)

    def card(self, about: str) -> Locator:
        """The card in the moderator's WeCom that is about something."""
        return self.find("wecom-card").filter(has_text=about)

    def tap(self, about: str, button: str) -> None:
        """Press a button of a card; the card then says who decided."""
        self.card(about).get_by_test_id(f"card-button-{button}").click()
        expect(self.card(about).get_by_test_id("card-decided")).to_have_text(f"已由 张三 {button}")

    def script_verdict(self, word: str, suggest: str) -> None:
        self.find("verdict-word").fill(word)
        self.find("verdict-suggest").select_option(suggest)
        self.press("verdict-set")
        expect(self.find("tool-status")).to_contain_text(word)

    def answers_to_holder(self) -> list[str]:
        """Every answer that the API gave to whoever holds the phone now."""
        mine = self.token_of_holder()
        asked = [
            a for a in self.answers if a.request.headers.get("authorization") == f"Bearer {mine}"
        ]
        return [answer.text() for answer in asked if answer.status != 204]

    def token_of_holder(self) -> str:
        return str(self.page.evaluate(TOKEN_OF_HOLDER))

    def give_fresh_token(self) -> str:
        """The next answer about me brings a fresh token, as it does for a session that has aged."""
        openid = self.page.evaluate(OPENID_OF_HOLDER)
        ask = self.page.request
        code = ask.post(f"{self.base}/_sandbox/users/{openid}/login-code").json()["code"]
        token = str(ask.post(f"{self.base}/v1/session", data={"code": code}).json()["token"])

        def answer(route: Route) -> None:
            said = route.fetch()
            route.fulfill(response=said, headers={**said.headers, "Session-Token": token})

        self.page.route("**/v1/me", answer, times=1)
        return token

    def is_wider_than_the_screen(self) -> bool:
        wider = "document.documentElement.scrollWidth > window.innerWidth"
        return bool(self.page.evaluate(wider))

    def _holds_the_phone(self, nickname: str) -> None:
        expect(self.find("sign-in")).to_have_count(0)
        expect(self.find("holder-name")).to_have_text(nickname)

    def _note_answer(self, answer: Response) -> None:
        self.answers.append(answer)

    def _note_error(self, error: Error) -> None:
        self.errors.append(str(error))
