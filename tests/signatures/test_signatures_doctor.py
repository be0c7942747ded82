"""The doctor names the real cause of a refusal: the secret, the clock, the header, the way of signing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from signature_senders import BODY, NOW, SENDERS, WEBHOOK, examined

from app.errors import Cause
from app.signatures import (
    BasicAuth,
    Bearer,
    QueryToken,
    Scheme,
    SharedSecret,
    StandardWebhooks,
)
from app.webhook import Webhook

# Each one is a key for every family.
LIVE, OLD, UNKNOWN = "bGl2ZTpsaXZlbGl2ZTpsaXZl", "b2xkOm9sZDEhb2xkOm9sZDEh", "dW5rbm93bjohdW5rbm93bjoh"
FAMILIES: dict[str, Scheme] = {
    "body": SENDERS["shopify"],
    "stamped": SENDERS["stripe"],
    "standard": StandardWebhooks(),
    "header": SharedSecret("X-Api-Key"),
    "bearer": Bearer(),
    "basic": BasicAuth(),
    "query": QueryToken(),
}
EACH = pytest.mark.parametrize("name", FAMILIES)


def key(name: str, secret: str) -> str:
    return f"user:{secret}" if name == "basic" else secret


@EACH
def test_it_finds_an_old_secret(name):
    webhook = FAMILIES[name].sign(WEBHOOK, key(name, OLD), NOW)

    finding = examined(FAMILIES[name], webhook, [key(name, LIVE)], retired=[key(name, OLD)])

    assert finding.cause == Cause.OLD_SECRET


@EACH
def test_it_finds_the_secret_of_another_source(name):
    webhook = FAMILIES[name].sign(WEBHOOK, key(name, OLD), NOW)
    others = {"shop": (SENDERS["paddle"], [LIVE]), "landing": (FAMILIES[name], [key(name, OLD)])}

    finding = examined(FAMILIES[name], webhook, [key(name, LIVE)], others=others)

    assert finding.cause == Cause.OTHER_SOURCE
    assert "landing" in finding.hint


def test_it_finds_another_source_by_a_header_of_another_scheme():
    webhook = StandardWebhooks(family="svix").sign(WEBHOOK, OLD, NOW)

    finding = examined(SENDERS["stripe"], webhook, [LIVE], others={"users": (StandardWebhooks(), [OLD])})

    assert (finding.cause, "users" in finding.hint) == (Cause.OTHER_SOURCE, True)


@EACH
def test_it_calls_the_secret_wrong_when_nothing_it_knows_fits(name):
    webhook = FAMILIES[name].sign(WEBHOOK, key(name, UNKNOWN), NOW)
    others = {"landing": (FAMILIES[name], [key(name, OLD)])}

    finding = examined(FAMILIES[name], webhook, [key(name, LIVE)], others=others)

    assert finding.cause == Cause.WRONG_SECRET
    assert "copy it from the sender again" in finding.hint


@EACH
def test_it_says_that_the_source_has_no_secret(name):
    webhook = FAMILIES[name].sign(WEBHOOK, key(name, LIVE), NOW)

    assert examined(FAMILIES[name], webhook, []).hint == "this source has no secret"
    assert examined(FAMILIES[name], webhook, [""]).hint == "a secret here is empty"


@EACH
def test_it_says_what_is_missing(name):
    finding = examined(FAMILIES[name], Webhook(BODY), [key(name, LIVE)])

    assert finding.cause == Cause.HEADER_MISSING
    assert "is a secret set at the sender?" in finding.hint


def test_it_names_the_headers_of_another_kind_of_sender_but_only_tame_ones():
    headers = {"x-tally-signature": "s3cret", "x-signature\n[fake log line]": "x", "x-hmac" * 50: "x"}

    finding = examined(SENDERS["stripe"], Webhook(BODY, headers), [LIVE])

    assert finding.hint == (
        "no Stripe-Signature; it came with x-tally-signature instead: perhaps another kind of sender"
    )


@pytest.mark.parametrize("name", ["stamped", "standard"])
def test_it_says_by_how_much_a_clock_is_wrong(name):
    webhook = FAMILIES[name].sign(WEBHOOK, LIVE, NOW)

    late = examined(FAMILIES[name], webhook, [LIVE], NOW + timedelta(hours=2, minutes=1))
    early = examined(FAMILIES[name], webhook, [LIVE], NOW - timedelta(minutes=20))

    assert (late.cause, early.cause) == (Cause.TIMESTAMP_TOO_OLD, Cause.TIMESTAMP_AHEAD)
    assert "2 hours old" in late.hint
    assert "20 minutes ahead" in early.hint


def test_it_suspects_another_unit_when_a_clock_is_wrong_by_years():
    scheme = SENDERS["stripe"]
    webhook = replace(scheme, timestamp_unit="ms").sign(WEBHOOK, LIVE, NOW)

    assert "milliseconds" in examined(scheme, webhook, [LIVE]).hint


def test_it_finds_an_old_secret_whatever_the_clock_says():
    webhook = SENDERS["stripe"].sign(WEBHOOK, OLD, NOW)

    finding = examined(SENDERS["stripe"], webhook, [LIVE], NOW + timedelta(days=3), retired=[OLD])

    assert finding.cause == Cause.OLD_SECRET


def test_it_says_that_a_header_came_twice():
    webhook = SENDERS["shopify"].sign(WEBHOOK, LIVE, NOW)
    twice = {name: f"{value}, {value}" for name, value in webhook.headers.items()}

    finding = examined(SENDERS["shopify"], replace(webhook, headers=twice), [LIVE])

    assert (finding.cause, finding.hint) == (Cause.HEADER_MALFORMED, "X-Shopify-Hmac-Sha256 came twice")


@EACH
@pytest.mark.parametrize(
    ("pattern", "words"),
    [(" {}", "a blank or a line break"), ("{}\n", "a blank or a line break"), ('"{}"', "wrapped in quotes")],
)
def test_it_finds_a_secret_that_was_copied_with_something_around_it(name, pattern, words):
    webhook = FAMILIES[name].sign(WEBHOOK, key(name, LIVE), NOW)

    finding = examined(FAMILIES[name], webhook, [pattern.format(key(name, LIVE))])

    assert finding.cause == Cause.WRONG_SECRET
    assert words in finding.hint
