"""Who may use the operator's desk: what a token opens, in the console and in the management API alike."""

import hashlib
import hmac
from enum import StrEnum

from app.config.model import Server


class Role(StrEnum):
    """What the bearer of a token may do: everything, or look only."""

    ADMIN = "admin"
    READER = "reader"


class Access:
    """The tokens of a configuration. Without any, there is neither console nor API."""

    def __init__(self, server: Server) -> None:
        tokens = ((Role.ADMIN, server.admin_token), (Role.READER, server.read_token))
        self._known = [(role, _digest(token)) for role, token in tokens if token]

    @property
    def enabled(self) -> bool:
        """True if there is a token at all."""
        return bool(self._known)

    def role(self, token: str) -> Role | None:
        """Return what a token opens, or None. It takes as long whichever it is, and however much of it is right."""
        shown = _digest(token)
        opened = [role for role, known in self._known if hmac.compare_digest(shown, known)]
        return opened[0] if opened else None


def _digest(token: str) -> bytes:
    """Of one length, whatever the token's is."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
