"""What authors and moderators read about held content."""

from __future__ import annotations

from typing import NamedTuple

from community.forum.posts.rules import State


class Told(NamedTuple):
    """What an author is told: `result` has at most 5 characters (WeChat's `phrase`), `notice` 20."""

    result: str
    title: str
    text: str
    notice: str


_PASSED, _PASSED_TITLE = "审核通过", "您发布的内容已通过审核"
TOLD = {
    State.PUBLISHED: Told(
        _PASSED, _PASSED_TITLE, "「{title}」已按您设定的可见范围展示", "内容已展示，欢迎继续交流"
    ),
    State.SCHEDULED: Told(
        _PASSED, _PASSED_TITLE, "「{title}」将在您设定的时间展示", "内容将在您设定的时间展示"
    ),
    State.REMOVED: Told(
        "未通过",
        "您发布的内容未通过审核",
        "「{title}」不符合社区规范，未能展示",
        "不符合社区规范，未能展示",
    ),
}
"""By what became of the content."""

POST = "帖子"
COMMENT = "评论"
PICTURE = "图片"
VIDEO = "视频"
WITH_PICTURES = "{number} 张图片"
WITH_VIDEO = "1 个视频"
LOOK = "请点「查看」后再决定。链接一小时内有效，请勿转发。"
SHOWN = "【内容审核】「{title}」的{what}（一小时内有效，请勿转发）：\n{link}"
PART = "【{what}全文 {number}/{of}】「{title}」\n{text}"
NEW_IN_GROUP = "【内容审核】{author} 的{what}「{title}」待审核，请在企业微信中处理"
DECIDED_IN_GROUP = "【内容审核】{what}「{title}」{words}"
