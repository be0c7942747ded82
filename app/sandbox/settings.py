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


class Bulk(StrEnum):
    """What a bulk create answers with; the API's reference has its dry run only."""

    CONTACTS = "contacts"
    CHANNELS = "channels"  # as they came, without the ids of the contacts
    WITHOUT_PHONES = "without_phones"  # contacts that were made without phone numbers, which its dry run does not name
    MISSING = "missing"  # 404: there is no such call


@dataclass
class Settings:
    """``rate_limit``: requests a minute and client, None for no limit. ``latency``: seconds, every time."""

    duplicates: Duplicates = Duplicates.SECOND
    bulk: Bulk = Bulk.CONTACTS
    rate_limit: int | None = DOCUMENTED_RATE_LIMIT
    latency: float = 0.0
