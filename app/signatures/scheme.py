"""What every scheme can do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.webhook import Webhook


class Scheme(Protocol):
    """A way of proving that a webhook is genuine."""

    @property
    def summary(self) -> str:
        """One line for the documentation: what is signed, how, and where it stands."""
        ...

    @property
    def signs_body(self) -> bool:
        """Whether a changed body is noticed: not where only a secret is shown, or a part of the body is signed."""
        ...

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
        """Return if one of the live ``secrets`` made this webhook.

        Raises `VerificationError`, and nothing else, whatever the bytes.
        The clock is looked at last: ``TIMESTAMP_…`` means that the signature was right.
        """
        ...

    def sign(self, webhook: Webhook, secret: str, now: datetime) -> Webhook:
        """Return the webhook with what the genuine sender would add (a header, a query parameter).

        Raises `UsageError` if nothing can be signed with that secret.
        """
        ...

    def check_secret(self, secret: str) -> str | None:
        """Return what is wrong with the form of a secret, in words for the operator, or None."""
        ...
