"""``events``, ``show`` and ``replay``: what happened, to whom, why; and again."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import config_option, json_option, load_config, open_store, print_json, printable, table, words
from app.errors import UsageError
from app.webhook import EventStatus, moment

if TYPE_CHECKING:
    from app.store import Store

_AGO = re.compile(r"(\d{1,6})([smhd])")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

status_option = click.option("--status", type=click.Choice([status.value for status in EventStatus]))
source_option = click.option("--source", help="Only events of this source.")
since_option = click.option("--since", help="Only events received since: 2026-01-31, an ISO time, or 15m, 2h, 3d ago.")


@click.command()
@status_option
@source_option
@click.option("--person", help="An e-mail address, a phone number (E.164) or a user id.")
@since_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
@config_option
def events(
    status: str | None, source: str | None, person: str | None, since: str | None, limit: int, *,
    as_json: bool, config_path: Path | None,
) -> None:  # fmt: skip
    """List events, the newest first."""
    from app.store import Filter  # noqa: PLC0415 -- see app.cli

    which = Filter(EventStatus(status) if status else None, source, person, _since(since))
    found = open_store(load_config(config_path, sandbox=True)).log.events(which, limit)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo(
            "There are no events" + (" like that" if which != Filter() else " yet; `contact-bridge send` makes one")
        )
        return
    table("", ["event, and its id", "what became of it"], [_row(event) for event in found], "event, and its id")


def _row(event: dict[str, Any]) -> tuple[str, ...]:
    """Three lines an event, so that its id fits into a narrow terminal in one piece, to be copied."""
    contact = event["contact"] or {}
    who = contact.get("email") or contact.get("phone") or contact.get("user_id")
    what = (printable(event["received_at"]), f"{event['source']}: {event['event_type']}", event["event_id"])
    return "\n".join(what), _lines(event["status"], event["reason"], who)


def _lines(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)


@click.command()
@click.argument("event")
@source_option
@json_option
@config_option
def show(event: str, source: str | None, *, as_json: bool, config_path: Path | None) -> None:
    """Show one EVENT (its id, as in the answer to the webhook): payload, contact, every attempt."""
    store = open_store(load_config(config_path, sandbox=True))
    found = _one(store, event, source)
    kept = store.log.event(found["source"], found["event_id"])
    body = kept.body.decode("utf-8", "replace") if kept else ""
    attempts = store.log.attempts(found["source"], found["event_id"])
    if as_json:
        print_json({**found, "body": body, "attempts_made": attempts})
        return
    table("", ["event", ""], [(name.replace("_", " "), _cell(value)) for name, value in found.items() if value])
    lines = "\n".join(printable(line) for line in body.splitlines())
    gone = "The payload is gone: it was erased, or older than retention_days."
    click.echo(f"\nPayload, as it was sent:\n{lines}\n" if lines else f"\n{gone}\n")
    columns = ["started", "ms", "outcome", "requests"]
    rows = [(a["started_at"], a["duration_ms"], _lines(a["outcome"], a["message"]), _requests(a)) for a in attempts]
    table("Attempts", columns, rows)


def _requests(attempt: dict[str, Any]) -> str:
    asked = attempt["exchanges"] or []
    return "\n".join(f"{x.get('status', 'no answer')} {x['method']} {x['path']}" for x in asked)


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return "\n".join(f"{name.replace('_', ' ')}: {words(inner)}" for name, inner in value.items())
    return "\n".join(map(str, value)) if isinstance(value, list) else value


def _one(store: "Store", event_id: str, source: str | None) -> dict[str, Any]:
    from app.store import Filter  # noqa: PLC0415 -- see app.cli

    found = store.log.events(Filter(source=source, event_ids=[event_id]))
    if not found:
        raise UsageError(f"there is no event {event_id!r}; `contact-bridge events` lists them")
    if len(found) > 1:
        sources = ", ".join(event["source"] for event in found)
        raise UsageError(f"several sources have an event {event_id!r}: choose one with --source ({sources})")
    return found[0]


@click.command()
@click.argument("event_ids", metavar="[EVENT]...", nargs=-1)
@status_option
@source_option
@since_option
@json_option
@config_option
def replay(
    event_ids: tuple[str, ...], status: str | None, source: str | None, since: str | None, *,
    as_json: bool, config_path: Path | None,
) -> None:  # fmt: skip
    """Map and deliver events again, through today's configuration: the EVENTs named, or all of a --status."""
    from app.store import Filter  # noqa: PLC0415 -- see app.cli

    if not event_ids and not status:
        raise UsageError("name the events to replay, or say which with --status failed")
    store = open_store(load_config(config_path, sandbox=True))
    for event_id in event_ids:
        _one(store, event_id, source)
    which = Filter(EventStatus(status) if status else None, source, None, _since(since), event_ids)
    again = store.log.replay(which)
    store.bell.ring()
    if as_json:
        print_json([{"source": name, "event_id": event_id} for name, event_id in again])
        return
    click.echo(f"{len(again)} event{'' if len(again) == 1 else 's'} to be mapped and delivered again")
    skipped = len(event_ids) - len(again) if event_ids else 0
    if skipped > 0:
        raise click.exceptions.Exit(1)


def _since(text: str | None) -> datetime | None:
    """Read "2h" as two hours ago, or a date or time."""
    if text is None:
        return None
    if ago := _AGO.fullmatch(text.strip()):
        span = timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        now = datetime.now(UTC)
        return now - min(span, now - _LONG_AGO)
    if found := moment(text):
        return found
    raise UsageError(f"--since {text!r} is no time: say 2026-01-31, 2026-01-31T09:00Z, or 15m, 2h, 3d")


commands = (events, show, replay)
