"""What members are told of what happens in the forum, and what that costs beside what else follows."""

from __future__ import annotations

from bench.acts import COMMENT, COMMENTS, LIKE, Cast, post, signed_in
from bench.meter import Sum
from bench.operation import Operation, done
from bench.stage import Stage
from community.facts import Reacted

SETTINGS = "/v1/me/notification-settings"


def _reply(stage: Stage, cast: Cast) -> Sum:
    from community import facts
    from community.forum.telling import service as telling

    stage.follow()
    stage.later(seconds=1)
    body = {"text": COMMENT}
    stage.call("POST", COMMENTS, cast.post_ids[0], token=cast.reader, body=body)
    (fact,) = map(facts.read, stage.news)
    assert isinstance(fact, facts.CommentPublished)
    return stage.cost(lambda: telling.follow_comment(fact))


def _like_at_the_top(stage: Stage, cast: Cast) -> Sum:
    return _likes(stage, cast, 1)


def _like_in_place(stage: Stage, cast: Cast) -> Sum:
    return _likes(stage, cast, 2)


def _like_again(stage: Stage, cast: Cast) -> Sum:
    """Nothing has changed since it was told."""
    from community.forum.telling import growing

    fact = _liked(stage, post(stage, cast.author, audience={}), "fan-again")
    growing.follow_reactions([fact])
    return stage.cost(lambda: growing.follow_reactions([fact]))


def _likes(stage: Stage, cast: Cast, number: int) -> Sum:
    from community.forum.telling import growing

    post_id = post(stage, cast.author, audience={})
    stage.follow()
    for fan in range(number):
        fact = _liked(stage, post_id, f"fan-{number}-{fan}")
        cost = stage.cost(lambda fact=fact: growing.follow_reactions([fact]))  # type: ignore[misc]
    return cost


def _liked(stage: Stage, post_id: str, who: str) -> Reacted:
    from community import facts
    from community.forum.reactions import service as reactions

    token = signed_in(stage, who)
    stage.follow()
    stage.later(seconds=1)
    stage.call("PUT", LIKE, post_id, token=token)
    news = map(facts.read, stage.news)
    fact = next(each for each in news if isinstance(each, facts.Reacted))
    stage.news.clear()
    reactions.count_all([fact])
    return fact


def _settings(stage: Stage, cast: Cast) -> Sum:
    return done(stage, cast, "GET", SETTINGS)


def _set_up(stage: Stage, cast: Cast) -> Sum:
    kinds = {"reaction": {"centre": True, "wechat": False}}
    quiet = {"starts": "23:00", "ends": "07:00"}
    return done(stage, cast, "PUT", SETTINGS, body={"kinds": kinds, "quiet_hours": quiet})


OF_TELLING: tuple[Operation, ...] = (
    Operation("a reply is told", _reply, Sum(4.5, 5, 7)),
    Operation("a like is told, at the top", _like_at_the_top, Sum(8.5, 7, 9)),
    Operation("a like is told, in place", _like_in_place, Sum(10.5, 6, 10)),
    Operation("a like is told again", _like_again, Sum(9.5, 0, 9)),
    Operation("change notification settings", _set_up, Sum(0, 1, 1)),
    Operation("notification settings", _settings, Sum(0.5, 0, 1)),
)
