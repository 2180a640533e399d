"""`make member`: what a colleague does about a member, from the command line, and what is told of it."""

from __future__ import annotations

import re

import pytest

from chalicelib.lists import PageQuery
from community.commons.audit import service as audit
from community.commons.audit.rules import SYSTEM
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.facts import CertificationDecision
from community.people.applications import service as applications
from community.people.certifications import service as certifications
from community.people.leaving import service as leaving
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.sessions import service as sessions
from community.people.tags import service as tags
from local import member, say
from tests.builders import an_application
from tests.world import Person, World

A_LETTER = {"TITLE": "活动改期", "TEXT": "周六的试驾改到周日"}
NOBODY = "01J0000000000000000000MBR1"
DEEDS = ("merges", "unmerge", "sign-out", "deposit", "revoke", "tag", "untag", "write", "history")


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


@pytest.fixture
def wang(world: World, li: Person) -> Person:
    """The younger one, who turns out to be Li."""
    world.later(days=1)
    return world.joins("wang")


def does(world: World, deed: str, who: Person, **said: str) -> list[str]:
    """As a moderator who says why, unless told otherwise."""
    world.later(minutes=1)
    answers = {"BY": "lisi", "WHY": "电话核实"}
    return member.done({"DO": deed, "WHO": who.member_id, **answers, **said}, now=world.now)


def history(world: World, who: Person) -> list[str]:
    """What is told of each deed, without its time."""
    return [line.split("  ", 2)[2] for line in does(world, "history", who)]


def merge(world: World, one: Person, other: Person) -> str:
    merges.merge(one.member_id, other.member_id, reason=Reason.MOBILE, by=SYSTEM, now=world.now)
    merge_id = merges.merge_of(max(one.member_id, other.member_id))
    assert merge_id
    world.settle()
    return merge_id


def is_signed_in(world: World, who: Person) -> bool:
    return sessions.recognise(who.token, world.now) is not None


def certification_of(world: World, who: Person) -> str:
    made = applications.submit(
        who.member, an_application(), request_id=world.new_request_id(), now=world.now
    )
    approve = CertificationDecision.APPROVE
    certifications.decide(made.certification_id, approve, by="zhangsan", now=world.now)
    world.settle()
    return made.certification_id


# What is done


def test_all_sessions_of_a_member_are_ended(world: World, li: Person) -> None:
    assert does(world, "sign-out", li) == [f"✓ {li.member_id} signed out everywhere"]
    assert not is_signed_in(world, li)
    assert history(world, li) == ["lisi  强制退出登录  （电话核实）"]


def test_a_deposit_is_noted_and_taken_back(world: World, li: Person) -> None:
    (said,) = does(world, "deposit", li)
    certification_id = said.split()[1]
    world.settle()
    assert li.member.identity == "deposit_holder"
    revoked = does(world, "revoke", li, ID=certification_id, BY="zhangsan", WHY="已退款")
    assert revoked == [f"✓ {certification_id} revoked"]
    world.settle()
    assert li.member.identity == "prospect"
    assert history(world, li) == [
        f"zhangsan  撤销认证  {certification_id}  （已退款）",
        f"lisi  登记意向金  {certification_id}  （电话核实）",
    ]


def test_who_has_a_deposit_noted_gets_no_second_one_until_it_is_taken_back(
    world: World, li: Person
) -> None:
    certification_id = does(world, "deposit", li)[0].split()[1]
    (said,) = does(world, "deposit", li)
    assert said.split()[1] == certification_id
    does(world, "revoke", li, ID=certification_id, BY="zhangsan", WHY="已退款")
    (said,) = does(world, "deposit", li)
    assert said.split()[1] != certification_id


def test_an_owner_is_one_no_longer(world: World, li: Person) -> None:
    certification_id = certification_of(world, li)
    assert li.member.identity == "owner"
    does(world, "revoke", li, ID=certification_id)
    world.settle()
    assert li.member.identity == "prospect"


def test_a_tag_is_put_and_taken_off(world: World, li: Person) -> None:
    assert does(world, "tag", li, TAG="vip") == [f"✓ vip put on {li.member_id}"]
    assert [held.tag_id for held in tags.of(li.member_id, now=world.now)] == ["vip"]
    assert does(world, "untag", li, TAG="vip") == [f"✓ vip taken off {li.member_id}"]
    assert tags.of(li.member_id, now=world.now) == []
    assert history(world, li) == ["lisi  移除标签  vip", "lisi  添加标签  vip"]


