"""What the bot says in the customer-service chat."""

HELP = (
    "您好，我是社区小助手。您可以回复：\n"
    "• 新车选购：看看大家在聊什么车\n"
    "• 养车无忧：最新的用车、保养经验\n"
    "• 我的积分：查询积分\n"
    "• 帮助：再次查看本说明"
)
POINTS = "您当前有 {points} 积分。积分可在会员社区中使用。"
SIGN_IN_FOR_POINTS = "请先打开小程序登录，再来查询积分。"
NO_POSTS = "这个板块还没有帖子，欢迎来发第一帖。"
