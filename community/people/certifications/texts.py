"""What members and moderators read about certifications."""

from __future__ import annotations

from typing import NamedTuple

from community.facts import CertificationDecision


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

NEW_IN_GROUP = "【车主认证】{nickname} 提交了 {model} 的认证，请在企业微信中处理"
DECIDED_IN_GROUP = "【车主认证】{model} 的认证{words}"
