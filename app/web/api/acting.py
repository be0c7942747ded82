"""What is done about events: replay, ignore, pause, resume, erase. Each is written down."""

import json
from dataclasses import astuple
from typing import Any

from app.desk import explaining, steering
from app.desk.cursors import decoded, encoded
from app.desk.deliverers import mapping_otherwise
from app.desk.known import insist_on_org, insist_on_source
from app.desk.steering import Progress
from app.desk.whom import insist_on_a_name, whom_to_erase
from app.errors import UsageError
from app.store import Filter, PauseKind
from app.store.foreseen import foresee, is_known
from app.web.api import questions, reports
from app.web.api.desk import Desk, bridge, who
from app.web.api.mistakes import not_found, refuse, wrong
from app.web.api.names import known

blueprint = Desk("actions", "What is done about it, written down with who and when.")

_LARGEST = 2**63 - 1


@blueprint.does("/replay", reports.Progress, questions.Replay)
def replay(arguments: dict[str, Any]) -> dict[str, Any]:
    """Map and deliver events again, some at a time

    Those named, or all that are selected. It makes nobody twice: whoever is known gets only what is new.
    """
    which = _meant(arguments)
    here = bridge()
    words = None if arguments["anyway"] else mapping_otherwise(here.config, here.store, "this process")
    if words:
        raise UsageError(f"{words}, or replay through what it was started with: anyway")
    begun = _begun(arguments, which)
    return _progress(steering.replay_on(here, which, begun, who(), arguments["limit"]))


@blueprint.does("/ignore", reports.Progress, questions.Ignore)
def ignore(arguments: dict[str, Any]) -> dict[str, Any]:
    """Mark events as done that need nobody any more, some at a time

    Those named, or those that failed of all that are selected; with `status`, those that wait. A replay of their ids
    brings them back.
    """
    which = steering.to_ignore(_meant(arguments))
    begun = _begun(arguments, which)
    limit, reason = arguments["limit"], arguments["reason"]
    return _progress(steering.ignore_on(bridge(), which, begun, who(), reason, at_once=limit))


@blueprint.does("/rehearse", reports.Rehearsal, questions.Named, changes=False)
def rehearse(arguments: dict[str, Any]) -> dict[str, Any]:
    """Show what a replay of an event would change; nothing is sent, nothing is written"""
    row = _event(arguments["source"], arguments["event_id"])
    found = explaining.rehearsed(bridge(), arguments["source"], row)
    if isinstance(found, str):
        refuse(409, "nothing-to-replay", "It cannot be replayed now", found)
    said = found.rehearsed
    return {
        "changes": found.changes, "status": said.status, "reason": said.reason, "looks_first": said.looks_first,
        "fetches_first": said.fetches_first, "requests": said.requests, "against": found.against,
        "differences": found.differences,
    }  # fmt: skip


@blueprint.does("/pause", reports.Paused, questions.Pausing)
def pause(arguments: dict[str, Any]) -> dict[str, Any]:
    """Hold the events of an org or a source: they are kept and mapped, and wait"""
    kind, name = _pausable(arguments)
    return {"kind": kind, "name": name, "paused": True, "changed": steering.pause(bridge(), kind, name, who())}


@blueprint.does("/resume", reports.Paused, questions.Pausing)
def resume(arguments: dict[str, Any]) -> dict[str, Any]:
    """Let the events of a paused org or source go on, in the order in which they came"""
    kind, name = _pausable(arguments)
    return {"kind": kind, "name": name, "paused": False, "changed": steering.resume(bridge(), kind, name, who())}


@blueprint.does("/erase", reports.Erased, questions.Erase)
def erase(arguments: dict[str, Any]) -> dict[str, Any]:
    """Forget a person everywhere, with a receipt

    It looks through everything that is kept, which may take minutes. The contact upstream stays.
    """
    here, person, org = bridge(), arguments["person"], arguments.get("org")
    known(lambda: insist_on_org(here.config, org))
    whom = whom_to_erase(here.config, person, org, who())
    insist_on_a_name(here.store, whom, person.strip())
    if arguments["dry_run"]:
        return {"foreseen": foresee(here.store.database, whom, here.now()), "receipt": None}
    if not (arguments["even_if_unknown"] or is_known(here.store.database, whom)):
        found = foresee(here.store.database, whom, here.now())
        if not found.mentions:
            not_found("Nobody is known by that, and nothing that is kept names them.")
    return {"foreseen": None, "receipt": steering.erase(here, whom, who())}


def _meant(arguments: dict[str, Any]) -> Filter:
    """The events that are selected, or named and there."""
    source = arguments.get("source")
    known(lambda: insist_on_source(bridge().config, bridge().store, source))
    for event_id in arguments.get("event_ids", ()):
        _event(str(source), event_id)
    return questions.selected(arguments)


def _event(source: str, event_id: str) -> str:
    """Return the id under which an event is kept."""
    found = explaining.find(bridge(), source, event_id)
    return str(found["event_id"]) if found else not_found(f"There is no event {event_id!r} of {source!r}.")


def _pausable(arguments: dict[str, str]) -> tuple[PauseKind, str]:
    ((kind, name),) = arguments.items()
    return PauseKind(kind), name


def _begun(arguments: dict[str, Any], which: Filter) -> Progress:
    """How far it got, as the cursor says."""
    if "cursor" not in arguments:
        return steering.begin(bridge(), which)
    try:
        numbers = json.loads(decoded(arguments["cursor"]))
    except ValueError:
        numbers = None
    fits = isinstance(numbers, list) and all(type(each) is int and 0 <= each <= _LARGEST for each in numbers)
    if not fits or len(numbers) != len(astuple(Progress(0, 0))):
        wrong({"/cursor": "Is no cursor that was given out."})
    return Progress(*numbers)


def _progress(made: Progress) -> dict[str, Any]:
    cursor = None if made.over else encoded(json.dumps(astuple(made)))
    return {
        "total": made.total, "seen": made.seen, "done": made.done, "left_alone": made.left_alone, "next_cursor": cursor,
    }  # fmt: skip
