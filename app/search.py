"""Finding a person upstream: by user id, then e-mail, and by phone where nothing else can find them."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from app.contact import Contact
from app.conversation import Conversation
from app.remote import RemoteContact
from app.store.people import KINDS, identities_of
from app.store.work import Person

_Identities = AbstractSet[tuple[str, str]]


def look_up(api: Conversation, person: Person, contact: Contact, notes: list[str]) -> RemoteContact | None:
    """Return the contact of ``person``, or None if there is none.

    The list's filters may match loosely, so only a contact that has exactly the identity counts.
    Raises `UpstreamError`; also when the list is too long to be sure that there is none.
    """
    for identity, filters in _questions(person, contact):
        for page in api.find(**filters):
            if found := [remote for remote in page if remote.identities & identity]:
                if len(found) > 1:
                    notes.append(f"the upstream has {len(found)} contacts of this person; the oldest was taken")
                return min(found, key=lambda remote: _preference(remote, person))
    return None


def _preference(remote: RemoteContact, person: Person) -> tuple[bool, bool, float, str]:
    """The contact that is known comes first, then the oldest."""
    at = remote.created_at
    return remote.id != person.contact_id, at is None, at.timestamp() if at else 0.0, remote.id


def _questions(person: Person, contact: Contact) -> Iterator[tuple[_Identities, dict[str, str]]]:
    """The identities to look for, and the filters to ask with."""
    named = person.identities | identities_of(contact).items()  # one of them may be tied to somebody else
    for kind, value in sorted(named, key=lambda identity: (KINDS.index(identity[0]), identity[1])):
        if kind != "phone":
            for spelling in _spellings(kind, value, contact):
                yield {(kind, value)}, {kind: spelling}
    phones = {identity for identity in person.identities if identity[0] == "phone"}
    if phones and _phone_alone(person, contact):
        if contact.name:
            yield phones, {"name": contact.name}
        yield phones, {}  # there is no filter by phone


def _spellings(kind: str, value: str, contact: Contact) -> list[str]:
    """An e-mail address as it was created too, in case the filter is particular about capitals."""
    created = contact.email if kind == "email" and contact.email and contact.email.lower() == value else value
    return list(dict.fromkeys([created, value]))


def _phone_alone(person: Person, contact: Contact) -> bool:
    """Whether a contact may have been created with nothing but a phone: by this event or by another one."""
    if person.contact_id:
        return False
    created = (set(identities_of(contact)), {kind for kind, _ in person.sent})
    return {"phone"} in created
