"""Finding a person in a form that everybody builds differently: by the fields' types, labels and values."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from app.contact import ConsentState, Finding
from app.form_field import FormField
from app.words import answer, plain, speaks_of, without

__all__ = ["FormField", "find_person"]

_EMAIL = re.compile(r"(?:mailto:)?[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+")
_PHONE = re.compile(r"[+(]*\d[\d\s().\-/+]{4,24}(?:(?:x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"\+\d[\d\s().\-/]{6,22}")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # there the family name comes first
_LONGEST_QUESTION = 8  # words: a longer label that has "name" in it rarely asks for one
_LONGEST_NAME, _LONGEST_EMAIL, _LONGEST_LABEL = 100, 320, 300
_MOST_FIELDS = 500  # nobody fills in more
_NAME_TYPES = {"firstname": "first", "lastname": "last", "fullname": "name", "name": "name"}
_FAR = 5  # what is somebody else's, or does not look right, is taken only where there is nothing better


@dataclass(frozen=True)
class _Candidate:
    rank: int
    field: FormField
    why: str


def find_person(fields: Iterable[FormField]) -> dict[str, Finding]:
    """Find ``email, phone, name, consent`` among the fields of a form: what there is, and why it was chosen.

    A field's type counts before its label (or key), and that before the look of its value.
    """
    answered = list(islice(fields, _MOST_FIELDS))
    found = {
        "email": _best("e-mail", list(_emails(answered))),
        "phone": _best("phone", list(_phones(answered))),
        "name": _name(answered),
        "consent": next((said for field in answered if (said := _consent(field))), None),
    }
    return {name: finding for name, finding in found.items() if finding}


def _best(what: str, candidates: list[_Candidate]) -> Finding | None:
    if not candidates:
        return None
    best = min(candidates, key=lambda candidate: candidate.rank)
    others = {c.field.text for c in candidates if c.rank < _FAR}
    rival = f", the first of {len(others)} {what} fields" if len(others) > 1 and best.rank < _FAR else ""
    return Finding(best.field.text, f"field {best.field.shown} ({best.why}{rival})")


def _emails(fields: list[FormField]) -> Iterator[_Candidate]:
    for field in fields:
        looks_right = len(field.text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(field.text) is not None
        far = (_FAR if field.asks_for("not a person") else 0) + (0 if looks_right else 2 * _FAR)
        if not field.text:
            continue
        if "email" in field.kind:
            yield _Candidate(far, field, "its type")
        elif field.asks_for("email") and (looks_right or not field.asks_for("marketing")):
            yield _Candidate(1 + far, field, "its label")
        elif looks_right:
            yield _Candidate(2 + far, field, "it looks like an e-mail address")


def _phones(fields: list[FormField]) -> Iterator[_Candidate]:
    for field in fields:
        far = _FAR if field.asks_for("not a person") else 0
        if ("phone" in field.kind or field.kind == "tel") and field.text:
            yield _Candidate(far, field, "its type")
        elif field.asks_for("phone") and _PHONE.fullmatch(field.text):
            yield _Candidate(1 + far, field, "its label")
        elif _INTERNATIONAL.fullmatch(field.text):
            yield _Candidate(2 + far, field, "it looks like a phone number")


def _name(fields: list[FormField]) -> Finding | None:
    parts: dict[str, FormField] = {}
    for field in fields:
        if part := _part_of_name(field):
            parts.setdefault(part, field)
    chosen = _halves(parts.get("first"), parts.get("last"), parts.get("name"))
    if not chosen:
        return None
    names = [field.text for field in chosen]
    east = len(names) > 1 and all(_EAST.search(name) for name in names)
    shown = " and ".join(field.shown for field in chosen)
    why = "type" if all(field.kind in _NAME_TYPES for field in chosen) else "label"
    origin = f"fields {shown} (their {why}s)" if len(chosen) > 1 else f"field {shown} (its {why})"
    return Finding("".join(reversed(names)) if east else " ".join(names), origin)


def _halves(first: FormField | None, last: FormField | None, whole: FormField | None) -> list[FormField]:
    """Return the fields that make the name, the given name first."""
    half = first or last
    if whole and half and not (first and last):
        if plain(half.text) in plain(whole.text):
            return [whole]
        first, last = first or whole, last or whole  # "nombre" and "apellidos", "nom" and "prénom"
    return [field for field in (first, last) if field] or ([whole] if whole else [])


def _part_of_name(field: FormField) -> str | None:
    """Return whether a field asks for the ``first``, the ``last`` or the whole ``name`` of a person."""
    text = field.text
    if not text or len(text) > _LONGEST_NAME or "@" in text or "://" in text or not any(c.isalpha() for c in text):
        return None
    if field.kind in _NAME_TYPES:
        return _NAME_TYPES[field.kind]
    for label in field.labels:
        if len(label.split()) > _LONGEST_QUESTION or speaks_of("not a person", label):
            continue
        halves = [half for half in ("last", "first") if speaks_of(half, label)]
        if len(halves) == 1 and not speaks_of("name", without(halves[0], label)):
            return halves[0]
        if halves or speaks_of("name", label):
            return "name"
    return None


def _consent(field: FormField) -> Finding | None:
    """Read a yes or no to marketing. Agreeing to terms or to a privacy policy is none."""
    marketing = field.asks_for("marketing")
    if not marketing and (not field.asks_for("consent") or field.asks_for("privacy")):
        return None
    said = field.value if isinstance(field.value, bool) else answer(field.text)
    if said is None and field.text and plain(field.text[:_LONGEST_LABEL]) in field.labels:
        said = True  # a ticked box of a web form sends its own label
    against = field.asks_for("against") and not field.asks_for("any time")  # "you may unsubscribe at any time"
    if said is None or (against and not said):
        return None
    state = ConsentState.GRANTED if said and not against else ConsentState.REFUSED
    return Finding(state, f"field {field.shown} (its label)")
