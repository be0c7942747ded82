"""Importing files: each row becomes an event, kept once and then mapped and delivered as any other."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from app.desk.known import nearest
from app.errors import UsageError
from app.import_report import Report
from app.imported import DATED_ROW, FIELDS, ROW, time_in, when_columns
from app.mapping import Mapped, map_event
from app.store.inbox import Arrival
from app.tabular import Row, Table
from app.webhook import Event, EventStatus, hashed

if TYPE_CHECKING:
    from app.config.model import Source
    from app.store import Store

_LARGEST = 1024 * 1024  # bytes
AT_ONCE = 200  # rows a transaction: what an ack may have to wait for
_SHOWN = 5


class Import:
    """One file on its way to an org: ``source`` is the org's own for imports, see `Config.import_source`.

    ``holds`` says of columns what they hold, one of `FIELDS`; the others are known by their names, as fields of forms
    are. ``region`` is the country (ISO 3166) of phone numbers without a country code. ``now`` is when the import began:
    what happened without saying when happened then. Raises `UsageError` for a column or a field that there is not.
    """

    def __init__(
        self, source: "Source", table: Table, now: datetime, holds: Mapping[str, str] | None = None, region: str = ""
    ) -> None:
        self._source, self._table, self._now = source, table, now
        self._holds, self._region = dict(holds or {}), region.strip().upper()
        _check(self._holds, table.columns)
        self._when = when_columns(table.columns, self._holds)
        self._consented = [column for column, name in self._holds.items() if name == "consent_at"]

    @property
    def lines(self) -> int:
        """About how many lines the file has."""
        return self._table.lines

    def rehearse(self) -> Iterator[Report]:
        """Map every row and keep nothing; yield the one report, some rows further each time."""
        report = Report()
        for some in _batches(self._table):
            for _, mapped in self._judged(some, report):
                report.kept += 1
                if mapped.contact and len(report.contacts) < _SHOWN:
                    report.contacts.append(mapped.contact)
            yield report

    def keep(self, store: "Store") -> Iterator[Report]:
        """Keep what can be delivered; yield the one report after each transaction. Whoever stops in between has lost
        nothing: the same file again goes on where it stopped. Raises `StoreUnavailableError`.
        """
        report = Report()
        for some in _batches(self._table):
            found = [event for event, _ in self._judged(some, report)]
            arrival = Arrival(self._at(report.line), [(event, EventStatus.RECEIVED, None) for event in found])
            news = store.inbox.add(arrival) if found else []
            report.kept += sum(news)
            report.known += len(news) - sum(news)
            if any(news):
                store.bell.ring()
            yield report

    def _judged(self, rows: Iterable[Row], report: Report) -> Iterator[tuple[Event, Mapped]]:
        """Yield the rows that can be delivered as events, with what they become; write down the others."""
        for row in rows:
            report.line = row.line
            if problem := row.problem or self._timeless(row):
                report.refuse(row, problem)
                continue
            event = self._event(row)
            if len(event.body) > _LARGEST:
                report.refuse(row, "is larger than 1 MiB; is a quote missing?")
                continue
            mapped = map_event(self._source, event)
            if mapped.status is EventStatus.PENDING:
                report.accept(row, mapped)
                yield event, mapped
            else:
                report.refuse(row, mapped.reason)

    def _timeless(self, row: Row) -> str | None:
        """Return which column says a time that is none; a guess could bring somebody back who was erased since."""
        for column in (*self._when, *self._consented):
            if column in row.cells and time_in(row.cells[column]) is None:
                return f"column {column!r}: is no time that can be read; write 2026-01-31, or leave the column out"
        return None

    def _at(self, line: int) -> datetime:
        """Of two rows about one person the lower one is the newer."""
        return self._now + timedelta(microseconds=line)

    def _event(self, row: Row) -> Event:
        payload: dict[str, Any] = {"row": dict(row.cells)}
        if self._holds:
            payload["holds"] = self._holds
        if self._region:
            payload["region"] = self._region
        said = next((time_in(row.cells[column]) for column in self._when if column in row.cells), None)
        event = Event(
            source=self._source.name,
            event_id=hashed(json.dumps([self._source.org, payload], sort_keys=True)),
            event_type=DATED_ROW if said else ROW,
            occurred_at=said or self._at(row.line),
            body=json.dumps(payload, ensure_ascii=False).encode(),
        )
        event.__dict__["payload"] = payload  # decoded once
        return event


def holds_of(pairs: Iterable[str]) -> dict[str, str]:
    """Read what is said of columns as ``column=field``. Raises `UsageError`."""
    holds: dict[str, str] = {}
    for pair in pairs:
        column, equals, name = pair.rpartition("=")
        if not (equals and column.strip()):
            raise UsageError(
                f"{pair!r} does not say what a column holds: write COLUMN=FIELD, such as 'Mobile no.=phone'"
            )
        column, name = " ".join(column.split()), name.strip()
        if holds.setdefault(column, name) != name:
            raise UsageError(f"column {column!r} is said to hold {holds[column]} and {name}")
    return holds


def _check(holds: Mapping[str, str], columns: Sequence[str]) -> None:
    for column, name in holds.items():
        if name not in FIELDS:
            raise UsageError(f"a column cannot hold {name!r}{nearest(name, FIELDS)}")
        if column not in columns:
            raise UsageError(f"the file has no column {column!r}{nearest(column, columns)}")


def _batches(table: Iterable[Row], most: int = AT_ONCE) -> Iterator[list[Row]]:
    rows = iter(table)
    while some := list(islice(rows, most)):
        yield some
