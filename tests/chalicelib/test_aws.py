"""The clients that we hold ourselves: SQS and SSM."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.aws import enqueue, parameters_under
from chalicelib.errors import Unavailable
from tests.cloud import aws


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def queue() -> str:
    url: str = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    return url


def waiting(queue: str) -> list[str]:
    bodies: list[str] = []
    while got := aws("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in got]
    return bodies


def test_more_messages_than_a_batch_takes_are_all_queued(queue: str) -> None:
    bodies = [f"m{number}" for number in range(23)]
    enqueue(queue, bodies)
    assert sorted(waiting(queue)) == sorted(bodies)


def test_nothing_to_queue_asks_nobody() -> None:
    enqueue("https://queue.invalid/q", [])


def test_a_delayed_message_is_not_seen_at_once(queue: str) -> None:
    enqueue(queue, ["later"], delay_s=60)
    assert waiting(queue) == []


def test_a_queue_that_is_not_there_is_unavailable(queue: str) -> None:
    aws("sqs").delete_queue(QueueUrl=queue)
    with pytest.raises(Unavailable):
        enqueue(queue, ["m"])


def test_a_message_that_a_queue_refused_fails_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    class HalfDeaf:
        def send_message_batch(self, **_: object) -> dict[str, list[dict[str, str]]]:
            return {"Successful": [{"Id": "0"}], "Failed": [{"Id": "1", "Code": "InternalError"}]}

    monkeypatch.setattr("chalicelib.aws._client", lambda service: HalfDeaf())
    with pytest.raises(Unavailable):
        enqueue("https://queue.invalid/q", ["a", "b"])


def test_parameters_are_read_decrypted_over_all_pages() -> None:
    for number in range(12):
        aws("ssm").put_parameter(
            Name=f"/stack/secret-{number}", Value=f"v{number}", Type="SecureString"
        )
    found = parameters_under("/stack/")
    assert found == {f"secret-{number}": f"v{number}" for number in range(12)}


def test_another_stacks_parameters_are_not_read() -> None:
    aws("ssm").put_parameter(Name="/stack-2/secret", Value="v", Type="SecureString")
    assert parameters_under("/stack/") == {}
