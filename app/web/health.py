"""For load balancers and Prometheus: alive, ready, metrics."""

import time
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app

from app import metrics

if TYPE_CHECKING:
    from app.bridge import Bridge

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """Alive: this process answers."""
    return Response('{"status": "alive"}', mimetype="application/json")


@health.get("/readyz")
def readyz() -> Response:
    """Ready: a commit can be made now. 503 otherwise."""
    bridge: Bridge = current_app.extensions["bridge"]
    if not bridge.store.migrated:
        bridge.store.migrate()
    bridge.store.ready(bridge.now())
    return Response('{"status": "ready"}', mimetype="application/json")


@health.get("/metrics")
def prometheus() -> Response:
    """Prometheus' text format, for all processes."""
    bridge: Bridge = current_app.extensions["bridge"]
    text = metrics.exposition(bridge.store, time.time())
    return Response(text, mimetype="text/plain; version=0.0.4; charset=utf-8")
