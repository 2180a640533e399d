"""Contacts in WeCom: one person is one member, whoever of the platforms knew them first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Unavailable
from chalicelib.tables import one_transaction
from chalicelib.wecom.contacts import ContactTag, ExternalContact, Follow
from chalicelib.wecom.envelope import ContactChange
from chalicelib.wecom.refusals import NoSuchContact
from community import facts
from community.people.contacts import records
from community.people.contacts import service as contacts
from community.people.contacts.rules import Contact
from community.people.identities import service as identities
from community.people.identities.rules import Kind
from community.people.members import rules as member_rules
from community.people.members import service as members
from community.people.members.rules import Member, State
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.tag_catalogue.rules import Source
from community.people.tags import service as tags
from tests.world import START, Person, World

HOUR = timedelta(hours=1)
ANNA = "external-of-anna~a"
NAMELESS = "external-of-anna"


def told(world: World, kind: str = "add_external_contact", **fields: Any) -> None:
    """WeCom tells of a contact."""
    change = ContactChange(
        **{
            "kind": kind,
            "userid": "wangwu",
            "external_userid": ANNA,
            "state": "store-7",
            "created_at": world.now,
            **fields,
        }
    )
    contacts.follow(change, now=world.now)


def known_as(external_userid: str) -> Member | None:
    owner_id = identities.owner_of(Kind.EXTERNAL_USERID, external_userid)
    return members.get(owner_id) if owner_id else None


def the_member(external_userid: str = ANNA) -> Member:
    member = known_as(external_userid)
    assert member
    return member


def news(world: World) -> list[facts.AnyFact]:
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def test_a_new_contact_is_a_dormant_member_who_came_by_the_live_code(world: World) -> None:
    told(world)
    member = the_member()
    assert (member.state, member.has_unionid) == (State.DORMANT, True)
    assert member.first_touch
    assert (member.first_touch.touchpoint, member.first_touch.at) == ("store-7", START)
    joined, added = sorted(news(world), key=lambda fact: type(fact).__name__, reverse=True)
    assert isinstance(joined, facts.MemberJoined)
    assert isinstance(added, facts.ContactAdded)
    assert joined.touchpoint == added.touchpoint == "store-7"
    assert (added.member_id, added.staff_id) == (member.member_id, "wangwu")


def test_who_came_without_a_live_code_is_known_by_wecom(world: World) -> None:
    told(world, state=None)
    first = the_member().first_touch
    assert first
    assert first.touchpoint == "wecom-contact"


@pytest.mark.parametrize("built_in", ["archive", "organic"])
def test_a_live_code_that_says_it_is_something_else_is_not_believed(
    world: World, built_in: str
) -> None:
    told(world, state=built_in)
    first = the_member().first_touch
    assert first
    assert first.touchpoint == "wecom-contact"


def test_nothing_shows_how_wecom_calls_them(world: World) -> None:
    told(world)
    assert "external-of" not in str(world.rows("people"))


def test_told_again_it_changes_nothing(world: World) -> None:
    told(world)
    news(world)
    before = world.rows("people")
    told(world)
    assert world.rows("people") == before
    assert news(world) == []


def test_whoever_was_in_the_mini_program_first_is_the_same_member(world: World) -> None:
    anna = world.joins("anna~a")
    told(world)
    assert the_member().member_id == anna.member_id
    assert anna.member.state is State.ACTIVE


def test_whoever_was_a_contact_first_is_woken_by_their_first_sign_in(world: World) -> None:
    told(world)
    dormant = the_member()
    news(world)
    world.later(days=3)
    anna = world.joins("anna~a")
    assert anna.member_id == dormant.member_id
    assert anna.member.state is State.ACTIVE
    assert anna.member.first_touch == dormant.first_touch
    assert facts.MemberWoken in [type(fact) for fact in news(world)]


def test_a_contact_of_whom_wecom_tells_no_unionid_is_a_member_of_their_own(world: World) -> None:
    anna = world.joins("anna~a")
    told(world, external_userid=NAMELESS)
    member = the_member(NAMELESS)
    assert (member.member_id == anna.member_id, member.has_unionid) == (False, False)


def test_once_wecom_tells_the_unionid_both_are_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(world, external_userid=NAMELESS)
    dormant = the_member(NAMELESS)
    world.later(hours=1)
    anna = world.joins("anna~a")
    person = {"external_userid": NAMELESS, "name": "Anna", "unionid": "unionid-of-a"}
    world.platform.answers(
        "/cgi-bin/externalcontact/get",
        {"errcode": 0, "external_contact": person, "follow_user": []},
    )
    told(world, "edit_external_contact", external_userid=NAMELESS)
    assert the_member(NAMELESS).member_id == anna.member.member_id == dormant.member_id
    assert anna.member.state is State.ACTIVE


def test_a_unionid_that_nobody_has_is_learnt(world: World) -> None:
    told(world, external_userid=NAMELESS)
    person = {"external_userid": NAMELESS, "name": "Anna", "unionid": "unionid-of-a"}
    world.platform.answers(
        "/cgi-bin/externalcontact/get",
        {"errcode": 0, "external_contact": person, "follow_user": []},
    )
    told(world, "edit_external_contact", external_userid=NAMELESS)
    member = the_member(NAMELESS)
    assert member.has_unionid
    assert world.joins("anna~a").member_id == member.member_id


def test_what_is_edited_of_somebody_unknown_makes_them_known_and_is_no_new_contact(
    world: World,
) -> None:
    told(world, "edit_external_contact", state=None)
    assert the_member().state is State.DORMANT
    assert [type(fact) for fact in news(world)] == [facts.MemberJoined]


def test_the_live_code_is_also_known_from_the_contact(world: World) -> None:
    person = {"external_userid": ANNA, "name": "Anna"}
    follow = {"userid": "wangwu", "state": "ad-3"}
    world.platform.answers(
        "/cgi-bin/externalcontact/get",
        {"errcode": 0, "external_contact": person, "follow_user": [follow]},
    )
    told(world, state=None)
    (contact,) = contacts.of_member(the_member().member_id)
    assert contact.touchpoint == "ad-3"


def test_the_tags_that_colleagues_gave_are_the_members(world: World) -> None:
    person = {"external_userid": ANNA, "name": "Anna"}
    tag = {"group_name": "意向", "tag_name": "高意向", "tag_id": "t1", "type": 1}
    world.platform.answers(
        "/cgi-bin/externalcontact/get",
        {
            "errcode": 0,
            "external_contact": person,
            "follow_user": [{"userid": "wangwu", "tags": [tag]}],
        },
    )
    told(world)
    assert tags.of(the_member().member_id, now=world.now)


@pytest.fixture
def tagged(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """The tag that each colleague gave somebody, by how WeCom calls them."""
    given: dict[str, dict[str, str]] = {ANNA: {"wangwu": "高意向"}}

    def external_contact(external_userid: str) -> ExternalContact:
        if not given.get(external_userid):
            raise NoSuchContact
        follows = tuple(
            Follow(userid, None, (ContactTag("意向", tag, f"id of {tag}"),), ())
            for userid, tag in given[external_userid].items()
        )
        return ExternalContact(external_userid, "Anna", None, follows)

    monkeypatch.setattr(contacts.wecom, "external_contact", external_contact)
    return given


def tags_of(world: World, external_userid: str = ANNA) -> set[str]:
    held = tags.of(the_member(external_userid).member_id, now=world.now)
    return {each.name for each in held if each.source is Source.WECOM}


@pytest.mark.parametrize("kind", ["del_external_contact", "del_follow_user"])
def test_the_tags_of_who_lost_the_contact_go_with_it(
    world: World, tagged: dict[str, dict[str, str]], kind: str
) -> None:
    tagged[ANNA]["lisi"] = "喜欢露营"
    told(world)
    assert tags_of(world) == {"高意向", "喜欢露营"}
    del tagged[ANNA]["wangwu"]
    told(world, kind)
    assert tags_of(world) == {"喜欢露营"}
    del tagged[ANNA]["lisi"]
    told(world, kind, userid="lisi")
    assert tags_of(world) == set()


def test_who_is_two_contacts_has_the_tags_of_both(
    world: World, tagged: dict[str, dict[str, str]]
) -> None:
    tagged[NAMELESS] = {"lisi": "喜欢露营"}
    told(world)
    told(world, external_userid=NAMELESS, userid="lisi")
    one, other = the_member(), the_member(NAMELESS)
    with one_transaction() as write:
        members.change_in(write, one.member_id, member_rules.woken)
    merges.merge(one.member_id, other.member_id, reason=Reason.MOBILE, by="system", now=world.now)
    world.settle()
    for external_userid, userid in ((ANNA, "wangwu"), (NAMELESS, "lisi")):
        told(world, "edit_external_contact", external_userid=external_userid, userid=userid)
        assert tags_of(world) == {"高意向", "喜欢露营"}
    del tagged[NAMELESS]
    told(world, "del_follow_user", external_userid=NAMELESS, userid="lisi")
    assert tags_of(world) == {"高意向"}


@pytest.mark.parametrize("errcode", [-1, 45009])
def test_a_lost_contact_whose_tags_wecom_does_not_tell_is_told_again(
    world: World, errcode: int
) -> None:
    told(world)
    world.platform.answers("/cgi-bin/externalcontact/get", errcode)
    with pytest.raises(Unavailable):
        told(world, "del_follow_user")


@pytest.mark.parametrize("kind", ["del_external_contact", "del_follow_user"])
def test_a_contact_that_was_lost_stays_known_as_such(world: World, kind: str) -> None:
    told(world)
    world.later(hours=1)
    told(world, kind)
    (contact,) = contacts.of_member(the_member().member_id)
    assert contact == Contact(staff_id="wangwu", follows=False, at=world.now)


def test_what_was_told_last_holds_in_whatever_order_it_comes(world: World) -> None:
    told(world)
    told(world, "del_follow_user", created_at=START + 2 * HOUR)
    told(world, created_at=START + HOUR)
    (contact,) = contacts.of_member(the_member().member_id)
    assert not contact.follows


def test_to_lose_somebody_unknown_changes_nothing(world: World) -> None:
    told(world, "del_follow_user")
    assert (known_as(ANNA), world.platform.asked) == (None, [])


def test_what_else_becomes_of_contacts_is_passed_over(world: World) -> None:
    told(world, "transfer_fail")
    assert (known_as(ANNA), world.platform.asked) == (None, [])


def test_a_contact_that_is_gone_again_is_nobody(world: World) -> None:
    before = world.rows("people")
    with pytest.raises(NoSuchContact):
        told(world, external_userid="gone")
    assert world.rows("people") == before


@pytest.mark.parametrize("errcode", [-1, 45009])
def test_when_wecom_does_not_say_who_it_is_the_message_comes_again(
    world: World, errcode: int
) -> None:
    world.platform.answers("/cgi-bin/externalcontact/get", errcode)
    with pytest.raises(Unavailable):
        told(world)
    told(world)
    assert the_member().state is State.DORMANT


def test_two_colleagues_may_have_the_same_contact(world: World) -> None:
    told(world)
    told(world, userid="lisi")
    found = contacts.of_member(the_member().member_id)
    assert {contact.staff_id for contact in found} == {"wangwu", "lisi"}


@pytest.mark.parametrize("external_userid", [ANNA, NAMELESS])
def test_told_of_the_same_person_at_the_same_moment_both_find_one_member(
    world: World, monkeypatch: pytest.MonkeyPatch, external_userid: str
) -> None:
    claim = identities.claim
    raced: list[str] = []

    def be_late(*told_of: Any, **more: Any) -> None:
        if not raced:
            raced.append("now")
            told(world, external_userid=external_userid)
        claim(*told_of, **more)

    monkeypatch.setattr(identities, "claim", be_late)
    with pytest.raises(Unavailable):
        told(world, external_userid=external_userid, userid="lisi")
    told(world, external_userid=external_userid, userid="lisi")
    assert len([row for row in world.rows("people") if row["sk"] == "member"]) == 1


# Merges, and leaving


def two(world: World) -> tuple[Person, Person]:
    told(world)
    told(world, external_userid="external-of-wang~w", userid="lisi")
    return world.joins("anna~a"), world.joins("wang~w")


def test_who_was_merged_has_the_contacts_of_both_until_they_part(world: World) -> None:
    anna, wang = two(world)
    members.change(
        wang.member_id,
        lambda m: msgspec.structs.replace(m, state=State.MERGED, merged_into=anna.member_id),
    )
    ids = {"merge_id": "m", "kept_id": anna.member_id, "gone_id": wang.member_id}
    fact = facts.MembersMerged(fact_id="m", at=world.now, **ids)
    contacts.follow_merge(fact)
    contacts.follow_merge(fact)
    assert {c.staff_id for c in contacts.of_member(anna.member_id)} == {"wangwu", "lisi"}
    assert records.of_member(wang.member_id) == []
    with one_transaction() as write:
        members.change_in(
            write,
            wang.member_id,
            lambda m: msgspec.structs.replace(m, state=State.ACTIVE, merged_into=None),
        )
    undone = facts.MembersUnmerged(fact_id="u", at=world.now, **ids)
    contacts.follow_unmerge(undone)
    contacts.follow_unmerge(undone)
    contacts.follow_merge(fact)  # Told late: they are two again.
    assert [c.staff_id for c in contacts.of_member(anna.member_id)] == ["wangwu"]
    assert [c.staff_id for c in contacts.of_member(wang.member_id)] == ["lisi"]


def test_of_who_is_erased_no_contact_is_known(world: World) -> None:
    anna, wang = two(world)
    fact = facts.MemberErased(fact_id="e", at=world.now, member_id=anna.member_id)
    contacts.erase(fact)
    contacts.erase(fact)
    assert contacts.exported(anna.member_id) == []
    assert contacts.exported(wang.member_id) == [
        {
            "staff_id": "lisi",
            "touchpoint": "store-7",
            "follows": True,
            "at": "2026-11-22T04:00:00Z",
        }
    ]
