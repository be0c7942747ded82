"""How everything ended, as the database and the operator's commands say."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.soak.databases import engine
from tests.soak.ledger import Key
from tests.soak.operating import Operator
from tests.soak.people import email_of, phone_of

Settled = Mapping[Key, tuple[str, str | None]]  # status and reason, by event

_SEALED = b"$sealed$"
_MARKED = len(_SEALED) + 17  # with the mark of its key
_HALF_AN_HOUR = 1800.0  # nothing here lasts that long


def _rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    with engine(url).connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def told(folder: Path, message: str) -> list[dict[str, Any]]:
    """Return what the bridges logged under a heading."""
    lines = (line for log in folder.glob("bridge-*.log") for line in log.read_text("utf-8", "replace").splitlines())
    return [json.loads(line) for line in lines if f'"message": "{message}"' in line]


def waiting(url: str) -> int:
    """Return how many events have not come to their end."""
    return _count(url, "status IN ('received', 'pending')")


def settled(url: str, operator: Operator) -> Settled:
    """Return the end of every event; reasons of those that failed, as they may be sealed."""
    rows = _rows(url, "SELECT source, event_id, status FROM events")
    failed = operator.json("events", "--status", "failed", "--limit", "10000")
    reasons = {(event["source"], event["event_id"]): event["reason"] for event in failed}
    return {(str(source), str(name)): (str(status), reasons.get((source, name))) for source, name, status in rows}


def payloads(url: str) -> set[Key]:
    """Return the events whose payload is kept."""
    rows = _rows(url, "SELECT source, event_id FROM events WHERE body IS NOT NULL")
    return {(str(source), str(name)) for source, name in rows}


def known(operator: Operator, number: int) -> bool:
    """Whether the bridge finds events of a person."""
    return any(operator.json("events", "--person", address) for address in (email_of(number), phone_of(number)))


def sealed(url: str) -> tuple[int, int, int]:
    """Return how many payloads are sealed, with how many keys, and how many are plain."""
    rows = _rows(url, f"SELECT substr(body, 1, {_MARKED}) FROM events WHERE body IS NOT NULL")
    begins = [bytes(begin) for (begin,) in rows]
    marked = [begin for begin in begins if begin.startswith(_SEALED)]
    return len(marked), len(set(marked)), len(begins) - len(marked)


def received_ahead(url: str) -> int:
    """Return how many events were received by a clock that was far ahead of this one."""
    return _count(url, f"received_at > {_microseconds(+_HALF_AN_HOUR)}")


def received_behind(url: str) -> int:
    """Return how many were received long ago, when there was nothing."""
    return _count(url, f"received_at < {_microseconds(-_HALF_AN_HOUR)}")


def _microseconds(seconds: float) -> int:
    return int((time.time() + seconds) * 1_000_000)


def _count(url: str, condition: str) -> int:
    return int(_rows(url, f"SELECT count(*) FROM events WHERE {condition}")[0][0])
