"""The secrets that a stage makes for itself."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from moto import mock_aws

from local import parameters, say
from tests.cloud import aws

STACK = "member-community-dev"


@pytest.fixture(autouse=True)
def stage() -> Iterator[None]:
    """An account in which the stack has made its master key."""
    with mock_aws():
        key_id = aws("kms").create_key()["KeyMetadata"]["KeyId"]
        aws("kms").create_alias(AliasName=f"alias/{STACK}", TargetKeyId=key_id)
        yield


def data_keys() -> str:
    return parameters.stored(aws, STACK)[parameters.DATA_KEYS]


def test_a_data_key_is_made_by_kms_and_kept_sealed_for_the_stack() -> None:
    parameters.make_data_keys(aws, STACK)
    key_id, _, text = data_keys().partition(":")
    assert key_id == "k1"
    opened = aws("kms").decrypt(
        CiphertextBlob=base64.b64decode(text), EncryptionContext={"stack": STACK}
    )
    assert len(opened["Plaintext"]) == parameters.DATA_KEY_BYTES


def test_keys_that_are_there_stay() -> None:
    parameters.make_our_own(aws, STACK)
    parameters.make_data_keys(aws, STACK)
    made = parameters.stored(aws, STACK)
    parameters.check_data_keys(aws, STACK)
    parameters.make_our_own(aws, STACK)
    parameters.make_data_keys(aws, STACK)
    assert parameters.stored(aws, STACK) == made


def test_a_key_of_an_older_version_stops_everything_and_says_what_to_do() -> None:
    plain = base64.b64encode(bytes(range(32))).decode()
    parameters.put(aws, STACK, {parameters.DATA_KEYS: f"k1:{plain}"})
    with pytest.raises(say.Failure, match="`make clean`") as failure:
        parameters.check_data_keys(aws, STACK)
    assert plain not in str(failure.value)
