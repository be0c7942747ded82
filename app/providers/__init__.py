"""The senders that the bridge knows. A file here is a provider: its presence is its registration."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from app.contact import At, Finding, Meaning, PersonSchema
from app.expressions import Expression
from app.forms import FormField, find_person
from app.payload import Payload
from app.reading import Reader, body_hash
from app.signatures import Scheme
from app.webhook import Event, Reply, Webhook, discreet, key, moment

if TYPE_CHECKING:
    from app.config.model import Source

ANY = "*"

_schema = cache(lambda schema: schema())  # building a marshmallow schema costs more than using it


@dataclass(frozen=True)
class Rule:
    """What an event type means, and the schema that finds its person.

    ``nobody`` says why this type may well come without an e-mail address and a phone number: then it
    is ignored with these words, where it would otherwise fail and wait for a human.
    """

    meaning: Meaning
    schema: type[PersonSchema] = PersonSchema
    nobody: str | None = None


@dataclass(frozen=True)
class Fetch:
    """One authenticated GET at a sender's API, for events that name their person by number only.

    ``url`` makes the address from the payload, or None where there is nothing to fetch; its host must be
    ``host``, whatever the payload says. ``headers`` may say ``{token}``: the source's ``token``. The
    delivery process fetches, never the ack path; the answer is ``payload["fetched"]``. Unless it happens
    ``always``, a source may do without a token.
    """

    host: str
    url: Callable[[Payload], str | None]
    headers: Mapping[str, str] = field(default_factory=lambda: {"Authorization": "Bearer {token}"})
    always: bool = True


class Provider:
    """A kind of sender, as declared facts. A subclass in a module of this package is a provider of that module's name.

    ``events`` maps the sender's own event types to rules; ``ANY`` matches whatever is not listed. An event
    without a rule is kept and ignored; ``ignores`` says why, by event type (``*`` matches any characters).
    ``chores`` says what a human has to do about a type that asks for more than a contact: it fails with these words.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    docs: ClassVar[str]
    signature: ClassVar[Scheme | None] = None  # None: the sender signs nothing, the source chooses ``auth``
    events: ClassVar[Mapping[str, Rule]]
    ignores: ClassVar[Mapping[str, str]] = {}
    chores: ClassVar[Mapping[str, str]] = {}
    event_id: ClassVar[Reader] = staticmethod(body_hash)
    event_type: ClassVar[Reader]
    occurred_at: ClassVar[Reader] = staticmethod(lambda _: None)
    test: ClassVar[Reader] = staticmethod(lambda _: None)
    guesses: ClassVar[bool] = False  # True: a source that says itself where a contact is gets no guesses beside
    fetch: ClassVar[Fetch | None] = None
    reply: ClassVar[str | None] = None  # JSON that the sender wants as the answer to an accepted webhook
    setup: ClassVar[str]  # Markdown list: how to set the sender up; {url} is the address to paste
    delivery: ClassVar[str]  # one line: its deadline and its retries

    def handshake(self, webhook: Webhook, secrets: Iterable[str]) -> Reply | None:  # noqa: ARG002 -- for subclasses
        """Answer a setup ping or a challenge; None if this is an ordinary webhook. Called before verification."""
        return None

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        """Split a webhook that carries several events; each part is a webhook of its own."""
        return (webhook,)

    def read(self, source: "Source", webhook: Webhook, now: datetime) -> list[Event]:
        """Return the events in a verified webhook; the source's own expressions for id, type and time win.

        Raises `PayloadError` or `UnsupportedMediaError`.
        """
        return [self._event(source, part, now) for part in self.parts(webhook)]

    def _event(self, source: "Source", webhook: Webhook, now: datetime) -> Event:
        payload = webhook.payload  # what cannot be read is refused now, while the sender listens
        cls = type(self)

        def own(expression: Expression | None) -> object:
            return expression.find(payload) if expression else None

        event = Event(
            source=source.name,
            event_id=_chosen(own(source.event_id)) or _given(cls.event_id(webhook)) or body_hash(webhook),
            event_type=key(own(source.event_type)) or key(cls.event_type(webhook)) or "unknown",
            occurred_at=moment(own(source.occurred_at)) or moment(cls.occurred_at(webhook)) or now,
            body=webhook.body,
            content_type=webhook.content_type,
            test=bool(cls.test(webhook)),
        )
        event.__dict__["payload"] = payload  # decoded once
        return event

    def rule(self, event_type: str) -> Rule | None:
        return self.events.get(event_type) or self.events.get(ANY)

    def unmapped(self, event_type: str) -> str:
        """Return why events of a type without a rule are ignored."""
        reasons = (reason for pattern, reason in self.ignores.items() if fnmatchcase(event_type, pattern))
        return next(reasons, f"{event_type} is no event of {self.title} that tells of a person")

    def ignored(self, event: Event) -> str | None:  # noqa: ARG002 -- for subclasses
        """Return why an event of a mapped type says nothing of a person after all, or None."""
        return None

    def form(self, payload: Payload) -> Iterable[FormField]:  # noqa: ARG002 -- for subclasses
        """The fields of a form that everybody builds differently; none where a sender's places are fixed."""
        return ()

    def person(self, event: Event) -> dict[str, Finding]:
        """Find the person in an event: ``{user_id, name, email, phone, consent, consent_at, region}``, what there is.

        What a rule's schema finds wins over what is found among the fields of a form.
        """
        rule = self.rule(event.event_type)
        found = find_person(self.form(event.outline)) | (_schema(rule.schema).find(event.outline) if rule else {})
        if identity := found.pop("user_id", None):
            number = key(identity.value)
            found |= {"user_id": Finding(f"{self.name}:{number}", identity.origin)} if number else {}
        return found

    def tried(self, event: Event) -> list[str]:
        """Return where an e-mail address and a phone number were looked for, in words for the operator."""
        rule = self.rule(event.event_type)
        places = _schema(rule.schema).fields if rule else {}
        fixed = [e.text for n in ("email", "phone") if isinstance(at := places.get(n), At) for e in at.expressions]
        asked = sum(1 for _ in self.form(event.outline))
        return [*fixed, f"{asked} form field{'s' if asked > 1 else ''}"] if asked else fixed


def _chosen(value: object) -> str | None:
    """An event id that a user's expression found: anything may be in it."""
    found = key(value)
    return discreet(found) if found else None


def _given(value: object) -> str | None:
    """An event id of the sender's own making: a number is a number, and no phone."""
    found = key(value)
    return discreet(found) if found and "@" in found else found


@cache
def providers() -> Mapping[str, Provider]:
    """Return every provider by name, in alphabetical order."""
    found: dict[str, Provider] = {}
    for module in pkgutil.iter_modules(__path__):
        members = vars(importlib.import_module(f"{__name__}.{module.name}")).values()
        for cls in [m for m in members if isinstance(m, type) and issubclass(m, Provider)]:
            if cls.__module__ == f"{__name__}.{module.name}":
                cls.name = module.name
                found[module.name] = cls()
    return found
