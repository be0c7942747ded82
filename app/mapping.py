"""From an event to the contact that goes out, or to the reason why none does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.contact import ConsentState, Contact, Finding, Meaning
from app.draft import Draft, draft
from app.errors import WebhookError
from app.webhook import Event, EventStatus

if TYPE_CHECKING:
    from app.config.model import Source
    from app.providers import Rule

_NEEDS_ADDRESS = (Meaning.SIGNED_UP, Meaning.UPDATED)


@dataclass(frozen=True)
class Mapped:
    """What an event became: PENDING with a contact, or IGNORED or FAILED with the reason in words.

    ``notes`` tell the operator what had to be left out; ``findings`` say for each part of the contact
    (and ``consent``, ``segment_ids``) which value came from where. Reasons and notes quote no personal data.
    """

    status: EventStatus
    reason: str = ""
    contact: Contact | None = None
    meaning: Meaning | None = None
    notes: tuple[str, ...] = ()
    findings: Mapping[str, Finding] = field(default_factory=dict)


def map_event(source: "Source", event: Event) -> Mapped:
    """Return what ``event`` means for the contacts. Total: no payload whatever makes it raise."""
    if reason := ignored_by_type(source, event):
        return Mapped(EventStatus.IGNORED, reason)
    if chore := source.provider.chores.get(event.event_type):
        return Mapped(EventStatus.FAILED, chore)
    rule = source.provider.rule(event.event_type)
    assert rule is not None  # or it would be ignored
    return _by_payload(source, event, rule)


def _by_payload(source: "Source", event: Event, rule: "Rule") -> Mapped:
    if rule.meaning is Meaning.ERASE_SOURCE:  # it names nobody; the delivery process takes it from there
        return Mapped(EventStatus.PENDING, "what this source sent is to be erased", meaning=rule.meaning)
    try:
        if reason := _ignored_by_payload(source, event):
            return Mapped(EventStatus.IGNORED, reason, meaning=rule.meaning)
        return _judged(source, event, rule, draft(source, event, rule.meaning))
    except WebhookError as error:
        return Mapped(EventStatus.FAILED, f"the payload cannot be read: {error}", meaning=rule.meaning)
    except RecursionError:
        return Mapped(EventStatus.FAILED, "the payload cannot be read: nested too deep", meaning=rule.meaning)


def ignored_by_type(source: "Source", event: Event) -> str | None:
    """Return why an event is ignored whatever its payload says, or None."""
    provider = source.provider
    if event.test:
        return f"a test that {provider.title} sends to try the endpoint"
    if event.event_type in provider.chores:
        return None
    if provider.rule(event.event_type) is None:
        return provider.unmapped(event.event_type)
    if source.events is not None and event.event_type not in source.events:
        return f"{event.event_type} is not among the events of this source"
    return None


def _ignored_by_payload(source: "Source", event: Event) -> str | None:
    if source.when and not source.when.holds(event.payload):
        return f"the condition of this source does not hold: {source.when.text}"
    return source.provider.ignored(event)


def _judged(source: "Source", event: Event, rule: "Rule", found: Draft) -> Mapped:
    """Decide what becomes of a contact that was found."""
    result = Mapped(EventStatus.PENDING, "", found.contact, rule.meaning, found.notes, found.findings)
    if reason := _silent(source, rule, found):
        return _without_contact(result, EventStatus.IGNORED, reason)
    if reason := _nobody(source, event, rule, found):
        return _without_contact(result, EventStatus.FAILED, reason)
    return _with_consent(source, result)


def _without_contact(result: Mapped, status: EventStatus, reason: str) -> Mapped:
    return replace(result, status=status, reason=reason, contact=None)


def _silent(source: "Source", rule: "Rule", found: Draft) -> str | None:
    """Return why there is nothing to tell anybody, or None."""
    if rule.meaning in (Meaning.CONSENT, Meaning.UNSUBSCRIBED) and source.consent == "ignore":
        return 'consent alone, and this source does not look at it (consent = "ignore")'
    if rule.meaning is Meaning.CONSENT and found.contact.consent is None:
        return "says neither yes nor no to marketing"
    if rule.meaning in _NEEDS_ADDRESS and not found.addressed:
        return rule.nobody
    return None


def _nobody(source: "Source", event: Event, rule: "Rule", found: Draft) -> str | None:
    """Return why no contact can be made of it; None if it names somebody who can be reached or recognised."""
    contact = found.contact
    if contact.email or contact.phone:
        return None
    if rule.meaning in _NEEDS_ADDRESS:
        problem = "neither e-mail nor phone"
    elif contact.user_id or contact.contact_id:
        return None
    else:
        problem = f"names nobody ({rule.meaning}): no user id, e-mail or phone"
    if found.addressed or found.notes:
        return f"{problem}: {'; '.join(found.notes)}"
    own = [source.contact[name].text for name in ("email", "phone") if name in source.contact]
    places = own if source.provider.guesses and source.contact else [*own, *source.provider.tried(event)]
    return f"{problem}: tried {', '.join(places)}" if places else f"{problem}: nothing to look in"


def _with_consent(source: "Source", result: Mapped) -> Mapped:
    """Apply the source's consent mode: DESIGN §4."""
    contact = result.contact
    assert contact is not None
    if source.consent == "ignore":
        findings = {name: found for name, found in result.findings.items() if name != "consent"}
        return replace(result, contact=replace(contact, consent=None), findings=findings)
    if source.consent == "respect" or result.meaning not in _NEEDS_ADDRESS:
        return result
    state = contact.consent.state if contact.consent else None
    if state is ConsentState.GRANTED:
        return result
    if result.meaning is Meaning.UPDATED and state is ConsentState.REFUSED:
        # nobody new comes in without a grant, but a known person's no has to get through
        return replace(result, meaning=Meaning.UNSUBSCRIBED, contact=replace(contact, segment_ids=()))
    return _without_contact(result, EventStatus.IGNORED, 'no consent to marketing (consent = "require")')
