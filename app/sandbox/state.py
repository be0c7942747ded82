"""Everything behind the sandbox's HTTP: the contacts by organization, faults, settings, requests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, RLock
from typing import Any

from app.sandbox.book import Book
from app.sandbox.faults import Faults
from app.sandbox.limit import RateLimit
from app.sandbox.received import Requests
from app.sandbox.records import RefusedError
from app.sandbox.settings import Settings

Keys = Mapping[str, str | Sequence[str]]  # an API key to its organization's id, or that and its sub-organizations'


def utc_now() -> datetime:
    return datetime.now(UTC)


class Contacts(dict[str, Book]):
    """The books, by organization id. Answers are plain data, as the API gives them."""

    def all(self) -> list[dict[str, Any]]:
        """Return every contact of every organization, each organization's newest first."""
        return [contact for book in self.values() for contact in book.newest()]

    @property
    def created(self) -> int:
        """How many contacts were created in all."""
        return sum(len(book) for book in self.values())


class Sandbox:
    """One lock guards it all. ``closing`` is set when the server stops, and ends every wait."""

    def __init__(self, keys: Keys, settings: Settings, now: Callable[[], datetime]) -> None:
        self._orgs = {key: (orgs,) if isinstance(orgs, str) else tuple(orgs) for key, orgs in keys.items() if key}
        self._initial = replace(settings)
        self.settings = settings
        self.now = now
        self.lock = RLock()
        self.closing = Event()
        self.faults = Faults(self.lock)
        self.requests = Requests(self.lock)
        self.limit = RateLimit(settings, now, self.lock)
        ids = (org for orgs in self._orgs.values() for org in orgs)
        self.contacts = Contacts({org: Book(settings, now, self.lock) for org in ids})

    def book(self, org_id: str, authorization: str) -> Book:
        """Return the contacts of ``org_id`` ("c": the key's own). Raises `RefusedError` (401 or 404)."""
        scheme, _, key = authorization.partition(" ")
        orgs = self._orgs.get(key.strip()) if scheme == "Bearer" else None
        if not orgs:
            raise RefusedError(401, "missing or invalid API key")
        if org_id != "c" and org_id not in orgs:
            raise RefusedError(404, "organization not found")
        return self.contacts[orgs[0] if org_id == "c" else org_id]

    def pause(self, seconds: float) -> bool:
        """Wait. False if the server closes meanwhile: what was waiting is not carried out."""
        return not (seconds and self.closing.wait(seconds))

    def reset(self) -> None:
        """Forget the contacts, the faults and the requests, and go back to the settings of the start."""
        with self.lock:
            for book in self.contacts.values():
                book.clear()
            for part in (self.faults, self.requests, self.limit):
                part.clear()
            self.change(**vars(self._initial))

    def change(self, **settings: Any) -> None:
        for name, value in settings.items():
            setattr(self.settings, name, value)
