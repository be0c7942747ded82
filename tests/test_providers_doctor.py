"""Every sender's refused webhooks: the operator is told why, whatever way the sender signs."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from provider_samples import NOW, each_provider, secrets_of, signed, source_for

from app.config import Source
from app.errors import Cause, VerificationError
from app.providers import Provider, providers
from app.samples import Sample, samples
from app.signatures import Jwt, diagnose
from app.webhook import Webhook

STAMPED = {
    *(
        "bigcommerce",
        "calendly",
        "clerk",
        "formbricks",
        "formspree",
        "ghost",
        "hubspot",
        "kinde",
        "memberstack",
        "paddle",
    ),
    *("polar", "recurly", "standardwebhooks", "stripe", "supabase", "webflow", "wix", "workos"),
}


def first_sample(provider: Provider) -> Sample:
    return next(one for one in samples(provider.name) if "reply" not in one.expected)


def told(source: Source, webhook: Webhook, secrets: Sequence[str], **known: object) -> VerificationError:
    """What the operator is told of a webhook that is refused."""
    with pytest.raises(VerificationError) as refusal:
        source.scheme.verify(webhook, secrets, NOW)
    return diagnose(source.scheme, webhook, secrets, refusal.value, now=NOW, **known)


def case(provider: Provider) -> tuple[Source, Webhook, tuple[str, ...]]:
    """A source, its most ordinary webhook, and the secret, the old one and a wrong one."""
    sample = first_sample(provider)
    return source_for(provider.name, sample.source), sample.webhook, secrets_of(provider.name, dict(sample.source))


@each_provider
def test_it_tells_a_retired_secret(provider: Provider) -> None:
    source, webhook, (new, old, _) = case(provider)

    assert told(source, signed(source, webhook, old), [new], retired=[old]).cause is Cause.OLD_SECRET


@each_provider
def test_it_tells_the_secret_of_another_environment(provider: Provider) -> None:
    source, webhook, (new, other, _) = case(provider)

    finding = told(source, signed(source, webhook, other), [new], others={"staging": (source.scheme, [other])})

    assert finding.cause is Cause.OTHER_SOURCE
    assert "staging" in finding.hint


@each_provider
def test_it_tells_a_wrong_secret(provider: Provider) -> None:
    source, webhook, (new, _, wrong) = case(provider)

    assert told(source, signed(source, webhook, wrong), [new]).cause is Cause.WRONG_SECRET


@each_provider
def test_it_tells_that_nothing_is_signed(provider: Provider) -> None:
    source, webhook, (new, *_) = case(provider)

    assert told(source, webhook, [new]).cause in (Cause.HEADER_MISSING, Cause.HEADER_MALFORMED)


@pytest.mark.parametrize(
    ("hours", "cause"), [(-3, Cause.TIMESTAMP_TOO_OLD), (3, Cause.TIMESTAMP_AHEAD)], ids=["behind", "ahead"]
)
@each_provider
def test_it_tells_a_clock_that_is_wrong_where_a_time_is_signed(provider: Provider, hours: int, cause: Cause) -> None:
    source, webhook, (new, *_) = case(provider)
    if provider.name not in STAMPED:
        return
    finding = told(source, signed(source, webhook, now=NOW + timedelta(hours=hours)), [new])

    assert finding.cause is cause
    assert "3 h" in finding.hint or "2 h" in finding.hint


@each_provider
def test_it_tells_a_body_that_something_on_the_way_wrote_again(provider: Provider) -> None:
    """A token is text that nothing rewrites; who signs no body cannot know."""
    source, webhook, (new, *_) = case(provider)
    if not source.scheme.signs_body or webhook.body[:1] != b"{" or isinstance(source.scheme, Jwt):
        return
    payload = json.loads(webhook.body)
    sent = signed(source, replace(webhook, body=json.dumps(payload, separators=(",", ":")).encode()))
    arrived = replace(sent, body=json.dumps(json.loads(sent.body), indent=4).encode())

    assert told(source, arrived, [new]).cause is Cause.BODY_ALTERED


def test_every_sender_whose_guide_speaks_of_a_tolerance_signs_a_time() -> None:
    speaking = {name for name, one in providers().items() if one.signature and " s tolerance" in one.signature.summary}

    assert speaking | {"kinde", "wix", "webflow"} == STAMPED  # tokens say it themselves; Webflow signs only for apps
