"""The contract of every provider: what it declares, and what becomes of every sample of it."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from provider_samples import IDS, NOW, SAMPLES, each_provider, each_signed, mapped, read, signed, source_for

from app.bridge import is_thin
from app.mapping import Mapped
from app.providers import ANY, Provider, providers
from app.samples import Sample, samples
from app.store.documents import contact_to
from app.webhook import EventStatus


def test_every_provider_has_a_file_of_samples_and_every_file_a_provider():
    files = {path.stem for path in Path("app/samples").glob("*.toml")}

    assert files == set(providers())


PROMISED = """
    shopify stripe woocommerce bigcommerce squarespace wix ecwid square paddle lemonsqueezy gumroad chargebee polar
    clerk auth0 supabase workos kinde memberstack outseta ghost patreon memberful thinkific teachable kajabi eventbrite
    typeform tally jotform googleforms webflow framer fillout paperform formstack cognito wufoo gravityforms wpforms
    elementor contactform7 ninjaforms fluentforms netlify formspree formbricks googleads meta linkedin calendly calcom
    hubspot mailchimp kit activecampaign unbounce intercom relay zapier make n8n pipedream standardwebhooks
"""


def test_no_sender_that_was_ever_supported_goes_missing():
    assert set(PROMISED.split()) <= providers().keys()


@each_provider
def test_it_says_what_a_user_needs_to_set_it_up(provider: Provider):
    assert provider.title
    assert provider.docs.startswith("https://")
    assert "{url}" in provider.setup
    assert provider.setup.startswith("1. ")
    assert provider.delivery
    assert "\n" not in provider.delivery


@each_provider
def test_its_guide_says_where_the_secrets_go_and_what_is_not_proven(provider: Provider):
    said = " ".join(provider.setup.split())
    signs = provider.signature is not None and provider.signature.signs_body
    unproven = (
        "signs nothing",
        "nothing is signed",
        "sign nothing",
        "proves",
        "signs an event's id",
        "no signature",
        "not documented",
    )

    assert "secret" in provider.setup
    assert not provider.fetch or "`token`" in provider.setup
    assert signs or any(words in said for words in unproven)


@each_provider
def test_every_event_type_it_maps_has_a_sample(provider: Provider):
    shown = {sample.expected.get("event", {}).get("type") for sample in samples(provider.name)}

    assert {event_type for event_type in provider.events if event_type != ANY} <= shown


@each_provider
def test_its_samples_have_names_of_their_own_and_say_where_they_are_documented(provider: Provider):
    names = [sample.name for sample in samples(provider.name)]

    assert len(set(names)) == len(names)
    assert all(sample.docs.startswith("https://") for sample in samples(provider.name))


@each_provider
def test_it_shows_people_of_every_kind(provider: Provider):
    contacts = [sample.expected["contact"] for sample in samples(provider.name) if "contact" in sample.expected]

    assert any("name" not in contact for contact in contacts)
    assert not tells_of_phones(provider) or any("email" not in contact for contact in contacts)
    assert any(not contact["name"].isascii() for contact in contacts if "name" in contact)


def tells_of_phones(provider: Provider) -> bool:
    """Whether a phone number may stand in its events: where its schemas say, or anywhere in a form."""
    places = [rule.schema().fields for rule in provider.events.values()]
    return any("phone" in fields for fields in places) or not any("email" in fields for fields in places)


@each_provider
def test_it_shows_what_is_ignored(provider: Provider):
    assert any("ignored" in sample.expected for sample in samples(provider.name))


@pytest.mark.parametrize(("name", "sample"), SAMPLES, ids=IDS)
def test_it_becomes_what_the_sample_says(name: str, sample: Sample):
    source = source_for(name, sample.source)
    outcomes = {"contact", "ignored", "failed", "reply"} & sample.expected.keys()

    if "reply" in sample.expected:
        reply = source.provider.handshake(sample.webhook, source.secrets)
        assert reply is not None
        assert {"status": reply.status, "body": reply.body} == sample.expected["reply"]
    else:
        result = mapped(source, sample)
        assert source.provider.handshake(sample.webhook, source.secrets) is None
        assert outcome(result) == sample.expected.get("contact", {})
        assert result.status == expected_status(sample), result.reason
        assert sample.expected.get("ignored", "") in result.reason
        assert sample.expected.get("failed", "") in result.reason
        assert (str(result.meaning) if result.meaning else None) == sample.expected.get("meaning")
    assert len(outcomes) == 1


def outcome(result: Mapped) -> dict[str, object]:
    """The contact as a sample writes it: TOML has no word for nothing, so an undated consent has no ``at``."""
    contact = contact_to(result.contact) if result.contact else {}
    if "consent" in contact:
        contact["consent"] = {name: value for name, value in contact["consent"].items() if value}
    return contact


def expected_status(sample: Sample) -> EventStatus:
    statuses = {"contact": EventStatus.PENDING, "ignored": EventStatus.IGNORED, "failed": EventStatus.FAILED}
    return next(status for key, status in statuses.items() if key in sample.expected)


@each_signed
def test_it_reads_the_events_id_type_and_time(name: str, sample: Sample):
    expected = sample.expected["event"]
    source = source_for(name, sample.source)

    event = read(source, signed(source, sample.webhook))

    assert event.event_type == expected["type"]
    assert event.event_id == expected.get("id", event.event_id)
    assert event.occurred_at == expected.get("occurred_at", event.occurred_at)
    assert event.test == expected.get("test", False)


@each_signed
def test_what_a_thin_event_names_is_fetched_from_its_own_host_alone(name: str, sample: Sample):
    source = source_for(name, sample.source)
    if sample.fetched is None:
        return
    fetch, event = source.provider.fetch, read(source, signed(source, sample.webhook))

    address = urlsplit(fetch.url(event.payload))

    assert is_thin(source, event)
    assert (address.scheme, address.netloc) == ("https", fetch.host)
    assert "{token}" in "".join(fetch.headers.values())


@each_provider
def test_no_two_samples_name_one_person_of_whom_the_sender_tells_two_things(provider: Provider):
    told: dict[str, set[bytes]] = {}
    for sample in samples(provider.name) if provider.fetch else ():
        for part in provider.parts(sample.webhook) if sample.fetched is not None else ():
            told.setdefault(str(provider.fetch.url(part.payload)), set()).add(sample.fetched)

    assert {address: answers for address, answers in told.items() if len(answers) > 1} == {}


@each_signed
def test_it_has_the_same_id_when_it_is_sent_again(name: str, sample: Sample):
    source = source_for(name, sample.source)
    again = NOW + timedelta(hours=2)

    first = read(source, signed(source, sample.webhook))
    (second,) = source.provider.read(source, signed(source, sample.webhook, now=again), again)

    assert second.event_id == first.event_id


@each_signed
def test_it_says_where_every_part_of_a_contact_came_from(name: str, sample: Sample):
    result = mapped(source_for(name, sample.source), sample)

    if result.contact:
        assert set(outcome(result)) == set(result.findings)
        assert all(finding.origin for finding in result.findings.values())
