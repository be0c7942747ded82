"""Contacts and events to and from what a column holds."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.contact import Consent, ConsentState, Contact
from app.store.work import Person
from app.webhook import Event, moment


def contact_to(contact: Contact) -> dict[str, Any]:
    """Return a contact as plain data; absent parts are left out."""
    consent = contact.consent
    document = {
        "user_id": contact.user_id,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "contact_id": contact.contact_id,
        "segment_ids": list(contact.segment_ids),
        "consent": consent and {"state": consent.state.value, "at": consent.at and consent.at.isoformat()},
    }
    return {name: value for name, value in document.items() if value}


def contact_from(document: dict[str, Any]) -> Contact:
    """Read what `contact_to` wrote."""
    consent = document.get("consent")
    return Contact(
        user_id=document.get("user_id"),
        name=document.get("name"),
        email=document.get("email"),
        phone=document.get("phone"),
        contact_id=document.get("contact_id"),
        segment_ids=tuple(document.get("segment_ids", ())),
        consent=Consent(ConsentState(consent["state"]), moment(consent.get("at"))) if consent else None,
    )


def person_from(row: sa.Row[Any], person_id: int, known: Sequence[sa.Row[Any]]) -> Person:
    """Read a person from a row with the columns of persons, and those of ``known`` identities that are theirs."""
    mine = [(each.kind, each.sealed or each.value, each.sent_at) for each in known if each.person_id == person_id]
    return Person(
        id=person_id,
        contact_id=row.contact_id,
        name=row.name,
        name_at=row.name_at,
        consent=Consent(ConsentState(row.consent), row.consent_at) if row.consent else None,
        unsubscribed=row.unsubscribed,
        segment_ids=tuple(row.segment_ids or ()),
        sent=frozenset((kind, value) for kind, value, sent_at in mine if sent_at),
        identities=frozenset((kind, value) for kind, value, _ in mine),
        uncertain=row.uncertain,
    )


def event_from(row: sa.Row[Any]) -> Event:
    """Read an event from a row of the events table."""
    return Event(
        source=row.source,
        event_id=row.event_id,
        event_type=row.event_type,
        occurred_at=row.occurred_at,
        body=row.body or b"",
        content_type=row.content_type,
        test=row.test,
        fetched=row.fetched,
    )
