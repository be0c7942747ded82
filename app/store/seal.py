"""Encryption at rest: values are sealed with a key from the configuration, and identities become keyed hashes.

A sealed value begins with `_SEALED` and the mark of its key, so that it can be told from a plain one, and what an
older key sealed from what the first one did. A plain value that happens to begin like that is kept behind `_PLAIN`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from app.store.keyring import Keyring

_SEALED, _PLAIN = b"$sealed$", b"$plain$"
NOT_CONFIGURED = "sealed with a key that is not configured"


def sealed_prefix(mark: str) -> str:
    """How every value begins that the key with this mark sealed."""
    return f"{_SEALED.decode()}{mark}$"


def name_prefix(mark: str) -> str:
    """How every name by the key with this mark begins."""
    return f"hmac:{mark}:"


class Unreadable:
    """What is read where the key is missing; nothing may be made of it but to show it. ``mark`` is the key's."""

    mark = ""


class UnreadableBytes(Unreadable, bytes):
    """Bytes that say so."""

    def __new__(cls, mark: str) -> Self:
        made = super().__new__(cls, NOT_CONFIGURED.encode())
        made.mark = mark
        return made


class UnreadableText(Unreadable, str):
    """Text that says so."""

    __slots__ = ()

    def __new__(cls, mark: str) -> Self:
        made = super().__new__(cls, NOT_CONFIGURED)
        made.mark = mark
        return made


class Seal:
    """Seals with the first of the keys and opens with all of them; without any, values stay as they are."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        """``keys`` are Fernet keys: 32 bytes in URL-safe base64."""
        self._keyring = _keyring(keys) if keys else None
        self.marks = self._keyring.marks if self._keyring else []
        self._first = sealed_prefix(self.marks[0]).encode() if keys else b""

    @property
    def on(self) -> bool:
        return self._keyring is not None

    def seal(self, data: bytes) -> bytes:
        if self._keyring:
            return self._first + self._keyring.encrypt(data)
        return _PLAIN + data if data.startswith((_SEALED, _PLAIN)) else data

    def unseal(self, data: bytes) -> bytes:
        """Return what was sealed, or what was kept plain; `UnreadableBytes` where the key is missing."""
        if data.startswith(_PLAIN):
            return data[len(_PLAIN) :]
        if not data.startswith(_SEALED):
            return data
        mark, _, token = data.removeprefix(_SEALED).partition(b"$")
        opened = self._keyring.decrypt(token) if self._keyring else None
        return UnreadableBytes(mark.decode("ascii", "replace")) if opened is None else opened

    def seal_text(self, text: str) -> str:
        return self.seal(text.encode()).decode()

    def unseal_text(self, text: str) -> str:
        """As `unseal`; `UnreadableText` where the key is missing."""
        if not text.startswith("$"):
            return text
        data = self.unseal(text.encode())
        return UnreadableText(data.mark) if isinstance(data, UnreadableBytes) else data.decode()

    def fresh(self, data: bytes) -> bool:
        """Whether a value, as it is kept, was sealed with the first key."""
        return self.on and data.startswith(self._first)

    @property
    def name_prefix(self) -> str:
        """How every name by the first key begins."""
        return name_prefix(self.marks[0]) if self.marks else ""

    def name(self, value: str) -> str:
        """Return what stands for an identity in its column: a hash keyed by the first key, else the value itself."""
        return self.names(value)[0]

    def names(self, value: str) -> list[str]:
        """Return all that may stand for an identity, newest first: older keys' hashes, and the plain value last."""
        hashes = self._keyring.hashes(value.encode(errors="replace")) if self._keyring else []
        return [*(name_prefix(mark) + digest for mark, digest in zip(self.marks, hashes, strict=True)), value]


def _keyring(keys: Sequence[str]) -> "Keyring":
    from app.store.keyring import Keyring  # noqa: PLC0415 -- who has no keys does not pay for the import

    return Keyring(keys)
