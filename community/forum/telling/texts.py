"""What members read when something happens to what they wrote, or to themselves."""

from __future__ import annotations

from community.commons.notifications.rules import WHO
from community.forum.reactions.rules import Kind

OF_POST = "《{title}》"
COMMENTED = f"{WHO} 评论了您的帖子"
ANSWERED = f"{WHO} 回复了您的评论"
MENTIONED = f"{WHO} 在评论中提到了您"
MENTIONED_IN_POST = f"{WHO} 在帖子中提到了您"
ACCEPTED = "您的回答被采纳了"
PICTURE_REFUSED = "您发布的图片未通过审核"
VIDEO_REFUSED = "您发布的视频未通过审核"
REFUSED_TEXT = "《{title}》中的{what}不符合社区规范，未能展示"
PICTURE = "图片"
VIDEO = "视频"
REFUSED = "未通过"
REFUSED_NOTICE = "{what}不符合社区规范，未能展示"
FOLLOWED = "{whom}关注了您"
FOLLOWED_TEXT = "去看看新关注您的车友"

REACTED = {
    Kind.LIKE: "{whom}赞了您的帖子",
    Kind.USEFUL: "{whom}觉得您的帖子有用",
    Kind.FAVOURITE: "{whom}收藏了您的帖子",
}
LIKED_COMMENT = "{whom}赞了您的评论"


def whom(*, named: bool, count: int) -> str:
    """One by name, several by the name of the latest, as far as anybody can be named."""
    if not named:
        return f"{count} 人"
    return f"{WHO} " if count == 1 else f"{WHO} 等 {count} 人"
