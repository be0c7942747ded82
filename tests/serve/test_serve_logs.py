"""What a running bridge logs: JSON, the event's id, and never a person or a secret."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable

import pytest
from documents import blocks
from serve_process import BEARER, PERSON, Served, until

from app.sandbox import SandboxServer
from app.sandbox.faults import Fault, FaultKind

pytestmark = pytest.mark.slow

MORE = """
[sources.form]
provider = "relay"
auth = "query"
secret = "token-in-the-address"
event_id = "email"
[sources.shop]
provider = "shopify"
secret = "shop-secret-of-tests"
[sources.guarded]
provider = "relay"
auth = "basic"
secret = "grace:basic-secret-of-tests"
strict = true
"""
CUSTOMER = b"""{"id": 7001, "first_name": "Katherine", "last_name": "Sample", "email": "katherine@example.org",
"phone": "+1 555 555 0142", "note": "likes tea"}"""
SIGNATURE = base64.b64encode(hmac.digest(b"shop-secret-of-tests", CUSTOMER, hashlib.sha256)).decode()
NEVER = (
    "grace", "katherine", "hopper", "sample", "5550142", "555 0142", "@", "%40", "likes tea", "token-of-tests",
    "token-in-the-address", "shop-secret", "basic-secret", "key-of-tests", "wrong-token", SIGNATURE,
    "c2VjcmV0LW9mLWNhbGxlcg", "Bearer", "Traceback",
)  # fmt: skip


def test_its_lines_are_as_the_documents_show_them(serve: Callable[..., Served], upstream: SandboxServer) -> None:
    shown = [json.loads(line) for block in blocks("json") for line in block.text.splitlines()]
    served = serve()

    served.post()
    served.ask("POST", "/hooks/landing", PERSON, {**BEARER, "Authorization": "Bearer nothing"})
    until(lambda: served.messages("attempt"))

    said = [served.messages(line["message"])[0] for line in shown]
    assert [list(line) for line in said] == [list(line) for line in shown]
    for line in (*said, *shown):
        for changes in ("time", "event_id", "ms"):
            line.pop(changes, None)
    assert said == shown


def speak(served: Served, upstream: SandboxServer) -> None:
    """Send what is accepted, refused, unreadable, and what the upstream refuses or drops."""
    person = json.dumps({"email": "grace@example.com", "name": "Grace Hopper", "phone": "+15555550142"}).encode()
    kind = {"Content-Type": "application/json"}
    shopify = {**kind, "X-Shopify-Topic": "customers/create", "X-Shopify-Webhook-Id": "wh-9"}
    upstream.faults.add(Fault(FaultKind.HTML, times=1), Fault(FaultKind.ERROR, times=1, status=422))
    served.ask("POST", "/hooks/form?token=token-in-the-address", person, kind)
    served.ask("POST", "/hooks/form/?token=token-in-the-address", person, kind)
    served.ask("POST", "/hooks/form?token=wrong-token", person, kind)
    served.ask("POST", "/hooks/landing", person, {**kind, "Authorization": "Bearer wrong-token"})
    served.ask("POST", "/hooks/landing", b'{"name": "Grace Hopper"', {**kind, "Authorization": "Bearer token-of-tests"})
    served.ask("POST", "/hooks/shop", CUSTOMER, {**shopify, "X-Shopify-Hmac-Sha256": SIGNATURE})
    served.ask("POST", "/hooks/shop", CUSTOMER + b" ", {**shopify, "X-Shopify-Hmac-Sha256": SIGNATURE})
    served.ask("POST", "/hooks/guarded", person, {**kind, "Authorization": "Basic c2VjcmV0LW9mLWNhbGxlcg=="})
    served.ask("POST", "/hooks/grace@example.com", person, kind)
    served.ask("POST", "/hooks/grace@example.com?token=wrong-token", b"x" * 2_000_000, kind)
    served.ask("GET", "/grace@example.com?token=wrong-token")
    served.raw(b"POST /hooks/form?token=wrong-token HTTP/1.1\r\nX-Grace\x00: grace@example.com\r\n\r\n")
    served.raw(b"POST /hooks/form?token=wrong-token HTTP/1.1\r\nX: " + b"grace@example.com" * 5_000 + b"\r\n\r\n")


def test_every_line_is_json_and_none_holds_a_person_or_a_secret(
    serve: Callable[..., Served], upstream: SandboxServer
) -> None:
    served = serve(more=MORE)

    speak(served, upstream)
    until(lambda: len(served.messages("attempt")) >= 2)
    served.children()[1].kill()
    served.workers()[0].kill()
    until(lambda: served.messages("process died"))
    until(lambda: served.messages_of("gunicorn.error"))
    metrics = served.ask("GET", "/metrics")[2].decode()
    served.__exit__()

    assert (served.folder / "err").read_text() == ""
    lines = [json.loads(line) for line in (served.folder / "out").read_text().splitlines()]
    assert all({"time", "level", "message"} <= line.keys() for line in lines)
    said = served.output().lower()
    assert [word for word in NEVER if word.lower() in said or word.lower() in metrics.lower()] == []


def test_every_line_about_an_event_carries_its_id(serve: Callable[..., Served], upstream: SandboxServer) -> None:
    served = serve(more=MORE)

    speak(served, upstream)
    until(lambda: len(served.messages("attempt")) >= 2)

    about = [*served.messages("accepted"), *served.messages("attempt"), *served.messages("duplicate")]
    assert {line["event_id"] for line in about if line["source"] == "shop"} == {"wh-9"}
    assert all(re.fullmatch(r"sha256:[0-9a-f]{32}", line["event_id"]) for line in about if line["source"] == "form")
    assert {line["source"] for line in about} == {"form", "shop"}


def test_the_operator_is_told_why_a_webhook_was_refused(serve: Callable[..., Served], upstream: SandboxServer) -> None:
    served = serve(more=MORE)

    speak(served, upstream)

    causes = [(line.get("source"), line["cause"]) for line in served.messages("refused")]
    assert ("form", "wrong secret") in causes
    assert ("landing", "unreadable body") in causes
    assert ("shop", "body altered on the way") in causes
    assert causes.count((None, "unknown source")) == 2
