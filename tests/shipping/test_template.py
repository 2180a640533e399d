"""What the template promises: nothing is lost quietly, nothing is open, and it deploys in China too."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.package import Package
from local.placeholders import SETTINGS
from local.places import REPO, VENV

REGIONS = ("us-east-1", "cn-northwest-1")
WAIT_OF_A_QUEUE = 6
"""AWS: a queue's visibility timeout should be at least six times its function's timeout."""

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> Resources:
    return {
        name: made["Properties"] | {"Type": made["Type"]}
        for name, made in template["Resources"].items()
    }


def of_type(resources: Resources, kind: str) -> Resources:
    return {name: made for name, made in resources.items() if made["Type"] == kind}


def queues_with_a_consumer(functions: Resources) -> dict[str, dict[str, Any]]:
    """Queue → the function that takes from it."""
    found = {}
    for properties in functions.values():
        for event in properties.get("Events", {}).values():
            if event["Type"] == "SQS":
                found[event["Properties"]["Queue"]["Fn::GetAtt"][0]] = properties
    return found


def streams(functions: Resources) -> list[dict[str, Any]]:
    events = functions["RelayFacts"]["Events"].values()
    return [event["Properties"] for event in events if event["Type"] == "DynamoDB"]


def test_cfn_lint_finds_nothing(package: Package) -> None:
    command = [str(VENV / "bin" / "cfn-lint"), str(package.template), "--regions", *REGIONS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_lambdas_are_told_every_setting(template: dict[str, Any]) -> None:
    told = template["Globals"]["Function"]["Environment"]["Variables"]
    assert set(told) == set(SETTINGS) | {"SANDBOX_URL", "SECRETS_VERSION"}


def test_every_lambda_says_what_it_needs(functions: Resources) -> None:
    for name, properties in functions.items():
        assert properties["MemorySize"] >= 256, name
        assert properties["Timeout"] <= 30, name
        assert properties["LoggingConfig"]["LogGroup"] == {"Ref": f"{name}Logs"}
        assert "Environment" not in properties, f"{name} would not get the common settings"


def test_every_lambda_has_a_role_of_its_own(functions: Resources) -> None:
    roles = [properties["Role"]["Fn::GetAtt"][0] for properties in functions.values()]
    assert len(roles) == len(set(roles))


def test_every_log_group_forgets(resources: Resources) -> None:
    assert all(
        "RetentionInDays" in made for made in of_type(resources, "AWS::Logs::LogGroup").values()
    )


def test_what_a_queue_cannot_deliver_is_kept_and_alarms(
    functions: Resources, resources: Resources
) -> None:
    consumed = queues_with_a_consumer(functions)
    assert set(consumed) == {
        "FactsQueue",
        "InboxQueue",
        "OutboundQueue",
        "PicturesQueue",
        "CountsQueue",
    }
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    watched = [alarm["Dimensions"][0]["Value"] for alarm in alarms]
    for name in consumed:
        kept_in = resources[name]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert {"Fn::GetAtt": [kept_in, "QueueName"]} in watched


def test_a_message_comes_again_only_when_its_function_has_surely_ended(
    functions: Resources, resources: Resources
) -> None:
    for name, properties in queues_with_a_consumer(functions).items():
        condition, on_this_machine, deployed = resources[name]["VisibilityTimeout"]["Fn::If"]
        assert condition == "IsLocal"
        assert on_this_machine >= properties["Timeout"]
        assert deployed >= WAIT_OF_A_QUEUE * properties["Timeout"]


def test_queues_take_partial_failures(functions: Resources) -> None:
    events = [event for made in functions.values() for event in made.get("Events", {}).values()]
    taken = [event["Properties"] for event in events if event["Type"] == "SQS"]
    assert all(event["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for event in taken)


def test_only_a_few_senders_speak_at_once(functions: Resources) -> None:
    (event,) = functions["SendOutbound"]["Events"].values()
    assert 2 <= event["Properties"]["ScalingConfig"]["MaximumConcurrency"] <= 10


def test_changes_of_every_table_are_relayed(functions: Resources, resources: Resources) -> None:
    relayed = {stream["Stream"]["Fn::GetAtt"][0] for stream in streams(functions)}
    assert relayed == set(of_type(resources, "AWS::DynamoDB::Table"))


def test_one_poison_change_blocks_no_stream(functions: Resources) -> None:
    for stream in streams(functions):
        assert stream["BisectBatchOnFunctionError"] is True
        assert 0 < stream["MaximumRetryAttempts"] <= 100
        assert 0 < stream["MaximumRecordAgeInSeconds"] <= 24 * 3600
        assert stream["DestinationConfig"]["OnFailure"]["Destination"] == {
            "Fn::GetAtt": ["RelayDlq", "Arn"]
        }
        assert stream["StartingPosition"] == "TRIM_HORIZON"


def test_only_rows_with_a_fact_are_relayed(functions: Resources) -> None:
    for stream in streams(functions):
        (only,) = stream["FilterCriteria"]["Filters"]
        assert json.loads(only["Pattern"]) == {
            "eventName": ["INSERT", "MODIFY"],
            "dynamodb": {"NewImage": {"fact": {"S": [{"exists": True}]}}},
        }


def test_tables_outlive_mistakes(template: dict[str, Any], resources: Resources) -> None:
    for name, table in of_type(resources, "AWS::DynamoDB::Table").items():
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert template["Resources"][name]["UpdateReplacePolicy"] == "Retain"


def test_what_seals_and_what_was_uploaded_outlive_mistakes(template: dict[str, Any]) -> None:
    for name in ("DataMasterKey", "MediaBucket"):
        assert template["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert template["Resources"][name]["UpdateReplacePolicy"] == "Retain"


def test_the_master_key_is_turned_over_every_year(resources: Resources) -> None:
    assert resources["DataMasterKey"]["EnableKeyRotation"] is True
    assert resources["DataMasterKeyAlias"]["TargetKeyId"] == {"Ref": "DataMasterKey"}


def test_the_bucket_is_private_and_encrypted(resources: Resources) -> None:
    (bucket,) = of_type(resources, "AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    # What is deleted has to be gone: no older version of it may stay.
    assert "VersioningConfiguration" not in bucket


def test_the_bucket_is_reached_over_tls_only(template: dict[str, Any]) -> None:
    policy = template["Resources"]["MediaBucketPolicy"]
    assert policy["Condition"] == "IsDeployed"
    (only,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (only["Effect"], only["Principal"], only["Action"]) == ("Deny", "*", "s3:*")
    assert only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_exports_do_not_stay(resources: Resources) -> None:
    rules = resources["MediaBucket"]["LifecycleConfiguration"]["Rules"]
    assert [r["ExpirationInDays"] for r in rules if r.get("Prefix") == "exports/"] == [2]


def test_queues_are_encrypted(resources: Resources) -> None:
    assert all(
        q["SqsManagedSseEnabled"] is True for q in of_type(resources, "AWS::SQS::Queue").values()
    )


def test_every_failure_reaches_somebody(functions: Resources, resources: Resources) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in alarms)
    watched = {
        (alarm["MetricName"], json.dumps(alarm["Dimensions"][0]["Value"])) for alarm in alarms
    }
    for name in functions:
        assert ("Errors", json.dumps({"Ref": name})) in watched
    assert {"5XXError", "IteratorAge", "ApproximateAgeOfOldestMessage"} <= {
        metric for metric, _ in watched
    }


def test_the_gateway_s_own_answers_are_problem_documents(resources: Resources) -> None:
    for kind, response in resources["RestAPI"]["GatewayResponses"].items():
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert {"type", "title", "code", "detail"} <= set(problem), kind
        assert str(problem.get("status")) == str(response.get("StatusCode")), kind
        content_type = response["ResponseParameters"]["Headers"]["Content-Type"]
        assert "application/problem+json" in content_type


def test_the_access_log_holds_no_query_and_no_caller(resources: Resources) -> None:
    logged = set(json.loads(resources["RestAPI"]["AccessLogSetting"]["Format"]).values())
    private = ("$context.path", "$context.identity", "query", "authorizer")
    assert not [value for value in logged if value.startswith(private) or "query" in value.lower()]


def test_the_api_has_one_stage_that_is_limited(
    resources: Resources, template: dict[str, Any]
) -> None:
    (limit,) = resources["RestAPI"]["MethodSettings"]
    assert (limit["ResourcePath"], limit["HttpMethod"]) == ("/*", "*")
    # Without it SAM adds a second stage that has no limits.
    assert template["Globals"]["Api"]["OpenApiVersion"] == "2.0"


def test_it_is_at_home_in_every_partition() -> None:
    for file in (REPO / ".chalice").glob("*.json"):
        text = re.sub(
            r'"[a-z]+\.amazonaws\.com"', "", file.read_text()
        )  # Names of services are the same in China.
        assert "arn:aws" not in text, file.name
        assert "amazonaws.com" not in text, file.name


def test_the_sandbox_cannot_be_switched_on_in_a_deployed_stage(template: dict[str, Any]) -> None:
    rule = template["Rules"]["SandboxOnlyLocally"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Equals": [{"Ref": "SandboxUrl"}, ""]}


def test_vendor_holds_links_and_nothing_else() -> None:
    for entry in (REPO / "vendor").iterdir():
        assert entry.is_symlink()
        assert entry.readlink() == Path("..") / entry.name
