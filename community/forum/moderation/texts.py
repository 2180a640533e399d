"""What authors and moderators read about held content."""

from __future__ import annotations

from typing import NamedTuple

from community.facts import CaseDecision


class Told(NamedTuple):
    """What an author is told: `result` has at most 5 characters (WeChat's `phrase`)."""

    result: str
    title: str
    text: str


TOLD = {
    CaseDecision.PASS: Told(
        "审核通过", "您发布的内容已通过审核", "「{title}」已按您设定的可见范围展示"
    ),
    CaseDecision.REMOVE: Told(
        "未通过", "您发布的内容未通过审核", "「{title}」不符合社区规范，未能展示"
    ),
}
NOTICE = {
    CaseDecision.PASS: "内容已展示，欢迎继续交流",
    CaseDecision.REMOVE: "不符合社区规范，未能展示",
}

POST = "帖子"
COMMENT = "评论"
PICTURE = "图片"
VIDEO = "视频"
LOOK = "请点「查看」后再决定。链接一小时内有效，请勿转发。"
SHOWN = "【内容审核】「{title}」的{what}（一小时内有效，请勿转发）：\n{link}"
PART = "【{what}全文 {number}/{of}】「{title}」\n{text}"
NEW_IN_GROUP = "【内容审核】{author} 的{what}「{title}」待审核，请在企业微信中处理"
DECIDED_IN_GROUP = "【内容审核】{what}「{title}」{words}"
