"""The stand-in upstream's contacts. Nothing is unique here: a second create makes a second contact.

Whatever is made is written down before it is answered, one JSON object a line.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Contact = dict[str, Any]


class Contacts:
    """Made, found and changed as in the contacts API."""

    def __init__(self, journal: Path) -> None:
        self._journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._all: dict[str, Contact] = {}
        self._by: Mapping[str, dict[str, list[Contact]]] = {
            kind: defaultdict(list) for kind in ("email", "user_id", "name")
        }

    def create(self, channel: Mapping[str, str], segment_ids: Sequence[str]) -> Contact | None:
        """Make a contact, or attach a channel to one; None if there is no such contact."""
        contact_id = channel.get("contact_id")
        contact = self._all.get(contact_id) if contact_id else self._new(channel)
        if contact is None:
            return None
        said = {kind: channel[kind] for kind in ("user_id", "email", "phone") if channel.get(kind)}
        now = datetime.now(UTC).isoformat()
        self._write({"contact": contact["id"], "new": contact_id is None, "identities": said, "at": now})
        contact["channels"].append({"user_id": None, "email": None, "phone": None, **said})
        for kind in ("email", "user_id"):
            if kind in said:
                self._by[kind][said[kind].casefold()].append(contact)
        for segment_id in segment_ids:
            self.join(contact["id"], segment_id)
        return contact

    def create_many(self, channels: Sequence[Mapping[str, str]], segment_id: str | None) -> dict[str, list[Contact]]:
        """Make a contact of each."""
        segment_ids = [segment_id] if segment_id else []
        return {"created": [made for channel in channels if (made := self.create(channel, segment_ids))]}

    def dry_run(self, channels: Sequence[Mapping[str, str]]) -> dict[str, list[Mapping[str, str]]]:
        """Return which are new, and which are somebody who is known; nothing is made."""
        told: dict[str, list[Mapping[str, str]]] = {"created": [], "updated": []}
        for channel in channels:
            known = any(self._by[kind].get(channel.get(kind, "").casefold()) for kind in ("email", "user_id"))
            told["updated" if known else "created"].append(channel)
        return told

    def _new(self, channel: Mapping[str, str]) -> Contact:
        contact: Contact = {
            "id": f"contact_{len(self._all) + 1}",
            "name": channel.get("name"),
            "unsubscribed": False,
            "channels": [],
            "segments": [],
            "created_at": datetime.now(UTC).isoformat(),
        }
        self._all[contact["id"]] = contact
        if contact["name"]:
            self._by["name"][contact["name"].casefold()].append(contact)
        return contact

    def join(self, contact_id: str, segment_id: str) -> Contact | None:
        contact = self._all.get(contact_id)
        if contact and {"id": segment_id} not in contact["segments"]:
            contact["segments"].append({"id": segment_id})
        return contact

    def change(self, contact_id: str, changes: Mapping[str, Any]) -> Contact | None:
        contact = self._all.get(contact_id)
        if contact:
            contact |= {name: changes[name] for name in ("name", "unsubscribed") if name in changes}
            if name := changes.get("name"):
                self._by["name"][name.casefold()].append(contact)
        return contact

    def find(self, query: Mapping[str, str]) -> list[Contact]:
        """Return one page of the contacts that match one filter, or of all."""
        kind = next((kind for kind in self._by if kind in query), None)
        found = list(self._all.values()) if kind is None else self._by[kind].get(query[kind].casefold(), [])
        page, take = int(query.get("page", 1)), int(query.get("take", 20))
        return _distinct(found)[(page - 1) * take : page * take]

    def _write(self, line: Mapping[str, Any]) -> None:
        os.write(self._journal, json.dumps(line).encode() + b"\n")


def _distinct(contacts: Sequence[Contact]) -> list[Contact]:
    return list({contact["id"]: contact for contact in contacts}.values())


def read(journal: Path, note: Callable[[str, frozenset[tuple[str, str]]], None]) -> int:
    """Tell ``note`` the identities of each channel by contact id; return how many contacts were made."""
    made = 0
    for line in journal.read_text("utf-8").splitlines():
        entry = json.loads(line)
        made += entry["new"]
        note(entry["contact"], frozenset(entry["identities"].items()))
    return made
