"""A database as the first version left it, with events that nobody has looked at yet."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import app.store
from tests.soak.databases import engine
from tests.soak.people import Occurrence
from tests.soak.senders import form_body

FIRST = "0001"
_RECEIVED = """
    INSERT INTO events (source, event_id, event_type, test, occurred_at, received_at, content_type, body, status)
    VALUES (:source, :event_id, 'signed up', :test, :at, :at, 'application/json', :body, 'received')
"""


def first_version(url: str, waiting: Iterable[Occurrence]) -> None:
    """Make the tables of the first version, and put events into them. Occurrences are of a form."""
    config = Config()
    config.set_main_option("script_location", str(Path(app.store.__file__).parent / "migrations"))
    with engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
        at = int(time.time() * 1_000_000)
        rows = [
            {"source": one.source, "event_id": one.event_id, "test": False, "at": at, "body": _body(one)}
            for one in waiting
        ]
        connection.execute(sa.text(_RECEIVED), rows)


def _body(occurrence: Occurrence) -> bytes:
    return json.dumps(form_body(occurrence)).encode()
