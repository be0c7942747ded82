"""Published signatures of Standard Webhooks and Svix, and what their libraries insist on refusing."""

import pytest
from signature_senders import at, refusal

from app.signatures import StandardWebhooks
from app.webhook import Webhook

STANDARD = StandardWebhooks()
SW_SECRET, SW_ID, SW_TIME = (
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1614265330,
)
SW_BODY, SW_SIGNATURE = b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
SW_DECOY = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
ASYMMETRIC = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
PRIVATE_KEY = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
PUBLIC_KEY = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="


@pytest.mark.parametrize(
    ("secret", "identity", "seconds", "body", "signature"),
    [
        (SW_SECRET, SW_ID, SW_TIME, SW_BODY, SW_SIGNATURE),
        (SW_SECRET.removeprefix("whsec_"), SW_ID, SW_TIME, SW_BODY, SW_SIGNATURE),
        (f"v1,{SW_SECRET}", SW_ID, SW_TIME, SW_BODY, SW_SIGNATURE),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1649367553,
            b'{"email":"test@example.com","username":"test_user"}',
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
        (
            "whsec_plJ3nmyCDGBKInavdOK15jsl",
            "msg_loFOjxBNrRLzqYUf",
            1731705121,
            b'{"event_type":"ping","data":{"success":true}}',
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
        (PRIVATE_KEY, SW_ID, SW_TIME, SW_BODY, ASYMMETRIC),
    ],
)
def test_it_makes_and_accepts_standard_webhooks(secret, identity, seconds, body, signature):
    signed = STANDARD.sign(Webhook(body, {"webhook-id": identity}), secret, at(seconds))

    assert signed.header("webhook-signature") == signature
    assert signed.header("webhook-timestamp") == str(seconds)
    STANDARD.verify(signed, [secret], at(seconds))


def standard(signature: str, **headers: str) -> Webhook:
    given = {"id": SW_ID, "timestamp": str(SW_TIME), "signature": signature, **headers}
    return Webhook(SW_BODY, {f"webhook-{name}": value for name, value in given.items()})


def test_it_accepts_an_asymmetric_signature_by_the_public_key():
    STANDARD.verify(standard(ASYMMETRIC), [PUBLIC_KEY], at(SW_TIME))


@pytest.mark.parametrize(
    "signature",
    [
        f"v1,{SW_DECOY} v2,{SW_DECOY} {SW_SIGNATURE} v1,{SW_DECOY}",
        f"v1,{SW_DECOY}, {SW_SIGNATURE}",
        f"nonsense v1 , v1,abc {SW_SIGNATURE}",
    ],
)
def test_it_accepts_standard_webhooks_by_any_of_its_signatures(signature):
    STANDARD.verify(standard(signature), [SW_SECRET], at(SW_TIME))


@pytest.mark.parametrize(
    ("signature", "headers"),
    [
        ("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=", {}),
        ("v1,", {}),
        ("", {}),
        (SW_SIGNATURE.replace("v1,", "v2,"), {}),
        (SW_SIGNATURE.replace("v1,", "v1a,"), {}),
        (SW_SIGNATURE, {"id": ""}),
        (SW_SIGNATURE, {"id": f"{SW_ID}, {SW_ID}"}),
        (SW_SIGNATURE, {"timestamp": ""}),
        (SW_SIGNATURE, {"timestamp": "161426533.0"}),
        (SW_SIGNATURE, {"timestamp": "invalid timestamp"}),
        (SW_SIGNATURE, {"timestamp": "-161426533"}),
        (SW_SIGNATURE, {"timestamp": str(SW_TIME + 1)}),
    ],
)
def test_it_refuses_standard_webhooks_when_anything_differs(signature, headers):
    assert refusal(STANDARD, standard(signature, **headers), [SW_SECRET], at(SW_TIME))


@pytest.mark.parametrize("later", [301, -301])
def test_it_refuses_standard_webhooks_outside_the_tolerance(later):
    assert refusal(STANDARD, standard(SW_SIGNATURE), [SW_SECRET], at(SW_TIME + later))


@pytest.mark.parametrize("secret", ["", "whsec_", "v1,whsec_", "|"])
def test_it_refuses_standard_webhooks_without_a_key(secret):
    assert refusal(STANDARD, standard(SW_SIGNATURE), [secret], at(SW_TIME))


@pytest.mark.parametrize("secret", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBr"])
def test_it_reads_a_secret_without_its_padding(secret):
    signed = STANDARD.sign(Webhook(SW_BODY), secret, at(SW_TIME))

    STANDARD.verify(signed, [secret], at(SW_TIME))
    assert STANDARD.check_secret(secret) is None
