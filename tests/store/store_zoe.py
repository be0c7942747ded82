"""Zoe, who is to be erased, Ben, who is not, and events of theirs that were delivered."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from store_events import NOW, arrival, ended, event, said

from app.contact import Contact
from app.store import Claim, Store, Whom
from app.webhook import EventStatus

MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)
MAIL, PHONE, USER = "zoe.adler@example.com", "+41446681800", "shop:7064055069"
ZOE = Contact(user_id=USER, name="Zoe Adler", email="Zoe.Adler@example.com", phone=PHONE)
BEN = Contact(name="Ben", email="ben@example.com")
TRACES = (MAIL, "446681800", "44 668 18 00", "7064055069", "Zoe", "Adler")
WHOM = Whom(frozenset({("email", MAIL)}), ("main",))


def body(**parts: Any) -> bytes:
    return json.dumps(parts).encode()


def settled(store: Store, name: str, contact: Contact, status: EventStatus = EventStatus.DELIVERED, **parts) -> None:
    payload = parts.pop("body", body(name=contact.name, mail=contact.email))
    store.inbox.add(arrival(NOW, event(name, body=payload)))
    store.received.map(said({name: contact}), NOW)
    (claim,) = store.claims.claim(NOW + MINUTE, 1, ["main"])
    settle(store, claim, status, **parts)


def settle(store: Store, claim: Claim, status: EventStatus = EventStatus.DELIVERED, **parts) -> None:
    exchanges = parts.pop("exchanges", [{"body": {"email": claim.contact.email}, "answer": f'"{claim.contact.name}"'}])
    settlement = ended(claim, NOW + MINUTE, status, **parts)
    store.claims.settle(replace(settlement, attempt=replace(settlement.attempt, exchanges=exchanges)))


def kept(store: Store, event_id: str) -> bool:
    found = store.log.event("shop", event_id)
    return found is not None and found.body != b""
