"""``import``: the people of a file, as if each had signed up."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click

from app import utc_now
from app.cli.bulk import interruptible, progress
from app.cli.common import config_option, json_option, load_config, print_json, printable, table, who, words
from app.cli.databases import existing_store
from app.desk.known import insist_on_org
from app.errors import StoreUnavailableError, UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.errors import BridgeError
    from app.import_report import Remark, Report
    from app.importing import Import

_PARTS = ("name", "email", "phone", "user_id", "consent")
_TOLD = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--org", help="Where they go. [default: the org, if there is one]")
@click.option(
    "--map", "pairs", multiple=True, metavar="COLUMN=FIELD",
    help="What a column holds: user_id, name, first_name, last_name, email, phone, contact_id, consent, consent_at, "
    "region, occurred_at; - is not looked at. Repeatable; other columns are known by their names.",
)  # fmt: skip
@click.option("--region", help="The country of phone numbers without a country code, such as US (ISO 3166).")
@click.option("--dry-run", is_flag=True, help="Keep nothing: show what would come of it, and the first contacts.")
@json_option
@config_option
def import_(
    file: Path, org: str | None, pairs: tuple[str, ...], region: str | None, *, dry_run: bool, as_json: bool,
    config_path: Path | None,
) -> None:  # fmt: skip
    """Import the people in FILE ("-" for standard input): a table as text (CSV, TSV) with a heading.

    Each row is an event of the source `import`. The same row again is known, and changes nothing.
    """
    config = load_config(config_path, sandbox=True)
    chosen = _chosen(config, org)
    with _opened(file) as stream:
        work = _prepared(config, chosen, stream, pairs, region)
        store = None if dry_run else existing_store(config)
        report, whole, error = _through(work, work.keep(store) if store else work.rehearse())
    if as_json:
        print_json(_document(report, whole=whole, dry_run=dry_run))
    else:
        _show(report, dry_run=dry_run)
    if store:
        counts = {"kept": report.kept, "known": report.known, "refused": report.refused}
        store.actions.note(who(), "import", {"org": chosen, **counts}, utc_now())
    if not whole:
        click.echo(
            f"stopped after line {report.line}; to go on: the same command, which passes by what is kept", err=True
        )
    if error:
        raise error
    if report.refused or not whole:
        raise click.exceptions.Exit(1)


def _chosen(config: "Config", org: str | None) -> str:
    if org is None and len(config.orgs) == 1:
        return next(iter(config.orgs))
    if org is None:
        raise UsageError(f"say where they go: --org, one of {', '.join(config.orgs)}")
    insist_on_org(config, org)
    return org


def _prepared(config: "Config", org: str, stream: BinaryIO, pairs: tuple[str, ...], region: str | None) -> "Import":
    from marshmallow import ValidationError  # noqa: PLC0415 -- see app.cli

    from app.config import checks  # noqa: PLC0415
    from app.importing import Import, holds_of  # noqa: PLC0415
    from app.tabular import Table  # noqa: PLC0415

    try:
        country = checks.region(region) if region else ""
    except ValidationError as error:
        raise UsageError(f"--region {error.messages[0]}") from None
    return Import(config.import_source(org), Table(stream), utc_now(), holds_of(pairs), country)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """Open a file to be read more than once. Raises `UsageError`."""
    try:
        with click.open_file(str(file), "rb") as stream:
            if stream.seekable():
                yield cast("BinaryIO", stream)
                return
            with tempfile.TemporaryFile() as copy:
                shutil.copyfileobj(stream, copy)
                yield cast("BinaryIO", copy)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None


def _through(work: "Import", steps: "Iterator[Report]") -> "tuple[Report, bool, BridgeError | None]":
    """Go through a file; return what became of its rows, whether that is all of them, and what ended it on the way."""
    from app.import_report import Report  # noqa: PLC0415 -- see app.cli

    report, reached = Report(), 1
    try:
        with progress(work.lines, "Importing") as advance, interruptible() as interrupted:
            for report in steps:
                advance(report.line - reached)
                reached = report.line
                if interrupted():
                    return report, False, None
    except (UsageError, StoreUnavailableError) as error:
        if reached == 1:
            raise
        return report, False, error
    return report, True, None


def _document(report: "Report", *, whole: bool, dry_run: bool) -> dict[str, Any]:
    from app.store.documents import contact_to  # noqa: PLC0415 -- see app.cli

    counts = {"kept": report.kept, "known": report.known, "refused": report.refused, "left_out": report.left_out}
    told = {"refusals": _plain(report.refusals), "notes": _plain(report.notes)}
    shown = {"contacts": [contact_to(contact) for contact in report.contacts]} if dry_run else {}
    return {"dry_run": dry_run, "whole": whole, "line": report.line, **counts, **told, **shown}


def _plain(remarks: "list[Remark]") -> list[dict[str, Any]]:
    return [{"line": remark.line, "words": remark.words} for remark in remarks]


def _show(report: "Report", *, dry_run: bool) -> None:
    from app.store.documents import contact_to  # noqa: PLC0415 -- see app.cli

    if report.contacts:
        contacts = [contact_to(contact) for contact in report.contacts]
        columns = [part for part in _PARTS if any(part in contact for contact in contacts)]
        rows = [[words(contact.get(part, "")) for part in columns] for contact in contacts]
        table("The first contacts", [column.replace("_", " ") for column in columns], rows)
    done = "would be kept; nothing was" if dry_run else "kept, and delivered as any other event"
    click.echo(f"{_rows(report.kept)} {done}")
    if report.known:
        click.echo(f"{_rows(report.known)} known already")
    _tell(report.refused, "refused", report.refusals)
    _tell(report.left_out, "kept without a part that was no good", report.notes)


def _tell(count: int, what: str, remarks: "list[Remark]") -> None:
    if not count:
        return
    click.echo(f"{_rows(count)} {what}:")
    for remark in remarks[:_TOLD]:
        click.echo(printable(f"  line {remark.line}: {remark.words}"))
    if count > _TOLD:
        click.echo(f"  … and {count - _TOLD} more; --json names up to a thousand")


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


commands = (import_,)
