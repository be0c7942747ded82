"""Why a webhook was refused: its real cause, for the operator; repeats nothing that was sent or is secret."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any

from app.errors import Cause, VerificationError
from app.signatures.dialects import dialects
from app.signatures.hmac_scheme import Hmac
from app.signatures.jwt import Jwt
from app.signatures.rewrites import bodies, urls
from app.signatures.rsa import RsaSignature
from app.signatures.scheme import Scheme
from app.signatures.slips import slips
from app.signatures.standard_webhooks import StandardWebhooks
from app.webhook import Webhook

_LARGEST_TRIED = 64 * 1024
_MOST_OTHERS = 100
_MOST_SECRETS = 8
_LONGEST_NAME = 60
_PUBLIC_KEYS = (Jwt, RsaSignature)  # their secrets are keys in PEM or an address: what slips there, check_secret says
_BODY_SIGNERS = (Hmac, StandardWebhooks, RsaSignature)
_CLOCK = (Cause.TIMESTAMP_TOO_OLD, Cause.TIMESTAMP_AHEAD)
_NOBODY: Mapping[str, tuple[Scheme, Sequence[str]]] = MappingProxyType({})


@dataclass(frozen=True)
class _Case:
    scheme: Scheme
    webhook: Webhook
    secrets: Sequence[str]
    now: datetime

    def proven(self, **changes: Any) -> bool:
        """Whether the signature is right once these parts are changed, whatever the clock says."""
        case = replace(self, **changes)
        try:
            case.scheme.verify(case.webhook, case.secrets, case.now)
        except VerificationError as error:
            return error.cause in _CLOCK
        return True


def diagnose(
    scheme: Scheme,
    webhook: Webhook,
    secrets: Sequence[str],
    error: VerificationError,
    *,
    retired: Sequence[str] = (),
    others: Mapping[str, tuple[Scheme, Sequence[str]]] = _NOBODY,
    now: datetime,
) -> VerificationError:
    """Return the refusal ``error`` with its real cause and a hint for the operator. Raises nothing.

    ``retired`` are old secrets of the source; ``others`` the scheme and secrets of every other source.
    The work is bounded: bodies over 64 KiB are checked against other secrets, but not rewritten.
    """
    if error.cause in _CLOCK:
        return error
    case = _Case(scheme, webhook, secrets[:_MOST_SECRETS], now)
    return next(_findings(case, error, retired, others), None) or _otherwise(case, error)


def _findings(
    case: _Case,
    error: VerificationError,
    retired: Sequence[str],
    others: Mapping[str, tuple[Scheme, Sequence[str]]],
) -> Iterator[VerificationError]:
    if case.proven(secrets=retired):
        yield VerificationError(Cause.OLD_SECRET, "a retired secret made it: give the sender the new one")
    for name, (scheme, secrets) in islice(others.items(), _MOST_OTHERS):
        if case.proven(scheme=scheme, secrets=secrets):
            hint = f"it is genuine for the source {name}: the address or the secret is the other one's"
            yield VerificationError(Cause.OTHER_SOURCE, hint)
    if len(case.webhook.body) > _LARGEST_TRIED:
        return
    if not isinstance(case.scheme, _PUBLIC_KEYS):
        yield from _mistakes(case)
    if error.cause is Cause.WRONG_SECRET and isinstance(case.scheme, _BODY_SIGNERS):
        yield from _alterations(case)


def _mistakes(case: _Case) -> Iterator[VerificationError]:
    for words, repair in slips():
        repaired = [better for secret in case.secrets if (better := repair(secret)) != secret]
        if repaired and case.proven(secrets=repaired):
            yield VerificationError(Cause.WRONG_SECRET, f"the secret here {words}")
    for cause, words, scheme in dialects(case.scheme, case.webhook):
        if case.proven(scheme=scheme):
            yield VerificationError(cause, words)


def _alterations(case: _Case) -> Iterator[VerificationError]:
    for words, url in urls(case.webhook.url):
        if case.proven(webhook=replace(case.webhook, url=url)):
            hint = f"not the body but the address differs: {words}; see server.public_url"
            yield VerificationError(Cause.BODY_ALTERED, hint)
    for words, body in bodies(case.webhook.body):
        if case.proven(webhook=replace(case.webhook, body=body)):
            yield VerificationError(Cause.BODY_ALTERED, words)


def _otherwise(case: _Case, error: VerificationError) -> VerificationError:
    problem = next((p for secret in case.secrets if (p := case.scheme.check_secret(secret))), None)
    match error.cause:
        case Cause.HEADER_MISSING:
            return VerificationError(error.cause, f"{error.hint}; {_instead(case.webhook.headers)}")
        case Cause.WRONG_SECRET if not case.secrets:
            return VerificationError(error.cause, "this source has no secret")
        case Cause.WRONG_SECRET if problem:
            return VerificationError(error.cause, f"a secret here {problem}")
        case Cause.WRONG_SECRET:
            return VerificationError(
                error.cause, "no secret that the bridge knows made it: copy it from the sender again"
            )
    return error


def _instead(headers: Iterable[str]) -> str:
    """Name the headers that look like another sender's signature: names only, and only tame ones."""
    marks = ("signature", "hmac", "token", "authorization")
    found = [name for name in headers if any(mark in name for mark in marks)]
    tame = [name for name in found if len(name) <= _LONGEST_NAME and name.isascii() and name.replace("-", "").isalnum()]
    if tame:
        return f"it came with {', '.join(sorted(tame)[:3])} instead: perhaps another kind of sender"
    return "is a secret set at the sender? Many sign nothing without one"
