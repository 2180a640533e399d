"""Front door: codes that one person hands to another, good for one use and for a while."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from pynamodb.transactions import TransactWrite

from chalicelib import crypto
from chalicelib.tables import Overtaken
from community.commons.codes import records, rules
from community.commons.codes.rules import Code, Issued, Purpose


def issue(
    purpose: Purpose,
    *,
    issuer_id: str,
    subject_id: str | None = None,
    valid_for: timedelta,
    request_id: str,
    now: datetime,
) -> Issued:
    """A code to hand over; every try of a request gives the same one."""
    seed = f"{purpose} {issuer_id} {subject_id} {request_id}"
    letters = rules.letters(crypto.lookup_hash("new code", seed))
    code = Code(
        purpose=purpose, issuer_id=issuer_id, subject_id=subject_id, expires_at=now + valid_for
    )
    with suppress(Overtaken):
        records.add(letters, code)
    kept = records.find(letters)
    assert kept
    return Issued(letters, kept.expires_at)


def usable(typed: str, purpose: Purpose, *, now: datetime, by: str | None = None) -> Code:
    """What a code opens that a member typed; see `rules.check_usable`.

    Refuses: CodeUnknown, CodeUsed, CodeExpired
    """
    return rules.check_usable(records.find(rules.tidied(typed)), purpose, now=now, by=by)


def use_in(write: TransactWrite, typed: str, *, by: str, now: datetime) -> None:
    """Join the transaction of what the code opens, which is overtaken if somebody used it meanwhile."""
    records.use(write, rules.tidied(typed), by=by, now=now)
