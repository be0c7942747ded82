"""Events of a relay and of a shop, mapped under a source's options."""

import json
from datetime import UTC, datetime

from provider_samples import source_for

from app.mapping import Mapped, map_event
from app.webhook import Event

AT = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def relayed(payload: object, event_type: str = "signed up", *, test: bool = False, **options: object) -> Mapped:
    event = Event("sample", "1", event_type, AT, json.dumps(payload).encode(), test=test)
    return map_event(source_for("relay", options), event)


def from_shopify(payload: object, event_type: str = "customers/update", **options: object) -> Mapped:
    event = Event("sample", "1", event_type, AT, json.dumps(payload).encode())
    return map_event(source_for("shopify", options), event)


def customer(state: str | None, at: str | None = None) -> dict[str, object]:
    consent = {"state": state, "consent_updated_at": at}
    return {"id": 7, "email": "ann@example.com", "email_marketing_consent": consent}
