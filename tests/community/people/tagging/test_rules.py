"""Which tags are true of a member, by what is known of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from community.commons.audience.rules import Identity
from community.people.profiles.rules import (
    DrivenCar,
    Household,
    Intention,
    Profile,
    Said,
    When,
)
from community.people.tag_catalogue.rules import CATALOGUE_FROM_THE_START, entry_of
from community.people.tagging import rules
from tests.builders import a_member

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
BEFORE = NOW - timedelta(days=9)


@pytest.mark.parametrize("identity", Identity)
def test_everybody_is_something_to_the_brand(identity: Identity) -> None:
    found = rules.by_identity(a_member(identity=identity), at=NOW)
    assert found == {f"identity:{identity.value}": NOW}


@pytest.mark.parametrize(
    ("told", "tags"),
    [
        ({}, set()),
        ({"city": Said(BEFORE, "上海")}, {"city:上海"}),
        ({"city": Said(BEFORE)}, set()),
        ({"birthday": Said(BEFORE, date(1990, 7, 3))}, {"birthday:07"}),
        ({"household": Said(BEFORE, Household(3, 1))}, {"household:有孩子"}),
        ({"household": Said(BEFORE, Household(1))}, {"household:独居"}),
        ({"household": Said(BEFORE, Household(2))}, {"household:二人"}),
        ({"household": Said(BEFORE, Household(5))}, {"household:多人"}),
        (
            {"intentions": Said(BEFORE, (Intention("ID.4 X", When.WITHIN_MONTH),))},
            {"buys-model:id.4x", "buys:within-month"},
        ),
        (
            {"intentions": Said(BEFORE, (Intention("ID.4 X", When.HALF_YEAR),))},
            {"buys-model:id.4x"},
        ),
        ({"intentions": Said(BEFORE, ())}, set()),
        ({"vehicles": Said(BEFORE, (DrivenCar("途观 L"),))}, set()),
    ],
)
def test_what_a_member_told_becomes_tags_since_they_told_it(
    told: dict[str, Any], tags: set[str]
) -> None:
    assert rules.by_profile(Profile(**told)) == dict.fromkeys(tags, BEFORE)


def test_interests_are_topics_in_the_words_that_people_read() -> None:
    profile = Profile(
        interests=Said(BEFORE, ("camping", "房车")), accessories=Said(NOW, ("floor_mats",))
    )
    assert rules.cares_for(profile) == {
        "topic:露营": BEFORE,
        "topic:房车": BEFORE,
        "topic:脚垫": NOW,
    }


def test_a_model_that_somebody_says_they_drive_is_one_that_they_care_for() -> None:
    told = Said(BEFORE, (DrivenCar("途观 L", 2019), DrivenCar("海豚")))
    assert rules.cares_for(Profile(vehicles=told)) == {"model:途观l": BEFORE, "model:海豚": BEFORE}
    assert rules.cares_for(Profile(vehicles=Said(NOW))) == {}


def test_cars_are_tags_by_their_model() -> None:
    assert rules.by_cars({"途观 L": BEFORE}) == {"owns-model:途观l": BEFORE}


def test_the_catalogue_knows_every_tag_that_a_rule_can_find() -> None:
    catalogue = {tag.tag_id: tag for tag in CATALOGUE_FROM_THE_START}
    profile = Profile(
        city=Said(NOW, "上海"),
        birthday=Said(NOW, date(1990, 7, 3)),
        household=Said(NOW, Household(2)),
        interests=Said(NOW, ("camping",)),
        vehicles=Said(NOW, (DrivenCar("汉兰达"),)),
        intentions=Said(NOW, (Intention("ID.4 X", When.WITHIN_MONTH),)),
    )
    found = {
        rules.NEWCOMER: NOW,
        **rules.by_profile(profile),
        **rules.cares_for(profile),
        **rules.by_cars({"途观 L": NOW}),
    }
    for identity in Identity:
        found |= rules.by_identity(a_member(identity=identity), at=NOW)
    assert [tag_id for tag_id in found if not entry_of(tag_id, catalogue)] == []
