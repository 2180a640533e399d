"""What a community starts with: its boards and staff, and on this machine some people who talk already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from local import say
from local.cloud import emulated_env
from local.players import Colleague, Phone
from local.stack import Stack
from local.usual import stack_that_is_up

STAFF = [
    {"userid": "zhangsan", "name": "张三", "roles": ["moderator", "operator"]},
    {"userid": "lisi", "name": "李四", "roles": ["moderator"]},
    {"userid": "wangwu", "name": "王五", "roles": ["advisor"]},
]

OWNERS = {
    "老周": ("LSVAA49J132000017", "沪A12345", "途观 L 2024 款"),
    "小鹿": ("LSVAA49J132000025", "沪AD56789", "ID.4 X 2025 款"),
}
PROSPECT = "想买车的阿诚"
POLL_OPEN = timedelta(days=20)
POSTS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    (
        "老周",
        "car-care",
        "两万公里保养清单，照着做不花冤枉钱",
        "机油机滤必换，空调滤芯自己换就行，变速箱油还早。附上我在三家店的报价对比。",
        {},
    ),
    (
        "小鹿",
        "car-care",
        "刹车异响的三个常见原因",
        "**先看**这三处：\n\n- 刹车片磨损\n- 夹了小石子\n- 刹车盘锈蚀\n\n早上第一脚响多半是浮锈，不用慌。",
        {
            "topics": ["用车知识"],
            "part": {
                "audience": {"identity": ["owner"]},
                "text": "我在三家店问到的工时报价：打磨 120–200 元，换前片 260–380 元。",
            },
        },
    ),
    (
        "老周",
        "car-care",
        "和 4S 店谈保养折扣的实用话术",
        "关键是先问工时费单价，再谈套餐。会员日去、带上别家报价单，工时一般能谈到七折。",
        {"audience": {"identity": ["owner"]}, "teaser": "三句话把工时费谈到七折"},
    ),
    (
        PROSPECT,
        "new-car-shopping",
        "预算 20 万，家用选油车还是电车？",
        "每天通勤 40 公里，小区能装充电桩，一年跑两趟长途。大家怎么选？",
        {},
    ),
    (
        "小鹿",
        "new-car-shopping",
        "提车三个月的真实感受",
        "安静、顺滑、用电便宜；缺点是高速冬天掉电明显，跑长途要规划充电。",
        {},
    ),
    (
        PROSPECT,
        "new-car-shopping",
        "试驾时要重点看什么？",
        "周末约了两家试驾，第一次买车，怕看漏了。",
        {"kind": "question", "topics": ["试驾"]},
    ),
    (
        "老周",
        "new-car-shopping",
        "买车时你最看重哪一点？",
        "选一个最打动你的，聊聊原因。",
        {"kind": "poll", "poll": {"options": ["空间", "能耗", "智能", "保养费用"]}},
    ),
    (
        "小鹿",
        "accessory-deals",
        "脚垫和遮阳帘，这几样真的值得买",
        "全包脚垫好打理，遮阳帘选磁吸款。吸盘式手机支架夏天容易掉，别买。",
        {},
    ),
)


def seed(stack: Stack) -> None:
    """Boards, staff and demo content; what is there already stays as it is."""
    basics(stack)
    with httpx.Client(timeout=60) as http:
        guest = Phone(stack.base, "", http)
        if not guest.did("GET", "/v1/boards/car-care/posts")["items"]:
            _talk(stack.base, http)


def basics(stack: Stack) -> None:
    """What every stage needs before the first member comes."""
    found(stack.name, STAFF, env=emulated_env(stack.emulator_url))


def found(stack_name: str, staff: Sequence[Mapping[str, Any]], *, env: Mapping[str, str]) -> None:
    """Open the boards and appoint staff on a stage, here or on AWS."""
    done = subprocess.run(
        [sys.executable, "-m", "local.found"],
        input=json.dumps(staff),
        text=True,
        env={**os.environ, **env, "STACK": stack_name},
        check=False,
    )
    if done.returncode:
        raise say.Failure(f"The boards and staff of {stack_name} could not be set up, see above.")


def _talk(base: str, http: httpx.Client) -> None:
    """Two owners and a prospect have been here before."""
    phones = {name: Phone.of_somebody(base, name, http) for name in (*OWNERS, PROSPECT)}
    moderator = Colleague(base, "zhangsan", http)
    for name, phone in phones.items():
        phone.sign_in()
        phone.did("PUT", "/v1/me", {"nickname": name})
    for name, (vin, plate, model) in OWNERS.items():
        phones[name].becomes_owner(moderator, vin=vin, plate_number=plate, model=model)
    for name, board, title, text, more in POSTS:
        post = {"kind": "discussion", "title": title, "text": text, **more}
        if poll := more.get("poll"):
            post["poll"] = {**poll, "ends_at": (datetime.now(UTC) + POLL_OPEN).isoformat()}
        post_id = phones[name].did("POST", f"/v1/boards/{board}/posts", post)["post_id"]
        for other in phones.values():
            if other is not phones[name] and "audience" not in more:
                other.did("PUT", f"/v1/posts/{post_id}/reactions/like")
        if post["kind"] == "question":
            _answer(phones["小鹿"], phones[name], post_id)
    first = phones[PROSPECT].did("GET", "/v1/boards/car-care/posts")["items"][-1]["post_id"]
    phones[PROSPECT].did(
        "POST", f"/v1/posts/{first}/comments", {"text": "收藏了，正好下个月要保养。"}
    )


def _answer(helper: Phone, asker: Phone, post_id: str) -> None:
    text = "座椅包裹、A 柱盲区、急刹点头，再走一段烂路听异响。"
    answer = helper.did("POST", f"/v1/posts/{post_id}/comments", {"text": text})["comment_id"]
    asker.did("PUT", f"/v1/posts/{post_id}/accepted/{answer}")


def main() -> None:
    with say.step("Seed boards, staff and demo content"):
        seed(stack_that_is_up())


if __name__ == "__main__":
    say.run(main)
