"""The sandbox's table of contents: every address it answers, one line each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox import (
    bot,
    callbacks,
    chat,
    clock,
    codes,
    company,
    contacts,
    control,
    conversations,
    customer_service,
    events,
    faults,
    gateway,
    identity,
    login,
    media,
    ocr,
    phones,
    photos,
    picture_checks,
    risk,
    safety,
    sent,
    staff,
    stats,
    subscribe,
    tokens,
    users,
    wecom_app,
)
from sandbox.apis import Api, endpoint, unknown
from sandbox.world import World

PAGE = Path(__file__).with_name("page")
ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]

APIS = (
    Api("GET", "/sns/jscode2session", login.exchange, media_type="text/plain"),
    Api("POST", "/cgi-bin/stable_token", tokens.stable),
    Api("GET", "/cgi-bin/token", tokens.plain),
    Api("POST", "/wxa/business/getuserphonenumber", phones.tell, tokens.authorize_wechat),
    Api("POST", "/wxa/getuserriskrank", risk.rank, tokens.authorize_wechat),
    Api("POST", "/wxa/msg_sec_check", safety.check_text, tokens.authorize_wechat),
    Api("POST", "/wxa/media_check_async", picture_checks.check, tokens.authorize_wechat),
    Api("POST", "/wxa/getwxacodeunlimit", codes.make, tokens.authorize_wechat),
    Api("POST", "/cv/ocr/driving", ocr.vehicle_licence, tokens.authorize_wechat),
    Api("POST", "/cv/ocr/drivinglicense", ocr.driver_licence, tokens.authorize_wechat),
    Api("POST", "/cgi-bin/message/subscribe/send", subscribe.send, tokens.authorize_wechat),
    Api("POST", "/cgi-bin/message/custom/send", customer_service.send, tokens.authorize_wechat),
    Api("POST", "/cgi-bin/media/upload", media.upload, tokens.authorize_wechat),
    Api("GET", "/cgi-bin/gettoken", tokens.wecom),
    Api("POST", "/cgi-bin/message/send", wecom_app.send, tokens.authorize_wecom),
    Api(
        "POST",
        "/cgi-bin/message/update_template_card",
        wecom_app.update_card,
        tokens.authorize_wecom,
    ),
    Api("GET", "/cgi-bin/externalcontact/get", contacts.get, tokens.authorize_wecom),
    Api("POST", "/cgi-bin/webhook/send", bot.send),
)

CONTROL = (
    ("GET", "/health", control.alive),
    ("GET", "/identity", identity.show),
    ("GET", "/upstream", gateway.show_upstream),
    ("PUT", "/upstream", gateway.set_upstream),
    ("GET", "/clock", clock.show),
    ("POST", "/clock", clock.move),
    ("GET", "/users", users.show_all),
    ("POST", "/users", users.create),
    ("GET", "/users/{openid}", users.show),
    ("PUT", "/users/{openid}", users.change),
    ("POST", "/users/{openid}/login-code", users.login_code),
    ("POST", "/users/{openid}/phone-code", users.phone_code),
    ("POST", "/users/{openid}/accept", subscribe.accepted_on_phone),
    ("POST", "/users/{openid}/say", chat.say),
    ("GET", "/chat/{openid}", conversations.chat),
    ("GET", "/staff", staff.show_all),
    ("POST", "/staff", staff.save),
    ("POST", "/staff/{userid}/say", company.say),
    ("POST", "/staff/{userid}/press", company.press),
    ("GET", "/inbox/{userid}", conversations.inbox),
    ("GET", "/bot", conversations.bot),
    ("POST", "/contacts", contacts.add),
    ("PUT", "/contacts/{external_userid}", contacts.change),
    ("POST", "/pictures", photos.vehicle_licence),
    ("POST", "/pictures/driver", photos.driver_licence),
    ("POST", "/scan", codes.scan),
    ("GET", "/sent", sent.show),
    ("GET", "/media/{media_id}", media.show),
    ("GET", "/events", events.stream),
    ("GET", "/stats", stats.show),
    ("GET", "/verdicts", safety.show_verdicts),
    ("POST", "/verdicts", safety.script_verdict),
    ("DELETE", "/verdicts", safety.clear_verdicts),
    ("GET", "/picture-checks", picture_checks.show),
    ("POST", "/picture-checks", picture_checks.add),
    ("DELETE", "/picture-checks", picture_checks.clear),
    ("GET", "/faults", faults.show),
    ("POST", "/faults", faults.add),
    ("DELETE", "/faults", faults.clear),
    ("POST", "/tokens/expire", tokens.expire),
    ("POST", "/callbacks/check", callbacks.check),
    ("GET", "/delivery", callbacks.show_delivery),
    ("PUT", "/delivery", callbacks.set_delivery),
)


class Anything(PathConvertor):
    """The rest of an address, also with line breaks in it: what is odd is the API's to refuse."""

    regex = r"(?s:.*)"


class FreshFiles(StaticFiles):
    """The page's files: asked for again each time, so that a browser never mixes old and new ones."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def create_app(world: World) -> Starlette:
    """The sandbox as an ASGI application."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await world.close()

    app = Starlette(
        routes=[*_control_routes(), *_api_routes(), *_gateway_routes(), *_page_routes()],
        exception_handlers={
            control.ControlError: control.control_refused,
            HTTPException: control.http_refused,
        },
        lifespan=lifespan,
    )
    app.state.world = world
    app.state.api_paths = frozenset(api.path for api in APIS)
    return app


def _control_routes() -> list[BaseRoute]:
    return [Route("/_sandbox" + path, handle, methods=[method]) for method, path, handle in CONTROL]


def _api_routes() -> list[BaseRoute]:
    known = [Route(api.path, endpoint(api), methods=ALL_METHODS) for api in APIS]
    other = [
        Route(prefix + "/{rest:path}", unknown, methods=ALL_METHODS)
        for prefix in ("/cgi-bin", "/wxa", "/sns", "/cv")
    ]
    return [*known, *other]


def _gateway_routes() -> list[BaseRoute]:
    register_url_convertor("anything", Anything())
    paths = ("/v1/{rest:anything}", "/callbacks/{rest:anything}", "/openapi.json", "/health")
    return [Route(path, gateway.relay, methods=ALL_METHODS) for path in paths]


def _page_routes() -> list[BaseRoute]:
    return [Route("/", _page), Mount("/page", FreshFiles(directory=PAGE, check_dir=False))]


async def _page(_: Request) -> Response:
    return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})
