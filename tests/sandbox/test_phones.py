"""The number behind a code of the phone button."""

import pytest

PATH = "/wxa/business/getuserphonenumber"


def phone_code(sandbox, openid, phone="13800001234", **more):
    asked = {"phone": phone, **more}
    return sandbox.control("POST", f"/users/{openid}/phone-code", **asked)["code"]


def tell(sandbox, code, **more):
    return sandbox.wechat(PATH, {"code": code, **more})


def test_a_code_is_exchanged_for_the_number(lone_sandbox):
    openid = lone_sandbox.user()
    answer = tell(lone_sandbox, phone_code(lone_sandbox, openid), openid=openid)
    watermark = answer["phone_info"].pop("watermark")
    assert answer["errcode"] == 0
    assert answer["phone_info"] == {
        "phoneNumber": "13800001234",
        "purePhoneNumber": "13800001234",
        "countryCode": "86",
    }
    assert watermark["appid"] == lone_sandbox.identity.appid
    assert abs(watermark["timestamp"] - lone_sandbox.world.now()) < 60


def test_a_number_of_another_country_has_its_code(lone_sandbox):
    openid = lone_sandbox.user()
    code = phone_code(lone_sandbox, openid, "91234567", country_code="852")
    told = tell(lone_sandbox, code)["phone_info"]
    assert (told["phoneNumber"], told["purePhoneNumber"]) == ("+85291234567", "91234567")
    assert told["countryCode"] == "852"


def test_a_code_is_good_once(lone_sandbox):
    code = phone_code(lone_sandbox, lone_sandbox.user())
    assert tell(lone_sandbox, code)["errcode"] == 0
    assert tell(lone_sandbox, code)["errcode"] == 40029


def test_a_code_is_good_for_five_minutes(lone_sandbox):
    openid = lone_sandbox.user()
    in_time, too_late = phone_code(lone_sandbox, openid), phone_code(lone_sandbox, openid)
    lone_sandbox.ahead(290)
    assert tell(lone_sandbox, in_time)["errcode"] == 0
    lone_sandbox.ahead(11)
    assert tell(lone_sandbox, too_late)["errcode"] == 40029


def test_a_code_is_for_whom_it_was_issued(lone_sandbox):
    anna, bert = lone_sandbox.user(), lone_sandbox.user()
    code = phone_code(lone_sandbox, anna)
    assert tell(lone_sandbox, code, openid=bert)["errcode"] == 40029
    assert tell(lone_sandbox, code, openid=anna)["errcode"] == 0


def test_a_code_of_another_button_is_refused(lone_sandbox):
    openid = lone_sandbox.user()
    assert tell(lone_sandbox, lone_sandbox.login_code(openid))["errcode"] == 40029
    assert tell(lone_sandbox, "nonsense")["errcode"] == 40029
    assert lone_sandbox.wechat(PATH, {})["errcode"] == 40029
    assert "errcode" in lone_sandbox.exchange(phone_code(lone_sandbox, openid))


def test_it_needs_a_token_of_the_mini_program(lone_sandbox):
    code = phone_code(lone_sandbox, lone_sandbox.user())
    assert lone_sandbox.post(PATH, {"code": code})["errcode"] == 41001
    wecom = lone_sandbox.wecom_token()["access_token"]
    assert lone_sandbox.post(PATH, {"code": code}, access_token=wecom)["errcode"] == 40014
    assert tell(lone_sandbox, code)["errcode"] == 0


@pytest.mark.parametrize("wrong", [{"phone": "+8613800001234"}, {"country_code": "+852"}])
def test_a_number_is_digits(lone_sandbox, wrong):
    path = f"/users/{lone_sandbox.user()}/phone-code"
    assert lone_sandbox.refused("POST", path, **{"phone": "91234567", **wrong})[0] == 400
