"""Signatures of bodies that the senders themselves published: ours agree with them, byte for byte."""

from dataclasses import replace

import pytest
from signature_senders import at, refusal, saved

from app.signatures import Hmac
from app.webhook import Webhook

SHOPIFY = Hmac("X-Shopify-Hmac-Sha256", encoding="base64")
SQUARE = Hmac("x-square-hmacsha256-signature", signed="{url}{body}", encoding="base64")
HUBSPOT = Hmac(
    "X-HubSpot-Signature-v3",
    signed="{method}{url}{body}{timestamp}",
    encoding="base64",
    timestamp_header="X-HubSpot-Request-Timestamp",
    timestamp_unit="ms",
    tolerance=300,
)
HUB_SHA256 = Hmac("X-Hub-Signature-256", prefix="sha256=")
HUB_SHA1 = Hmac("X-Hub-Signature", algorithm="sha1", prefix="sha1=")
FORMSTACK = Hmac("X-FS-Signature", prefix="sha256=")
BARE = Hmac("X-Signature")
BARE_SHA512 = Hmac("X-Signature", algorithm="sha512")

PLAIN = [
    (SHOPIFY, "test_secret_key", b'{"foo": "bar"}', "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g="),
    (SHOPIFY, "secret", b"foo=anything", "yCGX/RrK4fcuNtr3ztk5tQGsOBjcAzHpGLdMUrbV8yI="),
    (SHOPIFY, "old_secret", b"foo=anything", "XqRcjrSv57VACn6apEO9znyu/wkN1VC7QxdSPwK3Hzs="),
    (BARE, "test_secret", b"", "f7f9bd47fb987337b5796fdc1fdb9ba221d0d5396814bfcaf9521f43fd8927fd"),
    (
        BARE,
        "test_secret",
        b'{"obj1":"hello","obj2":"world"}',
        "bebb1a643997f419b315ddba19e6f5411e1ce7f810ba6d3617ce72823092f363",
    ),
    (BARE, "test_secret", "😀".encode(), "837da296d05c4fe31f61d5d7ead035099d9585a5bcde87de952012a78f0b0c43"),
    (
        HUB_SHA256,
        "It's a Secret to Everybody",
        b"Hello, World!",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    ),
    (
        HUB_SHA256,
        "mysecret",
        b'{"foo":"bar"}',
        "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3",
    ),
    (
        HUB_SHA256,
        "secret",
        b"data",
        "sha256=1b2c16b75bd2a870c114153ccda5bcfca63314bc722fa160d690de133ccbb9db",
    ),
    (
        HUB_SHA256,
        "development",
        r'{"foo":"Foo\n\u001B[34mbar: ♥♥♥♥♥♥♥♥\nthis-is-lost\u001B[0m\u001B[2K"}'.encode(),
        "sha256=afecc3caa27548bb90d51a50384cb2868b9a3327b4ad6a01c9bd4ed0f8b0b12c",
    ),
    (
        HUB_SHA256,
        "development",
        rb'{"foo":"\\u001b"}',
        "sha256=6f8326efbacfbd04e870cea25b5652e635be8c9807f2fd5348ef60753c9e96ed",
    ),
    (
        HUB_SHA256,
        "secret",
        b'{"a": "z"}',
        "sha256=f417af3a21bd70379b5796d5f013915e7029f62c580fb0f500f59a35a6f04c89",
    ),
    (BARE, "secret", b"", "f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169"),
    (HUB_SHA1, "secret", b'{"a": "z"}', "sha1=b17e04cbb22afa8ffbff8796fc1894ed27badd9e"),
    (HUB_SHA1, "secret", b"", "sha1=25af6174a0fcecc4d346680a72b7ce644b9a88e8"),
    (
        BARE_SHA512,
        "secret",
        b'{"a": "z"}',
        (
            "4ab17cc8ec668ead8bf498f87f8f32848c04d5ca3c9bcfcd3db9363f0deb44e5"
            "80b329502a7fdff633d4d8fca301cc5c94a55a2fec458c675fb0ff2655898324"
        ),
    ),
    (
        FORMSTACK,
        "test",
        b"FormID=6606394&UniqueID=1500877919&HandshakeKey=test",
        "sha256=54bc5cf9f57b9a1083c7e53d734cb0586933146ba6b2150e888a827dfb468ea7",
    ),
    (
        FORMSTACK,
        "test1",
        b"FormID=6606394&UniqueID=1500878955&HandshakeKey=test",
        "sha256=30dff7f180b6d69eab397a5d51719474df490b730514c253e8b5832d3b51b970",
    ),
]


@pytest.mark.parametrize(("scheme", "secret", "body", "signature"), PLAIN)
def test_it_makes_and_accepts_a_published_signature_of_the_body(scheme, secret, body, signature):
    now = at(1_700_000_000)

    signed = scheme.sign(Webhook(body), secret, now)

    assert signed.header(scheme.header) == signature
    scheme.verify(signed, ["another", secret], now)
    assert refusal(scheme, replace(signed, body=body + b" "), [secret], now)
    assert refusal(scheme, signed, ["another"], now)


def test_it_accepts_square_over_the_address_and_the_body():
    url = "https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9"
    body = saved("square__webhooks.test_notification.json")
    headers = {"x-square-hmacsha256-signature": "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4="}

    SQUARE.verify(Webhook(body, headers, url=url), ["Ibxx_5AKakO-3qeNVR61Dw"], at(0))


SQUARE_KEY, SQUARE_URL = "signature-key", "https://webhook.site/webhooks"
SQUARE_BODY = b'{"data":{"type":"webhooks","id":">id<"}}'
SQUARE_HEADERS = {"x-square-hmacsha256-signature": "Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U="}
SQUARE_WEBHOOK = Webhook(SQUARE_BODY, SQUARE_HEADERS, url=SQUARE_URL)


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (SQUARE_BODY, "Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U="),
        (b'{"data":{"type":"webhooks","id":"fake_id"}}', "W3FlCNk5IA3ZQ2LHTWoajvzfaDu/OwY2tNHIHC3IUOA="),
    ],
)
def test_it_makes_square(body, signature):
    signed = SQUARE.sign(Webhook(body, url=SQUARE_URL), SQUARE_KEY, at(0))

    assert signed.header("x-square-hmacsha256-signature") == signature
    SQUARE.verify(signed, [SQUARE_KEY], at(0))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"url": SQUARE_URL + "s"}, SQUARE_KEY),
        ({"url": ""}, SQUARE_KEY),
        ({}, "MCmhFRxGX82xMwg5FsaoQA"),
        ({}, ""),
        ({"headers": {"x-square-hmacsha256-signature": "1z2n3DEJJiUPKcPzQo1ftvbxGdw="}}, SQUARE_KEY),
        ({"body": b'{\n  "data": {\n    "type": "webhooks",\n    "id": ">id<"\n  }\n}'}, SQUARE_KEY),
    ],
)
def test_it_refuses_square_when_anything_differs(changes, key):
    assert refusal(SQUARE, replace(SQUARE_WEBHOOK, **changes), [key], at(0))


def test_it_makes_and_accepts_hubspot():
    secret, now = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", at(1693657560)
    webhook = Webhook(b"{'example_field':'example_value'}", url="https://www.example.com/webhook_uri")

    signed = HUBSPOT.sign(webhook, secret, now)

    assert signed.header("X-HubSpot-Signature-v3") == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
    assert signed.header("X-HubSpot-Request-Timestamp") == "1693657560000"
    HUBSPOT.verify(signed, [secret], now)
