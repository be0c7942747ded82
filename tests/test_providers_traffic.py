"""What senders send besides events: webhooks to try the address, and handshakes. Each kind that is known has a sample.

What becomes of them is in test_cli_send_everything: 200, no contact, shown as a test; a handshake writes nothing.
"""

from datetime import UTC, datetime

import pytest
from provider_samples import read, signed, source_for

from app.providers import Provider, providers
from app.samples import samples

TRIED = {
    "googleads": "is_test", "meta": "444444444444", "shopify": "X-Shopify-Test", "auth0": "a0purpose",
    "thinkific": "[TEST]", "square": "webhooks.test_notification", "clerk": "example@example.org",
    "gumroad": "test=true", "kajabi": '"id":"0"', "eventbrite": "test", "intercom": "ping", "calcom": "PING",
    "googleforms": '"test": true', "lemonsqueezy": "test_mode", "stripe": "evt_00000000000000",
    "standardwebhooks": "ping",
}  # fmt: skip


@pytest.mark.parametrize(("name", "mark"), TRIED.items(), ids=list(TRIED))
def test_the_test_that_it_sends_is_known_by_its_mark(name: str, mark: str):
    tests = [sample for sample in samples(name) if sample.expected.get("event", {}).get("test")]
    said = [f"{sample.webhook.headers}{sample.webhook.body.decode()}".lower() for sample in tests]

    assert any(mark.lower() in words for words in said)


CHALLENGES = {
    "meta": "GET", "linkedin": "GET", "adobecommerce": "GET", "mailchimp": "GET", "surveymonkey": "HEAD",
    "intercom": "HEAD", "woocommerce": "POST", "formbricks": "POST",
}  # fmt: skip


@pytest.mark.parametrize(("name", "method"), CHALLENGES.items(), ids=list(CHALLENGES))
def test_its_handshake_has_a_sample(name: str, method: str):
    assert any("reply" in one.expected and one.webhook.method == method for one in samples(name))


def test_whoever_shakes_hands_or_tries_the_address_has_a_sample_of_it():
    greeting = {name for name, one in providers().items() if type(one).handshake is not Provider.handshake}
    trying = {name for name, one in providers().items() if "test" in vars(type(one))}

    assert greeting == CHALLENGES.keys()
    assert trying == TRIED.keys() | {"formbricks"}


def test_the_test_of_formbricks_is_a_handshake_until_its_secret_is_known():
    source = source_for("formbricks")
    (sample,) = [one for one in samples("formbricks") if "reply" in one.expected]
    later = signed(source, sample.webhook, now=datetime.now(UTC))  # a handshake looks at the wall clock

    assert source.provider.handshake(sample.webhook, source.secrets) is not None
    assert source.provider.handshake(later, source.secrets) is None
    assert read(source, later).test
