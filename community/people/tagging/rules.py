"""Which tags are true of a member, by what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from community.people.members.rules import Member
from community.people.profiles.rules import Household, Profile, When
from community.people.profiles.texts import OPTIONS
from community.people.tag_catalogue.rules import id_in

NEWCOMER = "newcomer"
BUYS_SOON = "buys:within-month"


def by_identity(member: Member, *, at: datetime) -> dict[str, datetime]:
    """What the member is to the brand; `at` is when that was looked at."""
    return {f"identity:{member.identity}": at}


def by_profile(profile: Profile) -> dict[str, datetime]:
    """What the member told of themselves, since when: some of it holds for a while only."""
    return dict(_by_profile(profile))


def cares_for(profile: Profile) -> dict[str, datetime]:
    """The topics that the member named and the models that they say they drive, and when.

    Nobody checked what they drive: that makes it an interest, `owns-model` is for what is certified.
    """
    named = {"interests": profile.interests, "accessories": profile.accessories}
    cares = {
        id_in("topic", OPTIONS[field].get(word, word)): said.at
        for field, said in named.items()
        if said
        for word in said.value or ()
    }
    if vehicles := profile.vehicles:
        cares |= {id_in("model", car.model): vehicles.at for car in vehicles.value or ()}
    return cares


def _by_profile(profile: Profile) -> Iterator[tuple[str, datetime]]:
    if (city := profile.city) and city.value:
        yield id_in("city", city.value), city.at
    if (birthday := profile.birthday) and birthday.value:
        yield f"birthday:{birthday.value:%m}", birthday.at
    if (household := profile.household) and household.value:
        yield f"household:{_kind_of(household.value)}", household.at
    if (intentions := profile.intentions) and intentions.value:
        for intention in intentions.value:
            yield id_in("buys-model", intention.model), intentions.at
            if intention.when is When.WITHIN_MONTH:
                yield BUYS_SOON, intentions.at


def _kind_of(home: Household) -> str:
    if home.children:
        return "有孩子"
    return {1: "独居", 2: "二人"}.get(home.size, "多人")


def by_cars(models: Mapping[str, datetime]) -> dict[str, datetime]:
    """The models of the cars that are the member's, since when."""
    return {id_in("owns-model", model): at for model, at in models.items()}