def test_a_member_is_written_to(world: World, li: Person) -> None:
    told = does(world, "write", li, **A_LETTER, LINK="pages/me/index")
    assert told == [f"✓ {li.member_id} finds it among their notifications"]
    (item,) = notifications.page(li.member_id, PageQuery())[0].items
    assert (item.kind, item.title, item.text) == (Kind.SYSTEM, *A_LETTER.values())
    assert item.link == "pages/me/index"
    assert history(world, li) == ["lisi  发送系统通知"]


def test_a_letter_that_is_too_long_is_told_and_not_sent(world: World, li: Person) -> None:
    with pytest.raises(say.Failure, match="title: 应为 1–30 个字符; text: 应为 1–200 个字符"):
        does(world, "write", li, TITLE="长" * 31, TEXT="长" * 201)
    assert notifications.page(li.member_id, PageQuery())[0].items == []


def test_two_who_are_not_one_person_are_parted(world: World, li: Person, wang: Person) -> None:
    merge_id = merge(world, li, wang)
    assert wang.member.member_id == li.member_id
    undone = does(world, "unmerge", wang, ID=merge_id)
    assert undone == [f"✓ {merge_id} undone; both have to sign in anew"]
    world.settle()
    assert wang.member.member_id == wang.member_id
    assert not is_signed_in(world, li)
    assert history(world, li)[0] == f"lisi  撤销合并  {merge_id}  （手机号相同）"


# What is told


def test_merges_are_listed_with_what_they_rest_on(world: World, li: Person, wang: Person) -> None:
    assert does(world, "merges", li) == ["  none"]
    merge_id = merge(world, li, wang)
    listed = f"  {merge_id}  2026-11-23 12:01  mobile   {wang.member_id} into {li.member_id}"
    assert does(world, "merges", li) == does(world, "merges", wang) == [listed]
    does(world, "unmerge", li, ID=merge_id)
    assert does(world, "merges", li) == [f"{listed}  undone 2026-11-23 12:04"]


def test_a_merge_before_the_merge_is_listed_too(world: World, li: Person, wang: Person) -> None:
    world.later(days=1)
    zhao = world.joins("zhao")
    ids = {merge(world, wang, zhao), merge(world, li, wang)}
    assert {line.split()[0] for line in does(world, "merges", zhao)} == ids


def test_nothing_was_done_about_who_is_new(world: World, li: Person) -> None:
    assert does(world, "history", li) == ["  没有记录"]


def test_the_history_of_who_was_merged_is_that_of_both(
    world: World, li: Person, wang: Person
) -> None:
    does(world, "tag", wang, TAG="vip")
    merge_id = merge(world, li, wang)
    assert set(history(world, wang)) == {
        "lisi  添加标签  vip",
        f"系统  合并会员  {merge_id}  （手机号相同）",
        f"系统  转移合并会员的资料  {merge_id}",
    }
    does(world, "unmerge", li, ID=merge_id)
    assert history(world, wang) == ["lisi  添加标签  vip"]


