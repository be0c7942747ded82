"""Who may be a contact by nothing but a phone number, though the event that is delivered next has more.

After a crash nobody knows which of a person's events was being delivered. That one need not be the next: its source
may be paused, or the clock was ahead when it became due.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from app.store.documents import contact_from
from app.store.people import identities_of
from app.store.tables import events
from app.store.work import Claim
from app.webhook import EventStatus

_DONE = (EventStatus.DELIVERED.value, EventStatus.IGNORED.value)


def suspecting_phones(connection: sa.Connection, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims; persons who are uncertain, and have an event like that, are marked."""
    unsure = [claim.person.id for claim in claims if claim.person.uncertain and not claim.person.contact_id]
    if not unsure:
        return list(claims)
    theirs = sa.select(*events.c["person_id", "contact"]).where(events.c.person_id.in_(unsure))
    rows = connection.execute(theirs.where(events.c.contact.is_not(None), events.c.status.not_in(_DONE))).all()
    alone = {row.person_id for row in rows if isinstance(row.contact, dict) and _by_phone(row.contact)}
    people = {claim.person.id: replace(claim.person, phone_alone=claim.person.id in alone) for claim in claims}
    return [replace(claim, person=people[claim.person.id]) for claim in claims]


def _by_phone(contact: dict[str, object]) -> bool:
    return set(identities_of(contact_from(contact))) == {"phone"}
