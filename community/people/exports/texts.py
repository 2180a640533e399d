"""What a member is told about their data, and what stands in the file."""

READY_TITLE = "您的数据已备好"
READY = "您申请导出的数据已备好，请在 24 小时内下载。"
FAILED_TITLE = "数据导出未成功"
FAILED = "很抱歉，您的数据未能整理完成，请重新申请。"
FILE_NAME = "我的社区数据.zip"
READ_ME_NAME = "说明.txt"
READ_ME = """\
这是您在会员社区的全部数据，整理于 {made_at}（北京时间）。

文件说明
{files}
media 目录中是您上传的图片和视频（帖子中的为社区展示的版本），文件名即 data/media.json 中的编号；文件较多或较大时只附带其中一部分，清单始终完整。

JSON 文件可以用任何文本编辑器打开，时间均为世界标准时间（UTC）。
本文件包含您的个人信息，请妥善保管，不要转发给他人。下载链接将于 24 小时后失效。
"""
FILE_LINE = "data/{name}.json　{meaning}"
MEANINGS = {
    "members": "会员资料",
    "identities": "您的微信、企业微信与手机号标识",
    "phones": "近期验证过的手机号",
    "profiles": "个人资料与偏好",
    "touchpoints": "您首次与最近一次来访的渠道",
    "consents": "您对隐私政策的授权记录",
    "exports": "数据导出记录",
    "certifications": "认证申请与结果",
    "licences": "从行驶证照片中识别的内容",
    "standing": "您的身份与徽章的依据",
    "vehicles": "车辆与共同驾驶人",
    "archive": "经销商提供的车主档案",
    "contacts": "企业微信联系记录",
    "tags": "标签与兴趣",
    "merges": "账号合并记录",
    "media": "上传的图片与文件清单",
    "notifications": "通知",
    "subscriptions": "微信订阅消息授权",
    "posts": "发布的帖子",
    "comments": "发布的评论",
    "reactions": "点赞、收藏等互动",
    "lists": "近 90 天的浏览历史",
    "follows": "关注的会员、板块与话题",
    "blocks": "屏蔽的会员",
    "feed": "近期在推荐中看过的帖子（编号末六位）",
    "votes": "参与的投票",
    "drafts": "未发布的草稿",
    "moderation": "内容审核记录",
}
