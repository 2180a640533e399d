"""Who the sandbox is: ids and secrets, random per machine, made once and kept in identity.json."""

import base64
import os
import secrets
import string
from pathlib import Path
from typing import Literal
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import answer, world_of

ALPHANUMERIC = string.ascii_letters + string.digits
# The 43rd character of an EncodingAESKey carries 4 bits only: these are the ones whose other 2 bits are zero.
LAST_OF_AES_KEY = "AEIMQUYcgkosw048"


class Template(msgspec.Struct, frozen=True):
    """A subscribe-message template of the mini program: its fields in the order in which they are shown."""

    id: str
    title: str
    fields: dict[str, str]


class Identity(msgspec.Struct, frozen=True):
    appid: str
    original_id: str
    wechat_secret: str
    wechat_push_token: str
    wechat_push_aes_key: str
    push_mode: Literal["plain", "safe"]
    corpid: str
    agentid: int
    wecom_secret: str
    wecom_push_token: str
    wecom_push_aes_key: str
    wecom_bot_key: str
    templates: dict[str, Template]

    def template_of(self, template_id: str) -> Template | None:
        return next((t for t in self.templates.values() if t.id == template_id), None)


def load_or_create(path: Path) -> Identity:
    """Read the identity, or make one that nobody but its owner can read."""
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Identity)
    identity = _new_identity()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(identity)))
    return identity


async def show(request: Request) -> Response:
    """What everybody may know: ids, and no secrets."""
    known = world_of(request).identity
    return answer(
        {
            "appid": known.appid,
            "corpid": known.corpid,
            "agentid": known.agentid,
            "templates": known.templates,
        }
    )


def _new_identity() -> Identity:
    return Identity(
        appid="wx" + secrets.token_hex(8),
        original_id="gh_" + secrets.token_hex(6),
        wechat_secret=secrets.token_hex(16),
        wechat_push_token=_alphanumeric(32),
        wechat_push_aes_key=_aes_key(),
        push_mode="safe",
        corpid="ww" + secrets.token_hex(8),
        agentid=1000002,
        wecom_secret=_alphanumeric(43),
        wecom_push_token=_alphanumeric(32),
        wecom_push_aes_key=_aes_key(),
        wecom_bot_key=str(uuid4()),
        templates={
            "certification_decided": _template("车主认证结果通知", thing1="认证车型"),
            "post_decided": _template("内容审核结果通知", thing1="帖子标题"),
            "transfer_asked": Template(
                id=_template_id(),
                title="车辆转移确认提醒",
                fields={"thing1": "车型", "thing2": "温馨提示", "time3": "截止时间"},
            ),
            "leaving_asked": Template(
                id=_template_id(),
                title="账号注销提醒",
                fields={"thing1": "申请内容", "time2": "注销时间", "thing3": "温馨提示"},
            ),
            "replied": _told("评论回复通知", "帖子标题", "回复者"),
            "mentioned": _told("提及提醒", "帖子标题", "提到您的人"),
            "reacted": _told("获得点赞通知", "内容", "点赞情况"),
            "followed": _told("新增关注通知", "关注者", "温馨提示"),
        },
    )


def _template(title: str, thing1: str) -> Template:
    fields = {"thing1": thing1, "phrase2": "审核结果", "time3": "审核时间", "thing4": "备注"}
    return Template(id=_template_id(), title=title, fields=fields)


def _told(title: str, thing1: str, thing2: str) -> Template:
    fields = {"thing1": thing1, "thing2": thing2, "time3": "时间"}
    return Template(id=_template_id(), title=title, fields=fields)


def _template_id() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(33)).decode()[:43]


def _alphanumeric(length: int) -> str:
    return "".join(secrets.choice(ALPHANUMERIC) for _ in range(length))


def _aes_key() -> str:
    return _alphanumeric(42) + secrets.choice(LAST_OF_AES_KEY)
