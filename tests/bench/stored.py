"""Stores that hold many events already, as after months of webhooks; written by the database itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from app.store import Store
from app.store.columns import microseconds
from tests.bench.bridges import ORG
from tests.bench.webhooks import SOURCE, customer

LONG_AGO, RECENTLY = timedelta(days=10), timedelta(days=1)  # when what is settled was settled
_NUMBER = 707_070_707_070  # what stands in a sample for the number of a person
_STRANGERS = 1_000_000_000  # whoever is received and not mapped yet is numbered from here on: known to nobody
_CACHE_KIB = 262_144


@dataclass(frozen=True)
class Contents:
    """How many events there are. Of those ``settled`` two each belong to a person, and the first ``old`` were
    settled long ago. Those ``pending`` are somebody else's each, and due; those ``received`` are not mapped yet."""

    received: int = 0
    pending: int = 0
    settled: int = 0
    old: int = 0

    @property
    def events(self) -> int:
        return self.received + self.pending + self.settled

    @property
    def known(self) -> int:
        """How many persons the upstream has."""
        return (self.settled + 1) // 2


def email(person: int) -> str:
    """Return the address of a person; they are numbered from 1."""
    return f"eve.{person}@example.com"


def fill(database_url: str, contents: Contents) -> None:
    """Make a store with these contents."""
    store = Store(database_url)
    store.migrate()
    sqlite, now = store.database.is_sqlite, datetime.now(UTC)
    with store.database.writing() as connection:
        if sqlite:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
        for insert in _inserts(contents, now, sqlite=sqlite):
            connection.execute(*insert)
    with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for command in ("PRAGMA wal_checkpoint(TRUNCATE)",) if sqlite else ("VACUUM ANALYZE", "CHECKPOINT"):
            connection.exec_driver_sql(command)
    store.close()


Values = dict[str, str]  # columns, and the SQL for their values, in which ``n`` counts


def _inserts(contents: Contents, now: datetime, *, sqlite: bool) -> Iterator[tuple[sa.TextClause, dict[str, object]]]:
    ages = {"now": timedelta(), "recently": RECENTLY, "long_ago": LONG_AGO}
    samples: dict[str, object] = {name: microseconds(now - age) for name, age in ages.items()}
    samples |= {"body": customer(_NUMBER).decode(), "contact": _contact(), "exchanges": _exchanges()}
    tables = [("events", count, values) for count, values in _events(contents, sqlite=sqlite)]
    everybody = contents.known + contents.pending
    tables += [("persons", everybody, _person(contents))]
    tables += [("identities", everybody, _identity(contents, kind)) for kind in ("email", "user_id")]
    tables += [("attempts", contents.settled, _attempt(contents))]
    for table, count, values in tables:
        statement = f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM "
        series = "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {}) SELECT n FROM s)"
        source = series.format(count) if sqlite else f"generate_series(1, {count}) AS s(n)"
        if count:
            named = {name: value for name, value in samples.items() if f":{name}" in statement}
            yield sa.text(statement + source), named


def _events(contents: Contents, *, sqlite: bool) -> Iterator[tuple[int, Values]]:
    """The oldest come first: settled ones, pending ones, received ones."""
    body = _numbered("body", f"{_STRANGERS} + n")
    kept = {
        "source": f"'{SOURCE}'", "event_type": "'customers/create'", "content_type": "'application/json'",
        "test": "false", "attempts": "0", "body": f"CAST({body} AS BLOB)" if sqlite else f"convert_to({body}, 'UTF8')",
    }  # fmt: skip
    mapped = {"org": f"'{ORG}'", "meaning": "'signed up'"}
    at = _settled_at(contents)
    settled = {"attempts": "1", "first_attempt_at": at, "settled_at": at}
    yield contents.settled, kept | mapped | settled | _moments(at) | _person_of("(n + 1) / 2", "settled", "delivered")
    pending = {"due_at": ":now"}
    yield contents.pending, kept | mapped | pending | _moments() | _person_of(f"{contents.known} + n", "due", "pending")
    yield contents.received, kept | _moments() | {"event_id": "'received-' || n", "status": "'received'"}


def _moments(at: str = ":now") -> Values:
    return {"occurred_at": at, "received_at": at}


def _person_of(person: str, what: str, status: str) -> Values:
    contact = _numbered("contact", person)
    return {"event_id": f"'{what}-' || n", "status": f"'{status}'", "person_id": person, "contact": contact}


def _person(contents: Contents) -> Values:
    known = f"CASE WHEN n <= {contents.known} THEN"
    return {
        "org": f"'{ORG}'", "contact_id": f"{known} 'contact_' || n END", "name": f"{known} 'Eve Example' END",
        "unsubscribed": "false", "segment_ids": "'[]'", "uncertain": "false", "created_at": ":long_ago",
    }  # fmt: skip


def _identity(contents: Contents, kind: str) -> Values:
    value = {"email": "'eve.' || n || '@example.com'", "user_id": "'eve:' || n"}[kind]
    sent_at = f"CASE WHEN n <= {contents.known} THEN :long_ago END"
    return {"org": f"'{ORG}'", "kind": f"'{kind}'", "value": value, "person_id": "n", "sent_at": sent_at}


def _attempt(contents: Contents) -> Values:
    exchanges = _numbered("exchanges", "n")
    return {
        "event_row": "n", "started_at": _settled_at(contents), "duration_ms": "100", "outcome": "'created'",
        "exchanges": exchanges,
    }  # fmt: skip


def _settled_at(contents: Contents) -> str:
    return f"CASE WHEN n <= {contents.old} THEN :long_ago ELSE :recently END"


def _numbered(sample: str, number: str) -> str:
    return f"replace(:{sample}, '{_NUMBER}', CAST({number} AS TEXT))"


def _contact() -> str:
    consent = {"state": "granted", "at": "2025-03-04T05:06:07+00:00"}
    who = {"user_id": f"eve:{_NUMBER}", "name": f"Eve Example {_NUMBER}", "email": f"eve.{_NUMBER}@example.com"}
    return json.dumps({**who, "consent": consent})


def _exchanges() -> str:
    channel = {"user_id": f"eve:{_NUMBER}", "name": "Eve Example", "email": f"eve.{_NUMBER}@example.com"}
    answer = json.dumps({"id": f"contact_{_NUMBER}", "channels": [channel], "segment_ids": [], "unsubscribed": False})
    sent = {"method": "POST", "path": "/contacts", "query": None, "body": {"channel": channel, "segment_ids": []}}
    return json.dumps([{**sent, "status": 200, "answer": answer, "ms": 100}])
