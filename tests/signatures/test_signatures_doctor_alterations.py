"""The doctor finds what happened to a webhook on its way."""

from dataclasses import replace

import pytest
from signature_senders import BODY, NOW, SECRET, SENDERS, examined

from app.errors import Cause
from app.signatures import StandardWebhooks
from app.webhook import Webhook

LIVE, UNKNOWN = "bGl2ZTpsaXZl", "dW5rbm93bjo="
SENT = '{"email":"zoë@example.org","id":7,"url":"https:\\/\\/example.org","tags":["a","b"],"n":1.5}'.encode()
COMPACT = '{"email":"zoë@example.org","tags":["a"]}'.encode()
SPACED = b'{"email": "zo\\u00eb@example.org", "tags": ["a"]}'
PRETTY = '{\n  "email": "zoë@example.org",\n  "tags": [\n    "a"\n  ]\n}\n'.encode()
FORM = b"name=Zo%C3%AB+Quill&email=zoe%40example.org&note=a%20b"


@pytest.mark.parametrize("scheme", [SENDERS["shopify"], SENDERS["stripe"], StandardWebhooks()], ids=str)
@pytest.mark.parametrize(
    ("sent", "arrived", "words"),
    [
        (SENT, SENT.replace(b",", b", ").replace(b"\\/", b"/"), "with escaped slashes, as PHP writes it"),
        (COMPACT, SPACED, "(the sender's was compact)"),
        (SPACED, COMPACT, "comma and colon, with \\u escapes"),
        (PRETTY, COMPACT, "indented by 2, with a line break at the end"),
        (b'{"a":1,"b":2}', b'{"b": 2, "a": 1}', "with sorted keys"),
        (b'{"a":1}', b'{"a":1}\n', "line break at the end was added"),
        (b'{"a":1}\n', b'{"a":1}', "line break at the end was taken off"),
        (b"a\r\nb", b"a\nb", "from CRLF to LF"),
        (b"a\nb", b"a\r\nb", "from LF to CRLF"),
        (b"\xef\xbb\xbf{}", b"{}", "byte order mark was taken off"),
        (b"{}", b"\xef\xbb\xbf{}", "byte order mark was added"),
        ("Zoë".encode("latin-1"), "Zoë".encode(), "from Latin-1 to UTF-8"),
        ("Zoë".encode(), "Zoë".encode("latin-1"), "from UTF-8 to Latin-1"),
        (b"", b"null", "the sender sent no body"),
        (FORM.replace(b"%20", b"+"), FORM, "re-encoded the form fields"),
        (b"a%5bb%5d=c%c3%ab", b"a[b]=c%C3%AB", "re-encoded the form fields"),
    ],
)  # fmt: skip
def test_it_finds_how_the_body_was_altered(scheme, sent, arrived, words):
    webhook = scheme.sign(Webhook(sent), LIVE, NOW)

    finding = examined(scheme, replace(webhook, body=arrived), [UNKNOWN, LIVE])

    assert finding.cause == Cause.BODY_ALTERED
    assert words in finding.hint


@pytest.mark.parametrize(
    ("signed_for", "words"),
    [
        ("http://hooks.example.com:8443/hooks/x?a=1", "http://"),
        ("https://hooks.example.com:8443/hooks/x/?a=1", "a slash at the end"),
        ("https://hooks.example.com:8443/hooks/x", "its query"),
        ("https://hooks.example.com/hooks/x?a=1", "its port"),
    ],
)
def test_it_finds_that_the_signed_address_differs(signed_for, words):
    webhook = SENDERS["square"].sign(Webhook(BODY, url=signed_for), SECRET, NOW)
    arrived = replace(webhook, url="https://hooks.example.com:8443/hooks/x?a=1")

    finding = examined(SENDERS["square"], arrived, [SECRET])

    assert finding.cause == Cause.BODY_ALTERED
    assert words in finding.hint
    assert "server.public_url" in finding.hint
