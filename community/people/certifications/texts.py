"""What members and moderators read about certifications."""

from __future__ import annotations

from typing import NamedTuple

from community.facts import CertificationDecision, CertificationEnd
from community.people.certifications.rules import Kind, Reason


class Told(NamedTuple):
    """What a member is told: `result` has at most 5 characters (WeChat's `phrase`)."""

    result: str
    title: str
    text: str


TOLD = {
    CertificationDecision.APPROVE: Told(
        "审核通过", "车主认证已通过", "恭喜成为认证车主，车主板块已开放"
    ),
    CertificationDecision.REJECT: Told(
        "未通过", "车主认证未通过", "车辆信息未能核实，可修改后重新提交"
    ),
    CertificationDecision.ASK_MORE: Told(
        "需补充", "车主认证需补充资料", "请核对车辆信息后重新提交"
    ),
}
GRANTED = {
    Kind.OWNER: TOLD[CertificationDecision.APPROVE],
    Kind.PURCHASE_INTENTION: Told("已登记", "购车意向已登记", "将为您推荐合适的车型和活动"),
    Kind.DEPOSIT_HOLDER: Told("已生效", "意向金用户认证已生效", "您已成为意向金用户"),
    Kind.INVITATION: Told("已生效", "邀请认证已通过", "销售顾问已确认您的邀请码"),
}
NAMES = {
    Kind.OWNER: "车主认证",
    Kind.PURCHASE_INTENTION: "购车意向",
    Kind.DEPOSIT_HOLDER: "意向金用户认证",
    Kind.INVITATION: "邀请认证",
}
ENDED = {
    CertificationEnd.REVOKED: Told("已撤销", "{name}已被撤销", "如有疑问请联系客服"),
    CertificationEnd.EXPIRED: Told("已到期", "{name}已到期", "可重新提交认证"),
    CertificationEnd.TRANSFERRED: Told("已转移", "车辆已转移", "这辆车已由新车主完成认证"),
}

REASONS = {
    Reason.UNVERIFIED: "车辆信息未能核实",
    Reason.MISMATCH: "填写的信息与行驶证不一致",
    Reason.UNREADABLE: "照片不清晰或不完整",
    Reason.NOT_A_LICENCE: "上传的照片不是行驶证",
    Reason.NOT_THEIRS: "无法确认您是车辆所有人",
    Reason.SUSPICIOUS: "提交的资料存在异常",
}
WHY = "驳回原因"
TAKEN_BACK = "您已撤回授权"
LEAVING = "您已申请注销账号"
NOT_SUPPLEMENTED = "资料未补充"
RENEWED = "已由新的认证接替"
ERASED = "已由 系统 关闭：会员已注销"

LOOK_AT_IT = "请核对车辆信息后处理"
HOLDER_REFUSED = "原车主表示车辆未转让"
HOLDER_SILENT = "原车主 7 天内未回应"
INVITED = "持销售顾问 {advisor} 的邀请码"
IN_ARCHIVE = "车架号和手机号与车主档案一致"
DIFFERS = "照片与填写的信息不一致"
UNREAD = "照片未能自动识别，请查看"
SAME_PHOTO = "另有 {n} 位会员提交过同一张照片"
SAME_CAR = "一年内另有 {n} 位会员申请过该车架号"
PHOTO = '<a href="{link}">查看行驶证照片（1 小时内有效）</a>'

NEW_IN_GROUP = "【车主认证】{nickname} 提交了 {model} 的认证，请在企业微信中处理"
DECIDED_IN_GROUP = "【车主认证】{model} 的认证{words}"
