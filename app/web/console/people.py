"""Finding somebody or something, and the page of one person."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from app.desk.people import find as find_people
from app.desk.people import person as person_view
from app.store import Filter
from app.web.console.desk import bridge, console, in_place
from app.web.console.events import told

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

_LONGEST, _MOST = 320, 50


@console.get("/find")
def finding() -> str:
    """The form alone: what somebody is called stands in no address, and so in no proxy's log."""
    return render_template("find.html", text="", people=[], rows=[], asked=False)


@console.post("/find")
def find() -> "AnyResponse | str":
    """Find persons by e-mail, phone or user id, and events by their id; whoever is alone is shown at once."""
    text = request.form.get("text", "").strip()[:_LONGEST]
    people = find_people(bridge().store, text) if text else []
    rows = told(bridge().store.log.events(Filter(event_ids=[text]), 20)) if text else []
    if not in_place() and len(people) + len(rows) == 1:
        return redirect(_only(people[0].id if people else None, rows), 303)
    template = "_found.html" if in_place() else "find.html"
    return render_template(template, text=text, people=people, rows=rows, asked=bool(text))


def _only(person_id: int | None, rows: list[dict[str, str]]) -> str:
    if person_id is not None:
        return url_for("console.person", person_id=person_id)
    return url_for("console.event", source=rows[0]["source"], id=rows[0]["event_id"])


@console.get("/people/<int(max=9223372036854775807):person_id>")
def person(person_id: int) -> str:
    """Everything of one person, across sources."""
    view = person_view(bridge().store, person_id, request.args.get("after"), _MOST)
    if view is None:
        raise NotFound
    first = not request.args.get("after")
    return render_template("person.html", view=view, known=view.known, rows=told(view.events), first=first)
