"""Importing people from a file: a rehearsal first, if that is wanted, with its progress and a report."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from flask import Response, render_template, request, url_for
from markupsafe import Markup
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest

from app.config import checks
from app.import_report import Report
from app.imported import FIELDS
from app.importing import Import, holds_of
from app.tabular import Table
from app.web.console.desk import bridge, console, insist_on_steering, who
from app.web.console.pieces import in_pieces

if TYPE_CHECKING:
    from app.bridge import Bridge

_SHOWN, _EVERY_SECONDS = 100, 0.25


@console.get("/import")
def importing() -> str:
    """Ask for the file."""
    insist_on_steering()
    return render_template(
        "import.html", orgs=sorted(bridge().config.orgs), fields=[each for each in FIELDS if each != "-"]
    )


@console.post("/import")
def import_people() -> Response:
    """Read the file row by row; nothing is kept of it but its rows' events."""
    here, org = bridge(), request.form.get("org", "")
    if org not in here.config.orgs:
        raise BadRequest("Choose an organization that is configured.")
    holds = holds_of(filter(str.strip, request.form.get("columns", "").splitlines()))
    with ExitStack() as stack:
        file = stack.enter_context(_file())
        work = Import(here.config.import_source(org), Table(file), here.now(), holds, _region())
        stack.pop_all()  # from here on it is closed when its last row is read, long after this request
    dry_run = request.form.get("how") != "import"
    reports = work.rehearse() if dry_run else _noted(here, org, work, who())
    return in_pieces(
        "Trying it" if dry_run else "Importing", url_for("console.importing"), _pieces(file, work, reports)
    )


def _noted(here: "Bridge", org: str, work: Import, by: str) -> Iterator[Report]:
    """Keep the rows; whoever stops it is written down with what was kept by then."""
    report = Report()
    try:
        for report in work.keep(here.store):
            yield report
    finally:
        counts = {"kept": report.kept, "known": report.known, "refused": report.refused}
        here.store.actions.note(by, "import", {"org": org, **counts}, here.now())


def _pieces(file: BinaryIO, work: Import, reports: Iterator[Report]) -> Iterator[Markup]:
    report, told = Report(), time.monotonic()
    with file:
        for report in reports:
            if time.monotonic() - told > _EVERY_SECONDS:
                told = time.monotonic()
                yield _piece(report, work, over=False)
        yield _piece(report, work, over=True)


def _piece(report: Report, work: Import, *, over: bool) -> Markup:
    told = {"report": report, "lines": max(work.lines, report.line), "over": over, "shown": _SHOWN}
    return Markup(render_template("_imported.html", **told))  # noqa: S704 -- escaped there


def _file() -> BinaryIO:
    """Return a copy of the file: what was uploaded is closed before the answer begins."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadRequest("Choose a file.")
    copy = TemporaryFile()  # noqa: SIM115 -- see above
    shutil.copyfileobj(file.stream, copy)
    return cast("BinaryIO", copy)


def _region() -> str:
    text = request.form.get("region", "").strip().upper()
    try:
        return checks.region(text) if text else ""
    except ValidationError as error:
        raise BadRequest(f"The country of phone numbers {error.messages[0]}.") from None
