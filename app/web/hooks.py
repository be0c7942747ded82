"""The endpoint that senders post to."""

import json
import time
from collections.abc import Sequence

import structlog
from flask import Blueprint, Response, abort, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from app import metrics
from app.bridge import Bridge, Receipt
from app.errors import (
    BridgeError,
    NoContactError,
    PayloadError,
    StoreUnavailableError,
    UnknownSourceError,
    UnsupportedMediaError,
    VerificationError,
)
from app.logs import loggable
from app.webhook import Reply, Webhook

log = structlog.get_logger()
hooks = Blueprint("hooks", __name__)

_CAUSES = {
    PayloadError: "unreadable body",
    UnsupportedMediaError: "unsupported media type",
    NoContactError: "no contact",
    StoreUnavailableError: "store unavailable",
}


@hooks.route("/hooks/<source>", methods=["GET", "POST"])
@hooks.route("/hooks/<source>/", methods=["GET", "POST"])
def receive(source: str) -> Response:
    """Keep a webhook's events: 200 once they are on disk."""
    started = time.perf_counter()
    bridge: Bridge = current_app.extensions["bridge"]
    try:
        answer = bridge.receive(source, _webhook(bridge)) if request.method == "POST" else _greet(bridge, source)
    except (BridgeError, RequestEntityTooLarge) as error:
        _refused(source, error)
        raise
    if isinstance(answer, Reply):
        return Response(answer.body, answer.status, content_type=answer.content_type)
    _kept(source, answer)
    response = Response(_summary(answer), mimetype="application/json")
    metrics.ack_seconds.observe(time.perf_counter() - started)
    return response


def _greet(bridge: Bridge, name: str) -> Reply:
    """Answer a GET or HEAD: the provider's challenge, or 405."""
    source = bridge.source(name)
    reply = source.provider.handshake(_webhook(bridge), source.secrets)
    if reply is None:
        abort(405, response=None)
    return reply


def _webhook(bridge: Bridge) -> Webhook:
    environ = request.environ
    headers = {
        name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    public_url = bridge.config.server.public_url
    return Webhook(
        body=request.get_data(cache=False, parse_form_data=False),
        headers=headers,
        query=request.args.to_dict() if environ.get("QUERY_STRING") else {},
        method=request.method,
        url=public_url.rstrip("/") + request.full_path.rstrip("?") if public_url else request.url,
    )


def _kept(source: str, receipts: Sequence[Receipt]) -> None:
    for receipt in receipts:
        metrics.accepted.labels(source, receipt.status).inc()
        event = receipt.event
        log.info(receipt.status, source=source, event_id=loggable(event.event_id), type=loggable(event.event_type))


def _refused(source: str, error: Exception) -> None:
    if isinstance(error, UnknownSourceError):
        metrics.refused.labels("", "unknown source").inc()
        log.warning("refused", cause="unknown source")  # the name is whatever somebody typed: it is not repeated
        return
    cause = error.cause.value if isinstance(error, VerificationError) else _CAUSES.get(type(error), "too large")
    metrics.refused.labels(source, cause).inc()
    log.warning("refused", source=source, cause=cause, hint=getattr(error, "hint", ""))


def _summary(receipts: Sequence[Receipt]) -> str:
    if len(receipts) == 1:
        return json.dumps({"status": receipts[0].status, "event_id": receipts[0].event.event_id})
    statuses = [receipt.status for receipt in receipts]
    status = next((word for word in ("accepted", "duplicate") if word in statuses), "ignored")
    return json.dumps({"status": status, "event_ids": [receipt.event.event_id for receipt in receipts]})
