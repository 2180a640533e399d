"""The clients that we hold ourselves: SQS, SSM and KMS."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.aws import KeyServiceSilent, data_key, enqueue, parameters_under
from chalicelib.errors import Unavailable
from chalicelib.settings import BadSetting
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


@pytest.fixture
def master_key() -> str:
    key_id: str = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    return key_id


def test_a_data_key_opens_for_the_stack_that_it_was_made_for(master_key: str) -> None:
    made = aws("kms").generate_data_key(
        KeyId=master_key, KeySpec="AES_256", EncryptionContext={"stack": "ours"}
    )
    assert data_key(made["CiphertextBlob"], stack="ours") == made["Plaintext"]
    with pytest.raises(BadSetting, match=r"^field_keys must be data keys that KMS made") as bad:
        data_key(made["CiphertextBlob"], stack="theirs")
    assert str(made["CiphertextBlob"]) not in str(bad.value)


@pytest.mark.parametrize("code", ["KMSInternalException", "DisabledException"])
def test_a_key_service_that_does_not_open_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    kms = boto3.client("kms")
    with Stubber(kms) as stubber:
        stubber.add_client_error("decrypt", code)
        monkeypatch.setattr("chalicelib.aws._client", lambda service: kms)
        with pytest.raises(KeyServiceSilent):
            data_key(b"sealed", stack="ours")
