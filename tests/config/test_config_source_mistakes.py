from pathlib import Path

import pytest

from app.config import loads
from app.errors import ConfigError
from app.providers import providers
from app.signatures import StandardWebhooks

ORG = '[orgs.main]\napi_key = "key"\n'
SHOP = ORG + '[sources.shop]\nprovider = "shopify"\nsecret = "hush"\n'
RELAY = ORG + '[sources.form]\nprovider = "relay"\n'
STRIPE = SHOP.replace("shopify", "stripe")
ITSELF = "sources.shop.auth: leave it out: Stripe signs its webhooks itself"
HMAC = RELAY + 'auth = "hmac"\nsecret = "hush"\n'


def mistakes(text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        loads(text, environ or {}, Path())
    return list(raised.value.mistakes)


NAME = "a name is made of a-z, 0-9, - and _, begins with a letter or digit, and has at most 63 characters"
SLOTS = "may use {body}, {timestamp}, {url}, {method}, {header:name} and {payload:name}, and no other braces"
COUNTRY = "must be the two letters of a country (ISO 3166), such as US"
AUTHS = "bearer, basic, header, query, hmac, standard-webhooks, none"

EACH = [
    # sources
    (ORG + "[sources.shop]", "sources.shop.provider: is missing"),
    (
        ORG + '[sources.shop]\nprovider = "shopfy"',
        "sources.shop.provider: there is no such provider; did you mean shopify?",
    ),
    (
        ORG + '[sources.shop]\nprovider = "xyzzy"',
        "sources.shop.provider: there is no such provider; `contact-bridge providers` lists them",
    ),
    (SHOP.replace("shop]", "Shop]"), f"sources.Shop: {NAME}"),
    (
        SHOP + 'consent = "respct"',
        "sources.shop.consent: must be one of respect, require, ignore; did you mean respect?",
    ),
    (
        SHOP + 'default_region = "UK"',
        f"sources.shop.default_region: {COUNTRY}; did you mean GB?",
    ),
    (
        SHOP + 'default_region = "Narnia"',
        f"sources.shop.default_region: {COUNTRY}",
    ),
    (
        SHOP + "strict = true",
        'sources.shop.strict: goes only with provider = "relay": other senders would send it again',
    ),
    (SHOP + "events = []", "sources.shop.events: is empty"),
    (
        SHOP + 'events = ["customers/create", "customer/update"]',
        "sources.shop.events[1]: is no event of Shopify that is mapped; did you mean customers/update",
    ),
    (
        SHOP + 'events = ["xyzzy"]',
        "sources.shop.events[0]: is no event of Shopify that is mapped; `contact-bridge providers shopify`",
    ),
    (
        SHOP + 'segment_ids = ["seg_a", "seg_a"]',
        "sources.shop.segment_ids[1]: is the same as number 1 of this list",
    ),
    (SHOP + 'segment_ids = ["seg a"]', "sources.shop.segment_ids[0]: must be an id: no blanks, no slashes"),
    # expressions
    (SHOP + 'when = "a b"', "sources.shop.when: is no JMESPath from character 3 on"),
    (SHOP + 'event_id = "a["', "sources.shop.event_id: is no JMESPath: it stops before it is complete"),
    (
        SHOP + 'when = "contain(tags, `1`)"',
        "sources.shop.when: calls contain(), which is no JMESPath function",
    ),
    (
        SHOP + '[sources.shop.contact]\nname = "join(a)"',
        "sources.shop.contact.name: calls join() with 1 arguments",
    ),
    (SHOP + '[[sources.shop.segments]]\nwhen = "a"', "sources.shop.segments[0].id: is missing"),
    (
        SHOP + '[[sources.shop.segments]]\nid = "s"\nwhen = "a"\n' * 2,
        "sources.shop.segments[1]: says the same as one before it",
    ),
    # secrets
    (
        SHOP.replace("secret", "#"),
        "sources.shop.secret: is missing: without one anybody could pose as the sender",
    ),
    (SHOP.replace("hush", ""), "sources.shop.secret: is empty"),
    (SHOP.replace('"hush"', "[]"), "sources.shop.secret: is empty"),
    (SHOP.replace('"hush"', '["hush", ""]'), "sources.shop.secret[1]: is empty"),
    (
        SHOP.replace('"hush"', '["hush", "hush"]'),
        "sources.shop.secret[1]: is the same as number 1 of this list",
    ),
    (
        SHOP.replace('"hush"', '["hush", "hush2 "]'),
        "sources.shop.secret[1]: begins or ends with a blank or a line break",
    ),
    (SHOP + 'retired_secret = "hush"', "sources.shop.retired_secret: is also a live secret"),
    (RELAY + 'auth = "basic"\nsecret = "hush"', "sources.form.secret: "),
    (
        SHOP.replace("shopify", "clerk").replace("hush", "whsec_hush!"),
        "sources.shop.secret: is not base64 (after whsec_, if it begins with that)",
    ),
    *(
        (
            SHOP.replace("shopify", name).replace("hush", "abc"),
            "sources.shop.secret: is no whsec_… secret: as base64 it",
        )
        for name, provider in providers().items()
        if isinstance(provider.signature, StandardWebhooks) and provider.signature.key == "whsec"
    ),
    (RELAY + 'auth = "standard-webhooks"\nsecret = "abc"', "sources.form.secret: is no whsec_… secret: as base64 it"),
    # auth
    (RELAY + 'secret = "hush"', "sources.form.auth: is missing: "),
    (
        RELAY + 'auth = "baerer"\nsecret = "hush"',
        f"sources.form.auth: must be one of {AUTHS}; did you mean bearer?",
    ),
    (
        RELAY + 'auth = "none"\nsecret = "hush"',
        'sources.form.secret: leave it out: auth = "none" verifies nothing',
    ),
    (SHOP + 'auth = "bearer"', "sources.shop.auth: leave it out: Shopify signs its webhooks itself"),
    (STRIPE + 'auth = "hmac"', ITSELF),
    (STRIPE + 'auth = "hmac"\nheader = "X-Sig"', ITSELF),
    (STRIPE + 'auth = "hmac"\ntolerance = 5\nsigned = "{timestamp}{body}"', ITSELF),
    (STRIPE + 'auth = "bearer"\nheader = "X-Sig"', ITSELF),
    (
        ORG + '[sources.shop]\nprovider = "stripe"\nauth = "none"\nheader = "X-Sig"\n',
        "sources.shop.header: leave it out: Stripe signs its webhooks itself",
    ),
    (SHOP + 'header = "X-Sig"', "sources.shop.header: leave it out: Shopify signs its webhooks itself"),
    (
        RELAY + 'auth = "bearer"\nsecret = "hush"\nalgorithm = "sha1"',
        'sources.form.algorithm: goes only with auth = "hmac"',
    ),
    (
        RELAY + 'auth = "query"\nsecret = "hush"\nheader = "X-Sig"',
        'sources.form.header: goes only with auth = "header" or "hmac"',
    ),
    (HMAC, 'sources.form.header: is missing: auth = "hmac" needs the name of the header'),
    (HMAC + 'header = "X Sig"', "sources.form.header: must be the name of a header, such as X-Signature"),
    (HMAC + 'header = "X"\nalgorithm = "md5"', "sources.form.algorithm: must be one of sha1, sha256, sha512"),
    (HMAC + 'header = "X"\ntolerance = 5', "sources.form.tolerance: goes only with timestamp_header"),
    (HMAC + 'header = "X"\nsigned = "{boddy}"', f"sources.form.signed: {SLOTS}"),
    (
        HMAC + 'header = "X"\nsigned = "{url}"',
        "sources.form.signed: must contain {body}: otherwise anybody could change it",
    ),
    (
        HMAC + 'header = "X"\nsigned = "{timestamp}{body}"',
        "sources.form.timestamp_header: is missing: {timestamp} is signed",
    ),
    (
        HMAC + 'header = "X"\ntimestamp_header = "T"\nsigned = "{body}"',
        "sources.form.signed: must contain {timestamp}: a time that is not signed proves nothing",
    ),
    (
        HMAC + 'header = "X"\nsigned = "{url}{body}"',
        "server.public_url: is missing: the sender of sources.form signs the address",
    ),
]


@pytest.mark.parametrize(("text", "mistake"), EACH, ids=[f"{n} {mistake[:40]}" for n, (_, mistake) in enumerate(EACH)])
def test_it_names_the_mistake_and_nothing_else(text, mistake):
    found = mistakes(text)

    assert len(found) == 1
    assert found[0].startswith(mistake)
