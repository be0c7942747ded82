"""Who may look and who may steer: by the tokens of the configuration."""

import hashlib
import hmac
from enum import StrEnum

from app.config.model import Server


class Role(StrEnum):
    """What a token opens: an admin steers, a reader only looks."""

    ADMIN = "admin"
    READER = "reader"


class Access:
    """The tokens of a configuration. Without one, there is neither a console nor a management API."""

    def __init__(self, server: Server) -> None:
        tokens = ((server.admin_token, Role.ADMIN), (server.read_token, Role.READER))
        self._known = [(_digest(token), role) for token, role in tokens if token]

    @property
    def enabled(self) -> bool:
        return bool(self._known)

    def role(self, token: str) -> Role | None:
        """Return what a token opens, or None; in the same time for every token."""
        given = _digest(token)
        opened = [role for digest, role in self._known if hmac.compare_digest(digest, given)]
        return opened[0] if opened else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
