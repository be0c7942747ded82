"""What goes out: a contact, the schemas that find a person in a payload, and the one that guards a contact."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app.expressions import expression
from app.payload import Payload
from app.webhook import moment

_LONGEST_NAME = 255
_NATIONAL = re.compile(r"[^+\uff0b\d]*(\d\D*){5}")  # a phone number of some country: no plus, and not just 12
_LONGEST_READ = 10_000  # characters; what lies behind is no part of a name or an address


class Meaning(StrEnum):
    """What an event says of its person."""

    SIGNED_UP = "signed up"
    UPDATED = "updated"
    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    CONSENT = "consent changed"
    ERASE = "erase"
    ERASE_SOURCE = "erase source"


class ConsentState(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Consent:
    """Whether a person agreed to marketing, and since when (None where the sender does not say)."""

    state: ConsentState
    at: datetime | None = None


@dataclass(frozen=True)
class Contact:
    """A person in one shape: what the bridge knows after mapping and guarding."""

    user_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    contact_id: str | None = None
    segment_ids: tuple[str, ...] = ()
    consent: Consent | None = None


# --- finding a person in a payload --------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """A value, and the expression (or the words) that say where it was found."""

    value: Any
    origin: str


class At(fields.Field[Finding]):
    """The first of several JMESPath expressions, over the whole payload, that finds a non-empty value."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.expressions = [expression(text) for text in texts]

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:  # noqa: ARG002
        return self.look(data)

    def look(self, payload: Payload) -> Finding | None:
        found = ((e.find(payload), e.text) for e in self.expressions)
        return next((self.finding(value, text) for value, text in found if self.says(value)), None)

    def says(self, found: Any) -> bool:
        return says(found) and not isinstance(found, bool)  # no part of a person is a yes or a no

    def finding(self, found: Any, origin: str) -> Finding | None:
        return Finding(found, origin)


class ConsentAt(At):
    """A sender's word for marketing consent. A word that is in neither collection is no consent at all."""

    def __init__(self, *texts: str, granted: Collection[Any] = (True,), refused: Collection[Any] = (False,)) -> None:
        super().__init__(*texts)
        self.words = [*((word, ConsentState.GRANTED) for word in granted)]
        self.words += [(word, ConsentState.REFUSED) for word in refused]

    def says(self, found: Any) -> bool:
        return says(found)

    def finding(self, found: Any, origin: str) -> Finding | None:
        state = next((state for word, state in self.words if word == found and type(word) is type(found)), None)
        return Finding(state, origin) if state else None


class PersonSchema(Schema):
    """Where a sender puts a person: a subclass declares `At` fields of these names and no others.

    ``user_id, name, email, phone, consent, consent_at``, and ``region``: the person's country (ISO 3166),
    for a phone number without a country code. ``load(payload)`` gives ``{name: Finding}``.
    """

    class Meta:
        unknown = EXCLUDE

    def find(self, payload: Payload) -> dict[str, Finding]:
        if not isinstance(payload, dict):
            return {}
        looked = ((name, field.look(payload)) for name, field in self.load_fields.items() if isinstance(field, At))
        return {name: found for name, found in looked if found is not None}  # as `load`, in half its time


def says(value: Any) -> bool:
    return value is not None and value not in ("", [], {}) and not (isinstance(value, str) and not value.strip())


# --- guarding a contact -------------------------------------------------------------------------------------


class Text(fields.Field[str]):
    """Text as a person would have typed it: no control characters, no doubled spaces. Numbers become text."""

    def __init__(self, longest: int = 255) -> None:
        super().__init__(allow_none=True)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("is not text")
        text = str(value)[:_LONGEST_READ]
        if not (text.isascii() and text.isprintable()):
            text = "".join(c if unicodedata.category(c)[0] != "C" or c == "\u200d" else " " for c in text)
        if len(text := " ".join(text.split())) > self.longest:
            raise ValidationError(f"is longer than {self.longest} characters")
        return text


class Name(Text):
    """A name; an over-long one is cut, since a contact with half a name is better than none."""

    def __init__(self) -> None:
        super().__init__(longest=_LONGEST_READ)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs)[:_LONGEST_NAME].strip()


class Email(Text):
    """An e-mail address by the RFCs, normalised; no DNS is asked."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return validate_email(text.removeprefix("mailto:"), check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValidationError("is not a valid e-mail address") from None


class Phone(Text):
    """A phone number in E.164; a number without a country code is read as one of ``region``."""

    def __init__(self, region: str | None) -> None:
        super().__init__()
        self.region = region

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            number = phonenumbers.parse(text, self.region)
        except phonenumbers.NumberParseException as error:
            national = error.error_type == error.INVALID_COUNTRY_CODE and _NATIONAL.match(text)
            advice = " with a country code (set default_region on the source, or --region)" if national else ""
            raise ValidationError(f"is not a phone number{advice}") from None
        if not phonenumbers.is_valid_number(number):
            raise ValidationError("is not a valid phone number")
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class ContactSchema(Schema):
    """The guard: whatever was found becomes a contact of clean parts, or an error per part.

    ``load`` takes plain values and gives the arguments of `Contact` except ``segment_ids`` and ``consent``.
    """

    user_id = Text()
    name = Name()
    email = Email()
    contact_id = Text()

    def __init__(self, region: str | None = None) -> None:
        super().__init__(unknown=EXCLUDE)
        self.fields["phone"] = self.load_fields["phone"] = Phone(region)
        self.fields["phone"]._bind_to_schema("phone", self)  # noqa: SLF001 -- a field that depends on the source


_guard_of = cache(ContactSchema)  # by region: making a schema costs as much as using it


def guard(values: Mapping[str, Any], *, region: str | None = None) -> tuple[dict[str, str], list[str]]:
    """Return the clean parts of ``values``, and a note on each part that had to be left out."""
    mistakes: Mapping[str, Any] = {}
    try:
        loaded = _guard_of(region).load(values)
    except ValidationError as error:
        loaded, mistakes = error.valid_data, error.normalized_messages()  # type: ignore[no-untyped-call]
    left_out = [f"{name} left out: it {messages[0]}" for name, messages in sorted(mistakes.items())]
    return {name: value for name, value in loaded.items() if value}, left_out


def consent_of(values: Mapping[str, Any]) -> Consent | None:
    """Read ``consent`` and ``consent_at``: yes and no in the words that forms and senders use."""
    word = values.get("consent")
    if isinstance(word, str) and not isinstance(word, ConsentState):
        word = word.strip().lower()
    at = moment(values.get("consent_at"))
    if word in _YES:
        return Consent(ConsentState.GRANTED, at)
    if word in _NO:
        return Consent(ConsentState.REFUSED, at)
    return None


_YES = (True, 1, "granted", "true", "yes", "y", "1", "on", "subscribed", "opt_in", "opted_in")
_NO = (False, 0, "refused", "false", "no", "n", "0", "off", "unsubscribed", "opt_out", "opted_out")
