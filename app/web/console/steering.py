"""Pausing and resuming an org or a source."""

from typing import TYPE_CHECKING

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from app.desk import steering
from app.store import PauseKind
from app.web.console.desk import bridge, console, who

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse


@console.post("/pause")
def pause() -> "AnyResponse":
    """Hold an org's or a source's events: they are kept and mapped, and wait."""
    kind, name = _meant()
    steering.pause(bridge(), kind, name, who())
    return _back(kind, name)


@console.post("/resume")
def resume() -> "AnyResponse":
    """Let them go on, in the order in which they came."""
    kind, name = _meant()
    steering.resume(bridge(), kind, name, who())
    return _back(kind, name)


def _meant() -> tuple[PauseKind, str]:
    kind, name = request.form.get("kind", ""), request.form.get("name", "")
    known = {PauseKind.ORG: bridge().config.orgs, PauseKind.SOURCE: bridge().config.sources}
    if kind not in (*PauseKind,) or name not in known[PauseKind(kind)]:
        raise NotFound
    return PauseKind(kind), name


def _back(kind: PauseKind, name: str) -> "AnyResponse":
    if kind is PauseKind.SOURCE:
        return redirect(url_for("console.source", name=name), 303)
    return redirect(url_for("console.overview"), 303)
