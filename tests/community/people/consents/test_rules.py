"""Consents: which version of the privacy notice can be agreed to, and who has to agree anew."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chalicelib.errors import Refusal
from community.people.consents import rules
from community.people.consents.rules import NoSuchNotice, NoticeOutdated, Way
from community.people.members import rules as member_rules
from community.people.members.rules import ConsentNeeded, Notice, State
from tests.builders import a_member

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OLD, NEW = Notice("2026-11", date(2026, 11, 1)), Notice("2027-03", date(2027, 3, 1))


@pytest.fixture
def two_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice has got a newer version."""
    monkeypatch.setattr(member_rules, "NOTICES", (OLD, NEW))


def test_the_newest_notice_can_be_agreed_to(two_notices: None) -> None:
    rules.check_current(NEW.version)


@pytest.mark.parametrize(
    ("version", "refusal"),
    [(OLD.version, NoticeOutdated), ("2026-1", NoSuchNotice), ("", NoSuchNotice)],
)
def test_no_other_can(two_notices: None, version: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        rules.check_current(version, field="consent_version")
    assert [error.field for error in refused.value.errors] == ["consent_version"]


@pytest.mark.parametrize("version", [OLD.version, NEW.version])
def test_what_was_agreed_to_can_be_withdrawn_although_it_is_old(
    two_notices: None, version: str
) -> None:
    rules.check_known(version)


def test_what_never_was_a_notice_cannot_be_withdrawn() -> None:
    with pytest.raises(NoSuchNotice):
        rules.check_known("unheard-of")


def test_joining_is_agreeing_to_the_notice_as_it_is(two_notices: None) -> None:
    consent = rules.joining(NOW)
    assert (consent.version, consent.agreed, consent.way) == (NEW.version, True, Way.JOINING)


# Who has agreed


def test_who_agreed_may_be_written_about() -> None:
    member_rules.check_consented(member_rules.consenting(a_member()))


@pytest.mark.parametrize("consent", [None, OLD.version])
def test_who_did_not_agree_to_the_notice_as_it_is_is_asked_first(
    two_notices: None, consent: str | None
) -> None:
    with pytest.raises(ConsentNeeded) as refused:
        member_rules.check_consented(a_member(consent=consent))
    unlock = refused.value.unlock
    assert unlock
    assert [way.kind for way in unlock.how] == ["agree_to_privacy_notice"]


def test_who_comes_for_the_first_time_agrees_and_who_is_here_is_not_asked_by_the_way() -> None:
    dormant = a_member(state=State.DORMANT)
    assert member_rules.woken(dormant).consent == member_rules.NOTICES[-1].version
    withdrawn = a_member(consent=None)
    assert member_rules.woken(withdrawn) == withdrawn
