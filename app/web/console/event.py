"""One event: what was sent, what became of it and why; replay it or ignore it."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from app.desk import steering
from app.desk.explaining import EventView, State, explain, rehearsed
from app.errors import WebhookError
from app.forecast import Forecast
from app.payload import decode
from app.store import Batch, Filter
from app.store.dismissals import DISMISSIBLE
from app.web.console.desk import bridge, console, in_place, otherwise, who
from app.web.console.views import pretty

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

_MOST_ATTEMPTS = 50
_BUSY = "It is being delivered at this moment, so nothing was done."
_SAID = {
    "replayed": "It is mapped and delivered again.",
    "ignored": "It is ignored from now on. A replay brings it back.",
    "busy": _BUSY,
    "unfit": "Nothing was done: its payload is gone, or it is delivered or ignored already.",
}


@console.get("/event")
def event() -> str:
    """Everything about one event."""
    view = _view()
    return render_template(
        "event.html", view=view, row=view.row, said=_SAID.get(request.args.get("said", ""), ""),
        payload=_shown(view), attempts=view.attempts[-_MOST_ATTEMPTS:],
        dismissible=view.row["status"] in DISMISSIBLE, otherwise=otherwise(),
    )  # fmt: skip


@console.get("/event/payload")
def payload() -> Response:
    """The payload byte for byte, as a file: whatever it says, no browser runs it."""
    view = _view()
    if view.event is None or view.state is not State.KEPT:
        raise NotFound
    as_file = {"Content-Disposition": 'attachment; filename="payload.txt"'}
    return Response(view.event.body, headers=as_file, mimetype="application/octet-stream")


@console.get("/event/replay")
def event_forecast() -> str:
    """What a replay would change; nothing is changed yet."""
    view = _view()
    found = rehearsed(bridge(), view.row["source"], view.row["event_id"])
    told = {"found": found, "words": ""} if isinstance(found, Forecast) else {"found": None, "words": found}
    return render_template("_forecast.html" if in_place() else "forecast.html", view=view, row=view.row, **told)


@console.post("/event/replay")
def event_replay() -> "AnyResponse":
    """Map and deliver one event again."""
    return _back(steering.replays(bridge(), _this(), who()), "replayed")


@console.post("/event/ignore")
def event_ignore() -> "AnyResponse":
    """Mark one event as done."""
    return _back(steering.ignores(bridge(), _this(), who(), request.form.get("reason", "")[:500]), "ignored")


def _view() -> EventView:
    found = explain(bridge(), request.args.get("source", ""), request.args.get("id", ""), _MOST_ATTEMPTS + 1)
    if found is None:
        raise NotFound
    return found


def _shown(view: EventView) -> str:
    """The payload for people: JSON and the fields of a form with a line for each, anything else as it is."""
    if isinstance(view.payload, str) and view.event is not None:
        with contextlib.suppress(WebhookError):
            return pretty(decode(view.event.body, view.event.content_type))
    return pretty(view.payload)


def _this() -> Filter:
    return Filter(source=request.form.get("source", ""), event_ids=[request.form.get("id", "")])


def _back(batches: Iterator[Batch], done: str) -> "AnyResponse":
    batch = next(batches, None)
    if batch is None:
        raise NotFound
    said = done if batch.changed else "busy" if batch.busy else "unfit"
    place = url_for("console.event", source=request.form["source"], id=request.form["id"], said=said)
    return redirect(place, 303)
