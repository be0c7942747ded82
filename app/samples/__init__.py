"""One webhook of every kind that a sender sends, with what must become of it: for ``contact-bridge send`` and the tests.

A file holds ``[[case]]`` tables: ``name``, ``docs`` (where the shape is documented), ``method``, ``query``,
``headers``, ``body`` (byte for byte) and ``source`` (settings it needs); then ``event`` (``id, type, occurred_at,
test``), ``meaning``, and one of ``contact``, ``ignored``, ``failed`` (words of the reason) and ``reply``. The people are
invented.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.webhook import Webhook


@dataclass(frozen=True)
class Sample:
    """One webhook, unsigned. ``source`` are the settings that a source needs for it; ``expected`` is what must come out."""

    name: str
    docs: str
    webhook: Webhook
    source: Mapping[str, Any]
    expected: Mapping[str, Any]


@cache
def samples(provider: str) -> list[Sample]:
    """Return the samples of a provider, the most ordinary first; none if it has none."""
    file = files(__name__) / f"{provider}.toml"
    if not file.is_file():
        return []
    return [_sample(dict(case)) for case in tomllib.loads(file.read_text("utf-8"))["case"]]


def _sample(case: dict[str, Any]) -> Sample:
    webhook = Webhook(
        body=case.pop("body", "").encode(),
        headers={name.lower(): value for name, value in case.pop("headers", {}).items()},
        query=case.pop("query", {}),
        method=case.pop("method", "POST"),
    )
    return Sample(case.pop("name"), case.pop("docs"), webhook, case.pop("source", {}), expected=case)
