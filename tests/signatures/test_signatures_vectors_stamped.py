"""Published signatures over a timestamp and the body: Stripe, Paddle, Recurly."""

from dataclasses import replace

import pytest
from signature_senders import SENDERS, at, refusal, saved

from app.webhook import Webhook

STRIPE, PADDLE, RECURLY = (SENDERS[name] for name in ("stripe", "paddle", "recurly"))


def stripe_webhook() -> Webhook:
    header = (
        "t=1533204620,v1=2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7,"
        "v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef"
    )
    body = saved("stripe__customer.created_sdk_signature_vector.json")
    return Webhook(body, {"stripe-signature": header})


def test_it_accepts_stripe_with_a_decoy_of_another_version():
    STRIPE.verify(stripe_webhook(), ["webhook_secret"], at(1533204620))


@pytest.mark.parametrize("later", [301, -301])
def test_it_refuses_stripe_outside_the_tolerance(later):
    assert refusal(STRIPE, stripe_webhook(), ["webhook_secret"], at(1533204620 + later))


@pytest.mark.parametrize(
    "change", [("t=1533204620,", ""), ("v1=", "v2="), ("t=1533204620", "t=1533204621"), ("v1=", "v1=,v0=")]
)
def test_it_refuses_stripe_without_its_parts(change):
    webhook = stripe_webhook()
    header = webhook.headers["stripe-signature"].replace(*change)

    changed = replace(webhook, headers={"stripe-signature": header})

    assert refusal(STRIPE, changed, ["webhook_secret"], at(1533204620))


PADDLE_SECRET = "pdl_ntfset_01hs0t3tw21j988db1pam5xg8m_GrOWLNef+vmtjJYq4mSnHNzvc8uWoJ1I"


@pytest.mark.parametrize(
    ("name", "seconds", "signature"),
    [
        (
            "paddle__customer.created_signed.json",
            1710498758,
            "558bf93944dbeb4790c7a8af6cb2ea435c8ca9c8396aafc1a4e37424ac132744",
        ),
        (
            "paddle__customer.created_signed_special_chars.json",
            1710498288,
            "38219b3ba1578184e625c29d201a27cd25bd69e2ec9c3ab87dcb90d87ff73a41",
        ),
    ],
)
def test_it_makes_and_accepts_paddle(name, seconds, signature):
    body = saved(name)

    signed = PADDLE.sign(Webhook(body), PADDLE_SECRET, at(seconds))

    assert signed.header("Paddle-Signature") == f"ts={seconds};h1={signature}"
    PADDLE.verify(signed, [PADDLE_SECRET], at(seconds + 5))


def test_it_accepts_paddle_by_any_of_its_signatures():
    header = "ts=1696195954;h1=dummy;h1=d96299976a6eb066f484d7fde011ac56fc32b38fc9940bc419d6e537fdc6ef02"
    secret = "pdl_ntf_01hbpjmytsa32fhr36nqgc3kgb_WvRO0eL4Bj9rgYYIBZY6wZhG4EHy9jzh"

    PADDLE.verify(Webhook(b"hello-world", {"paddle-signature": header}), [secret], at(1696195954))


@pytest.mark.parametrize("more", ["", "de1ec7ab1e,"])
def test_it_accepts_recurly_by_any_of_its_signatures(more):
    secret = "354fab5bd35f5a0d50845ee7e30165244468b13c2c343f104e4e730a59326d9d"
    header = f"1663103925004,{more}ad24699f3beaa24c9af2cc7ada3ce4c835da0090194241b9d3add83d27f14bc3"
    webhook = Webhook(saved("recurly__account.created.json"), {"recurly-signature": header})

    RECURLY.verify(webhook, [secret], at(1663103925))
