"""What was measured, for three readers: who waits at the keyboard, who reads the docs, and programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from bench.capacity import Line
from bench.figures import Figure
from bench.operation import Budget
from local import say
from local.places import LOCAL, REPO

DOCUMENT = REPO / "docs" / "figures.md"
DATA = LOCAL / "bench.json"

_HEAD = """\
# Figures

Written by `make bench`; do not edit. CPU is user + system time of the measured process and differs between
machines; the ratios differ less, because both sides were measured in turns in one run: their median is
given. Of times, the first quartile is: what else runs on a machine only adds. Units are exact.
"""
_UNITS_HEAD = """\
## What operations cost in DynamoDB

Counted at the client by `bench/meter.py` from the sizes of items, by DynamoDB's published arithmetic. Texts
are as long as they may be and Chinese (title 50 characters, teaser 80, nickname 20; comments have 50). What
it costs to know who calls is the first line, and is in none of the others. `tests/bench/test_capacity.py`
fails when a number changes.
"""
_HOW = """\
## How it is measured, and what it does not say

* **Cold** (1–3): fresh processes that see nothing but the unpacked package (`python -I -S`), in turns. The
  other side of figure 1 is botocore and one DynamoDB client from the same package. Figure 3 is the whole
  way of WeCom's URL check: the Lambda is imported, the secrets are fetched from a local SSM over HTTP,
  the sealed text is opened.
* **Warm** (4, 5): the Lambda's entry is called in one process with events as API Gateway makes them.
  DynamoDB's answers are canned at the HTTP seam, so neither its time nor the network's is in the figure.
  The bare handler asks the same queries through botocore as it comes and writes the same page with `json`,
  without session, rules, cursor, ETag and log line. A guest's page is one query; a member's is two (cards,
  and which of them they like). Ours takes less than the bare one because items skip botocore's walk
  through the service's model (`chalicelib/tables.py`) and lists skip PynamoDB's row objects.
* **Units** (8, 9, 10 and the table): every operation ran on the emulator among 10^3 and then 10^5 rows; pages
  of lists ran on dynalite with 10^3, 10^5 and 10^6 rows in one partition.
* **A like is one unit, and is counted in batches**: what comes within five seconds is noted on each reaction
  and counted on the post's card in one transaction per 40 members. Under 10,000 likes a minute on one post every
  partition is watched; the clock stands still while a window's work is done, so it is asked for more in that
  second than it would be.
* **Lists that are no board's** (topic, model, author, favourites, history, search) read each card by itself: half
  a unit each, 10 for a page. Which of them the reader likes is one bounded read for each board on the page.
* **Pinned posts** are in memory with the boards. Whether a member likes one that is older than the page is half a
  unit more: three at most, on the first page. Guests pay nothing for them.
* **Longest texts**: the table is measured with them. A page of 20 posts that *all* have the longest title, teaser
  and nickname and a cover is half a unit more than it says. So is one of which a member keeps all posts.
* **A retry-safe publish costs one unit more** than the budget's five: the row of its Idempotency-Key.
"""


def show(lines: Sequence[Line], figures: Sequence[Figure]) -> None:
    say.line("")
    for figure in figures:
        number = f"{figure.number:>2}" if figure.number else "  "
        say.line(f"{number}  {figure.what}")
        goal = "" if figure.goal is None else f"   goal {figure.shown_goal}, limit {figure.limit}"
        say.line(f"      {figure.shown}{goal}   {figure.verdict}   ({figure.note})")
    say.line("\n   RCU   WCU  calls  budget")
    for line in lines:
        cost, budget = line.cost, line.operation.budget
        verdict = "" if budget is None else ("✓" if line.is_met else "✗ missed")
        units = f"{cost.reads:6.1f}{cost.writes:6.0f}{cost.calls:7}"
        say.line(f"{units}  {_budget(budget):22}{line.operation.name}   {verdict}")
    met = [f.is_met for f in figures if f.goal is not None]
    met += [line.is_met for line in lines if line.operation.budget]
    say.line(f"\n{sum(met)} of {len(met)} goals are met.")


def write(lines: Sequence[Line], figures: Sequence[Figure]) -> None:
    DOCUMENT.write_text(
        "\n".join([_HEAD, *_figures(figures), "", _UNITS_HEAD, *_units(lines), "", _HOW])
    )
    data = {
        "figures": [{**asdict(figure), "met": figure.is_met} for figure in figures],
        "operations": [
            {"name": line.operation.name, **asdict(line.cost), "met": line.is_met} for line in lines
        ],
    }
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    say.line(f"Written: {DOCUMENT.relative_to(REPO)}, {DATA.relative_to(REPO)}")


def _figures(figures: Iterable[Figure]) -> list[str]:
    rows = ["| # | what | measured | goal | limit | | |", "|---|---|---|---|---|---|---|"]
    return rows + [
        f"| {f.number or ''} | {f.what} | {f.shown} | {f.shown_goal} | {f.limit} | {f.verdict} | {f.note} |"
        for f in figures
    ]


def _units(lines: Iterable[Line]) -> list[str]:
    rows = ["| operation | RCU | WCU | calls | budget | |", "|---|---|---|---|---|---|"]
    return rows + [
        f"| {line.operation.name} | {line.cost.reads:g} | {line.cost.writes:g} | {line.cost.calls} "
        f"| {_budget(line.operation.budget)} "
        f"| {'' if line.operation.budget is None else '✓' if line.is_met else '✗ missed'} |"
        for line in lines
    ]


def _budget(budget: Budget | None) -> str:
    if budget is None:
        return "–"
    pairs = ((budget.reads, "RCU"), (budget.writes, "WCU"))
    return ", ".join(f"≤ {most:g} {unit}" for most, unit in pairs if most is not None)
