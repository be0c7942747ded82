"""What became of what was promised, who became two contacts, and who came back: from outside, from what was kept."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak import contacts
from tests.soak.ends import Settled
from tests.soak.ledger import Key
from tests.soak.people import Identities, Occurrence
from tests.soak.world import Erased

_NUMBER = re.compile(r"\d+")
_ERASED = "erased"  # acked, and let go of because of whom it named


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
    """``missing`` are events that were answered 2xx and are neither delivered nor ignored nor failed with a reason.

    Nor are they any of a person's who was erased, nor waiting still, as they do if there was not enough time.
    """

    acked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # of those that failed
    missing: list[Key] = field(default_factory=list)
    contacts: int = 0
    persons: int = 0
    twice: list[list[str]] = field(default_factory=list)  # the contacts of each person who has several
    mixed: list[str] = field(default_factory=list)  # contacts that are two persons
    without: list[str] = field(default_factory=list)  # persons of a delivered event who have no contact
    odd: list[str] = field(default_factory=list)  # events of somebody that were ignored, or failed
    back: list[str] = field(default_factory=list)  # who was erased for good, and is heard of

    @property
    def good(self) -> bool:
        return not (self.missing or self.twice or self.mixed or self.without or self.odd or self.back)


def judge(
    acked: set[Key],
    ended: Settled,
    sent: Mapping[Key, Occurrence],
    journal: Path,
    erased: Collection[Erased] = (),
) -> Verdict:
    """Compare what was promised with what was done. ``sent``: every event that was ever sent."""
    verdict = Verdict(acked=len(acked))
    people, events = {one.number for one in erased}, frozenset[Key]().union(*(one.events for one in erased))
    delivered = []
    for key in sorted(acked):
        status, reason = ended.get(key, ("lost", None))
        one = sent[key]
        if status in ("received", "pending"):
            status = "waiting"
        elif status not in ("delivered", "ignored") and not (status == "failed" and reason):
            verdict.missing.append(key)
        elif key in events:
            status = _ERASED
        elif odd := _odd(one, status, reason or "", erased=one.number in people):
            verdict.odd.append(f"{' '.join(key)}: {odd}")
        verdict.statuses[status] += 1
        if status == "failed":
            verdict.reasons[_NUMBER.sub("…", reason or "")] += 1
        delivered += [one.identities] if status == "delivered" and not one.asks_to_be_forgotten else []
    persons = Persons()
    for one in sent.values():
        persons.add(one.identities)
    _compare(verdict, persons, delivered, journal)
    return verdict


def _odd(one: Occurrence, status: str, reason: str, *, erased: bool) -> str:
    """Return what is wrong with the end of an event that names somebody."""
    if not one.identities or status == "delivered":
        return ""
    if status == "ignored" and erased:  # who came back while the clock was behind
        return ""
    return "" if one.asks_to_be_forgotten and reason.startswith("erased here") else f"{status}, {reason}"


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


def heard_of(
    gone: Erased, sent: Iterable[Occurrence], kept: Collection[Key], arrived: Iterable[tuple[float, Identities]]
) -> list[str]:
    """Return what is heard of somebody who was erased: payloads, and requests that name them."""
    named = {_compared(identity) for one in sent if one.number == gone.number for identity in one.identities}
    late = [at for at, who in arrived if gone.at and at > gone.at and not named.isdisjoint(map(_compared, who))]
    found = [f"the payload of {' '.join(key)} is kept" for key in sorted(gone.events.intersection(kept))]
    return found + ([f"named upstream {len(late)} times since"] if late else [])
