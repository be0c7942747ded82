"""The answer, or the lack of one, that a fault leaves a request with."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response
from werkzeug.http import http_date

from app.sandbox.faults import Fault, FaultKind
from app.sandbox.state import Sandbox

UNSENT = "X-Sandbox-Unsent"  # for the server, never sent: how much of this answer is not, "all" or "half"
REDIRECT_TARGET = "/redirected"  # a client that follows is seen among the requests

_HANG = 60.0  # seconds
_PAGE = "<!doctype html><title>One moment</title><p>Checking your connection before you go on.</p>"


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(data), status, headers, mimetype="application/json")


def problem(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return answer({"message": message}, status, headers)


def strike(fault: Fault, sandbox: Sandbox, made: Response | None = None) -> Response | None:
    """Return what is answered instead of ``made`` (None: not carried out yet), or None to go on as usual."""
    return _STRIKES[fault.kind](fault, sandbox, made)


def no_answer() -> Response:
    return Response(headers={UNSENT: "all"})


def _latency(fault: Fault, sandbox: Sandbox, _made: Response | None) -> Response | None:
    return None if sandbox.pause(fault.seconds or 0) else no_answer()


def _hang(fault: Fault, sandbox: Sandbox, _made: Response | None) -> Response:
    sandbox.pause(_HANG if fault.seconds is None else fault.seconds)
    return no_answer()


def _cut(_fault: Fault, _sandbox: Sandbox, made: Response | None) -> Response:
    assert made is not None, "a cut answer was made first"
    made.headers[UNSENT] = "half"
    return made


def _status(default: int, message: str) -> Callable[[Fault, Sandbox, Response | None], Response]:
    def respond(fault: Fault, sandbox: Sandbox, _made: Response | None) -> Response:
        return problem(fault.status or default, message, _retry_after(fault, sandbox))

    return respond


def _retry_after(fault: Fault, sandbox: Sandbox) -> dict[str, str]:
    if fault.retry_after is None:
        return {}
    if fault.retry_after_as_date:
        return {"Retry-After": http_date(sandbox.now() + timedelta(seconds=fault.retry_after))}
    return {"Retry-After": str(fault.retry_after)}


_STRIKES: dict[FaultKind, Callable[[Fault, Sandbox, Response | None], Response | None]] = {
    FaultKind.LATENCY: _latency,
    FaultKind.HANG: _hang,
    FaultKind.DROP: lambda *_: no_answer(),
    FaultKind.HALF: lambda *_: no_answer(),
    FaultKind.REFUSED_ROWS: lambda *_: None,  # the call itself sees to these two
    FaultKind.LOST_ROWS: lambda *_: None,
    FaultKind.CUT: _cut,
    FaultKind.RATE_LIMITED: _status(429, "too many requests"),
    FaultKind.ERROR: _status(503, "the service is not available"),
    FaultKind.UNAUTHORIZED: _status(401, "missing or invalid API key"),
    FaultKind.REDIRECT: lambda fault, *_: Response(status=fault.status or 302, headers={"Location": REDIRECT_TARGET}),
    FaultKind.HTML: lambda fault, *_: Response(_PAGE, fault.status or 200, mimetype="text/html"),
    FaultKind.NO_CONTACT: lambda fault, *_: answer({"status": "ok"}, fault.status or 200),
}
