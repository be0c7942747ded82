"""``preview``: the contact that a payload would become, field by field with where it came from."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import config_option, json_option, load_config, print_json, printable, source_named, table, words
from app.cli.payloads import from_file, header_option, with_headers
from app.errors import UsageError, WebhookError
from app.webhook import EventStatus

if TYPE_CHECKING:
    from app.mapping import Mapped


@click.command()
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path))
@header_option
@json_option
@config_option
def preview(source: str, file: Path, headers: tuple[str, ...], *, as_json: bool, config_path: Path | None) -> None:
    """Show the contact that the payload in FILE ("-" for standard input) would become; nothing is sent."""
    from app.mapping import map_event  # noqa: PLC0415 -- see app.cli

    config = load_config(config_path, sandbox=True)
    chosen = source_named(config, source)
    webhook = with_headers(from_file(file), headers)
    try:
        events = chosen.provider.read(chosen, webhook, datetime.now(UTC))
    except WebhookError as error:
        raise UsageError(str(error)) from None
    mapped = [(event, map_event(chosen, event)) for event in events]
    if as_json:
        print_json([{"event_id": e.event_id, "event_type": e.event_type, **_document(m)} for e, m in mapped])
    else:
        for event, result in mapped:
            _show_mapped(event.event_type, result)
    if any(result.status is EventStatus.FAILED for _, result in mapped):
        raise click.exceptions.Exit(1)


def _document(mapped: "Mapped") -> dict[str, Any]:
    fields = {name: {"value": found.value, "from": found.origin} for name, found in mapped.findings.items()}
    return {
        "status": mapped.status, "reason": mapped.reason, "meaning": mapped.meaning, "contact": fields,
        "notes": list(mapped.notes),
    }  # fmt: skip


def _show_mapped(event_type: str, mapped: "Mapped") -> None:
    what = "would be delivered" if mapped.contact else f"{mapped.status}: {mapped.reason}"
    click.echo(printable(f"{event_type} ({mapped.meaning or 'not mapped'}): {what}"))
    rows = [(name, words(found.value), found.origin)
            for name, found in mapped.findings.items()]  # fmt: skip
    if rows:
        table("", ["field", "value", "from"], rows)
    notes = list(mapped.notes)
    if event_type == "unknown":
        notes.append("nothing here says which event this is; where a header does, give it with -H 'Name: value'")
    for note in notes:
        click.echo(printable(f"note: {note}"))


commands = (preview,)
