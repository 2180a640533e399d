"""Idempotency keys: a call that is made again joins the first one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import idempotency
from chalicelib.errors import Invalid, Unavailable
from chalicelib.idempotency import KEPT, Claim, ClaimRow, KeyUsedOtherwise

pytestmark = pytest.mark.usefixtures("platform_table")
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def claim(key: str = "k", *, whose: str = "li", what: str = "POST /a", **told: Any) -> Claim:
    given: dict[str, Any] = {"body": b"{}", "request_id": "first", "now": NOW, **told}
    return idempotency.claim(key, whose=whose, what=what, **given)


def test_the_first_call_goes_by_its_own_id_and_time() -> None:
    first = claim()
    assert (first.request_id, first.now, first.replayed) == ("first", NOW, False)


def test_a_call_made_again_goes_by_the_first_ones_id_and_time() -> None:
    claim()
    again = claim(request_id="second", now=NOW + timedelta(minutes=1))
    assert (again.request_id, again.now, again.replayed) == ("first", NOW, True)


def test_the_same_key_with_another_body_is_refused() -> None:
    claim()
    with pytest.raises(KeyUsedOtherwise):
        claim(body=b'{"other": 1}')


@pytest.mark.parametrize("other", [{"whose": "wang"}, {"what": "POST /b"}, {"key": "K"}])
def test_a_key_means_something_only_to_its_caller_and_call(other: dict[str, str]) -> None:
    claim()
    assert not claim(**other, body=b"[]").replayed


def test_a_key_is_forgotten_after_a_day() -> None:
    claim()
    assert claim(now=NOW + KEPT, request_id="x").replayed
    assert not claim(now=NOW + KEPT + timedelta(seconds=1), request_id="x").replayed


def test_a_key_that_dies_while_one_looks_at_it_is_tried_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim()
    look: Callable[..., ClaimRow] = ClaimRow.get

    def too_late(*args: Any, **told: Any) -> ClaimRow:
        for row in ClaimRow.scan():
            row.delete()
        return look(*args, **told)

    monkeypatch.setattr(ClaimRow, "get", too_late)
    with pytest.raises(Unavailable):
        claim(request_id="second")


@pytest.mark.parametrize("key", ["", "k" * 129, "键", "a\nb", "a\x00b"])
def test_a_key_that_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        claim(key)
    assert [error.field for error in refused.value.errors] == ["Idempotency-Key"]


def test_the_longest_key_is_taken() -> None:
    assert not claim("k" * 128).replayed


def test_a_key_is_not_kept_as_it_is(table: Any) -> None:
    claim("key-of-li", body=b"secret-body")
    (row,) = table.scan()["Items"]
    assert "key-of-li" not in str(row)
    assert "secret-body" not in str(row)
