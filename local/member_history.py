"""What was done about a member, from the audit log, in words that colleagues read."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from community.commons.audit.rules import Entry

DEED_WORDS = {
    "members.merge": "合并会员",
    "members.unmerge": "撤销合并",
    "members.belongings": "转移合并会员的资料",
    "members.standing": "设置官方或员工账号",
    "member.asked_to_leave": "申请注销",
    "member.stays": "取消注销",
    "member.erased": "注销完成",
    "sessions.revoke": "强制退出登录",
    "tags.put": "添加标签",
    "tags.take_off": "移除标签",
    "notifications.written": "发送系统通知",
    "deposit.grant": "登记意向金",
    "certification.approve": "通过认证",
    "certification.reject": "驳回认证",
    "certification.ask_more": "要求补充认证资料",
    "certification.revoked": "撤销认证",
}
WHY_WORDS = {
    "unionid": "微信账号相同",
    "mobile": "手机号相同",
    "vin": "车架号相同",
    "archive": "车主档案相同",
    "the member asked for it": "本人申请",
    "the WeChat account was closed": "微信账号已注销",
    "the member is a minor": "未满 18 岁",
}
NOTHING = "  没有记录"


def lines(member_id: str) -> list[str]:
    """One line for each deed, newest first: about them, whoever was merged into them, what certifies them."""
    from community.commons.audit import service as audit
    from community.people.certifications import service as certifications

    ids = {member_id, *(each["member_ids"][1] for each in merges_of(member_id) if _holds(each))}
    made = [each["certification_id"] for each in certifications.exported(member_id)]
    about = [*(f"member#{each}" for each in ids), *(f"certification#{each}" for each in made)]
    entries = [entry for each in about for entry in audit.about(each)]
    newest_first = sorted(entries, key=lambda entry: entry.at, reverse=True)
    return [_line(entry, ids) for entry in newest_first] or [NOTHING]


def merges_of(member_id: str) -> list[dict[str, Any]]:
    """The merges that made the member who they are, and those that were undone."""
    from community.people.merges import service as merges

    own: list[dict[str, Any]] = merges.exported(member_id)
    before = [merge for each in own if _holds(each) for merge in merges_of(each["member_ids"][1])]
    return own + before


def _holds(merge: dict[str, Any]) -> bool:
    return merge["undone_at"] is None


def _line(entry: Entry, ids: AbstractSet[str]) -> str:
    from community.commons.audit.rules import SYSTEM
    from community.commons.dates import in_beijing

    by = {SYSTEM: "系统", **dict.fromkeys(ids, "会员本人")}.get(entry.by, entry.by)
    deed, _, tag_id = entry.what.partition(" ")
    kind, _, about_id = entry.about.partition("#")
    which = tag_id or entry.after.get("merge_id") or (about_id if kind != "member" else "")
    why = WHY_WORDS.get(entry.why, entry.why)
    words = [in_beijing(entry.at), by, DEED_WORDS.get(deed, deed), which, why and f"（{why}）"]
    return "  " + "  ".join(word for word in words if word)
