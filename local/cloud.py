"""Clients for AWS, the real one and the emulated one."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

Clients = Callable[[str], Any]
"""Gives the client of a service, by its name."""

EMULATED_REGION = "us-east-1"


def emulated(url: str) -> Clients:
    """Clients of the emulator, as the root of its one account."""
    session = boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name=EMULATED_REGION
    )
    config = Config(read_timeout=120, retries={"total_max_attempts": 1})
    return lambda service: session.client(service, endpoint_url=url, config=config)


def emulated_env(url: str) -> dict[str, str]:
    """What a program has to be told to take the emulator for AWS."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": EMULATED_REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def real(region: str) -> Clients:
    """Clients of AWS or AWS China, with the credentials that this machine has."""
    session = boto3.Session(region_name=region)
    return lambda service: session.client(service)
