"""What the stage of these tests is told from outside."""

from __future__ import annotations

SETTINGS = {
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_PUSH_MODE": "safe",
    "WECHAT_ENV": "trial",
    "WECOM_CORPID": "ww0123456789abcdef",
    "WECOM_AGENTID": "1000002",
}
