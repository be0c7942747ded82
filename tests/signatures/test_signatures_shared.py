"""Secrets that are shown instead of signed with."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.errors import Cause, UsageError, VerificationError
from app.signatures import BasicAuth, Bearer, QueryToken, Scheme, SharedSecret
from app.webhook import Webhook

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET, OTHER = "webhooks:correct-horse", "webhooks:another"
SCHEMES = {
    "header": SharedSecret("X-Api-Key"),
    "prefixed header": SharedSecret("Authorization", prefix="Token "),
    "bearer": Bearer(),
    "basic": BasicAuth(),
    "query": QueryToken(),
    "named query": QueryToken("key"),
}
EACH = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
IN_HEADERS = {name: scheme for name, scheme in SCHEMES.items() if not isinstance(scheme, QueryToken)}


def refusal(scheme: Scheme, webhook: Webhook, secrets: list[str]) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        scheme.verify(webhook, secrets, NOW)
    return caught.value


@EACH
@pytest.mark.parametrize("secret", [SECRET, "zoë:pässwörd", "à:Ӡà", "emoji:😀"])
def test_it_accepts_the_secret_and_nothing_else(scheme, secret):
    shown = scheme.sign(Webhook(b"{}"), secret, NOW)

    scheme.verify(shown, [OTHER, secret], NOW)
    assert refusal(scheme, shown, [OTHER]).cause == Cause.WRONG_SECRET
    assert refusal(scheme, shown, [secret + "x", secret[:-1]]).cause == Cause.WRONG_SECRET
    assert refusal(scheme, shown, []).cause == Cause.WRONG_SECRET


@EACH
def test_it_says_what_is_missing(scheme):
    assert refusal(scheme, Webhook(b"{}"), [SECRET]).cause == Cause.HEADER_MISSING


@EACH
@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_it_never_opens_for_an_empty_secret(scheme, secret):
    values = ["Bearer", "Bearer  ", "Basic ", "Basic Og==", "Token ", " ", ""]
    for value in values:
        headers = {"authorization": value, "x-api-key": value}

        assert refusal(scheme, Webhook(b"{}", headers, {"token": secret, "key": secret}), [secret])
    assert scheme.check_secret(secret) == "is empty"
    with pytest.raises(UsageError, match="the secret is empty"):
        scheme.sign(Webhook(), secret, NOW)


@EACH
def test_it_has_one_line_for_the_documentation(scheme):
    assert scheme.summary
    assert "\n" not in scheme.summary


@pytest.mark.parametrize("scheme", IN_HEADERS.values(), ids=IN_HEADERS)
def test_it_refuses_a_header_that_came_twice(scheme):
    shown = scheme.sign(Webhook(b"{}"), SECRET, NOW)

    twice = replace(shown, headers={name: f"{value}, {value}" for name, value in shown.headers.items()})

    assert refusal(scheme, twice, [SECRET]).cause == Cause.WRONG_SECRET


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_it_reads_the_word_bearer_in_any_case(word):
    Bearer().verify(Webhook(headers={"authorization": f"{word} {SECRET}"}), [SECRET], NOW)


@pytest.mark.parametrize("padding", ["", "="])
def test_it_reads_basic_credentials_with_and_without_their_padding(padding):
    encoded = b64encode(b"user:password12").decode().rstrip("=") + padding

    BasicAuth().verify(Webhook(headers={"authorization": f"basic {encoded}"}), ["user:password12"], NOW)


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        (Bearer(), SECRET),
        (Bearer(), f"Basic {SECRET}"),
        (BasicAuth(), f"Bearer {SECRET}"),
        (Bearer(), "Bearer"),
    ],
)
def test_it_says_what_it_expected_of_an_authorization_header(scheme, value):
    error = refusal(scheme, Webhook(headers={"authorization": value}), [SECRET])

    assert error.cause == Cause.HEADER_MALFORMED
    assert SECRET not in str(error)


def test_it_says_that_a_prefix_is_missing():
    error = refusal(SCHEMES["prefixed header"], Webhook(headers={"authorization": SECRET}), [SECRET])

    assert error.hint == "Authorization does not begin with Token "


def test_it_never_opens_basic_auth_without_a_user_and_a_password():
    empty = b64encode(b":").decode()

    assert refusal(BasicAuth(), Webhook(headers={"authorization": f"Basic {empty}"}), [":"])


@pytest.mark.parametrize(
    ("scheme", "secret", "words"),
    [
        (BasicAuth(), "password", "must be written as user:password"),
        (BasicAuth(), ":", "must be written as user:password"),
        (BasicAuth(), "user:password", None),
        (Bearer(), "a\nb", "holds a control character, which no header can carry"),
        (Bearer(), "a\n", "begins or ends with a blank or a line break"),
        (SharedSecret("X-Key"), "'a'", "is wrapped in quotes"),
        (SharedSecret("X-Key"), "a b", None),
        (QueryToken(), "a&b", None),
    ],
)
def test_it_says_what_is_wrong_with_the_form_of_a_secret(scheme, secret, words):
    assert scheme.check_secret(secret) == words
