"""The main job as a story, with everything in it that has consequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.facts import CaseDecision, CertificationDecision
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.moderation import service as moderation
from community.forum.posts import service as posts
from community.forum.posts.rules import Post
from community.forum.reactions import service as reactions
from community.people.applications import service as applications
from community.people.applications.rules import Application
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification
from tests.builders import a_draft
from tests.world import A_PLATE, A_VIN, Person, World


def play(world: World, settle: Callable[[], None]) -> None:
    """Play it; `settle` lets happen what follows from what was done."""
    story = Story(world)
    li, wang = world.joins("li"), world.joins("wang")
    for template in Template:
        subscriptions.grant(li.member_id, template, 5, request_id=template.value, now=world.now)
    more, rejected, approved = (story.applies(li, number) for number in range(3))
    settle()
    story.certifies(more, CertificationDecision.ASK_MORE)
    story.certifies(rejected, CertificationDecision.REJECT)
    story.certifies(approved, CertificationDecision.APPROVE)
    settle()
    open_post, released, removed = (
        story.publishes(li, text) for text in ("正文", "存疑的正文", "也存疑的正文")
    )
    settle()
    story.decides(released.post_id, CaseDecision.PASS)
    story.decides(removed.post_id, CaseDecision.REMOVE)
    for who, likes in ((wang, True), (li, True), (wang, False), (li, False), (li, True)):
        story.reads_and_reacts(who, open_post, likes)
    settle()
    said = [story.says(wang, open_post, text) for text in ("同问", "存疑一", "存疑二")]
    story.says(li, released, "谢谢关注")
    settle()
    story.decides(said[1], CaseDecision.PASS)
    story.decides(said[2], CaseDecision.REMOVE)
    story.reads_and_reacts(wang, released, True)
    settle()


class Story:
    """What people do, one second after the other."""

    def __init__(self, world: World) -> None:
        self.world = world

    def _next(self) -> dict[str, Any]:
        self.world.later(seconds=1)
        return {"request_id": self.world.new_request_id(), "now": self.world.now}

    def applies(self, who: Person, number: int) -> Certification:
        application = Application(
            kind="owner", vin=f"{A_VIN[:-1]}{number}", plate_number=A_PLATE, model="Model X"
        )
        return applications.submit(who.member, application, **self._next())

    def certifies(self, about: Certification, decision: CertificationDecision) -> None:
        self._next()
        certifications.decide(about.certification_id, decision, by="zhangsan", now=self.world.now)

    def publishes(self, who: Person, text: str) -> Post:
        draft = a_draft(text=text)
        return posts.publish(who.member, "car-care", draft, **self._next())

    def decides(self, case_id: str, decision: CaseDecision) -> None:
        self._next()
        moderation.decide(case_id, decision, by="lisi", now=self.world.now)

    def reads_and_reacts(self, who: Person, post: Post, likes: bool) -> None:
        self._next()
        sight = posts.read(who.member, post.post_id, now=self.world.now)
        reactions.note_read(who.member, sight, now=self.world.now)
        self._next()
        (reactions.like if likes else reactions.unlike)(
            who.member, post.post_id, now=self.world.now
        )

    def says(self, who: Person, post: Post, text: str) -> str:
        draft = CommentDraft(text)
        return comments.publish(who.member, post.post_id, draft, **self._next()).comment_id
