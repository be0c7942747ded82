"""A secret in a field of the body, and a token that holds the hash of the body."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signature_senders import NOW, SECRET, refusal

from app.errors import Cause, UsageError
from app.signatures import BodyField, BodyHashJwt, diagnose
from app.webhook import Webhook

FIELD = BodyField("google_key")
TOKEN = BodyHashJwt("X-Webhook-Signature", issuer="netlify")
JSON = Webhook(b'{"lead_id": "1", "n": 12345678901234567890}', {"content-type": "application/json"})
FORM = Webhook(b"Field1=zo%C3%AB&Field2=", {"content-type": "application/x-www-form-urlencoded; charset=utf-8"})
BODIES = pytest.mark.parametrize("webhook", [JSON, FORM], ids=["JSON", "form"])


def part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@BODIES
@pytest.mark.parametrize("secret", [SECRET, "zoë & co=100%"])
def test_it_accepts_the_secret_in_the_body_and_nothing_else(webhook, secret):
    shown = FIELD.sign(webhook, secret, NOW)

    FIELD.verify(shown, ["another", secret], NOW)
    assert refusal(FIELD, shown, ["another"]).cause == Cause.WRONG_SECRET
    assert refusal(FIELD, shown, []).cause == Cause.WRONG_SECRET
    assert refusal(FIELD, shown, [""]).cause == Cause.WRONG_SECRET


@BODIES
def test_it_leaves_no_secret_in_what_is_kept(webhook):
    bare = FIELD.stripped(FIELD.sign(webhook, SECRET, NOW))

    assert bare.payload == webhook.payload
    assert SECRET.split()[0].encode() not in bare.body
    assert FIELD.stripped(bare) is bare


def test_it_strips_a_multipart_form_by_making_it_json():
    body = b'--x\r\nContent-Disposition: form-data; name="google_key"\r\n\r\nS\r\n--x--\r\n'
    webhook = Webhook(body, {"content-type": "multipart/form-data; boundary=x"})

    assert FIELD.stripped(webhook).payload == {}


@pytest.mark.parametrize("body", [b"", b"[1]", b"\xff", b"{", b'{"google_key": 1e400}'])
def test_it_leaves_a_body_that_it_cannot_read(body):
    webhook = Webhook(body, {"content-type": "application/json"})

    assert FIELD.stripped(webhook).body in (body, b"{}")
    assert refusal(FIELD, webhook, [SECRET])


def test_it_keeps_a_body_with_a_number_beyond_all():
    webhook = Webhook(b'{"google_key": "S", "n": 1e400}')

    assert FIELD.stripped(webhook) is webhook


@pytest.mark.parametrize("value", [b"null", b'""', b"1", b"true", b"{}", b'["correct"]'])
def test_it_says_that_the_body_holds_no_secret(value):
    assert refusal(FIELD, Webhook(b'{"google_key": ' + value + b"}"), ["1", "True"]).cause == Cause.HEADER_MISSING


def test_it_says_that_the_body_has_no_place_for_a_secret():
    assert refusal(FIELD, Webhook(b"[]"), [SECRET]).cause == Cause.HEADER_MALFORMED
    for body in (b"[]", b"{"):
        with pytest.raises(UsageError, match="has its place in a JSON object or a form"):
            FIELD.sign(Webhook(body), SECRET, NOW)


def test_it_has_no_use_for_an_empty_secret():
    for scheme in (FIELD, TOKEN):
        assert scheme.check_secret(" ") == "is empty"
        with pytest.raises(UsageError, match="the secret is empty"):
            scheme.sign(JSON, "", NOW)
        assert "\n" not in scheme.summary


def test_the_doctor_finds_the_slip_in_a_secret_of_a_body():
    shown = FIELD.sign(JSON, SECRET, NOW)
    error = refusal(FIELD, shown, [f'"{SECRET}"'])

    assert "wrapped in quotes" in diagnose(FIELD, shown, [f'"{SECRET}"'], error, now=NOW).hint


def test_a_token_proves_the_body():
    signed = TOKEN.sign(JSON, SECRET, NOW)

    TOKEN.verify(signed, ["another", SECRET], NOW)
    assert refusal(TOKEN, signed, ["another"]).cause == Cause.WRONG_SECRET
    assert refusal(TOKEN, signed, ["", " "]).cause == Cause.WRONG_SECRET
    assert refusal(TOKEN, replace(signed, body=b"{}"), [SECRET]).cause == Cause.BODY_ALTERED
    assert refusal(TOKEN, JSON, [SECRET]).cause == Cause.HEADER_MISSING


def test_a_token_of_a_jose_library_is_accepted():
    jwt = pytest.importorskip("joserfc.jwt")
    oct_key = pytest.importorskip("joserfc.jwk").OctKey
    key = oct_key.import_key(SECRET * 2)
    claims = {"sha256": sha256(JSON.body).hexdigest(), "iss": "netlify"}
    token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, key)

    TOKEN.verify(replace(JSON, headers={"x-webhook-signature": token}), [SECRET * 2], NOW)


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256", None, 7])
def test_a_token_of_another_algorithm_proves_nothing(algorithm):
    claims = {"iss": "netlify", "sha256": sha256(JSON.body).hexdigest()}
    for signature in ("", TOKEN.sign(JSON, SECRET, NOW).headers["x-webhook-signature"].rpartition(".")[2]):
        token = f"{part({'alg': algorithm})}.{part(claims)}.{signature}"

        refused = refusal(TOKEN, Webhook(JSON.body, {"x-webhook-signature": token}), [SECRET])
        assert refused.cause == Cause.HEADER_MALFORMED


def test_a_token_of_another_issuer_proves_nothing():
    signed = BodyHashJwt("X-Webhook-Signature", issuer="somebody").sign(JSON, SECRET, NOW)

    assert refusal(TOKEN, signed, [SECRET]).cause == Cause.HEADER_MALFORMED


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60) | st.lists(st.text(max_size=20), max_size=4).map(".".join), st.text(max_size=10))
def test_a_token_of_junk_fails_with_its_own_error_only(token, secret):
    for header in (token, f"{part({'alg': 'HS256'})}.{token}", f"{part({'alg': 'HS256'})}.{part(token)}.{token}"):
        assert refusal(TOKEN, Webhook(b"{}", {"x-webhook-signature": header}), [secret])
