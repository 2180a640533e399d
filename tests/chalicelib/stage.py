"""What the stage of these tests is told from outside."""

from __future__ import annotations

import base64

STAGE = {
    "STAGE": "dev",
    "STACK": "member-community-test",
    "FACTS_QUEUE_URL": "http://localhost/facts",
    "INBOX_QUEUE_URL": "http://localhost/inbox",
    "OUTBOUND_QUEUE_URL": "http://localhost/outbound",
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_API_URL": "http://localhost:9",
    "WECHAT_PUSH_MODE": "safe",
    "WECHAT_ENV": "trial",
    "WECHAT_TEMPLATES": "{}",
    "WECOM_CORPID": "ww0123456789abcdef",
    "WECOM_AGENTID": "1000002",
    "WECOM_API_URL": "http://localhost:9",
    "AWS_DEFAULT_REGION": "cn-north-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
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
