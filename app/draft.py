"""The first half of mapping: the contact as it is found in an event and cleaned, with nothing decided yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import phonenumbers

from app.contact import Consent, ConsentState, Contact, Finding, Meaning, consent_of, guard, says
from app.expressions import ExpressionError
from app.webhook import Event, moment

if TYPE_CHECKING:
    from app.config.model import Source

_PARTS = ("user_id", "name", "email", "phone", "contact_id")
_STATED = {Meaning.SUBSCRIBED: ConsentState.GRANTED, Meaning.UNSUBSCRIBED: ConsentState.REFUSED}
_GOES_AWAY = (Meaning.UNSUBSCRIBED, Meaning.ERASE)


@dataclass(frozen=True)
class Draft:
    """A contact, notes on what had to be left out, and for each part the value and where it comes from.

    ``addressed``: an e-mail address or a phone number was there, whether it was usable or not.
    """

    contact: Contact
    notes: tuple[str, ...]
    findings: Mapping[str, Finding]
    addressed: bool


def draft(source: "Source", event: Event, meaning: Meaning) -> Draft:
    """Find the person in ``event`` and clean what is found.

    Raises `PayloadError` or `UnsupportedMediaError` if the payload cannot be read.
    """
    found, notes = _found(source, event)
    values = {name: finding.value for name, finding in found.items()}
    clean, left_out = guard({n: values[n] for n in _PARTS if n in values}, region=_region(source, values))
    notes += [f"{note} ({found[note.partition(' ')[0]].origin})" for note in left_out]
    findings = {name: Finding(clean[name], found[name].origin) for name in _PARTS if name in clean}
    consent = _consent(event, meaning, values)
    if consent:
        origin = f"the event itself: {meaning}" if meaning in _STATED else found["consent"].origin
        findings["consent"] = Finding(consent.state, origin)
    elif "consent" in found and meaning is not Meaning.ERASE:
        notes.append(f"consent left out: neither a yes nor a no ({found['consent'].origin})")
    segments = {} if meaning in _GOES_AWAY else _segments(source, event)
    if segments:
        findings["segment_ids"] = Finding(tuple(segments), "; ".join(dict.fromkeys(segments.values())))
    contact = Contact(**clean, segment_ids=tuple(segments), consent=consent)
    return Draft(contact, tuple(notes), findings, addressed="email" in found or "phone" in found)


def _found(source: "Source", event: Event) -> tuple[dict[str, Finding], list[str]]:
    """What the provider finds, overridden by the source's own expressions wherever they find something."""
    found = {} if source.provider.guesses and source.contact else source.provider.person(event)
    notes = []
    for name, expression in source.contact.items():
        try:
            value = expression.search(event.payload)
        except ExpressionError:
            notes.append(f"{name}: the expression does not fit this payload ({expression.text})")
            continue
        if says(value):
            found[name] = Finding(value[0] if isinstance(value, list) and len(value) == 1 else value, expression.text)
    return found, notes


def _region(source: "Source", values: Mapping[str, Any]) -> str | None:
    """The person's own country for a number without a country code, else the source's."""
    country = str(values.get("region")).strip().upper()
    return country if country in phonenumbers.SUPPORTED_REGIONS else source.default_region


def _consent(event: Event, meaning: Meaning, values: Mapping[str, Any]) -> Consent | None:
    if meaning is Meaning.ERASE:
        return None
    if meaning in _STATED:
        return Consent(_STATED[meaning], moment(values.get("consent_at")) or event.occurred_at)
    consent = consent_of(values)
    # an update may repeat an answer of long ago, so it gives a consent no time of its own
    if consent and consent.at is None and meaning is not Meaning.UPDATED:
        return replace(consent, at=event.occurred_at)
    return consent


def _segments(source: "Source", event: Event) -> dict[str, str]:
    """Every segment once, in the order of the configuration, with where it comes from."""
    segments = dict.fromkeys(source.segment_ids, "segment_ids of the source")
    for segment in source.segments:
        if segment.when.holds(event.payload):
            segments.setdefault(segment.id, f"when {segment.when.text}")
    return segments
