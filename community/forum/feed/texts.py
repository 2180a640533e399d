"""Why something stands in a feed, as its reader is told."""

from community.commons.audience.rules import Identity

POPULAR = "大家都在看"
NEW = "新鲜发布"
EXPLORED = "换换口味"

_OFFICIAL = {
    Identity.PROSPECT: "官方资讯 · 选车参考",
    Identity.DEPOSIT_HOLDER: "官方资讯 · 提车参考",
    Identity.OWNER: "官方资讯 · 为车主推荐",
}


def follows(name: str) -> str:
    return f"因为您关注了 {name}"


def cares_for(name: str) -> str:
    return f"因为您对 {name} 感兴趣"


def official(identity: Identity) -> str:
    return _OFFICIAL[identity]
