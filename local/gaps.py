"""Does by hand what AWS reads from the template and the emulator (MiniStack 1.5.33) does not.

Left as it is: nothing in the emulator's bucket expires (LifecycleConfiguration), and it speaks no TLS,
so that MediaBucketPolicy is for deployed stages only.
"""

import json
from pathlib import Path
from typing import Any

from local.cloud import Clients


def fill(clients: Clients, stack: str, template_file: Path, rest_api_id: str) -> None:
    resources = json.loads(template_file.read_text())["Resources"]
    _let_rows_die(clients("dynamodb"), stack, resources)
    _set_gateway_responses(clients("apigateway"), resources["RestAPI"]["Properties"], rest_api_id)


def _let_rows_die(dynamodb: Any, stack: str, resources: dict[str, Any]) -> None:
    """TimeToLiveSpecification of the tables."""
    for resource in resources.values():
        if resource["Type"] == "AWS::DynamoDB::Table":
            properties = resource["Properties"]
            name = properties["TableName"]["Fn::Sub"].replace("${AWS::StackName}", stack)
            wanted = properties["TimeToLiveSpecification"]
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)


def _set_gateway_responses(apigateway: Any, api: dict[str, Any], rest_api_id: str) -> None:
    """GatewayResponses of the API: its own answers, before any Lambda is asked. A deployment takes them over."""
    for kind, response in api["GatewayResponses"].items():
        headers = response["ResponseParameters"]["Headers"]
        status = {"statusCode": response["StatusCode"]} if "StatusCode" in response else {}
        apigateway.put_gateway_response(
            restApiId=rest_api_id,
            responseType=kind,
            responseParameters={f"gatewayresponse.header.{k}": v for k, v in headers.items()},
            responseTemplates=response["ResponseTemplates"],
            **status,
        )
    apigateway.create_deployment(restApiId=rest_api_id, stageName=api["StageName"])
