"""From the text of a secret to the bytes that sign, and what is wrong with its form."""

import base64
import binascii
from typing import Literal

from app.errors import UsageError

KeyForm = Literal["utf8", "base64", "hex", "whsec"]

_FORMS: dict[KeyForm, str] = {
    "utf8": "is empty",
    "base64": "is not base64",
    "hex": "is not hexadecimal",
    "whsec": "is not base64 (after whsec_, if it begins with that)",
}


def octets(text: str) -> bytes:
    """UTF-8 of any text, lone surrogates included: no header and no environment variable makes it fail."""
    return text.encode("utf-8", "surrogatepass")


def wire(value: str) -> bytes:
    """The bytes of a header as they were sent: WSGI shows each byte as one Latin-1 character."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return octets(value)


def unbase64(text: str) -> bytes:
    """Decode base64 with or without its padding. Raises ValueError."""
    text = text.rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def derive(form: KeyForm, secret: str) -> bytes:
    """Return the key in ``secret``; empty if there is none, and an empty key opens nothing."""
    if not secret.strip():
        return b""
    try:
        match form:
            case "utf8":
                return octets(secret)
            case "hex":
                return binascii.unhexlify(secret)
            case "base64":
                return unbase64(secret)
            case _:  # whsec_…; Supabase shows its secrets as ``v1,whsec_…``
                return unbase64(secret.removeprefix("v1,").removeprefix("whsec_"))
    except ValueError:
        return b""


def mistake(secret: str, form: KeyForm = "utf8") -> str | None:
    """Return what is wrong with the form of ``secret``, or None."""
    if not secret.strip():
        return "is empty"
    if secret != secret.strip():
        return "begins or ends with a blank or a line break"
    if len(secret) > 1 and secret[0] == secret[-1] and secret[0] in "\"'":
        return "is wrapped in quotes"
    return None if derive(form, secret) else _FORMS[form]


def refuse_mistake(problem: str | None) -> None:
    """Raise `UsageError` if there is a problem with the secret that should sign."""
    if problem:
        raise UsageError(f"nothing can be signed: the secret {problem}")
