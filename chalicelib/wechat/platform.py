"""How both platforms are called: token in the query, `errcode` in the answer, no secret in an error.

Beneath is wechatpy's client base, without its own tokens and retries (docs/decisions/0002-wechatpy.md).
Addresses carry tokens and texts carry people: what goes wrong is told by path, code and type only, and
no exception of a library is chained to ours.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from chalicelib import clock, logs, tokens
from chalicelib.errors import Refusal, Unavailable
from chalicelib.tokens import TokenSource
from chalicelib.wechat.refusals import OutcomeUnknown

CONNECT_TIMEOUT_S = 3.0
READ_TIMEOUT_S = 5.0
TOKEN_REFUSED = frozenset({40001, 40014, 42001})
# A server hangs up on an idle line, and a frozen Lambda does not hear of it.
LINE_IDLE_S_MAX = 20

Answer = Mapping[str, Any]
Refusals = Mapping[int, Callable[[], Refusal]]


class Request(msgspec.Struct, frozen=True):
    """One call of a platform's API.

    `is_message`: it reaches a person, so an answer that never came must not look like "not done".
    `gives_picture`: what is no JSON is a picture, found in the answer under that name.
    `by`: when it must be over, in the time of `time.monotonic`.
    """

    base_url: str
    path: str
    params: Mapping[str, str] | None = None
    data: Mapping[str, Any] | None = None
    files: Mapping[str, Any] | None = None
    is_get: bool = False
    is_message: bool = False
    gives_picture: bool = False
    by: float | None = None


def ask(request: Request, *, source: TokenSource, refuses: Refusals) -> Answer:
    """Call with a token; if the platform refuses the token, once more with a newer one.

    Refuses: what `refuses` says for an error code; Unavailable — any other code; as `ask_openly`
    """
    now = clock.utc_now()
    token = tokens.access_token(source, now=now)
    answer = _called(request, token)
    if answer["errcode"] in TOKEN_REFUSED:
        tokens.drop(source, token, now=now)
        fresh = tokens.access_token(source, now=now)
        if fresh != token:
            answer = _called(request, fresh)
    return _checked(request, answer, refuses)


def ask_openly(request: Request, *, refuses: Refusals) -> Answer:
    """Call without a token.

    Refuses: what `refuses` says for an error code; Unavailable — any other code, or certainly not
             done: no connection, hung up on, an HTTP error; OutcomeUnknown — a message without answer
    """
    return _checked(request, _called(request, None), refuses)


def _checked(request: Request, answer: Answer, refuses: Refusals) -> Answer:
    errcode = answer["errcode"]
    if errcode == 0:
        return answer
    if errcode in refuses:
        raise refuses[errcode]()
    logs.warning("platform refused a call", path=request.path, errcode=errcode)
    raise Unavailable


def _called(request: Request, token: str | None) -> Answer:
    from requests import Response
    from requests.exceptions import RequestException
    from wechatpy.exceptions import WeChatClientException

    status = None
    try:
        answer = _line(request.base_url)(request, token)
        if isinstance(answer, dict):
            return {"errcode": 0, **answer}
        if request.gives_picture and isinstance(answer, Response):
            return {"errcode": 0, "picture": answer.content}
        failure, maybe_done = "unreadable", True
    except WeChatClientException as error:
        return {"errcode": error.errcode}
    except RequestException as error:
        failure, maybe_done = type(error).__name__, _may_have_arrived(error)
        status = None if error.response is None else error.response.status_code
    except ValueError:
        failure, maybe_done = "unreadable", True
    # Raised out here, so that the exceptions above, which hold the address, are not chained to it.
    logs.warning("platform did not answer", path=request.path, failure=failure, status=status)
    raise OutcomeUnknown if maybe_done and request.is_message else Unavailable


def _may_have_arrived(error: Exception) -> bool:
    from requests.exceptions import ChunkedEncodingError, ContentDecodingError, ReadTimeout
    from urllib3.exceptions import ReadTimeoutError

    cut_short = isinstance(error, ReadTimeout | ChunkedEncodingError | ContentDecodingError)
    # A read that times out in the middle of an answer comes as a ConnectionError.
    return cut_short or any(isinstance(arg, ReadTimeoutError) for arg in error.args)


def _check_status(response: Any, **_: object) -> None:
    from requests.exceptions import HTTPError

    # wechatpy lets a redirect pass for an answer.
    if response.status_code != HTTPStatus.OK:
        raise HTTPError(response=response)


class _Line:
    """Connections to one host, kept while they are in use."""

    def __init__(self) -> None:
        from wechatpy.client.base import BaseWeChatClient

        # Its debug lines tell whole addresses.
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        self._client = BaseWeChatClient("", auto_retry=False)
        self._used_at = time.time()

    def is_idle(self) -> bool:
        return time.time() - self._used_at > LINE_IDLE_S_MAX

    def __call__(self, request: Request, token: str | None) -> Any:
        self._used_at = time.time()
        params = dict(request.params or {})
        send = self._client.get if request.is_get else self._client.post
        return send(
            f"{request.base_url}{request.path}",
            # Given as pairs, wechatpy adds no token of its own.
            params=[*params.items(), *([("access_token", token)] if token else [])],
            data=dict(request.data) if request.data is not None else None,
            files=request.files,
            headers={"Content-Type": "application/json"} if request.data is not None else None,
            timeout=_timeout(request),
            allow_redirects=False,
            hooks={"response": _check_status},
        )


_lines: dict[str, _Line] = {}


def _line(base_url: str) -> _Line:
    line = _lines.get(base_url)
    if line is None or line.is_idle():
        line = _lines[base_url] = _Line()
    return line


def _timeout(request: Request) -> Any:
    from urllib3.util import Timeout

    left_s = None if request.by is None else max(request.by - time.monotonic(), 0.001)
    return Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S, total=left_s)
