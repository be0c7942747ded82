"""Bodies that are signed tokens, and signatures by a sender's private key."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey
from signature_senders import NOW, refusal

from app import jwks
from app.errors import Cause, UsageError
from app.signatures import Jwt, RsaSignature, diagnose, pem
from app.webhook import Webhook

URL = "https://auth.example.com/.well-known/jwks"
CLAIMS = {"type": "user.created", "data": {"id": 1}}


def _pair() -> tuple[str, str]:
    private = pem.generate()
    public = serialization.load_pem_private_key(private.encode(), None).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private, public.public_bytes(serialization.Encoding.PEM, form).decode()


PRIVATE, PUBLIC = _pair()
OTHER_PRIVATE, OTHER_PUBLIC = _pair()


def token(claims: object = CLAIMS, key: Any = None, **header: Any) -> Webhook:
    key = key or RSAKey.import_key(PRIVATE)
    registry = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return Webhook(jws.serialize_compact({"alg": "RS256", **header}, body, key, registry=registry).encode())


def at(**span: float) -> int:
    return int((NOW + timedelta(**span)).timestamp())


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[dict[str, Any]]], None]:
    """The keys that stand at URL, without a network."""

    def publish(keys: list[dict[str, Any]]) -> None:
        monkeypatch.setitem(jwks._known, URL, jwks.Jwks(URL, lambda _: keys))

    return publish


def jwk(public: str, **members: Any) -> dict[str, Any]:
    return {**RSAKey.import_key(public).as_dict(private=False), "use": "sig", **members}


# --- tokens -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [PUBLIC, PRIVATE, PUBLIC.replace("\n", "\\n"), f"\n {PUBLIC}"])
def test_it_accepts_a_token_by_the_key_in_the_configuration(secret):
    Jwt().verify(token({**CLAIMS, "iat": at(), "exp": at(minutes=5)}), [OTHER_PUBLIC, secret], NOW)


def test_the_claims_of_a_token_are_its_payload():
    assert token().payload == CLAIMS


def test_it_signs_claims_as_the_sender_does():
    signed = Jwt().sign(Webhook(json.dumps(CLAIMS).encode()), PRIVATE, NOW)

    Jwt().verify(signed, [PUBLIC], NOW)
    assert signed.payload == {**CLAIMS, "iat": at(), "exp": at(hours=1)}


@pytest.mark.parametrize("body", [b"", b"x", b"[1]", b"\xff"])
def test_it_signs_nothing_but_claims(body):
    with pytest.raises(UsageError):
        Jwt().sign(Webhook(body), PRIVATE, NOW)


def test_only_a_private_key_signs():
    with pytest.raises(UsageError):
        Jwt().sign(Webhook(b"{}"), PUBLIC, NOW)


def test_it_refuses_a_token_by_another_key():
    assert refusal(Jwt(), token(), [OTHER_PUBLIC]).cause is Cause.WRONG_SECRET
    assert refusal(Jwt(), token(), []).cause is Cause.WRONG_SECRET


def test_it_refuses_a_public_key_that_is_used_as_a_password():
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (b'{"alg":"HS256"}', b"{}"))
    mac = base64.urlsafe_b64encode(hmac.digest(PUBLIC.encode(), text, "sha256")).rstrip(b"=")

    assert refusal(Jwt(), Webhook(text + b"." + mac), [PUBLIC]).cause is Cause.HEADER_MALFORMED


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "RS512"}, {"alg": ["RS256"]}, {}, {"alg": None}])
def test_it_refuses_every_other_algorithm(header):
    parts = SIGNED.split(b".")
    parts[0] = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=")

    for signature in (parts[2], b""):
        webhook = Webhook(b".".join([*parts[:2], signature]))
        assert refusal(Jwt(), webhook, [PUBLIC]).cause is Cause.HEADER_MALFORMED


def test_it_refuses_a_token_that_says_how_it_wants_to_be_read():
    odd = token(b"e30", crit=["b64"], b64=False)

    assert refusal(Jwt(), odd, [PUBLIC]).cause is Cause.HEADER_MALFORMED


@pytest.mark.parametrize("claims", [b"[]", b"1", b"not json", b"\xff\xfe"])
def test_it_refuses_a_token_without_claims(claims):
    assert refusal(Jwt(), token(claims), [PUBLIC]).cause is Cause.HEADER_MALFORMED


@pytest.mark.parametrize(
    ("claims", "cause"),
    [
        ({"exp": at(minutes=-6)}, Cause.TIMESTAMP_TOO_OLD),
        ({"iat": at(minutes=6)}, Cause.TIMESTAMP_AHEAD),
        ({"nbf": at(minutes=6)}, Cause.TIMESTAMP_AHEAD),
        ({"exp": "soon"}, Cause.HEADER_MALFORMED),
        ({"iat": True}, Cause.HEADER_MALFORMED),
        ({"exp": 1e300}, Cause.HEADER_MALFORMED),
    ],
)
def test_it_refuses_a_token_out_of_its_time(claims, cause):
    assert refusal(Jwt(), token(claims), [PUBLIC]).cause is cause


def test_a_clock_may_be_a_little_off():
    Jwt().verify(token({"iat": at(minutes=4), "exp": at(minutes=-4)}), [PUBLIC], NOW)


def test_it_takes_the_key_that_the_token_names(published):
    published([{"kty": "EC", "kid": "b"}, jwk(OTHER_PUBLIC, kid="a"), jwk(PUBLIC, kid="b"), {"kty": "RSA", "kid": "b"}])

    Jwt().verify(token(kid="b"), [URL], NOW)
    Jwt().verify(token(), [URL], NOW)
    assert refusal(Jwt(), token(kid="a"), [URL]).cause is Cause.WRONG_SECRET
    assert refusal(Jwt(), token(kid="unknown"), [URL]).cause is Cause.KEYS_MISSING


def test_a_key_for_something_else_or_too_small_a_one_is_none(published):
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    numbers = small.public_key().public_numbers()
    n = base64.urlsafe_b64encode(numbers.n.to_bytes(128)).rstrip(b"=").decode()
    published([jwk(PUBLIC, use="enc"), {"kty": "RSA", "n": n, "e": "AQAB"}, {"kty": "RSA", "n": 1, "e": []}])

    assert refusal(Jwt(), token(), [URL]).cause is Cause.KEYS_MISSING


def test_an_address_in_a_token_is_never_asked(published):
    published([])

    forged = token(jku="https://evil.example.org/jwks", jwk=jwk(PUBLIC), x5u="https://evil.example.org/x5u")

    assert refusal(Jwt(), forged, [URL]).cause is Cause.KEYS_MISSING
    assert "https://evil.example.org/jwks" not in jwks._known


def test_the_doctor_tries_no_slip_of_an_address(published):
    published([])
    error = refusal(Jwt(), token(), [URL])

    finding = diagnose(Jwt(), token(), [URL], error, now=NOW)

    assert finding.cause is Cause.KEYS_MISSING
    assert [url for url in jwks._known if "auth.example.com" in url] == [URL]


def test_the_doctor_knows_a_retired_key():
    error = refusal(Jwt(), token(), [OTHER_PUBLIC])

    assert diagnose(Jwt(), token(), [OTHER_PUBLIC], error, retired=[PUBLIC], now=NOW).cause is Cause.OLD_SECRET


@pytest.mark.parametrize(
    "secret",
    ["", " ", "secret", pytest.param(PUBLIC[:80], id="half a key"), "https://a b/jwks", "-----BEGIN PUBLIC KEY-----"],
)
def test_it_says_what_is_wrong_with_a_key(secret):
    assert Jwt().check_secret(secret)


@pytest.mark.parametrize("secret", [PUBLIC, PRIVATE, URL])
def test_it_takes_keys_and_addresses(secret):
    assert Jwt().check_secret(secret) is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.from_regex(rb"\Aey[\w-]{0,90}\.[\w-]{0,90}\.[\w-]{0,90}\Z"), st.text(max_size=30))
def test_it_fails_with_its_own_error_only_as_a_token(body, secret):
    assert refusal(Jwt(), Webhook(body), [PUBLIC, secret])


SIGNED = token().body


@settings(max_examples=100, deadline=None)
@given(st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda i: st.dictionaries(st.text(max_size=5), i)))
def test_it_fails_with_its_own_error_only_for_any_header_of_a_token(header):
    parts = SIGNED.split(b".")
    parts[0] = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=")

    assert refusal(Jwt(), Webhook(b".".join(parts)), [PUBLIC])


# --- signatures ---------------------------------------------------------------------------------------------

ADOBE = RsaSignature(("x-signature-1", "x-signature-2"), "client")
PLAIN = RsaSignature(("x-signature-1", "x-signature-2"))
BODY = b'{"client":"ours","n":1}'


def test_either_signature_by_either_key_will_do():
    signed = PLAIN.sign(Webhook(BODY), PRIVATE, NOW)
    moved = Webhook(BODY, {"x-signature-1": "bm9uc2Vuc2U=", "x-signature-2": signed.headers["x-signature-1"]})

    PLAIN.verify(moved, [OTHER_PUBLIC, PUBLIC], NOW)


def test_what_is_for_another_customer_of_the_sender_is_refused():
    signed = ADOBE.sign(Webhook(BODY), f"ours\n{PRIVATE}", NOW)

    ADOBE.verify(signed, [f"ours\n{PUBLIC}"], NOW)
    assert refusal(ADOBE, signed, [f"theirs\n{PUBLIC}"]).cause is Cause.OTHER_SOURCE
    assert refusal(ADOBE, signed, [f"ours\n{OTHER_PUBLIC}", f"theirs\n{PUBLIC}"]).cause is Cause.OTHER_SOURCE
    assert refusal(ADOBE, signed, [PUBLIC]).cause is Cause.WRONG_SECRET


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"client":null}', b"\xff"])
def test_what_is_for_nobody_is_refused(body):
    signed = PLAIN.sign(Webhook(body), PRIVATE, NOW)

    assert refusal(ADOBE, signed, [f"ours\n{PUBLIC}"]).cause is Cause.OTHER_SOURCE


def test_a_sample_is_addressed_to_the_customer_of_the_configuration():
    signed = ADOBE.sign(Webhook(BODY), f"theirs\n{PRIVATE}", NOW)

    ADOBE.verify(signed, [f"theirs\n{PUBLIC}"], NOW)


def test_it_says_what_is_missing():
    assert refusal(PLAIN, Webhook(BODY), [PUBLIC]).cause is Cause.HEADER_MISSING
    assert refusal(PLAIN, Webhook(BODY, {"x-signature-1": "ä!"}), [PUBLIC]).cause is Cause.HEADER_MALFORMED
    assert ADOBE.check_secret(PUBLIC) == "lacks the client in front of the key"
    assert PLAIN.check_secret(PUBLIC) is None


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_it_fails_with_its_own_error_only_as_a_signature(body, header, secret):
    webhook = Webhook(body, {"x-signature-1": header, "x-signature-2": base64.b64encode(body).decode()})

    assert refusal(ADOBE, webhook, [PUBLIC, f"{secret}\n{PUBLIC}", secret])


def test_a_changed_byte_is_noticed():
    signed = PLAIN.sign(Webhook(BODY), PRIVATE, NOW)

    assert refusal(PLAIN, replace(signed, body=BODY + b" "), [PUBLIC]).cause is Cause.WRONG_SECRET
