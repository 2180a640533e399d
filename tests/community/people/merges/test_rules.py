"""Merges: who remains, what two are together, and what each takes when they part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.commons.audience.rules import Identity, Tier
from community.people.members.rules import Member, State, Touch, first_nickname
from community.people.merges import rules
from community.people.merges.rules import (
    Merge,
    MergedOn,
    MergeTooOld,
    MergeUndone,
    NoSuchMerge,
    NotToBeMerged,
    Reason,
)
from tests.builders import a_member

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OLD = a_member(member_id="01A", joined_at=NOW - timedelta(days=9))
NEW = a_member(member_id="01B", joined_at=NOW - timedelta(days=1))


def with_(member: Member, **fields: object) -> Member:
    return msgspec.structs.replace(member, **fields)


def together(*members: Member) -> Member:
    """Merged one after the other; whoever is older remains each time."""
    first, *others = members
    for other in others:
        first = rules.union(*rules.in_order(first, other))
    return first


def test_who_joined_first_remains() -> None:
    assert rules.in_order(NEW, OLD) == rules.in_order(OLD, NEW) == (OLD, NEW)


def test_of_two_who_joined_at_once_the_lower_id_remains() -> None:
    twin = with_(OLD, member_id="01Z")
    assert rules.in_order(twin, OLD) == (OLD, twin)


@pytest.mark.parametrize(
    ("field", "one", "other", "both"),
    [
        ("identity", Identity.PROSPECT, Identity.OWNER, Identity.OWNER),
        ("identity", Identity.OWNER, Identity.DEPOSIT_HOLDER, Identity.OWNER),
        ("identity", Identity.DEPOSIT_HOLDER, Identity.PROSPECT, Identity.DEPOSIT_HOLDER),
        ("tier", Tier.T1, Tier.T3, Tier.T3),
        ("badges", ("owner",), ("co-driver",), ("co-driver", "owner")),
        ("badges", ("owner",), ("owner",), ("owner",)),
        ("board_roles", ("moderator:a",), ("moderator:b",), ("moderator:a", "moderator:b")),
        ("phone", None, "138******78", "138******78"),
        ("phone", "138******78", "139******99", "138******78"),
        ("has_unionid", False, True, True),
        ("first_touch", Touch("b", NOW), Touch("a", OLD.joined_at), Touch("a", OLD.joined_at)),
        ("first_touch", None, Touch("a", NOW), Touch("a", NOW)),
        ("state", State.ACTIVE, State.DORMANT, State.ACTIVE),
        ("state", State.DORMANT, State.DORMANT, State.DORMANT),
        ("state", State.BLOCKED, State.ACTIVE, State.BLOCKED),
        ("state", State.DORMANT, State.BLOCKED, State.BLOCKED),
        ("consent", "2026-11", "2026-11", "2026-11"),
        ("consent", "2026-11", "2027-03", "2026-11"),
        ("consent", "2026-11", None, None),
    ],
)
def test_what_two_are_together(field: str, one: object, other: object, both: object) -> None:
    merged = rules.union(with_(OLD, **{field: one}), with_(NEW, **{field: other}))
    assert getattr(merged, field) == both


def test_who_was_never_asked_for_consent_did_not_refuse_it() -> None:
    dormant, awake = with_(OLD, state=State.DORMANT), with_(NEW, consent="2026-11")
    assert rules.union(dormant, awake).consent == "2026-11"


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ({"nickname": "老李"}, {"nickname": "小李"}, "老李"),
        ({"nickname": first_nickname("01A")}, {"nickname": "小李"}, "小李"),
        ({"nickname": "老李", "state": State.DORMANT}, {"nickname": "小李"}, "小李"),
        ({"nickname": "老李"}, {"nickname": "小李", "state": State.DORMANT}, "老李"),
    ],
)
def test_who_was_here_is_called_as_they_chose(
    old: dict[str, object], new: dict[str, object], name: str
) -> None:
    assert rules.union(with_(OLD, **old), with_(NEW, **new)).nickname == name


def test_who_remains_keeps_their_id_their_time_and_their_sessions() -> None:
    merged = rules.union(with_(OLD, session_version=7), NEW)
    assert (merged.member_id, merged.joined_at, merged.session_version) == ("01A", OLD.joined_at, 7)


def test_who_is_gone_leads_to_who_remains() -> None:
    gone = rules.gone_into(NEW, with_(OLD, session_version=7), merge_id="m1")
    assert (gone.state, gone.merged_into, gone.merge_id) == (State.MERGED, "01A", "m1")
    assert (gone.session_version, gone.merged_session) == (NEW.session_version, 7)


@pytest.mark.parametrize("state", [State.LEAVING, State.ERASED])
def test_who_asked_to_be_erased_is_not_carried_on_in_somebody_else(state: State) -> None:
    for both in ((with_(OLD, state=state), NEW), (OLD, with_(NEW, state=state))):
        with pytest.raises(NotToBeMerged):
            rules.check_may_merge(*both)


@pytest.mark.parametrize("state", [State.ACTIVE, State.DORMANT, State.BLOCKED])
def test_everybody_else_may_be_merged(state: State) -> None:
    rules.check_may_merge(with_(OLD, state=state), NEW)


def test_somebody_wakes_if_one_of_two_was_here_and_the_other_was_not() -> None:
    asleep = with_(OLD, state=State.DORMANT)
    assert rules.wakes(asleep, NEW)
    assert rules.wakes(NEW, asleep)
    assert not rules.wakes(OLD, NEW)
    assert not rules.wakes(asleep, asleep)


SOME_MEMBERS = st.lists(
    st.builds(
        a_member,
        member_id=st.sampled_from([f"01{letter}" for letter in "ABCDEF"]),
        joined_at=st.integers(0, 3).map(lambda days: NOW - timedelta(days=days)),
        nickname=st.sampled_from(["老李", "小李", "车友01A", "车友01B"]),
        identity=st.sampled_from(Identity),
        tier=st.sampled_from(Tier),
        badges=st.sets(st.sampled_from(["owner", "co-driver", "pioneer"])).map(tuple),
        board_roles=st.sets(st.sampled_from(["moderator:a", "moderator:b"])).map(tuple),
        state=st.sampled_from([State.ACTIVE, State.DORMANT, State.BLOCKED]),
        first_touch=st.none()
        | st.builds(Touch, st.sampled_from("ab"), st.sampled_from([NOW, OLD.joined_at])),
        phone=st.none() | st.sampled_from(["138******78", "139******99"]),
        has_unionid=st.booleans(),
        consent=st.none() | st.sampled_from(["2026-11", "2027-03"]),
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda member: member.member_id,
)


@given(members=SOME_MEMBERS, data=st.data())
def test_in_whatever_order_the_same_one_remains_and_is_the_same(
    members: Sequence[Member], data: st.DataObject
) -> None:
    other_order = data.draw(st.permutations(members))
    assert together(*members) == together(*other_order)


@given(members=SOME_MEMBERS, at=st.integers(1, 5))
def test_however_they_are_grouped_they_come_out_the_same(
    members: Sequence[Member], at: int
) -> None:
    left, right = members[:at], members[at:]
    if left and right:
        halves = rules.in_order(together(*left), together(*right))
        assert rules.union(*halves) == together(*members)


# Parting


def a_merge(old: Member = OLD, new: Member = NEW, **fields: object) -> Merge:
    usual: dict[str, object] = {
        "merge_id": "m1",
        "kept_id": old.member_id,
        "gone_id": new.member_id,
        "reason": Reason.MOBILE,
        "by": "system",
        "at": NOW,
        "kept": old,
        "gone": new,
        "union": rules.union(old, new),
    }
    return Merge(**{**usual, **fields})  # type: ignore[arg-type]


def test_who_remained_loses_what_came_from_the_other_only() -> None:
    old = with_(OLD, badges=("pioneer",), state=State.DORMANT)
    new = with_(
        NEW, identity=Identity.OWNER, badges=("owner", "pioneer"), phone="138******78", tier=Tier.T2
    )
    merge = a_merge(old, new)
    assert merge.union
    alone = rules.kept_alone(merge.union, merge)
    assert alone == with_(old, session_version=2)


def test_what_changed_since_stays() -> None:
    merge = a_merge(OLD, with_(NEW, badges=("owner",), phone="138******78"))
    assert merge.union
    now = with_(merge.union, nickname="新名", phone="139******99", badges=("owner", "pioneer"))
    alone = rules.kept_alone(now, merge)
    assert (alone.nickname, alone.phone, alone.badges) == ("新名", "139******99", ("pioneer",))


def test_board_roles_go_back_with_whom_they_were_given_to() -> None:
    merge = a_merge(
        with_(OLD, board_roles=("moderator:a",)), with_(NEW, board_roles=("moderator:b",))
    )
    assert merge.union
    now = with_(merge.union, board_roles=("moderator:a", "moderator:b", "moderator:c"))
    assert rules.kept_alone(now, merge).board_roles == ("moderator:a", "moderator:c")


def test_the_other_is_as_they_were_and_all_sessions_of_both_end() -> None:
    merge = a_merge()
    gone = rules.gone_into(NEW, OLD, merge_id="m1")
    assert rules.gone_alone(gone, merge) == with_(NEW, session_version=2)


def test_who_is_gone_by_another_merge_does_not_come_back_by_this_one() -> None:
    gone = rules.gone_into(NEW, OLD, merge_id="m2")
    with pytest.raises(MergeUndone):
        rules.gone_alone(gone, a_merge())


def test_who_was_merged_on_parts_from_that_first() -> None:
    with pytest.raises(MergedOn):
        rules.kept_alone(with_(OLD, state=State.MERGED), a_merge())


def test_nobody_parts_from_who_is_erased() -> None:
    with pytest.raises(NoSuchMerge):
        rules.kept_alone(with_(OLD, state=State.ERASED), a_merge())


def test_a_merge_can_be_undone_for_thirty_days_and_once() -> None:
    merge = a_merge()
    rules.check_may_part(merge, NOW + timedelta(days=30))
    with pytest.raises(MergeTooOld):
        rules.check_may_part(merge, NOW + timedelta(days=30, seconds=1))
    undone = rules.undone(merge, by="lisi", now=NOW)
    with pytest.raises(MergeUndone):
        rules.check_may_part(undone, NOW)


def test_of_a_merge_that_is_undone_or_erased_nobody_knows_who_they_were() -> None:
    for merge in (rules.undone(a_merge(), by="lisi", now=NOW), rules.forgotten(a_merge())):
        assert (merge.kept, merge.gone, merge.union) == (None, None, None)
    with pytest.raises(NoSuchMerge):
        rules.check_may_part(rules.forgotten(a_merge()), NOW)
