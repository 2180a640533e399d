"""What a member is asked about themselves."""

from community.people.profiles.rules import When

QUESTIONS = {
    "nickname": "想让大家怎么称呼您？",
    "avatar_media_id": "选一张头像，让车友认得您",
    "bio": "用一两句话介绍一下自己吧",
    "city": "您常在哪个城市用车？",
    "birthday": "您的生日是哪一天？生日当天有惊喜",
    "household": "家里有几口人？有几个孩子？",
    "interests": "您对哪些话题感兴趣？",
    "vehicles": "您现在开什么车？",
    "intentions": "您打算买什么车？什么时候买，预算多少？",
    "accessories": "最近想给爱车添点什么？",
}

OPTIONS: dict[str, dict[str, str]] = {
    "interests": {
        "road_trips": "自驾游",
        "camping": "露营",
        "off_road": "越野",
        "track": "赛道驾驶",
        "tuning": "改装",
        "technology": "智能科技",
        "family": "亲子出行",
        "pets": "宠物",
        "food": "美食",
        "music": "音乐",
        "sports": "运动",
        "photography": "摄影",
    },
    "accessories": {
        "floor_mats": "脚垫",
        "sunshades": "遮阳帘",
        "films": "车衣贴膜",
        "dashcam": "行车记录仪",
        "child_seat": "儿童座椅",
        "charger": "充电桩",
        "roof_box": "车顶箱",
        "camping_gear": "露营装备",
        "care_products": "养护用品",
        "wheels_and_tyres": "轮毂轮胎",
        "audio": "音响",
    },
    "intentions": {
        When.WITHIN_MONTH: "一个月内",
        When.THREE_MONTHS: "三个月内",
        When.HALF_YEAR: "半年内",
        When.LATER: "半年以后",
    },
}
"""For each question with a choice; for intentions, what `when` can be."""
