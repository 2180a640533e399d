"""How partners sign: the text that is signed, as docs/partner-signing.md specifies it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib import partners
from chalicelib.partners import Signed
from local.partner import signed

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "partner-signing.md"
KEY = "0123456789abcdef0123456789abcdef"


def test_the_documents_example_comes_out_as_it_says() -> None:
    call = Signed("POST", "/v1/partner/archive", {}, b'{"rows":[]}')
    right = partners.signature(call, key=KEY, timestamp="1795320000", nonce="abcdefghijklmnop")
    assert re.findall(r"^[0-9a-f]{64}$", DOCUMENT.read_text(), re.MULTILINE) == [right]


def test_the_documents_sample_signs_as_the_tool_does(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = re.search(r"```python\n(.*?)^body =", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    assert sample
    names: dict[str, object] = {}
    exec(sample[1], names)
    monkeypatch.setattr("time.time", lambda: 1795320000.9)
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "n" * 32)
    told = names["signed"](KEY, "crm", "POST", "/v1/partner/archive", b"{}")  # type: ignore[operator]
    assert told == {
        "Content-Type": "application/json",
        **signed(
            KEY,
            partner_id="crm",
            method="POST",
            path="/v1/partner/archive",
            body=b"{}",
            timestamp="1795320000",
            nonce="n" * 32,
        ),
    }


def test_the_query_is_signed_sorted_and_encoded() -> None:
    def told(**query: str) -> str:
        call = Signed("GET", "/v1/partner/orders", query, b"")
        return partners.signature(call, key=KEY, timestamp="1795320000", nonce="n" * 16)

    by_hand = signed(
        KEY,
        partner_id="crm",
        method="GET",
        path="/v1/partner/orders?after=%E6%B2%AA%26b&limit=20",
        body=b"",
        timestamp="1795320000",
        nonce="n" * 16,
    )
    assert told(limit="20", after="沪&b") == by_hand["Partner-Signature"]
    assert told(limit="20") != told(limit="21") != told()
