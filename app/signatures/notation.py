"""How a signature stands in its header: alone, or in named fields beside its timestamp."""

import string
from base64 import b64encode
from typing import Literal

from app.errors import Cause, VerificationError

Algorithm = Literal["md5", "sha1", "sha256", "sha512"]
Encoding = Literal["hex", "base64"]

_BYTES: dict[Algorithm, int] = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
_ALPHABET: dict[Encoding, frozenset[str]] = {
    "hex": frozenset(string.hexdigits),
    "base64": frozenset(string.ascii_letters + string.digits + "+/="),
}


def encoded(digest: bytes, encoding: Encoding) -> bytes:
    return digest.hex().encode() if encoding == "hex" else b64encode(digest)


def length(algorithm: Algorithm, encoding: Encoding) -> int:
    """How many characters a signature has."""
    size = _BYTES[algorithm]
    return 2 * size if encoding == "hex" else 4 * -(-size // 3)


def well_formed(signature: str, algorithm: Algorithm, encoding: Encoding) -> bool:
    return len(signature) == length(algorithm, encoding) and _ALPHABET[encoding].issuperset(signature)


def split(value: str, names: tuple[str, str], separator: str) -> tuple[str, list[str]]:
    """Return the timestamp ("" if there is none) and the signatures in a header of several fields.

    ``names`` are theirs; with empty names the timestamp comes first and the signatures follow.
    Other fields are left out. Raises `VerificationError` for two timestamps.
    """
    parts = [part.strip() for part in value.split(separator.strip() or None)]
    if names == ("", ""):
        return parts[0], parts[1:]
    pairs = [(name.strip(), content) for name, _, content in (part.partition("=") for part in parts)]
    timestamps, signatures = ([content for name, content in pairs if name == wanted] for wanted in names)
    if len(timestamps) > 1:
        raise VerificationError(Cause.HEADER_MALFORMED, "the signature header came twice")
    return (timestamps or [""])[0], signatures


def joined(timestamp: str, signature: str, names: tuple[str, str], separator: str, *, last: bool) -> str:
    """Write a header of several fields; ``last`` puts the timestamp at the end."""
    parts = [f"{name}={text}" if name else text for name, text in zip(names, (timestamp, signature), strict=True)]
    return separator.join(reversed(parts) if last else parts)
