"""Every sender that signs with a keyed hash: accepted as it signs, refused when anything differs."""

import hmac
from base64 import b64encode
from dataclasses import replace

import pytest
from signature_senders import (
    BODY,
    HEX_SECRET,
    MILLISECONDS,
    NOW,
    SECONDS,
    SECRET,
    SENDERS,
    WEBHOOK,
    refusal,
    secret_of,
)

from app.errors import Cause, UsageError

HMAC = pytest.mark.parametrize("scheme", SENDERS.values(), ids=SENDERS)


def by_hand(message: bytes, algorithm: str = "sha256", key: bytes = SECRET.encode()) -> bytes:
    return hmac.new(key, message, algorithm).digest()


@HMAC
def test_it_accepts_what_it_signed_and_nothing_else(scheme):
    secret = secret_of(scheme)
    other = "00ff" if scheme.key == "hex" else "another"

    signed = scheme.sign(WEBHOOK, secret, NOW)

    scheme.verify(signed, [other, secret], NOW)
    assert refusal(scheme, signed, [other]).cause == Cause.WRONG_SECRET
    assert refusal(scheme, signed, []).cause == Cause.WRONG_SECRET
    changed = replace(signed, body=BODY.replace(b"a/b", b"a/c"))
    assert refusal(scheme, changed, [secret]).cause == Cause.WRONG_SECRET


@HMAC
@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_it_never_opens_for_an_empty_secret(scheme, secret):
    signed = scheme.sign(WEBHOOK, secret_of(scheme), NOW)
    forged = hmac.new(b"", BODY, "sha256").hexdigest()
    headers = {**signed.headers, scheme.header.lower(): scheme.prefix + forged}

    assert refusal(scheme, signed, [secret]).cause == Cause.WRONG_SECRET
    assert refusal(scheme, replace(signed, headers=headers), [secret, ""])
    assert scheme.check_secret(secret) == "is empty"
    with pytest.raises(UsageError, match="the secret is empty"):
        scheme.sign(WEBHOOK, secret, NOW)


@HMAC
def test_it_says_which_header_is_missing(scheme):
    error = refusal(scheme, replace(WEBHOOK, headers={}), [secret_of(scheme)])

    assert error.cause == Cause.HEADER_MISSING
    assert scheme.header in error.hint


@HMAC
def test_it_has_one_line_for_the_documentation(scheme):
    assert scheme.header in scheme.summary
    assert "\n" not in scheme.summary


PLAIN_SENDERS = {name: scheme for name, scheme in SENDERS.items() if scheme.fields is None}


@pytest.mark.parametrize("scheme", PLAIN_SENDERS.values(), ids=PLAIN_SENDERS)
def test_it_refuses_a_single_signature_that_came_twice(scheme):
    signed = scheme.sign(WEBHOOK, secret_of(scheme), NOW)
    value = signed.headers[scheme.header.lower()]

    twice = replace(signed, headers={**signed.headers, scheme.header.lower(): f"{value}, {value}"})

    error = refusal(scheme, twice, [secret_of(scheme)])
    assert error.cause == Cause.HEADER_MALFORMED
    assert "came twice" in error.hint


@pytest.mark.parametrize("name", ["stripe", "paddle", "workos", "ghost"])
def test_it_refuses_a_header_with_two_timestamps(name):
    scheme = SENDERS[name]
    signed = scheme.sign(WEBHOOK, SECRET, NOW)
    value = signed.headers[scheme.header.lower()]

    twice = replace(signed, headers={scheme.header.lower(): value + scheme.separator + value})

    assert refusal(scheme, twice, [SECRET]).hint == "the signature header came twice"


@pytest.mark.parametrize(
    ("name", "header", "value"),
    [
        ("stripe", "stripe-signature", f"t={SECONDS},v1={by_hand(f'{SECONDS}.'.encode() + BODY).hex()}"),
        ("paddle", "paddle-signature", f"ts={SECONDS};h1={by_hand(f'{SECONDS}:'.encode() + BODY).hex()}"),
        (
            "recurly",
            "recurly-signature",
            f"{MILLISECONDS},{by_hand(f'{MILLISECONDS}.'.encode() + BODY).hex()}",
        ),
        (
            "workos",
            "workos-signature",
            f"t={MILLISECONDS}, v1={by_hand(f'{MILLISECONDS}.'.encode() + BODY).hex()}",
        ),
        (
            "ghost",
            "x-ghost-signature",
            f"sha256={by_hand(BODY + MILLISECONDS.encode()).hex()}, t={MILLISECONDS}",
        ),
        ("typeform", "typeform-signature", "sha256=" + b64encode(by_hand(BODY)).decode()),
        ("patreon", "x-patreon-signature", by_hand(BODY, "md5").hex()),
        ("outseta", "x-hub-signature-256", "sha256=" + by_hand(BODY, key=bytes.fromhex(HEX_SECRET)).hex()),
        ("framer", "framer-signature", "sha256=" + by_hand(BODY + b"sub-1").hex()),
        ("webflow", "x-webflow-signature", by_hand(f"{MILLISECONDS}:".encode() + BODY).hex()),
        ("linkedin", "x-li-signature", "hmacsha256=" + by_hand(b"hmacsha256=" + BODY).hex()),
        ("ecwid", "x-ecwid-webhook-signature", b64encode(by_hand("zoë@example.org.a/b".encode())).decode()),
    ],
)
def test_it_writes_the_header_as_the_sender_does(name, header, value):
    scheme = SENDERS[name]

    signed = scheme.sign(WEBHOOK, secret_of(scheme), NOW)

    assert signed.headers[header] == value
