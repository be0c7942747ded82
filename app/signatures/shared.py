"""Senders that show a shared secret instead of signing: in a header, in the query, as a password."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from app.errors import Cause, VerificationError
from app.signatures.keys import mistake, octets, refuse_mistake, wire
from app.webhook import Webhook

_BLANKS = " \t"  # not str.strip(): a byte of a UTF-8 character may look like one of Unicode's other blanks


@dataclass(frozen=True)
class SharedSecret:
    """The secret itself in ``header``, after ``prefix``."""

    header: str
    prefix: str = ""
    signs_body: ClassVar[bool] = False

    @property
    def summary(self) -> str:
        return f"the secret in `{self.header}`" + (f" after `{self.prefix}`" if self.prefix else "")

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        value = _header(webhook, self.header)
        if not value.startswith(self.prefix):
            raise VerificationError(Cause.HEADER_MALFORMED, f"{self.header} does not begin with {self.prefix}")
        _compare(wire(value.removeprefix(self.prefix)), [octets(secret) for secret in _live(secrets)])

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:  # noqa: ARG002
        refuse_mistake(self.check_secret(secret))
        return _with_header(webhook, self.header, self.prefix + _on_the_wire(secret))

    def check_secret(self, secret: str) -> str | None:
        return _in_header(secret)


@dataclass(frozen=True)
class Bearer:
    """``Authorization: Bearer`` and the secret; the word in any case."""

    signs_body: ClassVar[bool] = False

    @property
    def summary(self) -> str:
        return "the secret as `Authorization: Bearer …`"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        _compare(wire(_credentials(webhook, "Bearer")), [octets(secret) for secret in _live(secrets)])

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:  # noqa: ARG002
        refuse_mistake(self.check_secret(secret))
        return _with_header(webhook, "authorization", f"Bearer {_on_the_wire(secret)}")

    def check_secret(self, secret: str) -> str | None:
        return _in_header(secret)


@dataclass(frozen=True)
class BasicAuth:
    """``Authorization: Basic``; the secret is ``user:password``."""

    signs_body: ClassVar[bool] = False

    @property
    def summary(self) -> str:
        return "user and password as `Authorization: Basic …`"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        given = wire(_credentials(webhook, "Basic")).rstrip(b"=")
        _compare(given, [b64encode(octets(secret)).rstrip(b"=") for secret in _live(secrets) if _is_pair(secret)])

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:  # noqa: ARG002
        refuse_mistake(self.check_secret(secret))
        return _with_header(webhook, "authorization", f"Basic {b64encode(octets(secret)).decode()}")

    def check_secret(self, secret: str) -> str | None:
        return mistake(secret) or (None if _is_pair(secret) else "must be written as user:password")


@dataclass(frozen=True)
class QueryToken:
    """The secret in the address that is given to the sender: ``?token=…``."""

    parameter: str = "token"
    signs_body: ClassVar[bool] = False

    @property
    def summary(self) -> str:
        return f"the secret in the address, `?{self.parameter}=…`"

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        value = webhook.query.get(self.parameter)
        if not value:
            raise VerificationError(Cause.HEADER_MISSING, f"no ?{self.parameter}= in the address")
        _compare(octets(value), [octets(secret) for secret in _live(secrets)])

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:  # noqa: ARG002
        refuse_mistake(self.check_secret(secret))
        return replace(webhook, query={**webhook.query, self.parameter: secret})

    def check_secret(self, secret: str) -> str | None:
        return mistake(secret)


def _compare(given: bytes, expected: Sequence[bytes]) -> None:
    if not given or not any(hmac.compare_digest(given, one) for one in expected if one):
        raise VerificationError(Cause.WRONG_SECRET)


def _live(secrets: Sequence[str]) -> list[str]:
    return [secret for secret in secrets if secret.strip()]


def _is_pair(secret: str) -> bool:
    user, colon, password = secret.partition(":")
    return bool(colon and (user or password))


def _header(webhook: Webhook, name: str) -> str:
    value = (webhook.header(name) or "").strip(_BLANKS)
    if not value:
        raise VerificationError(Cause.HEADER_MISSING, f"no {name}")
    return value


def _credentials(webhook: Webhook, word: str) -> str:
    """What stands after ``word`` in the Authorization header."""
    given, _, rest = _header(webhook, "Authorization").partition(" ")
    rest = rest.strip(_BLANKS)
    if given.lower() != word.lower() or not rest:
        raise VerificationError(Cause.HEADER_MALFORMED, f"Authorization is not “{word}” and a value")
    return rest


def _with_header(webhook: Webhook, name: str, value: str) -> Webhook:
    return replace(webhook, headers={**webhook.headers, name.lower(): value})


def _on_the_wire(secret: str) -> str:
    """As WSGI shows it to the bridge, one character a byte."""
    return octets(secret).decode("latin-1")


def _in_header(secret: str) -> str | None:
    if any(ord(character) < ord(" ") or character == "\x7f" for character in secret.strip()):
        return "holds a control character, which no header can carry"
    return mistake(secret)
