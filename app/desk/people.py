"""Persons: found by what they are called, and everything that is known of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.desk.cursors import cursor, row_of
from app.desk.listing import page
from app.naming import names_in
from app.store import Entry, Filter, Person, Store

_MOST_FOUND = 20


@dataclass(frozen=True)
class Change:
    """A yes or a no to marketing, and the event that said it. ``at`` is as the event tells it, in ISO 8601."""

    state: str
    at: str | None
    source: str
    event_id: str


@dataclass(frozen=True)
class PersonView:
    """Everything of one person: who they are, where, what they agreed to, and a page of their events, newest first.

    In a list of persons there are neither ``consents`` nor ``events``.
    """

    id: int
    org: str
    since: datetime
    known: Person
    consents: list[Change]
    events: list[dict[str, Any]]
    next_cursor: str | None

    @property
    def called(self) -> str:
        """What to call them: a name, or else an identity."""
        mine = dict(sorted(self.known.identities))
        return str(self.known.name or mine.get("email") or mine.get("phone") or mine.get("user_id") or "somebody")


def find(store: Store, text: str, org: str | None = None) -> list[PersonView]:
    """Return the persons that go by an e-mail address, a phone number or a user id, however it is written."""
    return [_listed(entry) for entry in store.directory.named(names_in(text), org, _MOST_FOUND)] if text.strip() else []


def newest(
    store: Store, org: str | None = None, after: str | None = None, most: int = 50
) -> tuple[list[PersonView], str | None]:
    """Return who became known last, and the cursor of the next page."""
    found = store.directory.newest(org, row_of(after), most + 1)
    return [_listed(each) for each in found[:most]], cursor(found[most - 1].known.id) if len(found) > most else None


def person(store: Store, person_id: int, after: str | None = None, most: int = 50) -> PersonView | None:
    """Return a person with a page of their events; None if there is none, or none any more."""
    entry = store.directory.one(person_id)
    if entry is None:
        return None
    events, following = page(store, Filter(person_id=person_id), after, most)
    return PersonView(person_id, entry.org, entry.since, entry.known, _changes(store, person_id), events, following)


def _listed(entry: Entry) -> PersonView:
    return PersonView(entry.known.id, entry.org, entry.since, entry.known, [], [], None)


def _changes(store: Store, person_id: int) -> list[Change]:
    """When consent changed, newest first: an event that says the same again is no change."""
    changes: list[Change] = []
    for event in store.directory.consents(person_id):
        said = event["contact"].get("consent")
        if isinstance(said, dict) and (not changes or changes[-1].state != said["state"]):
            at = said.get("at") or event["occurred_at"].isoformat()
            changes.append(Change(said["state"], at, event["source"], event["event_id"]))
    return changes[::-1]
