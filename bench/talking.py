"""Comments: answering, liking, accepting, deleting; pages of them as full as they get."""

from __future__ import annotations

from bench.acts import COMMENT, COMMENTS, PAGE, Cast, post
from bench.meter import Sum
from bench.operation import Budget, Operation, done
from bench.stage import Stage

ONE = COMMENTS + "/{comment_id}"
LIKE_COMMENT, REPLIES = ONE + "/reactions/like", ONE + "/replies"
ACCEPTED = "/v1/posts/{post_id}/accepted/{comment_id}"


def _answer(stage: Stage, cast: Cast) -> Sum:
    top = _said(stage, cast, cast.post_ids[1])
    stage.follow()
    return done(stage, cast, "POST", COMMENTS, cast.post_ids[1], body=_to(top))


def _answer_followed(stage: Stage, cast: Cast) -> Sum:
    _answer(stage, cast)
    return stage.cost(stage.follow)


def _like(stage: Stage, cast: Cast) -> Sum:
    comment_id = _said(stage, cast, cast.post_ids[1])
    stage.follow()
    return done(stage, cast, "PUT", LIKE_COMMENT, cast.post_ids[1], comment_id)


def _like_counted(stage: Stage, cast: Cast) -> Sum:
    _like(stage, cast)
    return stage.cost(stage.follow)


def _delete(stage: Stage, cast: Cast) -> Sum:
    comment_id = _said(stage, cast, cast.post_ids[1])
    stage.follow()
    return done(stage, cast, "DELETE", ONE, cast.post_ids[1], comment_id)


def _delete_followed(stage: Stage, cast: Cast) -> Sum:
    _delete(stage, cast)
    return stage.cost(stage.follow)


def _accept(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author, kind="question")
    comment_id = _said(stage, cast, post_id)
    stage.follow()
    stage.later(seconds=1)
    cost = stage.cost(lambda: stage.call("PUT", ACCEPTED, post_id, comment_id, token=cast.author))
    return cost - cast.identity


def _accept_followed(stage: Stage, cast: Cast) -> Sum:
    _accept(stage, cast)
    return stage.cost(stage.follow)


def _liked_page(stage: Stage, cast: Cast) -> Sum:
    return _page(stage, cast, _talk(stage, cast), sort="time")


def _page_by_likes(stage: Stage, cast: Cast) -> Sum:
    return _page(stage, cast, _talk(stage, cast), sort="likes")


def _page_with_replies(stage: Stage, cast: Cast) -> Sum:
    return _page(stage, cast, _talk(stage, cast, replies=2), sort="time")


def _replies(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    post_id = post(stage, cast.author)
    top = _said(stage, cast, post_id)
    for _ in range(PAGE):
        _said(stage, cast, post_id, top)
    _count(stage)
    return done(stage, cast, "GET", REPLIES, post_id, top, query={"limit": str(PAGE)})


def _page(stage: Stage, cast: Cast, post_id: str, *, sort: str) -> Sum:
    query = {"limit": str(PAGE), "sort": sort}
    return done(stage, cast, "GET", COMMENTS, post_id, query=query)


def _talk(stage: Stage, cast: Cast, *, replies: int = 0) -> str:
    """A post with a page of comments, all liked by the reader, with so many replies each; once."""
    name = f"a talk with {replies} replies"
    if name not in stage.made:
        stage.follow()
        stage.made[name] = post_id = post(stage, cast.author)
        for _ in range(PAGE):
            comment_id = _said(stage, cast, post_id)
            for _ in range(replies):
                _said(stage, cast, post_id, comment_id)
            stage.call("PUT", LIKE_COMMENT, post_id, comment_id, token=cast.reader)
        _count(stage)
    talk: str = stage.made[name]
    return talk


def _count(stage: Stage) -> None:
    """Comments and their likes are counted; what else follows is of no interest."""
    from community import facts
    from community.forum.comments import service as comments
    from community.forum.reactions import service as reactions

    for fact in map(facts.read, stage.news):
        if isinstance(fact, facts.CommentPublished):
            comments.count(fact)
        elif isinstance(fact, facts.Reacted):
            reactions.count_all([fact])
    stage.news.clear()


def _said(stage: Stage, cast: Cast, post_id: str, to: str | None = None) -> str:
    stage.later(seconds=1)
    body = _to(to) if to else {"text": COMMENT}
    told = stage.call("POST", COMMENTS, post_id, token=cast.reader, body=body)
    comment_id: str = told.json["comment_id"]
    return comment_id


def _to(comment_id: str) -> dict[str, str]:
    return {"text": COMMENT, "parent_id": comment_id}


OF_COMMENTS: tuple[Operation, ...] = (
    Operation("answer a comment", _answer, Sum(4.5, 1, 6)),
    Operation("what follows from an answer", _answer_followed, Sum(15.5, 15, 23)),
    Operation("like a comment", _like, Sum(1.5, 1, 3), Budget(None, 1)),
    Operation("what follows from the like of a comment", _like_counted, Sum(12, 6, 16)),
    Operation("delete a comment", _delete, Sum(2.5, 4, 4)),
    Operation("what follows from the deletion of a comment", _delete_followed, Sum(6, 7, 9)),
    Operation("accept an answer", _accept, Sum(2.5, 10, 4)),
    Operation("what follows from an acceptance", _accept_followed, Sum(15, 19, 23)),
    Operation("page of 20 comments, all liked", _liked_page, Sum(2, 0, 3)),
    Operation("page of 20 comments, the most liked", _page_by_likes, Sum(2, 0, 3)),
    Operation("page of 20 comments with two replies each", _page_with_replies, Sum(4, 0, 3)),
    Operation("page of 20 replies", _replies, Sum(2.5, 0, 3)),
)
