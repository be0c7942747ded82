"""Invented people and what they do: each is met by several senders within the same second.

Whoever is one person here is one for everybody: all events of a person carry one address in common,
an e-mail address or (rarely) a phone number. So two contacts of a person are always a mistake.
"""

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

    @property
    def identities(self) -> Identities:
        found = {"email": self.email, "phone": self.phone}
        if self.source in ("pay", "shop") and (self.email or self.phone):
            found["user_id"] = f"stripe:cus_{self.number}" if self.source == "pay" else f"shopify:{self.number}"
        return frozenset((kind, value) for kind, value in found.items() if value)


class Crowd:
    """People without end, the same ones for the same seed."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self._people = 0
        self._events = 0
        self.sources = ["pay", "shop", "form"]

    def occurrences(self) -> Iterator[Occurrence]:
        """Yield event after event; those of one person follow one another closely."""
        while True:
            if self._people and self._random.random() < _AGAIN:
                number, count = self._random.randint(1, self._people), 1
            else:
                self._people += 1
                number, count = self._people, self._random.choice((1, 2, 3, 3, 4))
            for _ in range(count):
                yield self._occurrence(self._random.choice(self.sources), number)

    def waiting(self, count: int) -> list[Occurrence]:
        """Return events of the form alone, for a database that was left by an older version."""
        made = []
        for _ in range(count):
            self._people += 1
            made.append(self._occurrence("form", self._people))
        return made

    def _occurrence(self, source: str, number: int) -> Occurrence:
        self._events += 1
        event_id = f"evt_{self._events}"
        chance = self._random.random
        if chance() < _JUNK:
            return Occurrence(source, event_id, number)
        phone_is_common = Random(number).random() < _PHONE_IS_COMMON
        name = f"{_FIRST_NAMES[number % len(_FIRST_NAMES)]} Example {number}"
        return Occurrence(
            source,
            event_id,
            number,
            name=name if chance() < 0.9 else f"{name} the Second",
            email=None if phone_is_common and chance() < 0.7 else _email(number, capitals=chance() < 0.2),
            phone=f"+49151{10_000_000 + number}" if phone_is_common or chance() < 0.5 else None,
            refuses_mail=chance() < 0.1,
        )


def _email(number: int, *, capitals: bool) -> str:
    address = f"person.{number}@example.com"
    return address.upper() if capitals else address
