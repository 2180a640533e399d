"""How the control API under /_sandbox reads what it is asked, answers, and says what was wrong."""

import re
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from sandbox.world import World

Shape = TypeVar("Shape")


class ControlError(Exception):
    """A control call that cannot be done, with a sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def world_of(request: Request) -> "World":
    return cast("World", request.app.state.world)


async def read(request: Request, shape: type[Shape]) -> Shape:
    """Decode the JSON body; no body is the same as an empty object."""
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=shape)
    except msgspec.ValidationError as error:
        raise ControlError(400, _sentence(error)) from None
    except msgspec.DecodeError:
        raise ControlError(400, "the body is not JSON") from None


def answer(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


async def alive(_: Request) -> Response:
    return answer({"ok": True})


async def control_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, ControlError)
    return answer({"error": error.sentence}, error.status)


async def http_refused(request: Request, error: Exception) -> Response:
    """Answer for an address that does not exist, or not with this method."""
    assert isinstance(error, HTTPException)
    return answer(
        {"error": f"{request.method} {request.url.path}: {error.detail}"}, error.status_code
    )


def _sentence(error: msgspec.ValidationError) -> str:
    # msgspec says "Expected `int`, got `str` - at `$.ahead_s`".
    return re.sub(r" - at `\$\.?(.*)`", r" (in `\1`)", str(error)).replace(" (in ``)", "")
