"""What the sandbox keeps of a contact, and the shape in which the contacts API answers with it."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


class RefusedError(Exception):
    """A request that the rules of the API do not allow: the HTTP status and the message of the answer."""

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id(kind: str) -> str:
    """An id that no other run gave away: a bridge that remembers one meets a 404, never a stranger."""
    return f"{kind}_{secrets.token_hex(10)}"


@dataclass(eq=False)
class Segment:
    id: str
    created_at: str
    contacts_count: int = 0

    def answer(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.id,
            "color": "#6b7280",
            "contacts_count": self.contacts_count,
            "created_at": self.created_at,
            "updated_at": self.created_at,
        }


@dataclass(eq=False)
class Channel:
    id: str
    created_at: str
    user_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None

    def answer(self) -> dict[str, Any]:
        unknown = ("avatar", "username", "country", "agent", "ip", "language", "link")
        return {
            "id": self.id,
            "type": "internal",
            "user_id": self.user_id,
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            **dict.fromkeys(unknown),
            "platform_data": {},
            "created_at": self.created_at,
            "updated_at": self.created_at,
        }


@dataclass(eq=False)
class Contact:
    """Times are stamps. A contact is blocked or unsubscribed as long as it has the time since when."""

    id: str
    name: str | None
    created_at: str
    updated_at: str
    blocked_at: str | None = None
    unsubscribed_at: str | None = None
    channels: list[Channel] = field(default_factory=list)
    segments: dict[str, Segment] = field(default_factory=dict)

    def answer(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "blocked": self.blocked_at is not None,
            "unsubscribed": self.unsubscribed_at is not None,
            "is_admin": False,
            "channels": [channel.answer() for channel in self.channels],
            "segments": [segment.answer() for segment in self.segments.values()],
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "blocked_at": self.blocked_at,
            "unsubscribed_at": self.unsubscribed_at,
            "unsubscribe_reason": None,
            "unsubscribe_feedback": None,
        }
