"""How commands say which events they mean."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from app.desk.known import nearest
from app.errors import UsageError
from app.webhook import EventStatus, moment

if TYPE_CHECKING:
    from app.store import Store

_AGO = re.compile(r"(\d{1,6})([smhd])")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

source_option = click.option("--source", help="Only events of this source.")


class _Status(click.Choice[str]):
    """One of the statuses; where it is not, the nearest one is told."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ARG002 -- click's
        return f"there is no status {value!r}{nearest(str(value), self.choices)}"


_OPTIONS = (
    click.option("--status", type=_Status([status.value for status in EventStatus])),
    source_option,
    click.option("--person", help="An e-mail address, a phone number (E.164) or a user id."),
    click.option("--since", help="Only events received since: 2026-01-31, an ISO time, or 15m, 2h, 3d ago."),
    click.option("--until", help="Only events received until then; a time as for --since."),
)


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that select events; it is called with the `Filter` as ``which``."""

    @wraps(command)
    def select(
        *, status: str | None, source: str | None, person: str | None, since: str | None, until: str | None,
        **others: Any,
    ) -> None:  # fmt: skip
        from app.store import Filter  # noqa: PLC0415 -- see app.cli

        wanted = EventStatus(status) if status else None
        which = Filter(wanted, source, person, _time("--since", since), until=_time("--until", until))
        command(which=which, **others)

    for option in reversed(_OPTIONS):
        option(select)
    return select


def one_event(store: "Store", event_id: str, source: str | None) -> dict[str, Any]:
    """Return the event with this id. Raises `UsageError` if there is none, or several."""
    from app.store import Filter  # noqa: PLC0415 -- see app.cli

    found = store.log.events(Filter(source=source, event_ids=[event_id]))
    if not found:
        raise UsageError(f"there is no event {event_id!r}; `contact-bridge events` lists them")
    if len(found) > 1:
        sources = ", ".join(event["source"] for event in found)
        raise UsageError(f"several sources have an event {event_id!r}: choose one with --source ({sources})")
    return found[0]


def _time(option: str, text: str | None) -> datetime | None:
    """Read "2h" as two hours ago, or a date or time."""
    if text is None:
        return None
    if ago := _AGO.fullmatch(text.strip()):
        span = timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        now = datetime.now(UTC)
        return now - min(span, now - _LONG_AGO)
    if found := moment(text):
        return found
    raise UsageError(f"{option} {text!r} is no time: say 2026-01-31, 2026-01-31T09:00Z, or 15m, 2h, 3d")
