"""What the measured stage is told from outside: settings, secrets, region. Import it before the community."""

from __future__ import annotations

import os

from local.placeholders import SETTINGS

ENVIRONMENT = {
    **SETTINGS,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}

os.environ.update(ENVIRONMENT)
os.environ.pop("SANDBOX_URL", None)
