"""``events`` and ``show``: what happened, to whom, and why."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app import utc_now
from app.cli.common import config_option, json_option, load_config, print_json, printable, table, words
from app.cli.databases import existing_store
from app.cli.selecting import one_event, selecting, source_option
from app.desk.known import insist_on_source

if TYPE_CHECKING:
    from app.store import Filter


@click.command()
@selecting
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
@config_option
def events(which: "Filter", limit: int, *, as_json: bool, config_path: Path | None) -> None:
    """List events, the newest first."""
    from app.store.many_events import extent  # noqa: PLC0415 -- see app.cli
    from app.waiting import Waiting  # noqa: PLC0415

    config = load_config(config_path, sandbox=True)
    store = existing_store(config)
    insist_on_source(config, store, which.source)
    waiting = Waiting(config, store, utc_now())
    found = [waiting.told(event) for event in store.log.events(which, limit)]
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo(
            "There are no events" + (" like that" if which.conditions() else " yet; `contact-bridge send` makes one")
        )
        return
    columns = ["event, and its id", "what became of it"]
    table("", columns, [_row(event) for event in found], whole=columns[0], ruled=True)
    if len(found) == limit and (total := extent(store.database, which)[0]) > limit:
        click.echo(f"{limit} of {total}; --limit shows more", err=True)


def _row(event: dict[str, Any]) -> tuple[str, ...]:
    """Three lines an event, so that its id fits into a narrow terminal in one piece, to be copied."""
    contact = event["contact"] or {}
    who = contact.get("email") or contact.get("phone") or contact.get("user_id")
    what = (printable(event["received_at"]), f"{event['source']}: {event['event_type']}", event["event_id"])
    waits = event["waits_because"] and f"waits: {event['waits_because']}"
    return "\n".join(what), _lines(event["status"], event["reason"], waits, who)


def _lines(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)


@click.command()
@click.argument("event")
@source_option
@json_option
@config_option
def show(event: str, source: str | None, *, as_json: bool, config_path: Path | None) -> None:
    """Show one EVENT (its id, as in the answer to the webhook): payload, contact, every attempt."""
    from app.waiting import Waiting  # noqa: PLC0415 -- see app.cli

    config = load_config(config_path, sandbox=True)
    store = existing_store(config)
    insist_on_source(config, store, source)
    found = Waiting(config, store, utc_now()).told(one_event(store, event, source))
    kept = store.log.event(found["source"], found["event_id"])
    body = kept.body.decode("utf-8", "replace") if kept else ""
    attempts = store.log.attempts(found["source"], found["event_id"])
    if as_json:
        print_json({**found, "body": body, "attempts_made": attempts})
        return
    table("", ["event", ""], [(_heading(name, found), _cell(value)) for name, value in found.items() if value])
    lines = "\n".join(printable(line) for line in body.splitlines())
    gone = (
        "The payload is gone: it was erased, is older than retention_days, or was sealed with a key that was given up."
    )
    click.echo(f"\nPayload, as it was sent:\n{lines}\n" if lines else f"\n{gone}\n")
    if not attempts:
        if lines:  # when the payload is gone, the attempts are, too
            click.echo("No attempt was made to deliver it" + (" yet" if found["waits_because"] else ""))
        return
    columns = ["started", "ms", "outcome", "requests"]
    rows = [(a["started_at"], a["duration_ms"], _lines(a["outcome"], a["message"]), _requests(a)) for a in attempts]
    table("Attempts, also those before the replay" if found["replayed_at"] else "Attempts", columns, rows)
    click.echo("What was sent and answered is in --json")


def _heading(name: str, event: dict[str, Any]) -> str:
    since = " since the replay" if name == "attempts" and event["replayed_at"] else ""
    return name.replace("_", " ") + since


def _requests(attempt: dict[str, Any]) -> str:
    asked = attempt["exchanges"] or []
    if isinstance(asked, dict):  # no list of requests: sealed with a key that is not configured, and it says so
        return words(asked)
    return "\n".join(f"{x.get('status', 'no answer')} {x['method']} {x['path']}" for x in asked)


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return "\n".join(f"{name.replace('_', ' ')}: {words(inner)}" for name, inner in value.items())
    return "\n".join(map(str, value)) if isinstance(value, list) else value


commands = (events, show)
