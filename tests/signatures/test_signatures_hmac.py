"""The keyed hash in a header: rotation, clocks, malformed headers, the form of secrets."""

import hmac
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from signature_senders import BODY, MILLISECONDS, NOW, SECONDS, SECRET, SENDERS, WEBHOOK, refusal

from app.errors import Cause, UsageError
from app.signatures import Hmac
from app.webhook import Webhook


def test_it_reads_hexadecimal_in_either_case():
    scheme = SENDERS["lemonsqueezy"]
    signed = scheme.sign(WEBHOOK, SECRET, NOW)

    scheme.verify(replace(signed, headers={"x-signature": signed.headers["x-signature"].upper()}), [SECRET], NOW)


def test_it_reads_linkedin_without_its_prefix():
    scheme = SENDERS["linkedin"]
    headers = {"x-li-signature": hmac.new(SECRET.encode(), b"hmacsha256=" + BODY, "sha256").hexdigest()}

    scheme.verify(Webhook(BODY, headers), [SECRET], NOW)


def test_it_keeps_the_submission_id_that_is_signed_and_makes_one_if_there_is_none():
    scheme = SENDERS["framer"]

    kept, made = (scheme.sign(webhook, SECRET, NOW) for webhook in (WEBHOOK, Webhook(BODY)))

    assert kept.header("framer-webhook-submission-id") == "sub-1"
    assert made.header("framer-webhook-submission-id")
    scheme.verify(made, [SECRET], NOW)


def test_it_accepts_a_header_in_which_one_of_several_secrets_signed():
    scheme = SENDERS["stripe"]
    old, new = (scheme.sign(WEBHOOK, secret, NOW).headers["stripe-signature"] for secret in ("old", "new"))
    both = Webhook(BODY, {"stripe-signature": f"{old},{new.split(',')[1]},v0=decoy"})

    for secrets in (["old"], ["new"], ["unused", "new"], ["old", "new"]):
        scheme.verify(both, secrets, NOW)
    assert refusal(scheme, both, ["unused"]).cause == Cause.WRONG_SECRET


@pytest.mark.parametrize("name", ["stripe", "recurly", "ghost", "webflow", "hubspot"])
def test_it_allows_the_tolerance_both_ways_and_no_second_more(name):
    scheme = SENDERS[name]
    signed = scheme.sign(WEBHOOK, SECRET, NOW)

    for seconds in (-300, 0, 300):
        scheme.verify(signed, [SECRET], NOW + timedelta(seconds=seconds))
    late = refusal(scheme, signed, [SECRET], NOW + timedelta(seconds=301))
    early = refusal(scheme, signed, [SECRET], NOW - timedelta(hours=3))
    assert (late.cause, early.cause) == (Cause.TIMESTAMP_TOO_OLD, Cause.TIMESTAMP_AHEAD)
    assert "5 minutes old" in late.hint
    assert "3 hours ahead" in early.hint


def test_it_says_a_short_time_in_seconds():
    signed = replace(SENDERS["stripe"], tolerance=5).sign(WEBHOOK, SECRET, NOW)

    late = refusal(replace(SENDERS["stripe"], tolerance=5), signed, [SECRET], NOW + timedelta(seconds=9))

    assert "9 seconds old; 5 seconds are allowed" in late.hint


def test_it_looks_at_the_clock_only_when_the_signature_is_right():
    signed = SENDERS["stripe"].sign(WEBHOOK, "another", NOW)

    assert refusal(SENDERS["stripe"], signed, [SECRET], NOW + timedelta(days=9)).cause == Cause.WRONG_SECRET


def test_it_checks_no_clock_without_a_tolerance():
    signed = SENDERS["klaviyo"].sign(WEBHOOK, SECRET, NOW)

    SENDERS["klaviyo"].verify(signed, [SECRET], NOW + timedelta(days=999))


