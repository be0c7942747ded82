"""Alerts: what is wrong, what of it was told, and which process tells it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.store.database import Database
from app.store.inbox import insert_into
from app.store.tables import alerts, facts

LEASE = timedelta(seconds=90)
AGAIN = timedelta(hours=1)  # what grows while it is known is told again, but not with every event
_WATCHED = "alerts are watched"

Key = tuple[str, str]  # kind, subject


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong now. ``level`` is how much of it there is, where that can grow; ``words`` name nobody."""

    kind: str
    subject: str
    since: datetime
    words: str
    level: int = 0

    @property
    def key(self) -> Key:
        return self.kind, self.subject


@dataclass(frozen=True)
class Alert(Trouble):
    """A trouble as it is written down: ``told_at`` is when it was told last, ``over_at`` when it was over. In the
    database ``level`` is how much of it was told."""

    told_at: datetime | None = None
    over_at: datetime | None = None


class Alerts:
    """The state of alerts, shared by all processes and over restarts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lead(self, process: str, now: datetime) -> bool:
        """Take, or keep, the right to watch; False if another process has it, which has to use it every `LEASE`."""
        this, value = facts.c.name == _WATCHED, json.dumps([process, (now + LEASE).isoformat()])
        with self._database.writing() as connection:
            before = connection.execute(sa.select(facts.c.value).where(this)).scalar()
            if before is None:
                make = insert_into(connection.dialect, facts).values(name=_WATCHED, value=value)
                first = make.on_conflict_do_nothing().returning(facts.c.name)
                return connection.execute(first).first() is not None
            leader, until = json.loads(before)
            if leader != process and datetime.fromisoformat(until) > now:
                return False
            mine = facts.update().where(this, facts.c.value == before).values(value=value)
            return connection.execute(mine).rowcount == 1

    def leave(self, process: str) -> None:
        """Let another process watch at once."""
        this = facts.c.name == _WATCHED
        with self._database.writing() as connection:
            value = connection.execute(sa.select(facts.c.value).where(this)).scalar()
            if value and json.loads(value)[0] == process:
                connection.execute(facts.delete().where(this, facts.c.value == value))

    def all(self) -> list[Alert]:
        """Return what is wrong and what was, as far as it is not told yet."""
        with self._database.reading() as connection:
            return _read(connection)

    def note(self, troubles: Sequence[Trouble], now: datetime, partly: Collection[Key] = ()) -> list[Alert]:
        """Write down what is wrong now; return what is to be told: what began, what grew, what is over.

        What is over before anybody was told of it is let go of; of ``partly``, some were told.
        """
        found = {trouble.key: trouble for trouble in troubles}
        with self._database.writing() as connection:
            known = {alert.key: alert for alert in _read(connection)}
            for key in found.keys() - known.keys():
                trouble = found[key]
                values = {"kind": key[0], "subject": key[1], "since": trouble.since, "words": trouble.words}
                connection.execute(alerts.insert().values(values))
            for key, alert in known.items():
                if key in found:
                    _go_on(connection, alert, found[key])
                elif alert.told_at is None and key not in partly:
                    connection.execute(alerts.delete().where(*_this(key)))
                elif alert.over_at is None:
                    connection.execute(alerts.update().where(*_this(key)).values(over_at=now))
            written = _read(connection)
        return [_now(alert, found.get(alert.key)) for alert in written if _to_be_told(alert, found.get(alert.key), now)]

    def told(self, alert: Alert, now: datetime) -> None:
        """Write down that everybody was told that something began or grew, or that it is over, which ends it."""
        this = _this(alert.key)
        with self._database.writing() as connection:
            if alert.over_at:
                connection.execute(alerts.delete().where(*this))
            else:
                connection.execute(alerts.update().where(*this).values(told_at=now, level=alert.level))


def _go_on(connection: sa.Connection, alert: Alert, trouble: Trouble) -> None:
    """Write down what became of a trouble that was known already: it may have come back before it was told that it had
    gone, and what is less now may grow again."""
    values = {"words": trouble.words, "level": min(alert.level, trouble.level), "over_at": None}
    if values != {"words": alert.words, "level": alert.level, "over_at": alert.over_at}:
        connection.execute(alerts.update().where(*_this(alert.key)).values(values))


def _to_be_told(alert: Alert, trouble: Trouble | None, now: datetime) -> bool:
    if trouble is None or alert.told_at is None:
        return True
    return trouble.level > alert.level and now - alert.told_at >= AGAIN


def _now(alert: Alert, trouble: Trouble | None) -> Alert:
    return replace(alert, words=trouble.words, level=trouble.level) if trouble else alert


def _this(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return alerts.c.kind == key[0], alerts.c.subject == key[1]


def _read(connection: sa.Connection) -> list[Alert]:
    columns = alerts.c["kind", "subject", "since", "words", "level", "told_at", "over_at"]
    rows = connection.execute(sa.select(*columns).order_by(alerts.c.since, alerts.c.kind, alerts.c.subject))
    return [Alert(*row) for row in rows]
