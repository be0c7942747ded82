"""The doctor raises nothing, whatever came, and its work has an end."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signature_senders import NOW, SECRET, SENDERS, WEBHOOK, refusal

from app.errors import Cause, VerificationError
from app.signatures import BasicAuth, Bearer, QueryToken, SharedSecret, StandardWebhooks, diagnose
from app.webhook import Webhook

TOKENS = {
    "header": SharedSecret("X-Api-Key"),
    "bearer": Bearer(),
    "basic": BasicAuth(),
    "query": QueryToken(),
}
SCHEMES = {**SENDERS, "standard": StandardWebhooks(), **TOKENS}
TEXT = st.text(st.characters(), max_size=40)
URL = TEXT | st.sampled_from(["https://[", "http://example.com:x/", "https://[::1]:99/a"])
HOSTILE = [
    b"[" * 60_000,
    b"[" * 980 + b"]" * 980,
    b'{"a":' + b"9" * 9_000 + b"}",
    b'{"a":"\\ud800"}',
    b"%ff=%zz&a",
    b"a&" * 3_000,
    b"\xff\xfe",
    b"NaN",
    b"",
]


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
@settings(max_examples=15, deadline=None)
@given(body=st.binary(max_size=80) | st.sampled_from(HOSTILE), value=TEXT, secret=TEXT, url=URL)
def test_it_gives_a_cause_whatever_came(scheme, body, value, secret, url):
    names = (
        getattr(scheme, "header", "authorization"),
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    )
    webhook = Webhook(body, {name.lower(): value for name in names}, {"token": value}, url=url)
    error = VerificationError(Cause.WRONG_SECRET)

    finding = diagnose(scheme, webhook, [secret], error, retired=[secret], now=NOW)

    assert isinstance(finding, VerificationError)


def test_it_does_not_rewrite_a_large_body():
    scheme = SENDERS["shopify"]
    signed = scheme.sign(Webhook(b'{"a":1}' + b" " * 65_536), SECRET, NOW)
    webhook = Webhook(signed.body + b"\n", signed.headers)

    finding = diagnose(scheme, webhook, [SECRET], refusal(scheme, webhook, [SECRET]), now=NOW)

    assert finding.cause == Cause.WRONG_SECRET


def test_it_does_not_indent_what_nests_deep():
    scheme = SENDERS["shopify"]
    deep = b"[" * 900 + b"1," * 30_000 + b"1" + b"]" * 900
    webhook = scheme.sign(Webhook(deep), "theirs", NOW)

    started = time.perf_counter()
    finding = diagnose(scheme, webhook, [SECRET], refusal(scheme, webhook, [SECRET]), now=NOW)

    assert finding.cause == Cause.WRONG_SECRET
    assert time.perf_counter() - started < 5  # indented, it would be 100 MB, some thirty times


def test_it_finds_an_old_secret_of_a_large_body():
    scheme = SENDERS["shopify"]
    webhook = scheme.sign(Webhook(b"x" * 1_000_000), "old", NOW)

    finding = diagnose(scheme, webhook, [SECRET], refusal(scheme, webhook, [SECRET]), retired=["old"], now=NOW)

    assert finding.cause == Cause.OLD_SECRET


def test_it_looks_at_so_many_other_sources_and_no_more():
    scheme = SENDERS["shopify"]
    webhook = scheme.sign(WEBHOOK, "theirs", NOW)
    others = {f"source{number}": (scheme, ["no"]) for number in range(100)} | {"last": (scheme, ["theirs"])}

    finding = diagnose(scheme, webhook, [SECRET], refusal(scheme, webhook, [SECRET]), others=others, now=NOW)

    assert finding.cause == Cause.WRONG_SECRET


@pytest.mark.parametrize("name", ["shopify", "stripe", "hubspot"])
def test_it_ends_soon_with_the_largest_body_that_it_rewrites(name):
    scheme = SENDERS[name]
    body = b'{"a":[' + b",".join(b'"b/%d"' % number for number in range(6_000)) + b"]}"
    webhook = scheme.sign(Webhook(body, url="https://hooks.example.com/hooks/x"), "theirs", NOW)
    secrets = ["one", "two"]
    error = refusal(scheme, webhook, secrets)

    started = time.perf_counter()
    finding = diagnose(scheme, webhook, secrets, error, now=NOW)
    took = time.perf_counter() - started

    assert finding.cause == Cause.WRONG_SECRET
    assert took < 5  # about 0.1 s; the rest is for busy machines
