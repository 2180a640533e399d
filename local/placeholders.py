"""A value for every setting and secret, for those who only look at the app: packaging, the contract, unit tests."""

from __future__ import annotations

import base64

SETTINGS = {
    "STAGE": "dev",
    "STACK": "member-community-dev",
    "FACTS_QUEUE_URL": "https://queue.invalid/facts",
    "INBOX_QUEUE_URL": "https://queue.invalid/inbox",
    "OUTBOUND_QUEUE_URL": "https://queue.invalid/outbound",
    "COUNTS_QUEUE_URL": "https://queue.invalid/counts",
    "PICTURES_QUEUE_URL": "https://queue.invalid/pictures",
    "MEDIA_BUCKET": "member-community-dev-media-000000000000",
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_API_URL": "https://wechat.invalid",
    "WECHAT_PUSH_MODE": "safe",
    "WECHAT_ENV": "release",
    "WECHAT_TEMPLATES": (
        '{"certification_decided": "template-1", "post_decided": "template-2",'
        ' "leaving_asked": "template-3", "transfer_asked": "template-4",'
        ' "replied": "template-5", "mentioned": "template-6", "reacted": "template-7",'
        ' "followed": "template-8"}'
    ),
    "WECOM_CORPID": "ww0123456789abcdef",
    "WECOM_AGENTID": "1000002",
    "WECOM_API_URL": "https://wecom.invalid",
}

SECRETS = {
    "session_keys": "key-of-today,key-of-yesterday",
    "lookup_key": base64.b64encode(bytes(32)).decode(),
    "field_keys": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
    "partner_keys": f"crm:{'k' * 32},crm:{'old-' * 8},erp:{'e' * 32}",
    "wechat_secret": "secret-of-the-mini-program",
    "wechat_push_token": "PushTokenOfWeChat",
    "wechat_push_aes_key": base64.b64encode(bytes(range(100, 132))).decode().rstrip("="),
    "wecom_secret": "secret-of-the-wecom-app",
    "wecom_push_token": "PushTokenOfWeCom",
    "wecom_push_aes_key": base64.b64encode(bytes(range(200, 232))).decode().rstrip("="),
    "wecom_bot_key": "key-of-the-bot",
}
"""And for every secret: they open nothing."""
