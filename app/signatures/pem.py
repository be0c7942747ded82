"""RSA keys as PEM: the sender's public one verifies; a private one (tests, the sandbox) signs too."""

from functools import lru_cache
from typing import TYPE_CHECKING

from app.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

LEAST_BITS = 2048  # below that, a key is no proof any more
_BEGIN = "-----BEGIN "


def mistake(secret: str) -> str | None:
    """Return what is wrong with the form of a key, or None."""
    if not secret.strip():
        return "is empty"
    if not _tidy(secret):
        return "is no PEM key: it begins with -----BEGIN PUBLIC KEY-----, line breaks included"
    return None if public_key(secret) else f"is no RSA key of {LEAST_BITS} bits or more as PEM"


def public_key(secret: str) -> "RSAPublicKey | None":
    """The key that verifies; None if there is none in ``secret``. Raises nothing."""
    found = _key(secret)
    return found[0] if found else None


def private_key(secret: str) -> "RSAPrivateKey":
    """The key that signs. Raises `UsageError` for any other."""
    found = _key(secret)
    if not found or not found[1]:
        raise UsageError("nothing can be signed: only the sender has the private key; tests and the sandbox make one")
    return found[1]


def generate() -> str:
    """Return a new private key as PEM, for tests and the sandbox."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 -- see app.signatures.ed25519
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

    key = rsa.generate_private_key(public_exponent=65537, key_size=LEAST_BITS)
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, *form).decode()


@lru_cache(maxsize=64)  # reading a key costs more than using it
def _key(secret: str) -> "tuple[RSAPublicKey, RSAPrivateKey | None] | None":
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey  # noqa: PLC0415

    try:
        data = _tidy(secret).encode()
        private = serialization.load_pem_private_key(data, None) if b"PRIVATE KEY-----" in data else None
        public = private.public_key() if private else serialization.load_pem_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < LEAST_BITS:
        return None
    return public, private if isinstance(private, RSAPrivateKey) else None


def preface(secret: str) -> str:
    """What stands in front of the key (RFC 7468 allows text there)."""
    return secret.partition(_BEGIN)[0].replace("\\n", "\n").strip()


def _tidy(secret: str) -> str:
    """The key alone. An environment variable often holds ``\\n`` for its line breaks."""
    _, begin, rest = secret.partition(_BEGIN)
    return (begin + rest).strip().replace("\\n", "\n")
