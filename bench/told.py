"""What the measured stage is told from outside: settings, secrets, region. Import it before the community."""

from __future__ import annotations

import base64
import os

from local.placeholders import SETTINGS

ENVIRONMENT = {
    **SETTINGS,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
SECRETS = {
    "session_keys": "key-of-today,key-of-yesterday",
    "lookup_key": base64.b64encode(bytes(32)).decode(),
    "field_keys": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
    "wechat_secret": "secret-of-the-mini-program",
    "wechat_push_token": "PushTokenOfWeChat",
    "wechat_push_aes_key": base64.b64encode(bytes(range(100, 132))).decode().rstrip("="),
    "wecom_secret": "secret-of-the-wecom-app",
    "wecom_push_token": "PushTokenOfWeCom",
    "wecom_push_aes_key": base64.b64encode(bytes(range(200, 232))).decode().rstrip("="),
    "wecom_bot_key": "key-of-the-bot",
}

os.environ.update(ENVIRONMENT)
os.environ.pop("SANDBOX_URL", None)
