"""What single values must look like: names, addresses, regions. A check returns the tidy value or raises."""

import base64
import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from marshmallow import ValidationError

from app.config.mistakes import did_you_mean
from app.imported import NAME as IMPORT
from app.providers import providers
from app.signatures.template import compiled

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_DATABASES = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}
_REGIONS = {"UK": "GB", "EN": "GB", "USA": "US", "EL": "GR"}  # not in ISO 3166, and written all the same
_SHORTEST_TOKEN = 8  # characters
_BAD_PORT = re.compile(r":(?!\d{1,5}(/|$))[^/\]]+(/|$)")
_MEMORY = re.compile(r"sqlite:(//)?/?(:memory:)?(\?.*)?")


def name(text: str) -> str | None:
    """Return what is wrong with the name of an org or a source: both stand in addresses."""
    if _NAME.fullmatch(text):
        return None
    return "a name is made of a-z, 0-9, - and _, begins with a letter or digit, and has at most 63 characters"


def source_name(text: str) -> str | None:
    """Return what is wrong with the name of a source. None has a dot in it, so ``import.main`` is none either."""
    if text == IMPORT:
        return "what `contact-bridge import` keeps is called so; choose another name"
    return name(text)


def provider(text: str) -> str:
    if text not in providers():
        near = did_you_mean(text, providers()) or "; `contact-bridge providers` lists them"
        raise ValidationError(f"there is no such provider{near}")
    return text


def database_url(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    if not colon or scheme not in _DATABASES or not rest.startswith("//"):
        raise ValidationError("must begin with sqlite:/// or postgresql://")
    if _MEMORY.fullmatch(text):
        raise ValidationError("must name a file, such as sqlite:///var/bridge.db: memory loses events")
    if scheme.startswith("postgres") and rest.partition("?")[0].count("@") > 1:  # a part of it would be a host
        raise ValidationError("must have each @ of a user's name or a password written as %40")
    if scheme.startswith("postgres") and _BAD_PORT.search(rest.partition("?")[0].rpartition("@")[2]):
        raise ValidationError("must have a number for a port")
    return f"{_DATABASES[scheme]}:{rest}"  # some hosts hand out postgres://, which SQLAlchemy does not take


def public_url(text: str) -> str:
    if _address(text).scheme not in ("http", "https"):
        raise ValidationError("must be an address such as https://hooks.example.com")
    return text.rstrip("/")


def base_url(text: str) -> str:
    address = _address(text)
    if address.scheme != "https" and not (address.scheme == "http" and _loopback(address.hostname or "")):
        raise ValidationError(
            "must begin with https:// (http:// is for this machine only, such as http://127.0.0.1:9000)"
        )
    return text.rstrip("/")


def alert_address(text: str) -> str:
    """Check what can be checked without apprise, which takes long to load: see `app.alerts.telling.mistakes`."""
    scheme, colon, rest = text.partition("://")
    if not (colon and rest and _SCHEME.fullmatch(scheme)) or not text.isprintable():
        raise ValidationError("must be an address such as https://alerts.example.com/… or mailto://…")
    if scheme in ("http", "https"):
        try:
            usable = bool(urlsplit(text).hostname) and "@" not in urlsplit(text).netloc and text.isascii()
        except ValueError:
            usable = False
        if not usable or " " in text:
            raise ValidationError("must be an address such as https://alerts.example.com/…, without a user")
    return text


def _address(text: str) -> SplitResult:
    try:
        address = urlsplit(text)
        usable = bool(address.hostname) and address.port != 0 and text.isascii() and text.isprintable()
    except ValueError:
        usable = False
    if not usable or " " in text:
        raise ValidationError("must be an address such as https://hooks.example.com")
    if address.query or address.fragment or "@" in address.netloc:
        raise ValidationError("must be an address without user, query (?) and fragment (#)")
    return address


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def region(text: str) -> str:
    import phonenumbers  # noqa: PLC0415 -- only a file with a default_region needs it

    if text not in phonenumbers.SUPPORTED_REGIONS:
        code = _REGIONS.get(text.upper(), text.upper())
        near = f"; did you mean {code}?" if code in phonenumbers.SUPPORTED_REGIONS else ""
        raise ValidationError(f"must be the two letters of a country (ISO 3166), such as US{near}")
    return text


def credential(text: str) -> str:
    """Check a key or token that travels in a header."""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValidationError("holds a blank, a line break or another character that no header can carry")
    return text


def desk_token(text: str) -> str:
    """Check a token that opens the operator's desk: whoever guesses it sees everybody, or does everything."""
    if len(credential(text)) < _SHORTEST_TOKEN:
        raise ValidationError(f"can be guessed: make it {_SHORTEST_TOKEN} characters or more")
    return text


def encryption_key(text: str) -> str:
    """Check a Fernet key: 32 bytes in URL-safe base64."""
    try:
        right = len(base64.b64decode(text, altchars=b"-_", validate=True)) == 32
    except ValueError:
        right = False
    if not right:
        raise ValidationError("is no encryption key; `contact-bridge key` makes one")
    return text


def identifier(text: str) -> str:
    """Check an id that becomes part of an upstream address."""
    if not text.isprintable() or re.search(r"[\s/?#]", text):
        raise ValidationError("must be an id: no blanks, no slashes")
    return text


def header(text: str) -> str:
    if not _HEADER.fullmatch(text):
        raise ValidationError("must be the name of a header, such as X-Signature")
    return text


def signed(text: str) -> str:
    try:
        compiled(text)
    except ValueError:
        known = "{body}, {timestamp}, {url}, {method}, {header:name} and {payload:name}"
        raise ValidationError(f"may use {known}, and no other braces") from None
    if "{body}" not in text:
        raise ValidationError("must contain {body}: otherwise anybody could change it")
    return text
