"""Each Lambda may do what it does and nothing else."""

import json
import re
from typing import Any

import pytest

from local.places import REPO

FUNCTIONS = (
    "api_handler",
    "relay_facts",
    "follow_facts",
    "fold_counts",
    "work_inbox",
    "send_outbound",
    "shape_pictures",
    "tick",
)
STREAM_READING = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
}
QUEUE_TAKING = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
LOG_WRITING = {"logs:CreateLogStream", "logs:PutLogEvents"}
DONE_BY_AWS_FOR_US = STREAM_READING | QUEUE_TAKING | LOG_WRITING | {"kms:Decrypt"}
EVIDENCE = {
    "dynamodb:BatchGetItem": r"\.batch_get\(",
    "dynamodb:BatchWriteItem": r"\.batch_write\(",
    "dynamodb:ConditionCheckItem": r"\.condition_check\(",
    "dynamodb:GetItem": r"Row\.get\(",
    "dynamodb:PutItem": r"\.save\(",
    "dynamodb:UpdateItem": r"\.update\(",
    "dynamodb:DeleteItem": r"\.delete\(",
    "dynamodb:Query": r"\.(query|count)\(",
    "sqs:SendMessage": r"send_message_batch\(",
    "ssm:GetParametersByPath": r"get_parameters_by_path",
    "s3:DeleteObject": r"delete_object\(",
    "s3:GetObject": r"get_object\(",
    "s3:ListBucket": r"NoSuchKey",
    "s3:PutObject": r"put_object\(",
}
"""What in the code needs an action."""

HOMES = {
    "PlatformTable": ("chalicelib", "community/commons"),
    "PeopleTable": ("community/people",),
    "ForumTable": ("community/forum",),
}
"""Where the rows of a table are at home."""

Statement = dict[str, Any]


def statements(function: str) -> list[Statement]:
    policy = json.loads((REPO / ".chalice" / f"policy-{function}.json").read_text())
    assert policy["Version"] == "2012-10-17"
    found: list[Statement] = policy["Statement"]
    return found


ALL = [pytest.param(f, s, id=f"{f}-{s['Sid']}") for f in FUNCTIONS for s in statements(f)]


def resources_of(statement: Statement) -> list[Any]:
    named = statement["Resource"]
    return named if isinstance(named, list) else [named]


def names_in(resource: Any) -> set[str]:
    """The resources of the template, and pseudo parameters, that a policy's resource names."""
    if "Fn::GetAtt" in resource:
        return {resource["Fn::GetAtt"][0]}
    return {name.partition(".")[0] for name in re.findall(r"\$\{([^}]+)\}", resource["Fn::Sub"])}


def code_in(*folders: str) -> str:
    files = [path for folder in folders for path in (REPO / folder).rglob("*.py")]
    return "\n".join(path.read_text() for path in files)


@pytest.mark.parametrize(("function", "statement"), ALL)
def test_names_no_wildcards(function: str, statement: Statement) -> None:
    assert statement["Effect"] == "Allow"
    assert not [action for action in statement["Action"] if "*" in action]
    assert "*" not in resources_of(statement)


@pytest.mark.parametrize(("function", "statement"), ALL)
def test_names_only_what_exists(
    template: dict[str, Any], function: str, statement: Statement
) -> None:
    pseudo = {"AWS::Partition", "AWS::Region", "AWS::AccountId", "AWS::StackName", "AWS::URLSuffix"}
    for resource in resources_of(statement):
        assert names_in(resource) <= set(template["Resources"]) | pseudo


@pytest.mark.parametrize(("function", "statement"), ALL)
def test_names_only_actions_that_the_code_uses_there(function: str, statement: Statement) -> None:
    for action in set(statement["Action"]) - DONE_BY_AWS_FOR_US:
        for resource in resources_of(statement):
            homes = [home for name in names_in(resource) for home in HOMES.get(name, ())]
            assert re.search(EVIDENCE[action], code_in(*homes or ("chalicelib",))), action


@pytest.mark.parametrize(("function", "statement"), ALL)
def test_an_index_is_read_only_where_the_code_reads_it(function: str, statement: Statement) -> None:
    for resource in resources_of(statement):
        if "/index/" in str(resource):
            assert statement["Action"] == ["dynamodb:Query"]
            (home,) = names_in(resource)
            assert "gsi1.query(" in code_in(*HOMES[home])


SEALS_OR_OPENS = {"api_handler", "follow_facts", "work_inbox", "send_outbound"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_opens_only_the_data_keys_of_its_own_stack(function: str) -> None:
    opening = [
        s["Condition"] for s in statements(function) if "DataMasterKey" in str(s["Resource"])
    ]
    own = {"StringEquals": {"kms:EncryptionContext:stack": {"Ref": "AWS::StackName"}}}
    assert opening == ([own] if function in SEALS_OR_OPENS else [])


@pytest.mark.parametrize(("function", "statement"), ALL)
def test_reaches_files_by_what_they_are_for(function: str, statement: Statement) -> None:
    """To tell what is missing from what is forbidden takes s3:ListBucket, which is on the bucket as a whole."""
    if statement["Action"] == ["s3:ListBucket"]:
        return
    for resource in resources_of(statement):
        if "MediaBucket" in str(resource):
            assert re.fullmatch(r"\$\{MediaBucket\.Arn\}/[a-z]+/\*", resource["Fn::Sub"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_writes_its_own_log_only(function: str) -> None:
    (logging,) = [s for s in statements(function) if LOG_WRITING & set(s["Action"])]
    assert logging["Resource"]["Fn::Sub"].endswith(f"/aws/lambda/${{AWS::StackName}}-{function}:*")


def test_takes_only_from_the_sources_that_the_template_gives_it(
    functions: dict[str, dict[str, Any]],
) -> None:
    for properties in functions.values():
        name = properties["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        events = properties.get("Events", {}).values()
        queues = [e["Properties"]["Queue"] for e in events if e["Type"] == "SQS"]
        streams = [e["Properties"]["Stream"] for e in events if e["Type"] == "DynamoDB"]
        allowed = [(s, set(s["Action"])) for s in statements(name)]
        assert [r for s, a in allowed if a & QUEUE_TAKING for r in resources_of(s)] == queues
        reading = [r for s, a in allowed if "dynamodb:GetRecords" in a for r in resources_of(s)]
        assert sorted(map(str, reading)) == sorted(map(str, streams))


def test_every_policy_belongs_to_a_lambda(functions: dict[str, dict[str, Any]]) -> None:
    deployed = {made["FunctionName"]["Fn::Sub"].partition("-")[2] for made in functions.values()}
    files = {path.stem.removeprefix("policy-") for path in (REPO / ".chalice").glob("policy-*")}
    assert deployed == set(FUNCTIONS) == files
