"""Whatever comes, a scheme fails with its own error and with nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signature_senders import NOW, SECRET, SENDERS, refusal

from app.signatures import BasicAuth, Bearer, QueryToken, SharedSecret, StandardWebhooks
from app.webhook import Webhook

HOSTILE = ["", "a, b", "\x00", "é" * 9, "😀", "\udcff", "²", "9" * 400, "t=1,v1=é", "v1,abc", "v1a,AAAA"]
TEXT = st.text(st.characters(), max_size=60) | st.sampled_from(HOSTILE)
STAMP = TEXT | st.just(str(int(NOW.timestamp())))
SECRETS = TEXT.map("secret:".__add__) | st.sampled_from(["", SECRET, "\ud800", "whpk_é", "whsk_AAAA", "whsec_"])
TOKENS = [
    SharedSecret("X-Api-Key"),
    SharedSecret("Authorization", "Token "),
    Bearer(),
    BasicAuth(),
    QueryToken(),
]


@pytest.mark.parametrize("scheme", SENDERS.values(), ids=SENDERS)
@settings(max_examples=30, deadline=None)
@given(body=st.binary(max_size=200), header=TEXT, stamp=STAMP, secret=SECRETS)
def test_it_fails_with_its_own_error_only_as_a_keyed_hash(scheme, body, header, stamp, secret):
    for value in (header, scheme.prefix + header, f"t={stamp},v1={header}", f"{stamp};{header}"):
        headers = {scheme.header.lower(): value, (scheme.timestamp_header or "x").lower(): stamp}

        assert refusal(scheme, Webhook(body, headers, url=header), [secret])


@pytest.mark.parametrize("key", ["whsec", "utf8"])
@settings(max_examples=60, deadline=None)
@given(identity=TEXT, stamp=STAMP, signature=TEXT, secret=SECRETS)
def test_it_fails_with_its_own_error_only_as_standard_webhooks(key, identity, stamp, signature, secret):
    values = {"id": identity, "timestamp": stamp, "signature": f"v1a,{signature} {signature}"}
    headers = {f"svix-{name}": value for name, value in values.items()}

    assert refusal(StandardWebhooks(key=key), Webhook(b"{}", headers), [secret])


@pytest.mark.parametrize("scheme", TOKENS, ids=str)
@settings(max_examples=60, deadline=None)
@given(value=TEXT, secret=SECRETS)
def test_it_fails_with_its_own_error_only_as_a_shown_secret(scheme, value, secret):
    for shown in (value, f"Bearer {value}", f"Basic {value}", f"Token {value}"):
        webhook = Webhook(b"", {"authorization": shown, "x-api-key": value}, {"token": value})

        assert refusal(scheme, webhook, [secret])
