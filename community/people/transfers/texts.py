"""What members read when a car changes hands."""

from __future__ import annotations

HOLDER = "原车主"

ASKED_TITLE = "有人申请成为您爱车的车主"
ASKED_TEXT = "{model}（{plate}）收到新的车主认证申请。如已转让请确认，{days} 天内未回应将由版主审核"
ASKED_NOTICE = "请确认车辆是否已转让"

WAITING_TITLE = "已请原车主确认"
WAITING_TEXT = "这辆车已有认证车主，对方确认后即通过；{days} 天内未回应将由版主审核"
UNCONFIRMED_TITLE = "车主认证已转交版主审核"
UNCONFIRMED_TEXT = "原车主未确认车辆转让，版主核实后会通知您"

SAME_PERSON_TITLE = "请确认是否为同一人"
SAME_PERSON_TEXT = "原车主表示与您是同一人。确认后两个账号将合并为一个"
