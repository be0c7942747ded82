"""One organization's contacts in memory, and the rules of the contacts API for changing them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import islice
from threading import RLock
from typing import Any

from app.sandbox import listing
from app.sandbox.listing import folded
from app.sandbox.records import Channel, Contact, RefusedError, Segment, new_id, stamp
from app.sandbox.settings import Duplicates, Settings

_Index = dict[str, dict[str, Contact]]  # a value of a field to the contacts that have it, by id


class Book:
    """Contacts, found by id, e-mail, user id and segment without a look at every one. Answers are plain data.

    The methods raise `RefusedError` for what the API does not allow.
    """

    def __init__(self, settings: Settings, now: Callable[[], datetime], lock: RLock) -> None:
        self._settings = settings
        self._now = now
        self._lock = lock
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._contacts: dict[str, Contact] = {}
            self._segments: dict[str, Segment] = {}
            self._by_email: _Index = {}
            self._by_user_id: _Index = {}
            self._by_segment: _Index = {}

    def __len__(self) -> int:
        return len(self._contacts)

    def newest(self, count: int | None = None) -> list[dict[str, Any]]:
        """Return the last ``count`` contacts (None: all), newest first."""
        with self._lock:
            return [contact.answer() for contact in islice(reversed(self._contacts.values()), count)]

    def create(self, channel: Mapping[str, str], segment_ids: Sequence[str] = ()) -> dict[str, Any]:
        """Create a contact of ``channel`` (user_id, name, email, phone), or attach it to its contact_id."""
        said = {name: value for name, value in channel.items() if value}
        contact_id = said.pop("contact_id", None)
        with self._lock:
            if not contact_id and (twin := self._twin(said)):
                return twin.answer()
            contact = self._contact(contact_id) if contact_id else self._new(said)
            self._attach(contact, said)
            for segment_id in segment_ids:
                self._join(contact, segment_id)
            return contact.answer()

    def change(self, contact_id: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Apply ``name``, ``blocked`` and ``unsubscribed``, where given."""
        with self._lock:
            contact = self._contact(contact_id)
            contact.name = changes.get("name", contact.name)
            contact.updated_at = now = stamp(self._now())
            if "blocked" in changes:
                contact.blocked_at = (contact.blocked_at or now) if changes["blocked"] else None
            if "unsubscribed" in changes:
                contact.unsubscribed_at = (contact.unsubscribed_at or now) if changes["unsubscribed"] else None
            return contact.answer()

    def join(self, contact_id: str, segment_id: str) -> dict[str, Any]:
        """Add a segment to a contact. A segment exists from the first time that it is named."""
        with self._lock:
            contact = self._contact(contact_id)
            self._join(contact, segment_id)
            return contact.answer()

    def segments(self, contact_id: str) -> list[dict[str, Any]]:
        with self._lock:
            return [segment.answer() for segment in self._contact(contact_id).segments.values()]

    def page(self, query: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
        """Return a page of what matches a loaded `LIST_QUERY`, and how many match; the order is stable."""
        start = (query[listing.PAGE] - 1) * query[listing.TAKE]
        chosen = listing.filters(query)
        with self._lock:
            found = self._candidates(chosen)
            if chosen:
                found = [contact for contact in found if listing.matches(contact, chosen)]
            rows = islice(found, start, start + query[listing.TAKE])
            return [contact.answer() for contact in rows], len(found)

    def knows(self, channel: Mapping[str, Any]) -> bool:
        with self._lock:
            return channel.get("contact_id") in self._contacts or self._known(channel) is not None

    def _contact(self, contact_id: str) -> Contact:
        if contact_id not in self._contacts:
            raise RefusedError(404, "contact not found")
        return self._contacts[contact_id]

    def _known(self, channel: Mapping[str, Any]) -> Contact | None:
        same_user_id = self._by_user_id.get(channel.get("user_id", ""), {})
        same_email = self._by_email.get(folded(channel.get("email")), {})
        return next(iter((same_user_id or same_email).values()), None)

    def _twin(self, channel: Mapping[str, str]) -> Contact | None:
        if self._settings.duplicates is Duplicates.SECOND or not (known := self._known(channel)):
            return None
        if self._settings.duplicates is Duplicates.SAME:
            return known
        status = 409 if self._settings.duplicates is Duplicates.CONFLICT else 400
        raise RefusedError(status, "a contact with this email or user_id already exists")

    def _new(self, channel: Mapping[str, str]) -> Contact:
        if not (channel.get("email") or channel.get("phone")):
            raise RefusedError(400, "channel: email or phone is required")
        now = stamp(self._now())
        contact = Contact(new_id("contact"), channel.get("name"), created_at=now, updated_at=now)
        self._contacts[contact.id] = contact
        return contact

    def _attach(self, contact: Contact, channel: Mapping[str, str]) -> None:
        if not channel.keys() & {"user_id", "email", "phone"}:
            raise RefusedError(400, "channel: email, phone or user_id is required")
        contact.updated_at = now = stamp(self._now())
        contact.channels.append(Channel(new_id("channel"), now, **channel))
        if email := channel.get("email"):
            self._by_email.setdefault(folded(email), {})[contact.id] = contact
        if user_id := channel.get("user_id"):
            self._by_user_id.setdefault(user_id, {})[contact.id] = contact

    def _join(self, contact: Contact, segment_id: str) -> None:
        now = stamp(self._now())
        segment = self._segments.setdefault(segment_id, Segment(segment_id, now))
        if segment_id not in contact.segments:
            contact.segments[segment_id] = segment
            contact.updated_at = now
            segment.contacts_count += 1
            self._by_segment.setdefault(segment_id, {})[contact.id] = contact

    def _candidates(self, chosen: Mapping[str, str]) -> Collection[Contact]:
        found = [self._contacts]
        if listing.USER_ID in chosen:
            found.append(self._by_user_id.get(chosen[listing.USER_ID], {}))
        if listing.EMAIL in chosen:
            found.append(self._by_email.get(folded(chosen[listing.EMAIL]), {}))
        if listing.SEGMENT_ID in chosen:
            found.append(self._by_segment.get(chosen[listing.SEGMENT_ID], {}))
        return min(found, key=len).values()
