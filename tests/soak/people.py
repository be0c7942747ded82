"""Invented people and what they do: each is met by several senders within the same second.

Whoever is one person here is one for everybody: all events of a person carry one address in common,
an e-mail address or (rarely) a phone number. So two contacts of a person are always a mistake.
"""

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

Identities = frozenset[tuple[str, str]]

_FIRST_NAMES = ("Ada", "Bao", "Chidi", "Dilnoza", "Eero", "Fatima", "Goran", "Hine")
_AGAIN, _PHONE_IS_COMMON, _JUNK = 0.2, 0.05, 0.05


@dataclass(frozen=True)
class Occurrence:
    """One event as its sender knows it. Without ``identities``, nobody is named, and no contact can be made."""

    source: str
    event_id: str
    number: int
    name: str = ""
    email: str | None = None
    phone: str | None = None
    refuses_mail: bool = False
    asks_to_be_forgotten: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.event_id

    @property
    def identities(self) -> Identities:
        found = {"email": self.email, "phone": self.phone}
        if self.source in ("pay", "shop") and (self.email or self.phone):
            found["user_id"] = f"stripe:cus_{self.number}" if self.source == "pay" else f"shopify:{self.number}"
        return frozenset((kind, value) for kind, value in found.items() if value)


class Crowd:
    """People without end, the same ones for the same seed. Nothing happens to who is ``gone``."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self._people = 0
        self._events = itertools.count(1)
        self._returning: deque[int] = deque()
        self.gone: set[int] = set()
        self.sources = ["pay", "shop", "form"]

    def occurrences(self) -> Iterator[Occurrence]:
        """Yield event after event; those of one person follow one another closely."""
        while True:
            number, count = self._somebody()
            for _ in range(count):
                if number not in self.gone:
                    yield self._occurrence(self._random.choice(self.sources), number)

    def _somebody(self) -> tuple[int, int]:
        """Return who does something, and how often."""
        if self._returning:
            return self._returning.popleft(), 3
        if self._people and self._random.random() < _AGAIN:
            return self._random.randint(1, self._people), 1
        self._people += 1
        return self._people, self._random.choice((1, 2, 3, 3, 4))

    def come_back(self, number: int) -> None:
        """Let somebody who was gone sign up once more."""
        self.gone.discard(number)
        self._returning.append(number)

    def waiting(self, count: int) -> list[Occurrence]:
        """Return events of the form alone, for a database that was left by an older version."""
        made = []
        for _ in range(count):
            self._people += 1
            made.append(self._occurrence("form", self._people))
        return made

    def asks_to_be_forgotten(self, number: int) -> Occurrence:
        """Return the shop's request."""
        email, phone = (None, phone_of(number)) if by_phone(number) else (email_of(number), None)
        return Occurrence("shop", self._id(), number, email=email, phone=phone, asks_to_be_forgotten=True)

    def _occurrence(self, source: str, number: int) -> Occurrence:
        event_id, chance = self._id(), self._random.random
        if chance() < _JUNK:
            return Occurrence(source, event_id, number)
        name = f"{_FIRST_NAMES[number % len(_FIRST_NAMES)]} Example {number}"
        return Occurrence(
            source,
            event_id,
            number,
            name=name if chance() < 0.9 else f"{name} the Second",
            email=None if by_phone(number) and chance() < 0.7 else email_of(number, capitals=chance() < 0.2),
            phone=phone_of(number) if by_phone(number) or chance() < 0.5 else None,
            refuses_mail=chance() < 0.1,
        )

    def _id(self) -> str:
        return f"evt_{next(self._events)}"


def by_phone(number: int) -> bool:
    """Whether the phone number is what all events of a person have in common; else it is the e-mail address."""
    return Random(number).random() < _PHONE_IS_COMMON


def email_of(number: int, *, capitals: bool = False) -> str:
    address = f"person.{number}@example.com"
    return address.upper() if capitals else address


def phone_of(number: int) -> str:
    return f"+49151{10_000_000 + number}"
