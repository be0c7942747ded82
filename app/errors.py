"""Every error the bridge raises on purpose, and what each one means to whoever meets it.

BridgeError
├── ConfigError              the file is wrong; carries every mistake            exit 2
├── UsageError               the command cannot do what was asked                exit 2
├── WebhookError             something is wrong with one webhook
│   ├── VerificationError    not genuine; the cause is for the operator only     401
│   ├── PayloadError         the body cannot be read                             400
│   ├── UnsupportedMediaError   neither JSON nor a form                          415
│   └── NoContactError       a strict relay sent nobody                          422
├── UnknownSourceError       no source of that name                              404
├── PersonBusyError          an event of a person to be erased is under way     exit 1
├── KeyMissingError          a key is missing, so nobody can be erased           exit 1
├── StoreUnavailableError    cannot commit now; the sender shall try again       503
└── UpstreamError            a call to the contacts API did not succeed
    ├── TemporaryError       try again later (``retry_after`` seconds, if it said so)
    ├── DownError            unreachable or failing: nothing was done            (Temporary)
    ├── RateLimitedError     429                                                 (Temporary)
    ├── KeyRefusedError      401, 403: the organization's key                    (Temporary)
    ├── PutOffError          not sent: not ours any more, or the process stops       (Temporary)
    ├── PermanentError       400, 404, 422: a human must look
    ├── ConflictError        somebody with these identities exists
    └── UnknownOutcomeError  nobody knows whether it was done: look before sending again
"""

from collections.abc import Sequence
from enum import StrEnum


class BridgeError(Exception):
    """The root: catch it to catch everything the bridge raises on purpose."""


class ConfigError(BridgeError):
    """Every mistake in the configuration, one line each: ``path: problem``."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class UsageError(BridgeError):
    """The command cannot do what was asked; the message says what to do instead."""


class WebhookError(BridgeError):
    """Something is wrong with one webhook."""


class Cause(StrEnum):
    """Why a webhook was refused: for the log and the console, never for the sender."""

    HEADER_MISSING = "header missing"
    HEADER_MALFORMED = "header malformed"
    WRONG_SECRET = "wrong secret"  # noqa: S105 -- a word, not a secret
    OLD_SECRET = "old secret"  # noqa: S105 -- a word, not a secret
    OTHER_SOURCE = "secret of another source"
    TIMESTAMP_TOO_OLD = "timestamp too old"
    TIMESTAMP_AHEAD = "timestamp in the future"
    BODY_ALTERED = "body altered on the way"
    KEYS_MISSING = "the sender's keys cannot be had"


class VerificationError(WebhookError):
    """The webhook is not genuine. The only error a verifier raises, whatever the bytes."""

    def __init__(self, cause: Cause, hint: str = "") -> None:
        super().__init__(f"{cause}: {hint}" if hint else str(cause))
        self.cause = cause
        self.hint = hint


class PayloadError(WebhookError):
    """The body cannot be read."""


class UnsupportedMediaError(WebhookError):
    """The body is neither JSON nor a form."""


class NoContactError(WebhookError):
    """A strict relay sent something that no contact can be made of."""


class UnknownSourceError(BridgeError):
    """No source of that name is configured."""


class PersonBusyError(BridgeError):
    """Somebody cannot be erased at this moment, because one of their events is being delivered."""


class KeyMissingError(BridgeError):
    """Nobody can be erased, because an encryption key is not configured. ``advice`` says which, and what to do."""

    def __init__(self, advice: str) -> None:
        super().__init__(f"not erased, for somebody may be named where nobody can read it; {advice}")


class StoreUnavailableError(BridgeError):
    """The store cannot commit at the moment; nothing was kept. The words may be logged: `app.store.trouble`."""


class UpstreamError(BridgeError):
    """A call to the contacts API did not succeed. ``status`` is its HTTP status, if it answered."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class TemporaryError(UpstreamError):
    """Trying again later may help."""


class DownError(TemporaryError):
    """The upstream is unreachable or failing (connection refused, 5xx)."""


class RateLimitedError(TemporaryError):
    """429: everybody who shares the limit waits."""


class KeyRefusedError(TemporaryError):
    """401 or 403: the organization's key is not accepted; its deliveries stop until a probe succeeds."""


class PutOffError(TemporaryError):
    """The request was not sent, through no fault of the upstream: the person is another's now, or the process stops."""


class PermanentError(UpstreamError):
    """Sending the same again would fail the same way."""


class ConflictError(UpstreamError):
    """The upstream says that somebody with these identities exists."""


class UnknownOutcomeError(UpstreamError):
    """The request went out, and nobody knows whether it was carried out."""
