"""The emulated AWS does what AWS does where it matters, and what it forgets is made up for."""

import base64
import json
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from local import deployment, package, parameters, say, up
from local.cloud import EMULATED_REGION
from local.package import Package
from local.stack import BUCKET, Stack

Acting = Callable[[str], Any]


@pytest.fixture
def acting_as(stack: Stack) -> Iterator[Acting]:
    """Gives clients of somebody who may do what the policy of a Lambda allows."""
    iam = stack.boto("iam")
    with ExitStack() as done:

        def acting(name: str) -> Any:
            policy = json.dumps(policy_of(stack, name))
            user = {"UserName": f"as-{name}"}
            iam.create_user(**user)
            done.callback(iam.delete_user, **user)
            iam.put_user_policy(**user, PolicyName="p", PolicyDocument=policy)
            done.callback(iam.delete_user_policy, **user, PolicyName="p")
            key = iam.create_access_key(**user)["AccessKey"]
            done.callback(iam.delete_access_key, **user, AccessKeyId=key["AccessKeyId"])
            session = boto3.Session(
                key["AccessKeyId"], key["SecretAccessKey"], region_name=EMULATED_REGION
            )
            return lambda service: session.client(service, endpoint_url=stack.emulator_url)

        yield acting


@pytest.fixture
def as_tick(acting_as: Acting) -> Any:
    return acting_as("tick")


def policy_of(stack: Stack, name: str) -> Any:
    role = stack.boto("lambda").get_function_configuration(FunctionName=stack.function(name))
    role_name = role["Role"].rpartition("/")[2]
    iam = stack.boto("iam")
    (policy_name,) = iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    return iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)["PolicyDocument"]


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


def test_only_who_seals_opens_data_keys_and_only_this_stack_s(
    stack: Stack, acting_as: Acting
) -> None:
    ring = parameters.stored(stack.boto, stack.name)[parameters.DATA_KEYS]
    sealed = base64.b64decode(ring.partition(":")[2])
    ours, theirs = {"stack": stack.name}, {"stack": "another"}
    api, tick = acting_as("api_handler")("kms"), acting_as("tick")("kms")
    opened = api.decrypt(CiphertextBlob=sealed, EncryptionContext=ours)["Plaintext"]
    assert len(opened) == 32
    with pytest.raises(ClientError, match="AccessDenied"):
        tick.decrypt(CiphertextBlob=sealed, EncryptionContext=ours)
    foreign = stack.boto("kms").generate_data_key(
        KeyId=f"alias/{stack.name}", KeySpec="AES_256", EncryptionContext=theirs
    )["CiphertextBlob"]
    with pytest.raises(ClientError, match="AccessDenied"):
        api.decrypt(CiphertextBlob=foreign, EncryptionContext=theirs)


def test_files_are_for_who_needs_them(stack: Stack, acting_as: Acting) -> None:
    bucket = f"{stack.name}-media-000000000000"
    api, follower = acting_as("api_handler")("s3"), acting_as("follow_facts")("s3")
    sender = acting_as("send_outbound")("s3")
    api.put_object(Bucket=bucket, Key="licence/l", Body=b"photo")
    assert api.get_object(Bucket=bucket, Key="licence/l")["Body"].read() == b"photo"
    follower.delete_object(Bucket=bucket, Key="licence/l")
    follower.put_object(Bucket=bucket, Key="exports/e", Body=b"zip")
    assert api.get_object(Bucket=bucket, Key="exports/e")["Body"].read() == b"zip"
    follower.delete_object(Bucket=bucket, Key="exports/e")
    with pytest.raises(ClientError, match="NoSuchKey"):
        api.get_object(Bucket=bucket, Key="exports/e")
    not_theirs = (api, "exports/e"), (api, "codes/c"), (follower, "licence/l"), (sender, "codes/c")
    for who, key in not_theirs:
        with pytest.raises(ClientError, match="AccessDenied"):
            who.put_object(Bucket=bucket, Key=key, Body=b"x")
    with pytest.raises(ClientError, match="AccessDenied"):
        sender.get_object(Bucket=bucket, Key="licence/l")


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
