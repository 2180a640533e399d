"""Pages and cursors: a list goes on where it stopped, and nobody can point it elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import reading
from chalicelib.errors import Invalid
from chalicelib.lists import ITEMS_MAX, ITEMS_USUAL, Page, PageQuery, cursor_after, place_of
from chalicelib.signing import signed

pytestmark = pytest.mark.usefixtures("known_secrets")
often = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)


def test_a_cursor_leads_back_to_its_place() -> None:
    assert place_of(cursor_after("01J0", of="board a"), of="board a") == "01J0"


def test_without_a_cursor_a_list_begins_at_its_beginning() -> None:
    assert place_of(None, of="board a") is None


def refused_fields(cursor: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        place_of(cursor, of="board a")
    return [error.field for error in refused.value.errors]


def test_a_cursor_of_another_list_is_refused() -> None:
    assert refused_fields(cursor_after("01J0", of="board b")) == ["cursor"]


@often
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    assert refused_fields(cursor) == ["cursor"]


@pytest.mark.parametrize("value", [1, None, ["01J0"], {"place": "01J0"}])
def test_a_signed_text_that_is_no_place_is_refused(value: object) -> None:
    assert refused_fields(signed(value, purpose="cursor board a")) == ["cursor"]


def test_a_session_is_no_cursor() -> None:
    assert refused_fields(signed("01J0", purpose="session")) == ["cursor"]


def test_a_page_has_twenty_items_unless_asked_otherwise() -> None:
    assert reading.query(PageQuery, {}).limit == ITEMS_USUAL == 20


@pytest.mark.parametrize("limit", [1, 20, ITEMS_MAX])
def test_a_page_may_have_one_to_fifty_items(limit: int) -> None:
    assert reading.query(PageQuery, {"limit": str(limit)}).limit == limit


@pytest.mark.parametrize("limit", ["0", "-1", "51", "1e3", "1.5", "all", "", "9" * 40])
def test_other_limits_are_refused(limit: str) -> None:
    with pytest.raises(Invalid) as refused:
        reading.query(PageQuery, {"limit": limit})
    assert [error.field for error in refused.value.errors] == ["limit"]


def test_a_page_keeps_its_cursor_when_its_items_change() -> None:
    page = Page(items=[1, 2], next_cursor="c").map(str)
    assert (page.items, page.next_cursor) == (["1", "2"], "c")
