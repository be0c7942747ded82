"""What can be set about the sandbox while it runs."""

from dataclasses import dataclass
from enum import StrEnum

DOCUMENTED_RATE_LIMIT = 500  # requests a minute and client: https://docs.useinvent.com


class Duplicates(StrEnum):
    """What a second create with an e-mail or user id does; the API's reference does not say."""

    SECOND = "second"
    SAME = "same"
    CONFLICT = "conflict"
    BAD_REQUEST = "bad_request"


@dataclass
class Settings:
    """``rate_limit``: requests a minute and client, None for no limit. ``latency``: seconds, every time."""

    duplicates: Duplicates = Duplicates.SECOND
    rate_limit: int | None = DOCUMENTED_RATE_LIMIT
    latency: float = 0.0
