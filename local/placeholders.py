"""A value for every setting, for those who only look at the app: packaging, the contract, unit tests."""

from __future__ import annotations

SETTINGS = {
    "STAGE": "dev",
    "STACK": "member-community-dev",
    "FACTS_QUEUE_URL": "https://queue.invalid/facts",
    "INBOX_QUEUE_URL": "https://queue.invalid/inbox",
    "OUTBOUND_QUEUE_URL": "https://queue.invalid/outbound",
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_API_URL": "https://wechat.invalid",
    "WECHAT_PUSH_MODE": "safe",
    "WECHAT_ENV": "release",
    "WECHAT_TEMPLATES": '{"certification_decided": "template-1", "post_decided": "template-2"}',
    "WECOM_CORPID": "ww0123456789abcdef",
    "WECOM_AGENTID": "1000002",
    "WECOM_API_URL": "https://wecom.invalid",
}