def test_what_members_did_about_themselves_is_told(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    world.later(hours=1)
    leaving.stay(li.member, now=world.now)
    assert does(world, "history", li) == [
        "  2026-11-22 13:00  会员本人  取消注销",
        "  2026-11-22 12:00  会员本人  申请注销",
    ]


def test_the_history_of_who_left_says_so(world: World, li: Person) -> None:
    leaving.erase_closed(li.member, now=world.now)
    world.settle()
    assert history(world, li) == ["系统  注销完成  （微信账号已注销）"]


def test_every_deed_is_told_in_chinese_with_nothing_personal(
    world: World, li: Person, wang: Person
) -> None:
    certification_id = certification_of(world, wang)
    merge_id = merge(world, li, wang)
    does(world, "deposit", li)
    does(world, "tag", li, TAG="vip")
    does(world, "untag", li, TAG="vip")
    does(world, "revoke", li, ID=certification_id)
    does(world, "sign-out", li)
    does(world, "write", li, **A_LETTER)
    does(world, "unmerge", li, ID=merge_id)
    told = history(world, li)
    assert len(told) == 10
    assert [
        line for line in told if not re.match(r"(lisi|zhangsan|系统)  [一-鿿]+(  |$)", line)
    ] == []
    personal = (li.openid, wang.openid, li.member.nickname, "LSVAA49J132000001", "沪A12345")
    assert [word for word in personal if word in str(told)] == []


# What is wrong


@pytest.mark.parametrize("deed", ["", "merge", "erase"])
def test_who_does_not_say_what_to_do_is_told_what_there_is(
    world: World, li: Person, deed: str
) -> None:
    with pytest.raises(say.Failure, match="DO=history"):
        does(world, deed, li)


@pytest.mark.parametrize(
    ("deed", "missing"),
    [
        *((deed, "WHO") for deed in DEEDS),
        *((deed, "BY") for deed in DEEDS if deed not in ("merges", "history")),
        *((deed, "WHY") for deed in ("sign-out", "deposit", "revoke")),
        *((deed, "ID") for deed in ("unmerge", "revoke")),
        *((deed, "TAG") for deed in ("tag", "untag")),
        *(("write", name) for name in ("TITLE", "TEXT")),
    ],
)
def test_what_is_missing_is_named_and_nothing_done(
    world: World, li: Person, wang: Person, deed: str, missing: str
) -> None:
    tags.put(li.member_id, "vip", by="lisi", now=world.now)
    by_id = {"unmerge": merge(world, li, wang), "revoke": certification_of(world, li)}
    before = world.rows("people")
    said = {"ID": by_id.get(deed, ""), "TAG": "vip", **A_LETTER, missing: ""}
    with pytest.raises(say.Failure, match=f"^{missing} is missing"):
        does(world, deed, li, **said)
    assert world.rows("people") == before


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_is_not_a_member(world: World, li: Person, deed: str) -> None:
    with pytest.raises(say.Failure, match=f"^There is no member {NOBODY}"):
        does(world, deed, li, WHO=NOBODY, ID="x", TAG="vip")
    assert members.alone(NOBODY) is None
    assert audit.about(f"member#{NOBODY}") == []


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("sign-out", "只有工作人员可以操作"),
        ("deposit", "只有工作人员可以操作"),
        ("tag", "只有工作人员可以操作"),
        ("untag", "只有工作人员可以操作"),
        ("write", "只有工作人员可以操作"),
        ("unmerge", "只有工作人员可以操作"),
        ("revoke", "只有版主可以处理"),
    ],
)
def test_who_may_not_is_told_so(
    world: World, li: Person, wang: Person, deed: str, sentence: str
) -> None:
    tags.put(li.member_id, "vip", by="lisi", now=world.now)
    by_id = {"unmerge": merge(world, li, wang), "revoke": certification_of(world, li)}
    before = world.rows("people")
    with pytest.raises(say.Failure, match=sentence):
        does(world, deed, li, BY="mallory", ID=by_id.get(deed, ""), TAG="vip", **A_LETTER)
    assert world.rows("people") == before


def test_what_is_somebody_elses_is_left_alone(world: World, li: Person, wang: Person) -> None:
    world.later(days=1)
    zhao = world.joins("zhao")
    merge_id, certification_id = merge(world, li, wang), certification_of(world, li)
    with pytest.raises(say.Failure, match=f"{merge_id} is no merge of {zhao.member_id}"):
        does(world, "unmerge", zhao, ID=merge_id)
    with pytest.raises(say.Failure, match=f"is no certification of {zhao.member_id}"):
        does(world, "revoke", zhao, ID=certification_id)
    assert (wang.member.member_id, li.member.identity) == (li.member_id, "owner")


@pytest.mark.parametrize(
    ("deed", "tag", "sentence"),
    [
        ("tag", "vpi", "没有"),
        ("tag", "board:car-care", "不能"),
        ("untag", "vpi", "has no tag vpi, only: vip"),
    ],
)
def test_a_tag_that_cannot_be_is_told_in_a_sentence(
    world: World, li: Person, deed: str, tag: str, sentence: str
) -> None:
    does(world, "tag", li, TAG="vip")
    with pytest.raises(say.Failure, match=sentence):
        does(world, deed, li, TAG=tag)
    assert [held.tag_id for held in tags.of(li.member_id, now=world.now)] == ["vip"]


def test_an_unknown_stage_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "test")
    with pytest.raises(say.Failure, match="STAGE=test is none"):
        member.main()
