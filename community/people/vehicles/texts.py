"""What members read about their cars."""

from __future__ import annotations

ADDED_TITLE = "已添加共同驾驶人"
ADDED_TEXT = "{nickname} 已成为您爱车（{model}）的共同驾驶人"
REMOVED_TITLE = "共同驾驶人身份已结束"
REMOVED_TEXT = "您不再是{model}的共同驾驶人"
BOARDS_CLOSED = "，车主板块不再对您开放"
A_CAR = "一辆车"
