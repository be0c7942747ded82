"""Events: what arrived, and what became of it."""

from collections.abc import Mapping
from typing import Any

from app.desk import explaining, listing
from app.desk.explaining import EventView
from app.desk.known import insist_on_source
from app.store.seal import Unreadable
from app.waiting import Waiting
from app.web.api import answers, questions
from app.web.api.desk import Desk, bridge
from app.web.api.mistakes import not_found
from app.web.api.names import known

blueprint = Desk("events", "What arrived, and what became of it.")


@blueprint.looks("/events", answers.Events, questions.EventsPage)
def events(arguments: dict[str, Any]) -> dict[str, Any]:
    """List events, the newest first

    Where no index helps, as for a type that is rare, a page is short or empty although there is another.
    """
    which = questions.selected(arguments)
    known(lambda: insist_on_source(bridge().config, bridge().store, which.source))
    rows, after = listing.page(bridge().store, which, arguments.get("cursor"), arguments["limit"])
    return {"data": told(rows), "next_cursor": after}


@blueprint.looks("/events/<source>/<event_id:event_id>", answers.Event)
def event(source: str, event_id: str) -> dict[str, Any]:
    """Show one event: its payload, what was mapped from where, every attempt

    The id may be as its sender wrote it; characters such as / are to be percent-encoded.
    """
    view = _view(source, event_id)
    return {
        **_row(view.row, view.waits_because),
        "payload": view.payload,
        "payload_state": view.state,
        "parts": view.parts,
        "attempts_made": [_attempt(each) for each in view.attempts],
    }


@blueprint.looks("/attempts/<source>/<event_id:event_id>", answers.Attempts)
def attempts(source: str, event_id: str) -> dict[str, Any]:
    """List the attempts to deliver an event, the oldest first, also those before a replay"""
    return {"data": [_attempt(each) for each in _view(source, event_id).attempts]}


def told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return events as they are listed, each with why it waits."""
    waiting = Waiting(bridge().config, bridge().store, bridge().now())
    return [_row(row, waiting.why(row)) for row in rows]


def _view(source: str, event_id: str) -> EventView:
    return explaining.explain(bridge(), source, event_id) or not_found(f"There is no event {event_id!r} of {source!r}.")


def _row(row: Mapping[str, Any], why: str | None) -> dict[str, Any]:
    notes = row["notes"]
    listed = list(notes.values()) if isinstance(notes, Unreadable) else notes or []  # type: ignore[attr-defined]
    return {**row, "notes": listed, "waits_because": why}


def _attempt(attempt: Mapping[str, Any]) -> dict[str, Any]:
    exchanges = attempt["exchanges"] or []
    return {**attempt, "exchanges": [exchanges] if isinstance(exchanges, Unreadable) else exchanges}
