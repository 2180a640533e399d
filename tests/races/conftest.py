"""The people of the journeys, all at once."""

from tests.journeys.conftest import (  # noqa: F401
    control,
    guest,
    http,
    let_happen,
    lisi,
    met,
    new_owner,
    new_phone,
    owner,
    people,
    prospect,
    wangwu,
    zhangsan,
)
