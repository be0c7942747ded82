"""Forgetting a person, everywhere: shown first, then done with its progress, and a receipt in the end."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, NotFound

from app.desk import steering
from app.desk.people import PersonView
from app.desk.people import person as person_view
from app.store import Receipt, Whom
from app.web.console.desk import bridge, console, insist_on_steering, who
from app.web.console.pieces import from_thread, in_pieces

if TYPE_CHECKING:
    from app.bridge import Bridge


@console.get("/people/<int(max=9223372036854775807):person_id>/erase")
def person_erase(person_id: int) -> str:
    """Say what would go, and ask."""
    insist_on_steering()
    return render_template("erase.html", view=_person(person_id))


@console.post("/people/<int(max=9223372036854775807):person_id>/erase")
def person_erase_now(person_id: int) -> Response:
    """Erase, once that was meant expressly."""
    if request.form.get("sure") != "yes":
        raise BadRequest("Tick the box: this cannot be undone.")
    view = _person(person_id)
    whom = Whom(frozenset(view.known.identities), (view.org,), _sources_of(view.org), by=who())
    return in_pieces("Erasing", url_for("console.overview"), _pieces(bridge(), whom, who()))


def _pieces(here: "Bridge", whom: Whom, by: str) -> Iterator[Markup]:
    for told in from_thread(lambda tell: steering.erase(here, whom, by, tell)):
        receipt = told if isinstance(told, Receipt) else None
        yield Markup(render_template("_erased.html", looked=told, receipt=receipt))  # noqa: S704 -- escaped there


def _sources_of(org: str) -> tuple[str, ...]:
    return tuple(source.name for source in bridge().config.every_source() if source.org == org)


def _person(person_id: int) -> PersonView:
    view = person_view(bridge().store, person_id)
    if view is None:
        raise NotFound
    return view
