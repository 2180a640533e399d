"""What a member who wants to leave is told."""

ASKED_TITLE = "账号注销申请已收到"
ASKED = (
    "您的账号将于 {erases_at} 注销：届时手机号、资料、车辆等个人信息会被删除，"
    "已发布的内容将匿名保留。在此之前，您可以随时在小程序内撤销。"
)
NOTICE_SUBJECT = "会员账号注销"
NOTICE_HINT = "到期前可在小程序内撤销"
