"""Replaying many events: the browser asks for one batch after the other, so that it can be watched and stopped."""

from flask import render_template, request
from werkzeug.exceptions import BadRequest

from app.desk.steering import Progress, begin, replay_on
from app.web.console.desk import bridge, console, in_place, insist_on_steering, otherwise, who
from app.web.console.events import Chosen

_COUNTS = ("total", "last", "after", "seen", "done", "left_alone", "action")


@console.get("/replay")
def many() -> str:
    """Say how many events are meant, or how far it got when it was stopped."""
    insist_on_steering()
    chosen = Chosen.from_values(request.args)
    stopped = "last" in request.args
    progress = _progress(request.args) if stopped else begin(bridge(), chosen.filter())
    return render_template(
        "bulk.html", chosen=chosen, progress=progress, goes_on=False, stopped=stopped, otherwise=otherwise()
    )


@console.post("/replay")
def replay_many() -> str:
    """Replay one batch; the answer asks for the next one."""
    chosen = Chosen.from_values(request.form)
    progress = replay_on(bridge(), chosen.filter(), _progress(request.form), who())
    template = "_bulk.html" if in_place() else "bulk.html"
    return render_template(template, chosen=chosen, progress=progress, goes_on=not progress.over, stopped=False)


def _progress(values: dict[str, str]) -> Progress:
    texts = [values.get(name, "0") for name in _COUNTS]
    if not all(text.isdecimal() and text.isascii() and len(text) < 19 for text in texts):
        raise BadRequest("The form is not whole. Begin again.")
    return Progress(*map(int, texts))
