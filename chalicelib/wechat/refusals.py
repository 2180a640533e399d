"""What WeChat and WeCom refuse, in our words. Where no answer can be trusted: `Unavailable`."""

from __future__ import annotations

from chalicelib.errors import Conflict, Forbidden, Invalid, TooMany, Unavailable


class LoginCodeInvalid(Invalid):
    """Used, expired or made up: the mini program has to ask for a fresh one."""

    code = "login_code_invalid"
    text = "登录凭证已失效，请重新登录"


class LoginBlocked(Forbidden):
    """WeChat takes this person for a high risk."""

    code = "login_blocked"
    text = "微信安全策略暂时限制了此账号登录，请稍后再试"


class TooManyLogins(TooMany):
    code = "too_many_logins"
    text = "登录太频繁，请一分钟后再试"


class PhoneCodeInvalid(Invalid):
    """Used, expired, made up, or somebody else's: the person has to press the button again."""

    code = "phone_code_invalid"
    text = "手机号授权已失效，请重新点击获取"


class LicenceUnreadable(Invalid):
    """No vehicle licence is to be seen on the picture, or nothing on it can be read."""

    code = "licence_unreadable"
    text = "未能识别行驶证，请重新拍摄清晰完整的照片，或手动填写"


class OcrQuotaUsedUp(Unavailable):
    """As many pictures were read today as the platform reads: fill in by hand, or try tomorrow."""

    code = "ocr_quota_used_up"
    text = "今日识别次数已用完，请手动填写"


class PictureNotChecked(Invalid):
    """The platform will not look at this picture: for this person, this often, or any more today."""

    code = "picture_not_checked"
    text = "图片暂时无法自动审核"


class TooManyChecks(TooMany):
    """As many pictures were given to look at in this minute as the platform takes."""

    code = "too_many_checks"
    text = "图片审核请求过多，请稍后再试"


class SceneInvalid(Invalid):
    """The platform makes no code of this scene."""

    code = "scene_invalid"
    text = "场景值须为 1 至 32 个字母、数字或常用符号"


class PageUnknown(Invalid):
    """The platform makes no code that leads to this page."""

    code = "page_unknown"
    text = "小程序页面不存在或尚未发布"


class NoSubscribeQuota(Forbidden):
    """The person granted no further message of this template, or took the grant back."""

    code = "no_subscribe_quota"
    text = "对方没有订阅此类通知，或订阅次数已用完"


class ChatWindowClosed(Forbidden):
    """The person has not written for 48 hours (or opened the chat within the last minute)."""

    code = "chat_window_closed"
    text = "对方近期没有发来消息，无法主动发送"


class ChatLimitReached(TooMany):
    """As many messages as the platform allows were sent since the person last wrote."""

    code = "chat_limit_reached"
    text = "发送条数已达上限，需对方再次发来消息"


class SendRejected(Invalid):
    """The platform will not take this message, now or later."""

    code = "send_rejected"
    text = "消息内容或接收人不符合平台要求"


class TemplateMisfit(Invalid):
    """A template, its fields or its page are not as we have them: for colleagues to put right."""

    code = "template_misfit"
    text = "消息模板与平台登记的不一致"


class TooManySends(TooMany):
    """As many messages were sent as the platform takes for now."""

    code = "too_many_sends"
    text = "消息发送已达平台上限，请稍后再试"


class OutcomeUnknown(Conflict):
    """Sent, but no answer came: it may have been delivered. Never to be sent again blindly."""

    code = "outcome_unknown"
    text = "发送结果未知，请勿重复发送"
