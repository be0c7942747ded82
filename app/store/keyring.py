"""The keys of encryption at rest: one seals, all open."""

import base64
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Keyring:
    """``keys`` are Fernet keys (32 bytes in URL-safe base64), newest first. A key is known by its mark, not from it."""

    def __init__(self, keys: Sequence[str]) -> None:
        raw = [base64.urlsafe_b64decode(key) for key in keys]
        self.marks = [_derived(key, b"mark", 8).hex() for key in raw]
        self._hashing = [_derived(key, b"identities", 32) for key in raw]
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, data: bytes) -> bytes:
        return self._fernet.encrypt(data)

    def decrypt(self, token: bytes) -> bytes | None:
        """Return what was encrypted; None if that was not done with one of these keys."""
        try:
            return self._fernet.decrypt(token)
        except InvalidToken:
            return None

    def hashes(self, data: bytes) -> list[str]:
        """Return a keyed hash (HMAC-SHA256, hex) by every key."""
        return [hmac.digest(key, data, "sha256").hex() for key in self._hashing]


def new_key() -> str:
    """Return a new key."""
    return Fernet.generate_key().decode()


def _derived(key: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=b"contact-bridge " + purpose).derive(key)
