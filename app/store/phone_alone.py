"""Who may become a contact by nothing but a phone number, by which the list upstream cannot be asked.

After a crash nobody knows which of a person's events was being delivered, and that one need not be the next: its
source is paused, somebody ignored it, or it is mapped in another way by now. So the number counts as sent from the
claim on, until it is known how that ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from app.store.columns import seal_of
from app.store.people import identities_of
from app.store.settlements import SENT
from app.store.tables import identities
from app.store.work import Claim

_NOTHING_SENT = (
    identities.update()
    .where(identities.c.person_id.in_(sa.bindparam("people", expanding=True)))
    .values(sent_at=None)
)  # fmt: skip


def begin(connection: sa.Connection, claims: Sequence[Claim], now: datetime) -> list[Claim]:
    """Return the claims; where a contact may be made with a phone number alone, that is what was sent."""
    phones = {claim.person.id: claim.contact.phone for claim in claims if _by_phone(claim) and claim.contact.phone}
    note_phones(connection, phones, now)
    return [_begun(claim) if claim.person.id in phones else claim for claim in claims]


def note_phones(connection: sa.Connection, phones: Mapping[int, str], now: datetime) -> None:
    """Take it that of each of these persons, who have no contact that is known, the phone number alone was sent."""
    if not phones:
        return
    connection.execute(_NOTHING_SENT, {"people": list(phones)})
    seal = seal_of(connection.dialect)
    said = [
        {"person": person, "of_kind": "phone", "named": name, "new_sent_at": now}
        for person, phone in phones.items()
        for name in seal.names(phone)
    ]
    connection.execute(SENT, said)


def _by_phone(claim: Claim) -> bool:
    return claim.person.contact_id is None and set(identities_of(claim.contact)) == {"phone"}


def _begun(claim: Claim) -> Claim:
    sent = frozenset(identities_of(claim.contact).items()) & claim.person.identities
    return replace(claim, person=replace(claim.person, sent=sent))
