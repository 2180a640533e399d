"""The few AWS clients that we hold ourselves; DynamoDB goes through PynamoDB (see `tables`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from chalicelib.errors import Unavailable
from chalicelib.settings import BadSetting

_QUICK = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)
# Addresses with the bucket's name and region in front: what is signed for the global address works in
# the first region only. An emulator, which is an IP address, gets the bucket's name in the path.
_S3 = Config(
    signature_version="s3v4",
    s3={"addressing_style": "virtual"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
QUEUE_BATCH_MAX = 10


class KeyServiceSilent(Unavailable):
    """KMS did not open a data key: nothing personal can be read or written for now."""

    code = "key_service_silent"
    text = "个人信息暂时无法读取或保存，请稍后再试"


@cache
def session() -> Session:
    return get_session()


def s3() -> Any:
    """The client of the bucket; `storage` is made of it."""
    return _client("s3")


@cache
def _client(service: str) -> Any:
    config = _QUICK.merge(_S3) if service == "s3" else _QUICK
    return session().create_client(service, config=config)


def data_key(sealed: bytes, *, stack: str) -> bytes:
    """A data key, opened by KMS for the stack that it was made for.

    Refuses: KeyServiceSilent
    """
    kms = _client("kms")
    try:
        answer = kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"stack": stack})
    except kms.exceptions.InvalidCiphertextException as error:
        raise BadSetting("field_keys must be data keys that KMS made for this stack") from error
    except (BotoCoreError, ClientError) as error:
        raise KeyServiceSilent from error
    key: bytes = answer["Plaintext"]
    return key


def parameters_under(path: str) -> dict[str, str]:
    """The decrypted SSM parameters right under a path, by their last name."""
    pages = _client("ssm").get_paginator("get_parameters_by_path")
    found = pages.paginate(Path=path, WithDecryption=True).search("Parameters[]")
    return {parameter["Name"].removeprefix(path): parameter["Value"] for parameter in found}


def enqueue(queue_url: str, bodies: Sequence[str], *, delay_s: int = 0) -> None:
    """Put messages on a queue, all or nothing from the caller's view: any failure refuses.

    Refuses: Unavailable — then some messages may be on the queue already; consumers know repeats
    """
    for start in range(0, len(bodies), QUEUE_BATCH_MAX):
        batch = bodies[start : start + QUEUE_BATCH_MAX]
        entries = [
            {"Id": str(number), "MessageBody": body, "DelaySeconds": delay_s}
            for number, body in enumerate(batch)
        ]
        try:
            answer = _client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable from error
        if answer.get("Failed"):
            raise Unavailable
