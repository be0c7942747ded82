"""What became of what was promised, and who became two contacts: from outside, without a word of the product's."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tests.soak import contacts
from tests.soak.databases import engine
from tests.soak.ledger import Key
from tests.soak.people import Identities

Settled = Mapping[Key, tuple[str, str | None]]  # status and reason, by event


class Persons:
    """Who is who: identities that were ever named together are one person (union-find)."""

    def __init__(self) -> None:
        self._parents: dict[tuple[str, str], tuple[str, str]] = {}

    def add(self, identities: Identities) -> None:
        ordered = [self._root(_compared(identity)) for identity in sorted(identities)]
        for root in ordered[1:]:
            self._parents[self._root(root)] = self._root(ordered[0])

    def of(self, identities: Identities) -> set[tuple[str, str]]:
        """Return the persons (each by one of its identities) that these belong to."""
        return {self._root(_compared(identity)) for identity in identities}

    def _root(self, identity: tuple[str, str]) -> tuple[str, str]:
        parent = self._parents.setdefault(identity, identity)
        while parent != self._parents[parent]:
            parent = self._parents[parent]
        self._parents[identity] = parent
        return parent


@dataclass
class Verdict:
    """``missing`` are events that were answered 2xx and are neither delivered nor ignored nor failed with a reason."""

    acked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # of those that failed
    missing: list[Key] = field(default_factory=list)
    contacts: int = 0
    persons: int = 0
    twice: list[list[str]] = field(default_factory=list)  # the contacts of each person who has several
    mixed: list[str] = field(default_factory=list)  # contacts that are two persons
    without: list[str] = field(default_factory=list)  # persons of a delivered event who have no contact

    @property
    def good(self) -> bool:
        return not (self.missing or self.twice or self.mixed or self.without)


def settled(url: str) -> Settled:
    """Read the end of every event from the database."""
    opened = engine(url)
    with opened.connect() as connection:
        rows = connection.execute(sa.text("SELECT source, event_id, status, reason FROM events")).all()
    opened.dispose()
    return {(row.source, row.event_id): (row.status, row.reason) for row in rows}


def waiting(url: str) -> int:
    """Return how many events have not come to their end."""
    opened = engine(url)
    with opened.connect() as connection:
        count = connection.execute(sa.text("SELECT count(*) FROM events WHERE status IN ('received', 'pending')"))
        found: int = count.scalar_one()
    opened.dispose()
    return found


def judge(acked: set[Key], ended: Settled, named: Mapping[Key, Identities], journal: Path) -> Verdict:
    """Compare what was promised with what was done. ``named``: the identities of every event that was ever sent."""
    verdict = Verdict(acked=len(acked))
    for key in sorted(acked):
        status, reason = ended.get(key, ("lost", None))
        verdict.statuses[status] += 1
        if status == "failed" and reason:
            verdict.reasons[reason] += 1
        elif status not in ("delivered", "ignored"):
            verdict.missing.append(key)
    persons = Persons()
    for identities in named.values():
        persons.add(identities)
    delivered = [named[key] for key in acked if ended.get(key, ("",))[0] == "delivered" and key in named]
    _compare(verdict, persons, delivered, journal)
    return verdict


def _compare(verdict: Verdict, persons: Persons, delivered: Iterable[Identities], journal: Path) -> None:
    channels: dict[str, set[tuple[str, str]]] = defaultdict(set)
    verdict.contacts = contacts.read(journal, lambda contact, identities: channels[contact].update(identities))
    of_person: dict[tuple[str, str], set[str]] = defaultdict(set)
    for contact, identities in channels.items():
        people = persons.of(frozenset(identities))
        verdict.mixed += [contact] if len(people) > 1 else []
        for person in people:
            of_person[person].add(contact)
    verdict.persons = len(of_person)
    verdict.twice = [sorted(several) for several in of_person.values() if len(several) > 1]
    wanted = set[tuple[str, str]]().union(*(persons.of(identities) for identities in delivered))
    verdict.without = sorted(f"{kind} {value}" for kind, value in wanted - of_person.keys())


def _compared(identity: tuple[str, str]) -> tuple[str, str]:
    kind, value = identity
    return kind, value.lower() if kind == "email" else value