@pytest.mark.parametrize(
    "timestamp",
    ["", "9" * 400, "1e9", "-1", "+1", "1_0", " ", "²", "١٢٣", "12\x00", "\ud800", "nan", "1.5", "0x1"],
)
def test_it_refuses_a_timestamp_that_is_no_whole_number(timestamp):
    headers = {"stripe-signature": f"t={timestamp},v1={'0' * 64}"}

    error = refusal(SENDERS["stripe"], Webhook(BODY, headers), [SECRET])

    assert error.cause == Cause.HEADER_MALFORMED


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("meta", "0" * 64, "does not begin with sha256="),
        ("meta", "sha256=abc", "no sha256 signature in hex (64 characters)"),
        ("shopify", "0" * 64, "no sha256 signature in base64 (44 characters)"),
        ("calcom", "no-secret-provided", "no sha256 signature in hex"),
        ("stripe", f"t={SECONDS},v0={'0' * 64}", "holds no signature"),
        ("stripe", f"t={SECONDS},v1=", "holds no signature"),
        ("recurly", MILLISECONDS, "holds no signature"),
    ],
)
def test_it_says_what_it_expected_of_a_malformed_header(name, value, words):
    scheme = SENDERS[name]

    error = refusal(scheme, Webhook(BODY, {scheme.header.lower(): value}), [SECRET])

    assert error.cause == Cause.HEADER_MALFORMED
    assert words in error.hint


def test_it_needs_the_address_where_the_sender_signs_it():
    error = refusal(SENDERS["square"], Webhook(BODY, {"x-square-hmacsha256-signature": "x"}), [SECRET])

    assert "server.public_url" in error.hint
    with pytest.raises(UsageError, match=r"server\.public_url"):
        SENDERS["square"].sign(Webhook(BODY), SECRET, NOW)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"email": null}', b"a=b", b"\xff", b"[" * 100_000])
def test_it_refuses_a_body_that_lacks_what_is_signed(body):
    webhook = Webhook(body, {"x-ecwid-webhook-signature": "x"})

    assert refusal(SENDERS["ecwid"], webhook, [SECRET]).cause == Cause.BODY_ALTERED


@pytest.mark.parametrize(
    ("form", "secret", "words"),
    [
        ("utf8", " secret", "begins or ends with a blank or a line break"),
        ("utf8", '"secret"', "is wrapped in quotes"),
        ("hex", "xyz", "is not hexadecimal"),
        ("base64", "not base64!", "is not base64"),
        ("whsec", "whsec_!", "is not base64 (after whsec_, if it begins with that)"),
        ("whsec", "whsec_", "is not base64 (after whsec_, if it begins with that)"),
        ("hex", "é", "is not hexadecimal"),
        ("utf8", "pässwörd", None),
        ("hex", "00ff", None),
        ("whsec", "whsec_c2VjcmV0", None),
        ("base64", "c2VjcmV0MQ", None),
    ],
)
def test_it_says_what_is_wrong_with_the_form_of_a_secret(form, secret, words):
    assert Hmac("X-Signature", key=form).check_secret(secret) == words


def test_it_says_at_once_that_a_scheme_makes_no_sense():
    with pytest.raises(ValueError, match="unknown slot"):
        Hmac("X-Signature", signed="{time}.{body}")
    with pytest.raises(ValueError, match="needs a place"):
        Hmac("X-Signature", signed="{timestamp}.{body}")
    with pytest.raises(ValueError, match="needs a place"):
        Hmac("X-Signature", tolerance=300)


def test_it_is_a_value():
    assert Hmac("X-A", encoding="base64") == Hmac("X-A", encoding="base64")
    assert len({Hmac("X-A"), Hmac("X-A"), Hmac("X-B")}) == 2


def test_it_verifies_a_kilobyte_in_no_time():
    scheme = SENDERS["shopify"]
    signed = scheme.sign(Webhook(b"x" * 1024), SECRET, NOW)

    def one_thousand() -> float:
        started = time.perf_counter()
        for _ in range(1000):
            scheme.verify(signed, [SECRET], NOW)
        return time.perf_counter() - started

    assert min(one_thousand() for _ in range(5)) < 0.1  # 100 µs each; measured about 8, the rest is for busy machines
