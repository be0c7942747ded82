"""Alerts of a real bridge: told once, also over a restart, without a word of them on the way of webhooks."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alerts_kit import Listener
from serve_process import CONFIGURATION, Served, until

from app.sandbox import SandboxServer
from app.store import Hold, Store
from app.store.alerts import _WATCHED
from app.store.tables import facts

pytestmark = pytest.mark.slow


def is_watched(store: Store) -> bool:
    with store.database.reading() as connection:
        return connection.execute(sa.select(facts).where(facts.c.name == _WATCHED)).first() is not None


def test_a_restart_tells_nothing_twice(tmp_path: Path, upstream: SandboxServer, database_url: str) -> None:
    with closing(Listener()) as listener, closing(Store(database_url)) as store:
        text = CONFIGURATION.format(database_url=database_url, upstream_url=upstream.url)
        text += f'[alerts]\nto = "{listener.url}"\n'
        store.migrate()
        store.orgs.hold("main", Hold.KEY_REFUSED, "401", datetime.now(UTC))

        with Served(tmp_path, text) as running:
            until(lambda: running.messages("alert told"))
        with Served(tmp_path, text) as running:
            assert running.post() == 200
            until(lambda: is_watched(store))  # it has looked, or is about to: its end lets the next one look at once
        store.orgs.release("main")
        with Served(tmp_path, text) as running:
            until(lambda: running.messages("alert told"))
            output = running.output()

    assert listener.types() == ["alert.begun key refused main", "alert.over key refused main"]
    assert "secret-of-the-webhook" not in output
    upstream.reset()
