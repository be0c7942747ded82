"""What a bulk call answers: ``{"created": […], "updated": […], "invalid": […]}``, and who each row is about.

The reference does not say what a row is. It may be a contact, a channel as it was sent, with the contact's
id or without, or no more than an address: whoever it names is found by e-mail, user id or phone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.bulk.folding import Wish
from app.errors import UnknownOutcomeError
from app.remote import RemoteContact, identities_in, one_contact

LISTS = ("created", "updated", "invalid")


@dataclass(frozen=True)
class Word:
    """What was said of one person: the list that they are in, and their row."""

    kind: str
    row: Any


def words_for(answer: Any, wishes: Sequence[Wish]) -> list[Word | None] | None:
    """Return what was said of each person, None where that is nothing or not one thing; None for no such answer."""
    if not isinstance(answer, Mapping) or not any(isinstance(answer.get(kind), list) for kind in LISTS):
        return None
    places = {identity: place for place, wish in enumerate(wishes) for identity in wish.identities}
    said: dict[int, list[Word | None]] = defaultdict(list)
    for kind in LISTS:
        rows = answer.get(kind)
        for row in rows if isinstance(rows, list) else ():
            about = {places[identity] for identity in _named(row) if identity in places}
            for place in about:
                said[place].append(Word(kind, row) if len(about) == 1 else None)
    return [said[place][0] if len(said[place]) == 1 else None for place in range(len(wishes))]


def contact_in(word: Word, wish: Wish) -> RemoteContact | None:
    """Return the contact that a row tells of, or None where it does not tell its id.

    A channel has an id of its own, so ``id`` counts only beside ``channels``.
    """
    row = word.row if isinstance(word.row, Mapping) else {}
    inner = row.get("contact")
    whole = inner if isinstance(inner, Mapping) else row
    if not isinstance(whole.get("channels"), list):
        segments = [{"id": wish.segment_id}] if wish.segment_id else []
        made = {"name": wish.channel.get("name"), "channels": [wish.channel], "segments": segments}
        whole = {**made, "id": inner.get("id") if isinstance(inner, Mapping) else row.get("contact_id")}
    try:
        return one_contact(whole)
    except UnknownOutcomeError:
        return None


def _named(row: Any) -> Iterator[tuple[str, str]]:
    if isinstance(row, str):
        yield from identities_in({"user_id": row, "email": row, "phone": row})
        return
    wholes = [row, row.get("contact"), row.get("channel")] if isinstance(row, Mapping) else []
    for whole in wholes:
        if isinstance(whole, Mapping):
            channels = whole.get("channels")
            for part in (whole, *(channels if isinstance(channels, list) else ())):
                yield from identities_in(part) if isinstance(part, Mapping) else ()
