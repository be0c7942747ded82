"""``send`` for every sample of every sender, to a running bridge: each becomes what it says."""

import json
from typing import Any

import pytest
from send_bridge import POSTED, Sent, running

from app.contact import Meaning
from app.samples import Sample

pytestmark = pytest.mark.slow
_STATUS = {"contact": "delivered", "ignored": "ignored", "failed": "failed"}


def test_every_event_of_every_sender_arrives_and_becomes_what_its_sample_says(sqlite_url: str) -> None:
    goodbyes = [named for named, (_, sample) in POSTED.items() if sample.expected.get("meaning") == Meaning.ERASE]
    with running(sqlite_url) as bridge:
        sent = {named: bridge.send(named) for named in POSTED if named not in goodbyes}
        became = bridge.events()
        sent |= {named: bridge.send(named) for named in goodbyes}  # last: they take what others brought with them
        became = bridge.events() | became

    found = {named: outcome(sample, sent[named], became.get(named)) for named, (_, sample) in POSTED.items()}
    said = {named: expected(sample, sent[named]) for named, (_, sample) in POSTED.items()}
    assert {named: (found[named], said[named]) for named in POSTED if found[named] != said[named]} == {}


def expected(sample: Sample, sent: Sent) -> Any:
    """What must come out, as far as it can be known: an id that was renewed is in the contact, too."""
    if reply := sample.expected.get("reply"):
        return reply["status"], reply["body"]
    (status,) = (status for key, status in _STATUS.items() if key in sample.expected)
    if sample.expected.get("meaning") == Meaning.ERASE:  # what forgetting comes to is settled elsewhere
        return 200, sample.expected["event"]["type"]
    contact = json.dumps(sample.expected.get("contact", {}))
    if sent.event_id and (shown := str(sample.expected["event"].get("id", ""))):
        contact = contact.replace(shown, sent.event_id)
    return 200, status, sample.expected["event"]["type"], _undated(sample, json.loads(contact))


def outcome(sample: Sample, sent: Sent, event: dict[str, Any] | None) -> Any:
    if "reply" in sample.expected:
        return sent.status, sent.answer if isinstance(sent.answer, str) else json.dumps(sent.answer)
    if sent.status != 200 or event is None:
        return sent.status, sent.answer
    if sample.expected.get("meaning") == Meaning.ERASE:
        return sent.status, event["event_type"]
    settled = event["status"]
    if sample.expected.get("meaning") == Meaning.UNSUBSCRIBED and settled == "ignored" and "contact" in sample.expected:
        settled = "delivered"  # who says goodbye is nobody's contact yet, so there was nothing to do
    if settled == "failed" and event["org"]:  # mapped, and asked for at the sender, who knows nobody of that number
        return sent.status, settled, event["event_type"], {}
    words = sample.expected.get("ignored") or sample.expected.get("failed") or ""
    contact = event["contact"] if "contact" in sample.expected else None
    status = settled if words in event["reason"] else event["reason"]
    return sent.status, status, event["event_type"], _undated(sample, contact or {})


def _undated(sample: Sample, contact: dict[str, Any]) -> dict[str, Any]:
    """Where the sender does not say when a consent was given, it was given now, or nobody knows when."""
    if "consent" not in contact:
        return contact
    said = {name: value for name, value in contact["consent"].items() if value}
    return {**contact, "consent": said if "occurred_at" in sample.expected["event"] else said["state"]}
