"""The emulated AWS does what AWS does where it matters, and what it forgets is made up for."""

import json
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from local import deployment, package, say, up
from local.cloud import EMULATED_REGION
from local.package import Package
from local.stack import BUCKET, Stack


@pytest.fixture
def as_tick(stack: Stack) -> Iterator[Any]:
    """Clients of somebody who may do what the policy of `tick` allows."""
    iam = stack.boto("iam")
    role = stack.boto("lambda").get_function_configuration(FunctionName=stack.function("tick"))
    role_name = role["Role"].rpartition("/")[2]
    (policy_name,) = iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)["PolicyDocument"]
    iam.create_user(UserName="as-tick")
    iam.put_user_policy(UserName="as-tick", PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="as-tick")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=EMULATED_REGION)
    yield lambda service: session.client(service, endpoint_url=stack.emulator_url)
    iam.delete_access_key(UserName="as-tick", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="as-tick", PolicyName="p")
    iam.delete_user(UserName="as-tick")


def test_a_lambda_can_import_nothing_but_its_package(stack: Stack) -> None:
    python = stack.emulator.folder / "python"
    for module in ("boto3", "docker", "ministack", "pip"):
        program = ["-c", f"import {module}"]
        done = subprocess.run([python, *program], capture_output=True, text=True, check=False)
        assert f"No module named '{module}'" in done.stderr


def test_what_a_policy_allows_is_allowed(stack: Stack, as_tick: Any) -> None:
    found = as_tick("dynamodb").query(
        TableName=f"{stack.name}-platform",
        IndexName="gsi1",
        KeyConditionExpression="gsi1pk = :p",
        ExpressionAttributeValues={":p": {"S": "nothing"}},
    )
    assert found["Count"] == 0


def test_what_a_policy_does_not_allow_is_denied(stack: Stack, as_tick: Any) -> None:
    key = {"pk": {"S": "member"}, "sk": {"S": "member"}}
    with pytest.raises(ClientError, match="AccessDenied"):
        as_tick("dynamodb").get_item(TableName=f"{stack.name}-people", Key=key)
    with pytest.raises(ClientError, match="AccessDenied"):
        as_tick("ssm").get_parameters_by_path(Path=f"/{stack.name}/")
    queue = stack.boto("sqs").get_queue_url(QueueName=f"{stack.name}-outbound")["QueueUrl"]
    entries = [{"Id": "1", "MessageBody": "b"}]
    with pytest.raises(ClientError, match="AccessDenied"):
        as_tick("sqs").send_message_batch(QueueUrl=queue, Entries=entries)


@pytest.mark.parametrize("district", ["platform", "people", "forum"])
def test_rows_die_at_their_time(stack: Stack, district: str) -> None:
    described = stack.boto("dynamodb").describe_time_to_live(TableName=f"{stack.name}-{district}")
    assert described["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "ttl",
    }


def test_an_unknown_address_is_a_404_problem(stack: Stack) -> None:
    with pytest.raises(HTTPError) as answered:
        urlopen(f"{stack.base}/v1/nothing/here")
    problem = json.load(answered.value)
    assert (answered.value.code, problem["code"]) == (404, "not_found")
    assert answered.value.headers["Content-Type"].startswith("application/problem+json")


def test_a_deployed_stage_cannot_be_given_a_sandbox(stack: Stack) -> None:
    given = {"Stage": "prod", "SandboxUrl": stack.base, "WechatAppid": "wx1"}
    given |= {"WecomCorpid": "ww1", "WecomAgentid": "1"}
    prod = package.built("prod", package.host_arch())
    with pytest.raises(ClientError, match="SandboxUrl can be set in stage local only"):
        deployment.deploy(stack.boto, "refused-prod", prod, bucket=BUCKET, parameters=given)


def test_the_stack_file_says_where_everything_is(stack: Stack) -> None:
    told = up.described(stack)
    assert told["api"] == told["sandbox"] == stack.base
    assert told["console"] is None
    assert told["openapi"] == f"{stack.base}/openapi.json"
    assert set(told["callbacks"]["wechat"]) == {"url", "appid", "token", "aes_key"}
    assert set(told["callbacks"]["wecom"]) == {"url", "corpid", "agentid", "token", "aes_key"}
    assert told["callbacks"]["wecom"]["agentid"] == 1000002


def test_a_killed_worker_is_replaced(stack: Stack) -> None:
    urlopen(f"{stack.base}/health")
    assert stack.kill_worker("api_handler") >= 1
    with urlopen(f"{stack.base}/health") as answer:
        assert json.load(answer)["stage"] == "local"


def test_a_deployment_that_fails_says_why_and_the_next_one_starts_afresh(
    stack: Stack, tmp_path: Path
) -> None:
    layer = "arn:aws:lambda:us-east-1:000000000000:layer:nowhere:1"
    broken = {"Layers": [layer], "Handler": "a.b", "Runtime": "python3.11", "Code": {"ZipFile": ""}}
    with pytest.raises(say.Failure, match=r"ended in ROLLBACK_COMPLETE: Made: .*layer"):
        deploy(stack, tmp_path, {"Type": "AWS::Lambda::Function", "Properties": broken})
    assert deploy(stack, tmp_path, {"Type": "AWS::SNS::Topic"})
    assert not deploy(stack, tmp_path, {"Type": "AWS::SNS::Topic"})


def deploy(stack: Stack, folder: Path, resource: dict[str, Any]) -> bool:
    names = {name: {"Type": "String"} for name in ("CodeBucket", "CodeKey")}
    template = {"Parameters": names, "Resources": {"Made": resource}}
    text = json.dumps(template)
    made = Package(folder / "code.zip", folder / f"{zlib.crc32(text.encode())}.json")
    made.code.write_bytes(b"")
    made.template.write_text(text)
    return deployment.deploy(stack.boto, "once-broken", made, bucket=BUCKET, parameters={})
