"""The asymmetric keys of Standard Webhooks: ``whpk_`` verifies, ``whsk_`` (both halves) signs too."""

from base64 import b64encode
from collections.abc import Sequence

from app.signatures.keys import unbase64

PUBLIC, PRIVATE = "whpk_", "whsk_"
_KEY_BYTES = 32
_MOST_TRIED = 8  # a check costs 100 µs, and a header may hold as many signatures as fit


def is_key(secret: str) -> bool:
    return secret.startswith((PUBLIC, PRIVATE))


def mistake(secret: str) -> str | None:
    """Return what is wrong with the form of a key, or None."""
    if secret.startswith(PRIVATE):
        return None if _raw(secret, PRIVATE) else f"is not base64 of 64 bytes after {PRIVATE}"
    return None if _raw(secret, PUBLIC) else f"is not base64 of 32 bytes after {PUBLIC}"


def verifies(secret: str, signatures: Sequence[str], message: bytes) -> bool:
    """Whether one of the base64 ``signatures`` over ``message`` was made by this key. Raises nothing."""
    # Imported here: most installations never meet such a key, and the library is large.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    try:
        if secret.startswith(PRIVATE):
            public = ed25519.Ed25519PrivateKey.from_private_bytes(_raw(secret, PRIVATE)).public_key()
        else:
            public = ed25519.Ed25519PublicKey.from_public_bytes(_raw(secret, PUBLIC))
    except ValueError:
        return False
    for signature in signatures[:_MOST_TRIED]:
        try:
            public.verify(unbase64(signature), message)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def sign(secret: str, message: bytes) -> str:
    """Return the base64 signature by a private key. Raises ValueError for any other key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- as above

    return b64encode(Ed25519PrivateKey.from_private_bytes(_raw(secret, PRIVATE)).sign(message)).decode()


def _raw(secret: str, prefix: str) -> bytes:
    """The first 32 bytes of the key; empty if it is none."""
    try:
        data = unbase64(secret.removeprefix(prefix))
    except ValueError:
        return b""
    allowed = (_KEY_BYTES, 2 * _KEY_BYTES) if prefix == PRIVATE else (_KEY_BYTES,)
    return data[:_KEY_BYTES] if len(data) in allowed else b""
