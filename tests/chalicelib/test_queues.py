"""The queue loop: what comes again, what is dropped, and that one message does not sink the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound, Refusal, TooMany, Unavailable
from chalicelib.queues import each_group, each_job, each_record
from tests.events import failed_in


@dataclass
class Message:
    body: str

    def to_dict(self) -> dict[str, str]:
        return {"messageId": f"id of {self.body}"}


def run(raising: dict[str, BaseException], *bodies: str) -> tuple[list[str], list[str]]:
    """Which messages were handled to the end, and which are to come again."""
    done = []

    def handle(body: str) -> None:
        if body in raising:
            raise raising[body]
        done.append(body)

    return done, failed_in(each_record([Message(body) for body in bodies], handle))


def test_handled_messages_do_not_come_again() -> None:
    assert run({}, "a", "b") == (["a", "b"], [])


def test_a_broken_message_does_not_sink_its_batch() -> None:
    assert run({"b": KeyError("bug")}, "a", "b", "c") == (["a", "c"], ["id of b"])


def test_what_met_silence_comes_again() -> None:
    assert run({"a": Unavailable()}, "a", "b") == (["b"], ["id of a"])


@pytest.mark.parametrize("refusal", [Invalid(), NotFound(), Conflict(), TooMany()])
def test_a_refusal_is_an_answer_and_drops_the_message(refusal: Refusal) -> None:
    assert run({"a": refusal}, "a", "b") == (["b"], [])


def test_the_body_of_a_message_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    run({"秘密": ValueError("秘密")}, "秘密")
    assert "ValueError" in (said := capsys.readouterr().out)
    assert "秘密" not in said.replace("id of 秘密", "")


def run_groups(raising: dict[str, BaseException], *bodies: str) -> tuple[list[str], list[str]]:
    """Which groups were handled, and which messages are to come again. A group is a first letter."""
    done: list[str] = []

    def handle(members: Sequence[str]) -> None:
        if members[0][0] in raising:
            raise raising[members[0][0]]
        done.append(" ".join(members))

    return done, failed_in(each_group([Message(b) for b in bodies], lambda body: body[0], handle))


def test_what_belongs_together_is_handled_at_once() -> None:
    assert run_groups({}, "a1", "b1", "a2") == (["a1 a2", "b1"], [])


@pytest.mark.parametrize("failure", [Unavailable(), KeyError("bug"), Conflict()])
def test_a_group_that_fails_comes_again_as_a_whole_and_sinks_no_other(
    failure: BaseException,
) -> None:
    assert run_groups({"a": failure}, "a1", "b1", "a2") == (["b1"], ["id of a1", "id of a2"])


def test_a_message_that_belongs_nowhere_comes_again_alone() -> None:
    assert run_groups({}, "", "a1") == (["a1"], ["id of "])


NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_jobs_are_run_and_what_they_gave_is_told() -> None:
    assert each_job({"one": lambda now: now.year, "two": lambda now: 2}, now=NOW) == {
        "one": 2026,
        "two": 2,
    }


def test_whichever_job_fails_all_are_run_and_the_first_failure_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = []

    def fails(failure: Exception, now: datetime) -> int:
        done.append(now)
        raise failure

    def works(now: datetime) -> int:
        done.append(now)
        return 1

    jobs = {"a": partial(fails, KeyError("秘密")), "b": works, "c": partial(fails, Unavailable())}
    with pytest.raises(KeyError):
        each_job(jobs, now=NOW)
    assert done == [NOW] * 3
    said = capsys.readouterr().out
    assert ('"job":"a"' in said, '"job":"c"' in said, "秘密" in said) == (True, True, False)
