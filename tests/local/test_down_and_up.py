"""What `make down` saves, `make up` finds: rows, secrets, addresses, and what was still on its way."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import parameters, ports
from local import stack as stacks
from local.stack import Stack

A_FACT = {"type": "PostPublished", "id": "fact-1"}


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """A system of this test's own, because it is stopped and started."""
    own = stacks.at(tmp_path, base_port=ports.free(), emulator_port=ports.free(), tied=True)
    stacks.start(own)
    yield own
    own.stop()


def row(stack: Stack, pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "test"}, "fact": {"S": json.dumps(A_FACT | {"id": pk})}}


def put(stack: Stack, pk: str) -> None:
    stack.boto("dynamodb").put_item(TableName=f"{stack.name}-forum", Item=row(stack, pk))


def relays(stack: Stack) -> int:
    """How often relay_facts has run."""
    group = f"/aws/lambda/{stack.function('relay_facts')}"
    pages = stack.boto("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return sum(event["message"].startswith("START") for event in pages.search("events[]"))


def opened_data_key(stack: Stack) -> bytes:
    ring = parameters.stored(stack.boto, stack.name)[parameters.DATA_KEYS]
    sealed = base64.b64decode(ring.partition(":")[2])
    opened = stack.boto("kms").decrypt(
        CiphertextBlob=sealed, EncryptionContext={"stack": stack.name}
    )
    key: bytes = opened["Plaintext"]
    return key


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_everything_survives_and_goes_on(own: Stack) -> None:
    put(own, "before")
    assert eventually(lambda: relays(own) == 1)
    outputs = own.boto("cloudformation").describe_stacks(StackName=own.name)["Stacks"][0]["Outputs"]
    secrets = parameters.stored(own.boto, own.name)
    data_key = opened_data_key(own)
    media = {"Bucket": f"{own.name}-media-000000000000", "Key": "licence/kept"}
    own.boto("s3").put_object(**media, Body=b"picture")
    identity = own.sandbox.identity()

    assert own.stop()
    stacks.start(own)

    assert own.sandbox.identity() == identity
    assert parameters.stored(own.boto, own.name) == secrets
    assert opened_data_key(own) == data_key
    assert own.boto("s3").get_object(**media)["Body"].read() == b"picture"
    after = own.boto("cloudformation").describe_stacks(StackName=own.name)["Stacks"][0]
    assert after["Outputs"] == outputs
    key = {name: row(own, "before")[name] for name in ("pk", "sk")}
    kept = own.boto("dynamodb").get_item(TableName=f"{own.name}-forum", Key=key)
    assert kept["Item"] == row(own, "before")

    # The change after the restart is relayed, and the one before it not again.
    put(own, "after")
    assert eventually(lambda: relays(own) == 2)


def test_a_second_start_changes_nothing(own: Stack) -> None:
    processes = (own.emulator.keeper.running(), own.sandbox.keeper.running())
    stack = own.boto("cloudformation").describe_stacks(StackName=own.name)["Stacks"][0]
    stacks.start(own)
    assert (own.emulator.keeper.running(), own.sandbox.keeper.running()) == processes
    again = own.boto("cloudformation").describe_stacks(StackName=own.name)["Stacks"][0]
    assert again.get("LastUpdatedTime") == stack.get("LastUpdatedTime")


def test_no_lambda_is_left_behind(own: Stack) -> None:
    own.invoke("relay_facts", {"Records": []})
    assert list(own.emulator.workers.glob("ministack-lambda-*")) != []
    own.stop()
    assert own.kill_worker("relay_facts") == 0
    assert list(own.emulator.workers.glob("ministack-lambda-*")) == []
