"""What WeCom refuses and WeChat does not, in our words."""

from __future__ import annotations

from chalicelib.errors import Conflict, NotFound, TooMany


class RateLimited(TooMany):
    """Too many calls: asking before `retry_after_s` makes it longer."""

    code = "rate_limited"
    text = "企业微信接口调用太频繁，请稍后再试"


class CardExpired(Conflict):
    """The card's response code was used already, or is older than 72 hours."""

    code = "card_expired"
    text = "卡片已处理或已过期，无法再更新"


class NoSuchContact(NotFound):
    """Nobody of the company has this person as a contact, or no longer."""

    code = "no_such_contact"
    text = "企业微信中没有这位客户，或好友关系已解除"
