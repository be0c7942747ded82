"""The endpoint that senders post to."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from app import metrics, tracing
from app.bridge import Bridge, Receipt
from app.config.model import Source
from app.errors import (
    BridgeError,
    NoContactError,
    PayloadError,
    StoreUnavailableError,
    UnknownSourceError,
    UnsupportedMediaError,
    VerificationError,
)
from app.web.bodies import whole_body
from app.webhook import Reply, Webhook, loggable

log = structlog.get_logger()
hooks = Blueprint("hooks", __name__)

_CAUSES: Mapping[type[Exception], str] = {
    RequestEntityTooLarge: "too large",
    MethodNotAllowed: "method not allowed",
    PayloadError: "unreadable body",
    UnsupportedMediaError: "unsupported media type",
    NoContactError: "no contact",
    StoreUnavailableError: "store unavailable",
}
_NO_WEBHOOK = (MethodNotAllowed, StoreUnavailableError)  # a look at the address; trouble of our own


@hooks.route("/hooks/<source>", methods=["GET", "POST"])
@hooks.route("/hooks/<source>/", methods=["GET", "POST"])
def receive(source: str) -> Response:
    """Keep a webhook's events: 200 once they are on disk."""
    started = time.perf_counter()
    bridge: Bridge = current_app.extensions["bridge"]
    try:
        bridge.source(source)  # before the body is read: whose name is unknown, nobody counts or logs
        webhook = _webhook(request.environ, bridge)
        answer = bridge.receive(source, webhook) if webhook.method == "POST" else _greet(bridge, source, webhook)
    except (BridgeError, HTTPException) as error:
        _refused(source, error)
        raise
    if isinstance(answer, Reply):
        nosniff = {"X-Content-Type-Options": "nosniff"}  # a challenge repeats what somebody sent
        return Response(answer.body, answer.status, nosniff, content_type=answer.content_type)
    wanted = bridge.source(source).provider.reply  # some senders want an answer of their own
    _kept(bridge.source(source), answer)
    response = Response(wanted or _summary(answer), mimetype="application/json")
    seconds = time.perf_counter() - started
    metrics.ack_seconds.observe(seconds)
    for receipt in answer:
        tracing.kept(source, receipt.event.event_id, receipt.status, seconds)
    return response


def _greet(bridge: Bridge, name: str, webhook: Webhook) -> Reply:
    """Answer a GET or HEAD: the provider's challenge, or 405."""
    source = bridge.source(name)
    reply = source.provider.handshake(webhook, source.secrets)
    if reply is None:
        raise MethodNotAllowed(["POST"])
    return reply


def _webhook(environ: Mapping[str, Any], bridge: Bridge) -> Webhook:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    return Webhook(
        body=whole_body(environ, bridge.config.server.max_body_bytes),
        headers=headers,
        query=request.args.to_dict() if environ.get("QUERY_STRING") else {},
        method=environ["REQUEST_METHOD"],
        url=_url(environ, bridge.config.server.public_url),
    )


def _url(environ: Mapping[str, Any], public_url: str | None) -> str:
    """The address as the sender knows it, byte for byte, for those who sign it."""
    path = environ.get("RAW_URI") or f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}".rstrip("?")
    return (public_url or f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}").rstrip("/") + path


def _kept(source: Source, receipts: Sequence[Receipt]) -> None:
    for receipt in receipts:
        metrics.accepted.labels(source.name, receipt.status).inc()
        event = receipt.event
        kind = (
            loggable(event.event_type) if source.event_type else event.event_type
        )  # the user's choice, or the sender's
        log.info(receipt.status, source=source.name, event_id=loggable(event.event_id), type=kind)


def count_from_nought(sources: Iterable[str]) -> None:
    """Tell of a source before anything happened to it: who adds up increases misses what a counter begins with."""
    for source in sources:
        metrics.accepted.labels(source, "accepted")
        metrics.refused.labels(source, _CAUSES[StoreUnavailableError])


def _refused(source: str, error: Exception) -> None:
    if isinstance(error, UnknownSourceError):
        metrics.refused.labels("", "unknown source").inc()
        log.warning("refused", cause="unknown source")  # the name is whatever somebody typed: it is not repeated
        return
    cause = (
        error.cause.value if isinstance(error, VerificationError) else _CAUSES.get(type(error), "unreadable request")
    )
    metrics.refused.labels(source, cause).inc()
    hint = getattr(error, "hint", "")
    log.warning("refused", source=source, cause=cause, hint=hint)
    if not isinstance(error, _NO_WEBHOOK):
        current_app.extensions["refused"].note(source, cause, hint)


def _summary(receipts: Sequence[Receipt]) -> str:
    if len(receipts) == 1:
        return json.dumps({"status": receipts[0].status, "event_id": receipts[0].event.event_id})
    statuses = [receipt.status for receipt in receipts]
    status = next((word for word in ("accepted", "duplicate") if word in statuses), "ignored")
    return json.dumps({"status": status, "event_ids": [receipt.event.event_id for receipt in receipts]})
