"""Tells the number behind a code of the phone button."""

from typing import Any

from sandbox.apis import Call, Refused, ok

MAINLAND = "86"


def tell(call: Call) -> dict[str, Any]:
    """POST /wxa/business/getuserphonenumber: each code is good once, for 5 minutes, for whom it was issued.

    Source: wechat.md A3. Without `openid` nobody checks whose code it is. That somebody else's try leaves the
    code good is unverified.
    """
    world, asked = call.world, call.json()
    code = world.state.phone_codes.get(str(asked.get("code")))
    if code is None or code.phone is None or code.ends_at <= world.now():
        raise Refused(40029, "invalid code")
    if asked.get("openid") not in (None, "", code.openid):
        raise Refused(40029, "invalid code, the openid does not match")
    if code.used:
        raise Refused(40029, "code been used")
    code.used = True
    world.changed()
    country = code.country_code
    return ok(
        phone_info={
            "phoneNumber": code.phone if country == MAINLAND else f"+{country}{code.phone}",
            "purePhoneNumber": code.phone,
            "countryCode": country,
            "watermark": {"timestamp": int(world.now()), "appid": world.identity.appid},
        }
    )
