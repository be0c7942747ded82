"""Importing people from a file: a rehearsal first, if that is wanted, with its progress and a report."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, Forbidden

from app.desk.bringing_in import bring_in
from app.web.console.desk import bridge, console, session, who
from app.web.console.pieces import in_pieces

if TYPE_CHECKING:
    from app.bridge import Bridge

_REASONS_SHOWN = 200


@console.get("/import")
def importing() -> str:
    """Ask for the file."""
    if not session().steers:
        raise Forbidden("You are signed in to look, and not to change anything.")
    return render_template("import.html", orgs=sorted(bridge().config.orgs))


@console.post("/import")
def import_people() -> Response:
    """Read the file row by row; nothing is kept of it but its rows' events."""
    file, org = request.files.get("file"), request.form.get("org", "")
    if org not in bridge().config.orgs:
        raise BadRequest("Choose an organization that is configured.")
    if file is None or not file.filename:
        raise BadRequest("Choose a file.")
    dry_run = request.form.get("how") != "import"
    columns = _columns(request.form.get("columns", ""))
    pieces = _pieces(bridge(), file, org, columns, dry_run=dry_run, by=who())
    return in_pieces("Trying it" if dry_run else "Importing", url_for("console.importing"), pieces)


def _pieces(
    here: "Bridge", file: FileStorage, org: str, columns: dict[str, str], *, dry_run: bool, by: str
) -> Iterator[Markup]:
    for told in bring_in(here, file.stream, org, columns, dry_run=dry_run, who=by):
        yield Markup(  # noqa: S704 -- escaped there
            render_template("_imported.html", told=told, dry_run=dry_run, shown=told.refused[:_REASONS_SHOWN])
        )


def _columns(text: str) -> dict[str, str]:
    """Read lines like ``Customer e-mail = email``."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        column, equals, part = line.rpartition("=")
        if not equals or not column.strip() or not part.strip():
            raise BadRequest(f"{line!r} is not of the form: column = part of a contact")
        found[column.strip()] = part.strip()
    return found
