"""The source that nobody configures: rows of files that were imported, kept and mapped as webhooks are."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from app.contact import Finding, Meaning, says
from app.form_shapes import table
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant
from app.webhook import Event, moment
from app.words import plain

NAME = "import"
ROW, DATED_ROW = "row", "dated row"

# What a column can be said to hold; "-" is nothing that is looked at.
FIELDS = (
    "user_id", "name", "first_name", "last_name", "email", "phone", "contact_id", "consent", "consent_at", "region",
    "occurred_at", "-",
)  # fmt: skip
_AS_THEY_ARE = ("user_id", "email", "phone", "contact_id", "consent", "region")
_NAMES = ("name", "first_name", "last_name")
# A heading that is one of these says when the person signed up; "date" alone may be a birthday.
_WHEN = """
    occurred at, created, created at, created on, date created, creation date, signed up, signed up at,
    sign up date, signup date, date signed up, registered, registered at, registration date, date registered,
    subscribed at, subscription date, date added, added at, added on, joined, joined at, join date, optin time,
    opt in time, confirm time, timestamp, submitted at, submission date, erstellt, erstellt am, erstellungsdatum,
    angemeldet am, anmeldedatum, registriert am, registrierungsdatum, zeitstempel, date d inscription, inscrit le,
    date de création, horodateur, fecha de registro, fecha de alta, fecha de creación, marca temporal,
    data de cadastro, data de criação, data di iscrizione, data di registrazione, aanmelddatum, inschrijfdatum,
    aangemaakt op
"""
_WHEN_NAMES = frozenset(plain(name) for name in _WHEN.split(","))
_COUNTRY_NAMES = frozenset({"country", "country code", "country iso", "land", "landercode", "pays", "pais", "paese"})
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,? +(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(.*)")

_plain_name = lru_cache(maxsize=4_096)(plain)  # names of columns only: nobody's cells stay in memory


class Imported(Provider):
    """Rows. A payload holds the ``row`` as it was in the file by column, and, where the operator said so, which column
    ``holds`` what, and the ``region`` of phone numbers without a country code.

    A row without a time may repeat a yes to marketing of long ago, so it is an update: it subscribes nobody again.
    """

    name = NAME
    title = "Import"
    docs = "https://www.rfc-editor.org/rfc/rfc4180"
    event_type = constant(ROW)
    events = {ROW: Rule(Meaning.UPDATED), DATED_ROW: Rule(Meaning.SIGNED_UP)}  # noqa: RUF012 -- declared as ClassVar
    setup = "1. `contact-bridge import FILE --dry-run` shows what would come of a file."
    delivery = "as fast as the rate limit allows"

    def form(self, payload: Payload) -> Iterator[FormField]:
        """The columns of which nothing was said, and the parts of a name of which something was."""
        row, held = table(table(payload).get("row")), _by_field(payload)
        said = {column for columns in held.values() for column in columns}
        for column, value in row.items():
            if column not in said and not (_plain_name(str(column)) in _WHEN_NAMES or _is_country(str(column))):
                yield FormField(str(column), "", "", value)

    def person(self, event: Event) -> dict[str, Finding]:
        """What the operator said wins, also where a cell is empty."""
        row, held = table(table(event.outline).get("row")), _by_field(event.outline)
        found = super().person(event)
        for name in _AS_THEY_ARE:
            if name in held:
                _set(found, name, _first(row, held[name]))
        if any(name in held for name in _NAMES):
            _set(found, "name", _name(row, held))
        if "consent_at" in held and (when := _first(row, held["consent_at"])):
            _set(found, "consent_at", _as_time(when))
        if "region" not in found and (region := _region(event.outline, row)):
            found["region"] = region
        return found

    def tried(self, event: Event) -> list[str]:
        count = len(table(table(event.outline).get("row")))
        return [f"{count} column{'' if count == 1 else 's'}"]


def time_in(text: str) -> datetime | None:
    """Read a time as files have it: ISO 8601, seconds since 1970, 31.01.2026, 2026/01/31. None if it is none that is
    clear: who knows which month 3/4/2026 is in."""
    text = text.strip()
    if dotted := _DOTTED.fullmatch(text):
        day, month, year, hour, minute, second = (int(part or 0) for part in dotted.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            return None
    if slashed := _SLASHED.fullmatch(text):
        text = f"{slashed[1]}-{int(slashed[2]):02}-{int(slashed[3]):02}{slashed[4]}"
    return moment(text.removesuffix(" UTC").strip())


def when_columns(columns: Collection[str], holds: Mapping[str, str]) -> list[str]:
    """Return the columns that say when a person signed up: the one that was said to, else those that are called so."""
    said = [column for column in columns if holds.get(column) == "occurred_at"]
    return said or [column for column in columns if column not in holds and _plain_name(column) in _WHEN_NAMES]


def _by_field(payload: Payload) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for column, name in table(table(payload).get("holds")).items():
        held.setdefault(str(name), []).append(str(column))
    return held


def _first(row: Mapping[str, Any], columns: Collection[str]) -> Finding | None:
    return next((Finding(row[column], _origin(column)) for column in columns if says(row.get(column))), None)


def _name(row: Mapping[str, Any], held: Mapping[str, Collection[str]]) -> Finding | None:
    if whole := _first(row, held.get("name", ())):
        return whole
    parts = [part for name in ("first_name", "last_name") if (part := _first(row, held.get(name, ())))]
    if not parts:
        return None
    return Finding(" ".join(str(part.value).strip() for part in parts), " and ".join(part.origin for part in parts))


def _as_time(found: Finding) -> Finding:
    when = time_in(str(found.value))
    return Finding(when and when.isoformat(), found.origin)


def _region(payload: Payload, row: Mapping[str, Any]) -> Finding | None:
    """The country of a column that holds its code, else what was said for the whole file."""
    for column, value in row.items():
        if _is_country(column) and len(str(value).strip()) == 2:
            return Finding(value, _origin(column))
    said = table(payload).get("region")
    return Finding(said, "--region") if says(said) else None


def _is_country(column: str) -> bool:
    return _plain_name(column) in _COUNTRY_NAMES


def _set(found: dict[str, Finding], name: str, finding: Finding | None) -> None:
    found.pop(name, None)
    if finding is not None and finding.value is not None:
        found[name] = finding


def _origin(column: str) -> str:
    return f"column {column!r}"
