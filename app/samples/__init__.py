"""One webhook of every kind that a sender sends, with what must become of it: for ``contact-bridge send`` and tests.

A file holds ``[[case]]`` tables: ``name``, ``docs`` (where the shape is documented), ``method``, ``query``,
``headers``, ``body`` (byte for byte), ``fetched`` (what the sender's API answers about a thin one) and
``source`` (settings it needs); then ``event`` (``id``, ``type``,
``occurred_at``, ``test``), ``meaning``, and one of ``contact``, ``ignored``, ``failed`` (words of the
reason) and ``reply``. The people are invented.
"""

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from app.webhook import Webhook


@dataclass(frozen=True)
class Sample:
    """One webhook, unsigned. ``source``: the settings that a source needs for it; ``expected``: what must come out."""

    name: str
    docs: str
    webhook: Webhook
    source: Mapping[str, Any]
    fetched: bytes | None
    expected: Mapping[str, Any]

    @property
    def event(self) -> Mapping[str, Any]:
        """What must be read of it: ``id, type, occurred_at, test``, what is told."""
        return dict(self.expected.get("event", {}))

    def renewed(self) -> Webhook:
        """Return it with an id of its own, where its id is written in it; else it is the same event each time."""
        event_id = str(self.event.get("id", ""))
        # what the sandbox fetches is known by the number in the sample, and some tests by their id
        if len(event_id) < 6 or self.fetched or self.event.get("test"):
            return self.webhook
        # a number may stand unquoted
        new = str(uuid.uuid4().int | 1 << 127) if event_id.isdecimal() else uuid.uuid4().hex
        new = new[: len(event_id)]
        headers = {name: value.replace(event_id, new) for name, value in self.webhook.headers.items()}
        body = self.webhook.body.replace(event_id.encode(), new.encode())
        return replace(self.webhook, body=body, headers=headers)


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
    fetched = case.pop("fetched", None)
    return Sample(
        name=case.pop("name"),
        docs=case.pop("docs"),
        webhook=webhook,
        source=case.pop("source", {}),
        fetched=fetched.encode() if fetched is not None else None,
        expected=case,
    )
