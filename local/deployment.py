"""Brings a package to a CloudFormation stack: uploads it, creates or updates the stack, waits for the end."""

import time
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from local import say
from local.cloud import Clients
from local.package import Package

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
POLL_S_MIN, POLL_S_MAX = 0.1, 5.0
NEVER_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")

Parameters = dict[str, str]


def deploy(
    clients: Clients, stack: str, package: Package, *, bucket: str, parameters: Parameters
) -> bool:
    """Make the stack what the package says; whether anything had to change."""
    _upload(clients("s3"), package, bucket)
    template_url = f"{clients('s3').meta.endpoint_url}/{bucket}/{package.template.name}"
    all_parameters = parameters | {"CodeBucket": bucket, "CodeKey": package.code.name}
    request = {
        "StackName": stack,
        "TemplateURL": template_url,
        "Parameters": [_pair(*item) for item in all_parameters.items()],
        "Capabilities": CAPABILITIES,
    }
    cloudformation = clients("cloudformation")
    before = status(cloudformation, stack)
    if before in NEVER_CREATED:
        cloudformation.delete_stack(StackName=stack)
        before = _wait(cloudformation, stack)
    if before in (None, "DELETE_COMPLETE"):
        cloudformation.create_stack(**request, OnFailure="ROLLBACK")
    elif not _update(cloudformation, request):
        return False
    after = _wait(cloudformation, stack)
    if after not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise say.Failure(
            f"The stack {stack} ended in {after}: {_what_failed(cloudformation, stack)}"
        )
    return True


def outputs(clients: Clients, stack: str) -> dict[str, str]:
    described = clients("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}


def status(cloudformation: Any, stack: str) -> str | None:
    try:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    found: str = described["StackStatus"]
    return found


def _pair(key: str, value: str) -> dict[str, str]:
    return {"ParameterKey": key, "ParameterValue": value}


def _upload(s3: Any, package: Package, bucket: str) -> None:
    """Both names carry the hash of what went in, so what is there already is right."""
    for path in (package.code, package.template):
        try:
            s3.head_object(Bucket=bucket, Key=path.name)
        except ClientError:
            s3.upload_file(str(path), bucket, path.name)


def _update(cloudformation: Any, request: dict[str, Any]) -> bool:
    try:
        cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return False
        raise
    return True


def _wait(cloudformation: Any, stack: str) -> str | None:
    for pause_s in _growing_pauses():
        now = status(cloudformation, stack)
        if now is None or not now.endswith("_IN_PROGRESS"):
            return now
        time.sleep(pause_s)
    return None


def _growing_pauses() -> Iterator[float]:
    pause_s = POLL_S_MIN
    while True:
        yield pause_s
        pause_s = min(pause_s * 1.2, POLL_S_MAX)


def _what_failed(cloudformation: Any, stack: str) -> str:
    """The first reason; the later ones mostly say that something was cancelled because of it."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    if not failed:
        return "see its events"
    return f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', 'no reason given')}"
