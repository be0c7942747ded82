"""``send`` for every sample of every sender, to a running bridge: each becomes what it says."""

import json
from typing import Any

import pytest
from send_bridge import POSTED, Sent, running

from app.contact import Meaning
from app.providers import providers
from app.samples import Sample

pytestmark = pytest.mark.slow
_STATUS = {"contact": "delivered", "ignored": "ignored", "failed": "failed"}


def test_every_event_of_every_sender_arrives_and_becomes_what_its_sample_says(sqlite_url: str) -> None:
    goodbyes = [named for named, (_, sample) in POSTED.items() if forgets(sample)]
    with running(sqlite_url) as bridge:
        sent = {named: bridge.send(named) for named in POSTED if named not in goodbyes}
        became = bridge.events()
        sent |= {named: bridge.send(named) for named in goodbyes}  # last: they take what others brought with them
        became = bridge.events() | became

    wanted = {named: reply for named, (name, _) in POSTED.items() if (reply := providers()[name].reply)}
    assert {named: sent[named].answer for named in wanted} == {
        named: json.loads(reply) for named, reply in wanted.items()
    }
    assert wanted  # such as Supabase, which wants {}
    found = {named: outcome(sample, sent[named], became.get(named)) for named, (_, sample) in POSTED.items()}
    said = {named: expected(sample, sent[named]) for named, (_, sample) in POSTED.items()}
    assert {named: (found[named], said[named]) for named in POSTED if found[named] != said[named]} == {}


def forgets(sample: Sample) -> bool:
    return str(sample.expected.get("meaning", "")).startswith(Meaning.ERASE)


def expected(sample: Sample, sent: Sent) -> Any:
    """What must come out, as far as it can be known: an id that was renewed is in the contact, too."""
    if reply := sample.expected.get("reply"):
        return reply["status"], reply["body"]
    (status,) = (status for key, status in _STATUS.items() if key in sample.expected)
    if forgets(sample):  # what forgetting comes to is settled elsewhere
        return 200, sample.expected["event"]["type"]
    contact = json.dumps(sample.expected.get("contact", {}))
    if sent.event_id and (shown := str(sample.expected["event"].get("id", ""))):
        contact = contact.replace(shown, sent.event_id)
    event = sample.expected["event"]
    return 200, status, _kind(event["type"], event.get("test", False)), _undated(sample, json.loads(contact))


def outcome(sample: Sample, sent: Sent, event: dict[str, Any] | None) -> Any:
    if "reply" in sample.expected:
        assert event is None  # a handshake writes nothing
        return sent.status, sent.answer if isinstance(sent.answer, str) else json.dumps(sent.answer)
    if sent.status != 200 or event is None:
        return sent.status, sent.answer
    if forgets(sample):
        return sent.status, event["event_type"]
    settled = event["status"]
    if sample.expected.get("meaning") == Meaning.UNSUBSCRIBED and settled == "ignored" and "contact" in sample.expected:
        settled = "delivered"  # who says goodbye is nobody's contact yet, so there was nothing to do
    words = sample.expected.get("ignored") or sample.expected.get("failed") or ""
    if settled == "failed" and "does not know the person" in event["reason"]:  # asked for: the sample has no answer
        words = ""
    contact = event["contact"] if "contact" in sample.expected else None
    status = settled if words in event["reason"] else event["reason"]
    return sent.status, status, _kind(event["event_type"], event["test"]), _undated(sample, contact or {})


def _kind(event_type: str, test: bool) -> str:  # noqa: FBT001 -- two words in one
    return f"{event_type}, shown as a test" if test else event_type


def _undated(sample: Sample, contact: dict[str, Any]) -> dict[str, Any]:
    """Where the sender does not say when a consent was given, it was given now, or nobody knows when."""
    if "consent" not in contact:
        return contact
    said = {name: value for name, value in contact["consent"].items() if value}
    return {**contact, "consent": said if "occurred_at" in sample.expected["event"] else said["state"]}
