"""What members do with who they are: profile, phone, cars, data, sessions."""

from __future__ import annotations

from itertools import count

from bench.acts import Cast, signed_in
from bench.meter import Sum
from bench.operation import Budget, Operation, done, got, own
from bench.stage import Stage
from tests.fakes.usual import a_licence_photo

_numbers = count(1)


def _first_call_of_a_day(stage: Stage, cast: Cast) -> Sum:
    stage.later(days=1)
    stage.call("GET", "/v1/boards")  # Boards are read once a minute.
    return stage.cost(lambda: stage.call("GET", "/v1/boards", token=cast.reader)) - cast.identity


def _me(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, "/v1/me")


def _next_question(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, "/v1/me/next-question")


def _change_profile(stage: Stage, cast: Cast) -> Sum:
    city = ("上海", "北京")[next(_numbers) % 2]
    told = {"city": city, "interests": ["露营", "摄影"]}
    return done(stage, cast, "PUT", "/v1/me", body=told)


def _bind_phone(stage: Stage, _cast: Cast) -> Sum:
    token = signed_in(stage, f"caller-{next(_numbers)}")
    return own(
        stage, token, "POST", "/v1/me/phone", body={"code": f"phone-of-1380013{next(_numbers):04}"}
    )


def _bind_phone_of_another(stage: Stage, _cast: Cast) -> Sum:
    """The second account of somebody: the two become one."""
    mobile = f"1390013{next(_numbers):04}"
    for nth in ("1", "2"):
        token = signed_in(stage, f"caller-{next(_numbers)}")
        cost = own(stage, token, "POST", "/v1/me/phone", body={"code": f"phone-of-{mobile}~{nth}"})
    return cost


def _merge_followed(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    _bind_phone_of_another(stage, cast)
    return stage.cost(stage.follow)


def _certify(stage: Stage, _cast: Cast) -> Sum:
    token = signed_in(stage, f"driver-{next(_numbers)}")
    car = {
        "kind": "owner",
        "vin": "LSVAM4187C2184841",
        "plate_number": "沪A12345",
        "model": "示例轿车",
    }
    return own(stage, token, "POST", "/v1/certifications", body=car)


def _certify_with_photo(stage: Stage, _cast: Cast) -> Sum:
    from chalicelib import storage
    from community.commons.media import service as media

    token, photo = signed_in(stage, f"driver-{next(_numbers)}"), a_licence_photo()
    asked = {"purpose": "licence", "content_type": "image/png", "bytes": len(photo)}
    media_id = stage.call("POST", "/v1/media", token=token, body=asked).json["media_id"]
    found = media.find(media_id)
    assert found
    storage.put(found.key, photo, content_type=found.content_type)
    with_photo = {"kind": "owner", "licence_media_id": media_id}
    return own(stage, token, "POST", "/v1/certifications", body=with_photo)


def _vehicles(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, "/v1/vehicles")


def _ask_for_export(stage: Stage, _cast: Cast) -> Sum:
    token = signed_in(stage, f"curious-{next(_numbers)}")
    return own(stage, token, "POST", "/v1/me/export")


def _leave(stage: Stage, _cast: Cast) -> Sum:
    token = signed_in(stage, f"leaver-{next(_numbers)}")
    return own(stage, token, "DELETE", "/v1/me", body={"confirm": "注销"})


def _sign_out(stage: Stage, _cast: Cast) -> Sum:
    return own(stage, signed_in(stage, f"guest-{next(_numbers)}"), "DELETE", "/v1/session")


OF_PEOPLE: tuple[Operation, ...] = (
    Operation("the first call of a day", _first_call_of_a_day, Sum(0, 1, 1), Budget(None, 1)),
    Operation("me", _me, Sum(0.5, 0, 1)),
    Operation("the next question", _next_question, Sum(0.5, 0, 1)),
    Operation("tell two things about oneself", _change_profile, Sum(1, 2, 2)),
    Operation("bind a phone number", _bind_phone, Sum(6.5, 14, 12)),
    Operation("bind it to one's second account", _bind_phone_of_another, Sum(11, 17, 15)),
    Operation("what follows from two being one", _merge_followed, Sum(141, 33, 175)),
    Operation("apply for certification", _certify, Sum(2.5, 7, 6)),
    Operation("apply with a photo", _certify_with_photo, Sum(7.5, 32, 15)),
    Operation("my vehicles", _vehicles, Sum(1.5, 0, 2)),
    Operation("ask for all my data", _ask_for_export, Sum(1, 7, 2)),
    Operation("ask to be erased", _leave, Sum(2, 8, 3)),
    Operation("sign out", _sign_out, Sum(0.5, 1, 2)),
)
