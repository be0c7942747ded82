"""Persons: found by what they are called, and everything that is known of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.contact import guard
from app.desk.listing import page
from app.store import Filter, Person, Store

_MOST_FOUND = 20


@dataclass(frozen=True)
class Change:
    """A yes or a no to marketing, and the event that said it."""

    state: str
    at: datetime | str | None
    source: str
    event_id: str


@dataclass(frozen=True)
class PersonView:
    """Everything of one person: who they are, where, what they agreed to, and a page of their events, newest first."""

    id: int
    org: str
    known: Person
    consents: list[Change]
    events: list[dict[str, Any]]
    next_cursor: str | None

    @property
    def called(self) -> str:
        """What to call them: a name, or else an identity."""
        mine = {kind: value for kind, value in sorted(self.known.identities)}
        return str(self.known.name or mine.get("email") or mine.get("phone") or mine.get("user_id") or "somebody")


def find(store: Store, text: str, org: str | None = None) -> list[PersonView]:
    """Return the persons that go by an e-mail address, a phone number or a user id, however it is written."""
    named = spellings(text)
    found = store.browsing.persons_named(named, _MOST_FOUND) if named else []
    views = (person(store, each, most=1) for each in found)
    return [view for view in views if view and org in (None, view.org)]


def spellings(text: str) -> set[str]:
    """Return the ways in which what was typed may be kept."""
    text = text.strip()
    if not text:
        return set()
    cleaned, _ = guard({"email": text, "phone": text})
    return {text, text.lower(), *(value.lower() for value in cleaned.values())}


def person(store: Store, person_id: int, after: str | None = None, most: int = 50) -> PersonView | None:
    """Return a person with a page of their events, or None if there is no such person."""
    org = store.browsing.org_of(person_id)
    if org is None:
        return None
    events, cursor = page(store, Filter(person_id=person_id), after, most)
    return PersonView(person_id, org, store.people.person(person_id), _changes(store, person_id), events, cursor)


def _changes(store: Store, person_id: int) -> list[Change]:
    """When consent changed: an event that says the same again is no change."""
    changes: list[Change] = []
    for event in store.browsing.consents(person_id):
        said = (event["contact"] or {}).get("consent")
        if isinstance(said, dict) and (not changes or changes[-1].state != said["state"]):
            at = said.get("at") or event["occurred_at"]
            changes.append(Change(said["state"], at, event["source"], event["event_id"]))
    return changes[::-1]
