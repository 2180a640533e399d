"""Light markdown: what authors write, as a small tree that clients draw without ever meeting HTML.

    **bold**      [words](https://mp.weixin.qq.com/s/…)      [words](/pages/post/index?post_id=…)
    - an item     1. an item     > a quote     an empty line between paragraphs

Everything else is text, as it was written. Why not a library: docs/decisions/0014-light-markdown.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import msgspec

HOSTS = ("mp.weixin.qq.com",)
"""Where links may lead, beside the pages of the mini program: each host, and what is below it."""


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """Some text of one look. `link`: an https address of an allowed host, or a page of the mini program."""

    text: str
    bold: bool = False
    link: str | None = None


class Paragraph(msgspec.Struct, frozen=True, tag_field="kind", tag="paragraph"):
    """Its spans have the line breaks that the author made."""

    spans: tuple[Span, ...]


class Quote(msgspec.Struct, frozen=True, tag_field="kind", tag="quote"):
    spans: tuple[Span, ...]


class Listing(msgspec.Struct, frozen=True, tag_field="kind", tag="list"):
    """`start` is the number of the first item, or null where items have none."""

    start: int | None
    items: tuple[tuple[Span, ...], ...]


Block = Paragraph | Quote | Listing

_ITEM = re.compile(r"[-*] +(?P<text>\S.*)")
_NUMBERED = re.compile(r"(?P<number>[1-9][0-9]{0,2})\. +(?P<text>\S.*)")
_QUOTED = re.compile(r"> ?(?P<text>.*)")
# A bold phrase ends before a blank, begins after one, and stays on its line.
_BOLD = re.compile(r"\*\*(?=[^\s*])(?P<text>[^\n]*?[^\s*])\*\*")
_LINK = re.compile(r"\[(?P<text>[^\[\]\n]*[^\[\]\s][^\[\]\n]*)\]\((?P<address>[^\s)]*)\)")
# Stricter than the web: no name or password before the host, no port, nothing that programs read in
# different ways.
_ADDRESS = re.compile(r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#][^\s\\<>()\"'`]*)?")
_PAGE = re.compile(r"/pages/[A-Za-z0-9_/-]+(?:\?[A-Za-z0-9_=&%.-]*)?")


class _Line(NamedTuple):
    """What a line is part of. Of items, `number` tells which."""

    kind: str
    text: str
    number: int = 0


def blocks(text: str) -> tuple[Block, ...]:
    """What is to be drawn. Links that are not allowed are text: those hosts may have been, once."""
    return tuple(_blocks(text))


def plain(text: str) -> str:
    """The words that are to be seen, for teasers and for those who check them."""
    return "\n".join(_plain_block(block) for block in _blocks(text))


def wrong_links(text: str) -> list[str]:
    """Where links lead to that may not."""
    return [
        found["address"]
        for line in text.splitlines()
        for found in _LINK.finditer(line)
        if not _is_allowed(found["address"])
    ]


def _blocks(text: str) -> Iterator[Block]:
    lines = [_line(line) for line in text.splitlines()]
    for kind, group in groupby(lines, key=lambda line: line.kind):
        found = list(group)
        if kind == "item":
            yield Listing(None, tuple(_spans(line.text) for line in found))
        elif kind == "numbered":
            yield from _numbered(found)
        elif kind == "quote":
            yield Quote(_spans("\n".join(line.text for line in found).strip("\n")))
        elif kind == "text":
            yield Paragraph(_spans("\n".join(line.text for line in found)))


def _line(line: str) -> _Line:
    line = line.strip()
    if not line:
        return _Line("blank", "")
    if found := _ITEM.fullmatch(line):
        return _Line("item", found["text"])
    if found := _NUMBERED.fullmatch(line):
        return _Line("numbered", found["text"], int(found["number"]))
    if found := _QUOTED.fullmatch(line):
        return _Line("quote", found["text"].strip())
    return _Line("text", line)


def _numbered(lines: list[_Line]) -> Iterator[Listing]:
    """One list for each row of numbers that goes up by one: nobody's numbers are changed."""
    for _, group in groupby(enumerate(lines), key=lambda each: each[1].number - each[0]):
        found = [line for _, line in group]
        yield Listing(found[0].number, tuple(_spans(line.text) for line in found))


def _spans(text: str) -> tuple[Span, ...]:
    return tuple(_bold_spans(text))


def _bold_spans(text: str) -> Iterator[Span]:
    place = 0
    for found in _BOLD.finditer(text):
        yield from _link_spans(text[place : found.start()], bold=False)
        yield from _link_spans(found["text"], bold=True)
        place = found.end()
    yield from _link_spans(text[place:], bold=False)


def _link_spans(text: str, *, bold: bool) -> Iterator[Span]:
    place = 0
    for found in _LINK.finditer(text):
        if not _is_allowed(found["address"]):
            continue
        if before := text[place : found.start()]:
            yield Span(before, bold)
        yield Span(found["text"], bold, found["address"])
        place = found.end()
    if rest := text[place:]:
        yield Span(rest, bold)


def _is_allowed(address: str) -> bool:
    if _PAGE.fullmatch(address):
        return True
    found = _ADDRESS.fullmatch(address)
    return found is not None and any(
        found["host"] == host or found["host"].endswith(f".{host}") for host in HOSTS
    )


def _plain_block(block: Block) -> str:
    if isinstance(block, Listing):
        return "\n".join("".join(span.text for span in item) for item in block.items)
    return "".join(span.text for span in block.spans)
