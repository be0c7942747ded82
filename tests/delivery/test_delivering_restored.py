"""A bridge that was started on a backup: what it does not remember must not become a second contact."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from delivery_kit import Rig, config

from app.sandbox import Duplicates
from app.store import Store
from app.store.backup import back_up
from app.store.gaps import unmark_restored


@pytest.fixture
def restored(rig: Rig, tmp_path: Path, keys: list[str]) -> Iterator[Rig]:
    """A rig on a copy that was taken before much happened in ``rig``; the upstream remembers all of it."""
    rig.sandbox.settings.duplicates = Duplicates.SECOND
    rig.deliver(email="known@example.com", name="Known")
    rig.add(id="e50", email="waiting@example.com")
    rig.delivery.mapper.work()
    back_up(rig.store.database, tmp_path / "copy.db", rig.clock())
    rig.work()
    rig.deliver(email="after@example.com", name="After the backup")
    rig.deliver(user_id="u1", email="further@example.com")
    rig.deliver(email="known@example.com", name="Known, Changed", vip=True)
    with closing(Store(f"sqlite:///{tmp_path}/copy.db", keys)) as store:
        again = Rig(store, rig.sandbox, rig.clock, config(rig.sandbox.url))
        again._numbers = 100
        yield again
        again.close()


def test_it_makes_no_second_contact_of_anybody(restored: Rig) -> None:
    before = len(restored.contacts())

    restored.work()
    restored.deliver(email="after@example.com", name="After the backup")
    restored.deliver(user_id="u1", email="another@example.com")
    restored.deliver(email="known@example.com", name="Known, Changed")
    restored.deliver(email="new@example.com")

    assert restored.event("e50")["status"] == "delivered"
    assert len(restored.contacts()) == before + 1
    assert set(restored.statuses().values()) == {"delivered"}


def test_it_takes_over_what_changed_since(restored: Rig) -> None:
    restored.work()
    restored.calls()
    restored.deliver(email="known@example.com", name="Known, Changed", vip=True)

    assert not [call for call in restored.calls() if not call.startswith("GET ")]


def test_it_would_make_second_contacts_if_it_trusted_the_copy(restored: Rig) -> None:
    """Why the mark is there: without it, the same events do what must not happen."""
    before = len(restored.contacts())
    unmark_restored(restored.store.database)

    restored.deliver(email="after@example.com", name="After the backup")

    assert len(restored.contacts()) == before + 1
