"""`make deploy`, against the emulated AWS in place of the real one."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import deploy, parameters, say
from local.stack import Stack

STACK = "member-community-dev"
PLAN = {
    "region": "us-east-1",
    "bucket": "packages-of-dev",
    "parameters": {"WechatAppid": "wx1", "WecomCorpid": "ww1", "WecomAgentid": "1"},
    "staff": [{"userid": "zhaoliu", "name": "赵六", "roles": ["moderator"]}],
}


@pytest.fixture
def plan_file(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A description of stage dev, and an AWS that is this machine's."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.emulator_url)
    monkeypatch.setattr(deploy, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["deploy", "dev"])
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(PLAN))
    yield file
    stack.boto("cloudformation").delete_stack(StackName=STACK)


def staff_of(stack: Stack) -> list[dict[str, Any]]:
    found = stack.boto("dynamodb").query(
        TableName=f"{STACK}-platform",
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": "staff"}},
    )
    return [json.loads(item["staff"]["S"]) for item in found["Items"]]


def test_a_stage_is_deployed_when_everything_is_there(
    stack: Stack, plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(say.Failure, match="cannot use the bucket packages-of-dev"):
        deploy.main()
    stack.boto("s3").create_bucket(Bucket=PLAN["bucket"])

    with pytest.raises(say.Failure, match=f"Secrets are missing: /{STACK}/wechat_secret, "):
        deploy.main()
    ours = parameters.stored(stack.boto, STACK)
    assert set(ours) == set(parameters.OUR_OWN)
    parameters.put(stack.boto, STACK, dict.fromkeys(parameters.OF_THE_PLATFORMS, "x"))

    deploy.main()
    assert "Deployed." in capsys.readouterr().out
    assert [colleague["userid"] for colleague in staff_of(stack)] == ["zhaoliu"]
    secrets = parameters.stored(stack.boto, STACK)
    assert ours.items() <= secrets.items()
    assert parameters.DATA_KEYS in secrets

    deploy.main()
    assert "Nothing had changed." in capsys.readouterr().out
    assert parameters.stored(stack.boto, STACK) == secrets
