"""The contract holds whatever is sent: thousands of odd requests made from the OpenAPI file itself."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.openapi import CONTRACT
from local.players import Phone
from local.stack import Stack

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


schema = schemathesis.openapi.from_path(CONTRACT)
# A body with too long a text may be too large as a whole, too.
schema.config.checks.negative_data_rejection.expected_statuses = [
    *schema.config.checks.negative_data_rejection.expected_statuses,
    "413",
]


@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_route_keeps_the_contract(case: Any, stack: Stack, owner: Phone) -> None:
    case.call_and_validate(
        base_url=stack.base,
        headers={"Authorization": f"Bearer {owner.token}"},
        checks=CHECKS,
    )
