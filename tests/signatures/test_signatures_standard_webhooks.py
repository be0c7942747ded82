"""Standard Webhooks in both families of headers, against the specification's own library and Svix's."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import Cause, UsageError, VerificationError
from app.signatures import StandardWebhooks
from app.webhook import Webhook

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHORT = "is no whsec_… secret: as base64 it has fewer than 16 bytes (was all of it copied?)"
OLD, NEW = ("whsec_" + b64encode(word * 4).decode() for word in (b"old-key!", b"new-key!"))
PRIVATE = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
WEBHOOK = Webhook('{"email": "zoë@example.org"}'.encode(), {"content-type": "application/json"})
SCHEMES = {
    "standard": StandardWebhooks(),
    "svix": StandardWebhooks(family="svix"),
    "supabase": StandardWebhooks(separator=", "),
    "polar": StandardWebhooks(key="utf8"),
}
EACH = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)


def refusal(scheme: StandardWebhooks, webhook: Webhook, secrets: list[str], now: datetime = NOW) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        scheme.verify(webhook, secrets, now)
    return caught.value


@EACH
def test_it_accepts_what_it_signed_and_nothing_else(scheme):
    signed = scheme.sign(WEBHOOK, NEW, NOW)

    scheme.verify(signed, [OLD, NEW], NOW)
    assert refusal(scheme, signed, [OLD]).cause == Cause.WRONG_SECRET
    assert refusal(scheme, signed, []).cause == Cause.WRONG_SECRET
    assert refusal(scheme, replace(signed, body=signed.body + b" "), [NEW]).cause == Cause.WRONG_SECRET


@EACH
def test_it_has_one_line_for_the_documentation(scheme):
    assert f"`{scheme.family}-signature`" in scheme.summary


def test_it_makes_an_id_and_keeps_a_given_one():
    scheme = SCHEMES["svix"]

    made, again = (scheme.sign(WEBHOOK, NEW, NOW).headers["svix-id"] for _ in range(2))
    kept = scheme.sign(replace(WEBHOOK, headers={"svix-id": "msg_1"}), NEW, NOW)

    assert made.startswith("msg_")
    assert made != again
    assert kept.headers["svix-id"] == "msg_1"


@pytest.mark.parametrize("families", [("webhook", "svix"), ("svix", "webhook")])
def test_it_reads_either_family_of_headers(families):
    ours, theirs = families

    signed = StandardWebhooks(family=theirs).sign(WEBHOOK, NEW, NOW)

    StandardWebhooks(family=ours).verify(signed, [NEW], NOW)


@pytest.mark.parametrize("part", ["id", "timestamp", "signature"])
@pytest.mark.parametrize("family", ["webhook", "svix"])
def test_it_says_which_header_is_missing(family, part):
    signed = StandardWebhooks(family=family).sign(WEBHOOK, NEW, NOW)
    headers = {name: value for name, value in signed.headers.items() if name != f"{family}-{part}"}

    error = refusal(SCHEMES["standard"], replace(signed, headers=headers), [NEW])

    assert (error.cause, error.hint) == (Cause.HEADER_MISSING, f"no {family}-{part}")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("webhook-id", "msg.1"),
        ("webhook-timestamp", "1e9"),
        ("webhook-timestamp", "9" * 400),
        ("webhook-timestamp", "²"),
        ("webhook-signature", "nonsense"),
        ("webhook-signature", "v2,abc="),
        ("webhook-signature", "v1,é"),
    ],
)
def test_it_calls_a_header_malformed_that_no_sender_writes(header, value):
    signed = SCHEMES["standard"].sign(WEBHOOK, NEW, NOW)

    error = refusal(SCHEMES["standard"], replace(signed, headers={**signed.headers, header: value}), [NEW])

    assert error.cause == Cause.HEADER_MALFORMED


def test_it_allows_five_minutes_both_ways():
    signed = SCHEMES["standard"].sign(WEBHOOK, NEW, NOW)

    for seconds in (-300, 300):
        SCHEMES["standard"].verify(signed, [NEW], NOW + timedelta(seconds=seconds))
    late, early = (
        refusal(SCHEMES["standard"], signed, [NEW], NOW + timedelta(seconds=seconds)) for seconds in (301, -301)
    )
    assert (late.cause, early.cause) == (Cause.TIMESTAMP_TOO_OLD, Cause.TIMESTAMP_AHEAD)


@pytest.mark.parametrize("name", ["standard", "supabase"])
def test_it_accepts_each_secret_of_a_rotation(name):
    scheme = SCHEMES[name]

    signed = scheme.sign(WEBHOOK, f"v1,{OLD}|v1,{NEW}", NOW)

    assert signed.headers["webhook-signature"].count(f"{scheme.separator}v1,") == 1
    for secrets in ([OLD], [NEW], [f"v1,{OLD}|v1,{NEW}"], ["whsec_dW51c2Vk", NEW]):
        scheme.verify(signed, secrets, NOW)


def test_it_uses_a_polar_secret_as_it_stands():
    key = "polar_whs_0123456789"
    encoded = b64encode(key.encode()).decode()

    signed = SCHEMES["polar"].sign(WEBHOOK, key, NOW)

    SCHEMES["standard"].verify(signed, [encoded], NOW)
    SCHEMES["polar"].verify(signed, [key], NOW)


def test_it_signs_with_a_private_key_and_verifies_with_either_half():
    scheme = SCHEMES["standard"]

    signed = scheme.sign(WEBHOOK, PRIVATE, NOW)

    assert signed.headers["webhook-signature"].startswith("v1a,")
    scheme.verify(signed, [NEW, PUBLIC], NOW)
    scheme.verify(signed, [PRIVATE], NOW)
    assert refusal(scheme, replace(signed, body=b"{}"), [PUBLIC]).cause == Cause.WRONG_SECRET
    assert refusal(scheme, signed, ["whpk_" + b64encode(bytes(32)).decode()]).cause == Cause.WRONG_SECRET


@pytest.mark.parametrize("key", ["utf8", "whsec"])
def test_it_never_takes_a_public_key_for_a_shared_secret(key):
    forged = StandardWebhooks(key=key).sign(WEBHOOK, PUBLIC.removeprefix("whpk_"), NOW)

    assert refusal(StandardWebhooks(key=key), forged, [PUBLIC, PRIVATE]).cause == Cause.WRONG_SECRET
    with pytest.raises(UsageError, match="public key"):
        StandardWebhooks(key=key).sign(WEBHOOK, PUBLIC, NOW)


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("", "is empty"),
        ("|", "is empty"),
        (f"{NEW}\n", "begins or ends with a blank or a line break"),
        ("whsec_not base64", "is not base64 (after whsec_, if it begins with that)"),
        ("whpk_c2hvcnQ=", "is not base64 of 32 bytes after whpk_"),
        ("whsk_?", "is not base64 of 64 bytes after whsk_"),
        (f"v1,{OLD}|v1,whsec_?", "is not base64 (after whsec_, if it begins with that)"),
        ("abc", SHORT),
        ("whsec_dW51c2Vk", SHORT),
        (f"v1,{OLD}|v1,whsec_dW51c2Vk", SHORT),
        ("whsec_plJ3nmyCDGBKInavdOK15jsl", None),  # 18 bytes, as Svix has one in its documentation
        (f"v1,{OLD}|v1,{NEW}", None),
        (PUBLIC, None),
        (PRIVATE, None),
    ],
)
def test_it_says_what_is_wrong_with_the_form_of_a_secret(secret, words):
    assert SCHEMES["standard"].check_secret(secret) == words


@pytest.mark.parametrize("secret", ["", "whsec_", "whpk_", "whsk_", "whpk_AAAA", "é", "\ud800"])
def test_it_never_opens_for_a_secret_without_a_key(secret):
    signed = SCHEMES["standard"].sign(WEBHOOK, NEW, NOW)
    both = signed.headers["webhook-signature"] + " v1a," + b64encode(bytes(64)).decode()

    webhook = replace(signed, headers={**signed.headers, "webhook-signature": both})

    assert refusal(SCHEMES["standard"], webhook, [secret]).cause == Cause.WRONG_SECRET
    with pytest.raises(UsageError):
        SCHEMES["standard"].sign(WEBHOOK, secret, NOW)
