"""Light markdown: what is drawn of what was written, and that nothing else ever is."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from community.forum.markup import rules
from community.forum.markup.rules import Block, Listing, Paragraph, Quote, Span

ARTICLE = "https://mp.weixin.qq.com/s/abc?x=1#top"
PAGE = "/pages/post/index?post_id=01J"


def drawn(text: str) -> tuple[Block, ...]:
    return rules.blocks(text)


def spans(text: str) -> tuple[Span, ...]:
    (block,) = drawn(text)
    assert isinstance(block, Paragraph)
    return block.spans


def test_an_empty_line_begins_another_paragraph_and_a_line_break_stays() -> None:
    assert drawn("一\n二\n\n三") == (Paragraph((Span("一\n二"),)), Paragraph((Span("三"),)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("**重点**", [Span("重点", bold=True)]),
        ("先**重点：**后", [Span("先"), Span("重点：", bold=True), Span("后")]),
        ("**一**和**二**", [Span("一", bold=True), Span("和"), Span("二", bold=True)]),
        ("2**10=1024", [Span("2**10=1024")]),
        ("** 不是 **", [Span("** 不是 **")]),
        ("****", [Span("****")]),
        ("**没完", [Span("**没完")]),
        ("**两\n行**", [Span("**两\n行**")]),
        ("*斜*与_斜_", [Span("*斜*与_斜_")]),
    ],
)
def test_what_is_bold(text: str, found: list[Span]) -> None:
    assert list(spans(text)) == found


@pytest.mark.parametrize("address", [ARTICLE, "https://mp.weixin.qq.com", PAGE, "/pages/a/b"])
def test_a_link_to_where_links_may_lead(address: str) -> None:
    assert spans(f"见[原文]({address})。") == (Span("见"), Span("原文", link=address), Span("。"))
    assert rules.wrong_links(f"[原文]({address})") == []


def test_a_link_may_be_bold() -> None:
    assert spans(f"**看[原文]({PAGE})**") == (
        Span("看", bold=True),
        Span("原文", bold=True, link=PAGE),
    )


@pytest.mark.parametrize(
    "address",
    [
        "http://mp.weixin.qq.com/s",
        "https://evil.example",
        "https://mp.weixin.qq.com.evil.example/",
        "https://evil-mp.weixin.qq.com/",
        "https://mp.weixin.qq.com@evil.example/",
        "https://mp.weixin.qq.com:8443/",
        "https://evil.example\\.mp.weixin.qq.com/",
        "https://MP.weixin.qq.com/",
        "//mp.weixin.qq.com/s",
        "javascript:alert`1`",
        "javascript:alert(1",
        "JaVaScRiPt:alert%281%29",
        "data:text/html,x",
        "/page/../x",
        "/pages/../../x",
        "/pages//evil.example",
        "weixin://dl/business",
        "",
    ],
)
def test_a_link_elsewhere_is_text_and_is_told(address: str) -> None:
    text = f"[点我]({address})"
    assert rules.wrong_links(text) == [address]
    assert spans(text) == (Span(text),)


def test_lists_with_and_without_numbers() -> None:
    assert drawn("- 一\n* **二**\n\n3. 三\n4. 四\n9. 九") == (
        Listing(None, ((Span("一"),), (Span("二", bold=True),))),
        Listing(3, ((Span("三"),), (Span("四"),))),
        Listing(9, ((Span("九"),),)),
    )


@pytest.mark.parametrize("text", ["-5 度", "-", "1.5 升", "0. 零", "1234. 年", "1."])
def test_what_only_looks_like_a_list(text: str) -> None:
    assert drawn(text) == (Paragraph((Span(text),)),)


def test_a_quote_has_its_lines() -> None:
    assert drawn("> 他说\n>\n> **好**\n我说") == (
        Quote((Span("他说\n\n"), Span("好", bold=True))),
        Paragraph((Span("我说"),)),
    )


def test_words_without_their_marks() -> None:
    text = f"**首保**见[原文]({ARTICLE})\n\n- 机油\n- 机滤\n> 不贵"
    assert rules.plain(text) == "首保见原文\n机油\n机滤\n不贵"


# Whatever is written

PIECES = st.sampled_from(
    [
        "**",
        "*",
        "[",
        "](",
        ")",
        "- ",
        "1. ",
        "2. ",
        "> ",
        "\n",
        "\n\n",
        " ",
        "\\",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "data:text/html;base64,x",
        "https://evil.example/x",
        "https://mp.weixin.qq.com/s/x",
        "https://mp.weixin.qq.com@evil.example",
        "/pages/x",
        "&lt;",
        "&#106;",
        "`",
        "```",
        "#",
        "~~",
        "!",
        "|",
        "\u202e",
        "\u200b",
        "车",
        "好",
    ]
)
WRITTEN = st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join)
ALLOWED = re.compile(
    r"(https://([a-z0-9-]+\.)*mp\.weixin\.qq\.com([/?#][^\s\\<>\"'`]*)?|/pages/\S+)"
)


def every_span(blocks: tuple[Block, ...]) -> list[Span]:
    found: list[Span] = []
    for block in blocks:
        for line in block.items if isinstance(block, Listing) else [block.spans]:
            found += line
    return found


def without_marks(text: str) -> str:
    """All that is written, without what can be a mark or a blank: which marks there are, others test."""
    return re.sub(r"[\s*>\[\]()\-.0-9]", "", text)


@given(WRITTEN)
@example("[x](javascript:alert(1))")
@example("**[x](https://evil.example)**")
def test_nothing_can_be_drawn_but_text_and_links_to_where_they_may_lead(text: str) -> None:
    tree: Any = msgspec.to_builtins(drawn(text))
    for block in tree:
        assert set(block) in ({"kind", "spans"}, {"kind", "start", "items"})
    for span in every_span(drawn(text)):
        assert span.link is None or ALLOWED.fullmatch(span.link)


@given(WRITTEN)
def test_what_is_not_a_mark_is_all_there_in_its_order(text: str) -> None:
    seen = without_marks("".join(span.text for span in every_span(drawn(text))))
    written = without_marks("".join(_without_links(line) for line in text.splitlines(True)))
    assert seen == written


def _without_links(line: str) -> str:
    """Addresses of links are not seen; they are what a link's words stand for."""
    return re.sub(
        rf"\[(?P<words>[^\[\]\n]*[^\[\]\s][^\[\]\n]*)\]\({ALLOWED.pattern}\)", r"\g<words>", line
    )


@given(WRITTEN)
def test_words_are_those_that_are_drawn(text: str) -> None:
    words = "".join(span.text for span in every_span(drawn(text)))
    assert rules.plain(text).replace("\n", "") == words.replace("\n", "")


@pytest.mark.parametrize(
    "text", ["**" * 2_500, "[" * 5_000, "[a](" * 1_250, "> " * 2_500, "**a" * 1_666]
)
def test_a_text_made_to_be_slow_is_drawn_whole(text: str) -> None:
    assert without_marks("".join(s.text for s in every_span(drawn(text)))) == without_marks(text)
