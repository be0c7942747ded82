"""Senders whose whole body is a JSON Web Token, signed with RS256 and never with anything else."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from app import jwks
from app.errors import Cause, UsageError, VerificationError, WebhookError
from app.signatures import pem
from app.signatures.clock import span
from app.webhook import Webhook

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey
    from joserfc.jws import CompactSignature, JWSRegistry

_ALGORITHM = "RS256"
_ADDRESS = "https://"
_STRANGE = ("crit", "b64")  # would let the signed text be another than the one that is read
_MOST_BYTES = 64 * 1024 * 1024  # the body's limit is the server's; the library's own is below it


@dataclass(frozen=True)
class Jwt:
    """RS256 over the whole body. The secret is the PEM public key, or the https address of the sender's JWKS.

    ``exp``, ``nbf`` and ``iat`` are checked where the sender says them, ``leeway`` in seconds.
    """

    leeway: int = 300
    signs_body: ClassVar[bool] = True

    @property
    def summary(self) -> str:
        return "the body is a JWT, signed with RS256; the secret is the sender's public key (PEM) or JWKS address"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
        registry, extracted = _extracted(webhook.body.strip())
        kid = extracted.headers().get("kid")
        keys = [key for secret in secrets for key in _keys(secret, kid if isinstance(kid, str) else None)]
        if not keys and any(secret.startswith(_ADDRESS) for secret in secrets):
            raise VerificationError(Cause.KEYS_MISSING, "its key is not at the configured address, or that is down")
        if not any(_made_by(extracted, key, registry) for key in keys):
            raise VerificationError(Cause.WRONG_SECRET)
        self._check_times(_claims(webhook), now)

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:
        """The body, the claims as JSON, becomes the token."""
        from joserfc import jws  # noqa: PLC0415 -- see app.signatures.ed25519
        from joserfc.jwk import RSAKey  # noqa: PLC0415

        try:
            claims = json.loads(webhook.body)
        except ValueError:
            claims = None
        if not isinstance(claims, dict):
            raise UsageError("nothing can be signed: the claims of a token are a JSON object")
        issued = int(now.timestamp())
        body = json.dumps({**claims, "iat": issued, "exp": issued + 3600}, ensure_ascii=False)
        key = RSAKey.import_key(pem.private_key(secret))
        token = jws.serialize_compact({"alg": _ALGORITHM, "typ": "JWT"}, body, key, registry=_registry())
        return replace(webhook, body=token.encode(), headers={**webhook.headers, "content-type": "application/jwt"})

    def check_secret(self, secret: str) -> str | None:
        if not secret.startswith(_ADDRESS):
            return pem.mistake(secret)
        return None if secret.isprintable() and " " not in secret else "is no address such as https://example.com/jwks"

    def _check_times(self, claims: Mapping[str, Any], now: datetime) -> None:
        ages = {name: now.timestamp() - _seconds(claims, name) for name in ("exp", "nbf", "iat") if name in claims}
        if (expired := ages.pop("exp", 0.0)) > self.leeway:
            raise VerificationError(Cause.TIMESTAMP_TOO_OLD, f"the token is right, but expired {span(expired)} ago")
        if (age := min(ages.values(), default=0.0)) < -self.leeway:
            raise VerificationError(Cause.TIMESTAMP_AHEAD, f"the token is right, but {span(-age)} ahead of the clock")


def _registry() -> "JWSRegistry":
    from joserfc.jws import JWSRegistry  # noqa: PLC0415

    registry = JWSRegistry(algorithms=[_ALGORITHM], strict_check_header=False)
    registry.max_payload_length = _MOST_BYTES
    registry.max_header_length = 8_192
    return registry


def _extracted(token: bytes) -> "tuple[JWSRegistry, CompactSignature]":
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jws import extract_compact  # noqa: PLC0415

    registry = _registry()
    try:
        extracted = extract_compact(token, registry=registry)
        registry.check_header(extracted.headers())
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise VerificationError(Cause.HEADER_MALFORMED, "the body is no JSON Web Token") from None
    headers = extracted.headers()
    if headers.get("alg") != _ALGORITHM or not headers.keys().isdisjoint(_STRANGE):
        raise VerificationError(Cause.HEADER_MALFORMED, f"the token is not signed with {_ALGORITHM}, or oddly so")
    return registry, extracted


def _keys(secret: str, kid: str | None) -> "Iterator[RSAKey]":
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    if not secret.startswith(_ADDRESS):
        key = pem.public_key(secret)
        if key:
            yield RSAKey.import_key(key)
        return
    for jwk in jwks.keys(secret, kid):
        try:
            public = RSAKey.import_key({name: jwk[name] for name in ("kty", "n", "e")}).public_key
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, Warning):
            continue  # another kind of key
        if public.key_size >= pem.LEAST_BITS and jwk.get("use", "sig") == "sig":
            yield RSAKey.import_key(public)


def _made_by(extracted: "CompactSignature", key: "RSAKey", registry: "JWSRegistry") -> bool:
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jws import validate_compact  # noqa: PLC0415

    try:
        return validate_compact(extracted, key, [_ALGORITHM], registry)
    except (JoseError, ValueError, TypeError):
        return False


def _claims(webhook: Webhook) -> Mapping[str, Any]:
    try:
        claims = webhook.payload
    except WebhookError:
        claims = None
    if not isinstance(claims, dict):
        raise VerificationError(Cause.HEADER_MALFORMED, "the token holds no claims")
    return claims


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise VerificationError(Cause.HEADER_MALFORMED, f"{name} in the token is no time")
    return value
