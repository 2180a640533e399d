"""`make deploy STAGE=…`: brings the package to AWS or AWS China, as `deploy/<stage>.json` says."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from botocore.exceptions import BotoCoreError, ClientError

from local import cloud, deployment, package, parameters, say, seed
from local.cloud import Clients
from local.dependencies import Arch
from local.places import REPO

STAGES = ("dev", "prod")
FOLDER = REPO / "deploy"
NEEDED = {"WechatAppid", "WecomCorpid", "WecomAgentid"}
LEFT_TO_US = {"Stage", "SandboxUrl", "CodeBucket", "CodeKey"}


@dataclass(frozen=True)
class Plan:
    """Where a stage is deployed and with which parameters of the template."""

    region: str
    bucket: str
    arch: Arch
    parameters: dict[str, str]
    staff: list[dict[str, Any]]


def main() -> None:
    stage = sys.argv[1] if len(sys.argv) > 1 else ""
    if stage not in STAGES:
        raise say.Failure("Say which stage: `make deploy STAGE=dev` or `make deploy STAGE=prod`.")
    plan = read_plan(FOLDER / f"{stage}.json")
    clients = cloud.real(plan.region)
    stack = f"member-community-{stage}"
    try:
        _check_account(clients, plan)
        _check_secrets(clients, stack)
        ready = package.built(stage, plan.arch)
        with say.step(f"Deploy {stack} to {plan.region}"):
            told = plan.parameters | {"Stage": stage}
            changed = deployment.deploy(clients, stack, ready, bucket=plan.bucket, parameters=told)
            parameters.make_data_keys(clients, stack)
    except (BotoCoreError, ClientError) as error:
        raise say.Failure(f"AWS refused: {error}") from error
    with say.step("Open the boards and appoint the staff"):
        seed.found(stack, plan.staff, env={"AWS_DEFAULT_REGION": plan.region})
    say.line("Deployed." if changed else "Nothing had changed.")
    say.line(f"  API  {deployment.outputs(clients, stack)['EndpointURL']}")


def read_plan(file: Path) -> Plan:
    """Read a stage's file; what is missing or unknown is named."""
    name = f"{file.parent.name}/{file.name}"
    if not file.exists():
        raise say.Failure(f"{name} is missing: copy deploy/sample.json to it and fill it in.")
    try:
        told: dict[str, Any] = json.loads(file.read_text())
    except ValueError as error:
        raise say.Failure(f"{name} is not valid JSON: {error}.") from error
    values: dict[str, str] = told.get("parameters", {})
    missing = [key for key in ("region", "bucket", "staff") if not told.get(key)]
    missing += sorted(f"parameters.{key}" for key in NEEDED if not values.get(key))
    if missing:
        raise say.Failure(f"{name} does not say: {', '.join(missing)}.")
    if ours := sorted(LEFT_TO_US & set(values)):
        raise say.Failure(f"{name} must not set {', '.join(ours)}: the deployment does.")
    arch = told.get("arch", "x86_64")
    if arch not in get_args(Arch):
        raise say.Failure(f"{name}: arch is one of {', '.join(get_args(Arch))}.")
    return Plan(told["region"], told["bucket"], arch, values, told["staff"])


def _check_account(clients: Clients, plan: Plan) -> None:
    try:
        account = clients("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise say.Failure(f"No AWS credentials that work for {plan.region}: {error}") from error
    try:
        clients("s3").head_bucket(Bucket=plan.bucket)
    except ClientError as error:
        raise say.Failure(
            f"Account {account} cannot use the bucket {plan.bucket} for packages: "
            f"create it in {plan.region} (private, versioning not needed) or name another."
        ) from error


def _check_secrets(clients: Clients, stack: str) -> None:
    """Make our own keys on the first deployment; those of WeChat and WeCom only a person can know.

    Data keys are made once the stack has the key that seals them.
    """
    parameters.check_data_keys(clients, stack)
    parameters.make_our_own(clients, stack)
    there = parameters.stored(clients, stack)
    missing = [f"/{stack}/{name}" for name in parameters.OF_THE_PLATFORMS if name not in there]
    if missing:
        raise say.Failure(
            f"Secrets are missing: {', '.join(missing)}. Put each with "
            "`aws ssm put-parameter --type SecureString --name … --value …`."
        )


if __name__ == "__main__":
    say.run(main)
