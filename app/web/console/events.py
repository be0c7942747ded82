"""Events, page by page, and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from werkzeug.exceptions import BadRequest

from app.desk.listing import page, refusals
from app.store import Filter
from app.waiting import Waiting
from app.web.console.desk import bridge, console
from app.web.console.views import STATUSES
from app.webhook import EventStatus, moment

_MOST = 50


@dataclass(frozen=True)
class Chosen:
    """What a page's address or form selects, as text: to be shown again, and to be handed on."""

    status: str = ""
    source: str = ""
    type: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> "Chosen":
        return cls(*(str(values.get(name, "")).strip()[:200] for name in cls.__dataclass_fields__))

    def filter(self) -> Filter:
        """Return the filter that this means. Raises `BadRequest` for what is no status and no time."""
        if self.status and self.status not in STATUSES:
            raise BadRequest(f"There is no status {self.status!r}.")
        return Filter(
            status=EventStatus(self.status) if self.status else None, source=self.source or None,
            event_type=self.type or None, since=_time(self.since), until=_time(self.until),
        )  # fmt: skip

    def given(self) -> dict[str, str]:
        """Return what was chosen, without what was not."""
        return {name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))}


@console.get("/events")
def events() -> str:
    """List events, the newest first; or with the status "refused", the webhooks that were not kept."""
    chosen = Chosen.from_values(request.args)
    sources = sorted(bridge().config.sources)
    if chosen.status == "refused":
        return _refused(chosen, sources)
    which = chosen.filter()
    rows, cursor = page(bridge().store, which, request.args.get("after"), _MOST)
    return render_template(
        "events.html", rows=told(rows), cursor=cursor, chosen=chosen, sources=sources, statuses=STATUSES,
        first=not request.args.get("after"),
    )  # fmt: skip


def told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with why each event waits, where it does."""
    waiting = Waiting(bridge().config, bridge().store, bridge().now())
    return [{**row, "waits_because": waiting.why(row)} for row in rows]


def _refused(chosen: Chosen, sources: list[str]) -> str:
    after = request.args.get("after")
    rows, cursor = refusals(bridge().store, chosen.source or None, after, _MOST)
    return render_template(
        "refused.html", rows=rows, cursor=cursor, chosen=chosen, sources=sources, statuses=STATUSES, first=not after
    )


def _time(text: str) -> datetime | None:
    """Read a date or a time, in UTC; a browser's own field has no seconds and no zone."""
    if not text:
        return None
    found = moment(text)
    if found is None:
        raise BadRequest(f"{text!r} is no time: write 2026-01-31 or 2026-01-31T09:00.")
    return found.astimezone(UTC)
