"""What the type of an event says in words: of whom it speaks, and what became of them."""

from typing import NamedTuple

from app.contact import Meaning
from app.words import plain

_PEOPLE = {"user", "person", "people", "contact", "customer", "member", "subscriber", "lead", "profile", "attendee"}
_PEOPLE |= {"registrant", "student", "guest", "prospect", "client", "participant", "patient"}
_FORMS = {"form", "submission", "signup", "registration", "response", "invitee"}
_LISTS = {"contact", "subscriber", "newsletter", "marketing"}  # "user.subscribed" may be a paid plan: no consent
_VERBS = {
    **dict.fromkeys(("created", "added", "registered", "joined", "signup", "submitted"), Meaning.SIGNED_UP),
    **dict.fromkeys(("updated", "changed", "subscribed"), Meaning.UPDATED),
    **dict.fromkeys(("deleted", "removed", "erased", "redacted"), Meaning.ERASE),
}
_TESTS = {"test", "ping", "webhook test", "webhook ping", "test event", "endpoint test"}


class Said(NamedTuple):
    """``of_person``: the event is about a person, so its object's id is theirs; ``consents``: it is itself a yes."""

    meaning: Meaning
    of_person: bool
    consents: bool = False


def understood(event_type: str) -> Said | None:
    """Read ``user.created``, ``CustomerUpdated``, ``form_submitted`` …; None if it speaks of no person.

    ``user.session.deleted`` speaks of a session.
    """
    words = plain(event_type).replace("signed up", "signup").replace("opted ", "opt ").split()
    noun, verb = ["", "", *words][-2:]
    person = noun in _PEOPLE
    if "unsubscribed" in words or (noun, verb) == ("opt", "out"):
        return Said(Meaning.UNSUBSCRIBED, person)
    if (verb == "subscribed" and noun in _LISTS) or (noun, verb) == ("opt", "in"):
        return Said(Meaning.SIGNED_UP, person, consents=True)
    meaning = _VERBS.get(verb)
    answered = noun in _FORMS and meaning is Meaning.SIGNED_UP
    return Said(meaning, person) if meaning and (person or answered) else None


def is_test(event_type: str) -> bool:
    return plain(event_type) in _TESTS
