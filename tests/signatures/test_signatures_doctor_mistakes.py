"""The doctor finds a secret that was copied wrongly, and a sender that signs in another way."""

import pytest
from signature_senders import NOW, SENDERS, WEBHOOK, examined

from app.errors import Cause, VerificationError
from app.signatures import Bearer, Hmac, QueryToken, SharedSecret, StandardWebhooks, diagnose

LIVE = "bGl2ZTpsaXZl"


@pytest.mark.parametrize(
    ("theirs", "ours", "words"),
    [
        ("abc\n", "abc", "lacks a line break"),
        ("abc ", "abc", "lacks a blank"),
        ('"abc"', "abc", "lacks the quotes"),
        ("whsec_abc", "abc", "lacks “whsec_”"),
        ("abc", "whsec_abc", "must be without “whsec_”"),
        ("a&b", "a&amp;b", "HTML entities"),
        ("a&amp;b", "a&b", "HTML entities"),
        ("a/b", "a%2Fb", "is percent-encoded"),
        ("a%2Fb", "a/b", "is percent-encoded at the sender"),
        ("abc", "a b\nc", "contains blanks"),
        ("abc", "ABC", "capital letters"),
    ],
)
def test_it_finds_how_a_secret_was_copied_wrongly(theirs, ours, words):
    webhook = SENDERS["stripe"].sign(WEBHOOK, theirs, NOW)

    finding = diagnose(SENDERS["stripe"], webhook, [ours], VerificationError(Cause.WRONG_SECRET), now=NOW)

    assert finding.cause == Cause.WRONG_SECRET
    assert words in finding.hint


@pytest.mark.parametrize(
    ("theirs", "ours", "cause", "words"),
    [
        (Hmac("X-S", encoding="base64"), Hmac("X-S"), Cause.HEADER_MALFORMED, 'encoding = "base64"'),
        (Hmac("X-S", algorithm="sha1"), Hmac("X-S"), Cause.HEADER_MALFORMED, 'algorithm = "sha1"'),
        (Hmac("X-S", prefix="sha256="), Hmac("X-S"), Cause.HEADER_MALFORMED, 'prefix = "sha256="'),
        (Hmac("X-S"), Hmac("X-S", prefix="sha256="), Cause.HEADER_MALFORMED, 'prefix = ""'),
        (
            Hmac("X-S", prefix="sha1=", algorithm="sha1"),
            Hmac("X-S", prefix="sha256="),
            Cause.HEADER_MALFORMED,
            'algorithm = "sha1", prefix = "sha1="',
        ),
        (
            Hmac("X-S", timestamp_header="X-T", signed="{timestamp}.{body}"),
            Hmac("X-S", timestamp_header="X-T", signed="{timestamp}:{body}"),
            Cause.HEADER_MALFORMED,
            'signed = "{timestamp}.{body}"',
        ),
        (Hmac("X-S"), Hmac("X-S", key="base64"), Cause.WRONG_SECRET, "takes its secret as utf8"),
        (
            StandardWebhooks(key="utf8"),
            StandardWebhooks(),
            Cause.WRONG_SECRET,
            "takes its secret as utf8",
        ),
        (
            SharedSecret("Authorization"),
            Bearer(),
            Cause.HEADER_MALFORMED,
            "the sender shows the secret in `Authorization`",
        ),
        (
            Bearer(),
            QueryToken(),
            Cause.HEADER_MALFORMED,
            "the sender shows the secret as `Authorization: Bearer",
        ),
    ],
)
def test_it_finds_that_the_sender_writes_another_dialect(theirs, ours, cause, words):
    webhook = theirs.sign(WEBHOOK, LIVE, NOW)

    finding = examined(ours, webhook, [LIVE])

    assert finding.cause == cause
    assert words in finding.hint
