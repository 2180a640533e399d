"""Me: who I am, what I told of myself, what I am asked next."""

from __future__ import annotations

import msgspec

from community.commons.media.rules import NoSuchMedia, NotAPicture
from community.people.leaving.rules import MinorMember
from community.people.members.rules import ConsentNeeded
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from community.people.profiles.questions import Askable, Question
from community.people.profiles.rules import WordsNotAllowed
from community.people.touchpoints import service as touchpoints
from mini_program_api.door import MemberCall, door
from mini_program_api.views import MeView, me_view


class NextQuestionView(msgspec.Struct):
    """What to ask now, if anything; the answer goes into `PUT /v1/me`. `completeness` is of 100."""

    question: Question | None
    completeness: int


class Skip(msgspec.Struct):
    """The question that I do not want to answer now."""

    field: Askable


class ReferralCodeView(msgspec.Struct):
    """What a code of mine says as `scene`."""

    code: str


@door.route("GET", "/v1/me", gives=MeView)
def me(call: MemberCall[None, None]) -> MeView:
    """Who I am in the community, and what I told of myself."""
    return me_view(call.caller, profiles.of_member(call.caller.member_id), now=call.now)


@door.route(
    "PUT",
    "/v1/me",
    takes=Changes,
    gives=MeView,
    refuses=(WordsNotAllowed, NoSuchMedia, NotAPicture, ConsentNeeded, MinorMember),
)
def change_me(call: MemberCall[Changes, None]) -> MeView:
    """Tell something of me; what I do not name stays, what I name as null is taken back."""
    member, profile = profiles.change(call.caller, call.body, now=call.now)
    return me_view(member, profile, now=call.now)


@door.route("GET", "/v1/me/next-question", gives=NextQuestionView)
def next_question(call: MemberCall[None, None]) -> NextQuestionView:
    """What I may be asked now, a little at a time."""
    return NextQuestionView(*profiles.next_question(call.caller, now=call.now))


@door.route("POST", "/v1/me/next-question/skip", takes=Skip, gives=NextQuestionView)
def skip_question(call: MemberCall[Skip, None]) -> NextQuestionView:
    """I do not want to answer that for now; says what to ask instead."""
    asked = profiles.skip_question(call.caller, call.body.field, now=call.now)
    return NextQuestionView(*asked)


@door.route("GET", "/v1/me/referral-code", gives=ReferralCodeView)
def referral_code(call: MemberCall[None, None]) -> ReferralCodeView:
    """The code by which I bring friends; always the same."""
    return ReferralCodeView(touchpoints.referral_code_of(call.caller))
