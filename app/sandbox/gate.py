"""What every request to the API passes on its way in and out: the record, the rate limit, the faults."""

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from app.sandbox.api import sandbox
from app.sandbox.received import Received
from app.sandbox.records import RefusedError, stamp
from app.sandbox.strike import UNSENT, no_answer, problem, strike


def install(app: Flask) -> None:
    app.before_request(_arrive)
    app.after_request(_leave)
    app.register_error_handler(RefusedError, _refuse)
    app.register_error_handler(HTTPException, _fail)


def _arrive() -> Response | None:
    g.received, g.fault = None, None
    if request.path == "/" or request.path.startswith("/_sandbox/"):
        return None
    here = sandbox()
    g.received = _received()
    here.requests.add(g.received)
    if not here.pause(here.settings.latency):
        return no_answer()
    wait = here.limit.wait(request.remote_addr or "")
    if wait is not None:
        raise RefusedError(429, "too many requests", retry_after=wait)
    g.fault = fault = here.faults.take(request.method, request.path)
    g.received.fault = fault and fault.kind.value
    return strike(fault, here) if fault and not fault.carried_out else None


def _received() -> Received:
    return Received(
        at=stamp(sandbox().now()),
        method=request.method,
        path=request.path,
        query_string=request.query_string.decode("ascii", "replace"),
        raw=request.get_data(),
        idempotency_key=request.headers.get("Idempotency-Key"),
    )


def _leave(response: Response) -> Response:
    fault = g.get("fault")
    if fault and fault.carried_out:
        response = strike(fault, sandbox(), response) or response
    if g.get("received"):
        g.received.status = None if UNSENT in response.headers else response.status_code
    return response


def _refuse(error: RefusedError) -> Response:
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return problem(error.status, error.message, headers)


def _fail(error: HTTPException) -> Response:
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return problem(error.code or 500, error.name.lower(), headers)
