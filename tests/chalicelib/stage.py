"""What the stage of these tests is told from outside."""

from __future__ import annotations

import base64

SETTINGS = {
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_PUSH_MODE": "safe",
    "WECHAT_ENV": "trial",
    "WECOM_CORPID": "ww0123456789abcdef",
    "WECOM_AGENTID": "1000002",
}

SECRETS = {
    "session_keys": "session-key",
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
