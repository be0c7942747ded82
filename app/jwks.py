"""The public keys of a sender that publishes them: fetched from the address in the configuration, and kept."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

Jwk = dict[str, Any]
Fetch = Callable[[str], Sequence[Jwk]]

_TIMEOUT_SECONDS = 3.0
_FRESH_SECONDS = 3_600.0
_TRUSTED_SECONDS = 24 * 3_600.0  # a key that the sender has withdrawn must not open the door for ever
_PAUSE_SECONDS = 60.0  # between two attempts, whatever unknown keys are asked for
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 100


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The operator named an address; nobody else does."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def download(url: str) -> list[Jwk]:
    """GET the keys at an https address. Raises OSError or ValueError."""
    if not url.startswith("https://"):
        raise ValueError("keys are fetched by https only")
    until = time.monotonic() + _TIMEOUT_SECONDS
    body = b""
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 -- checked above
    try:
        with _opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
            while (chunk := answer.read1(16_384)) and len(body) <= _MOST_BYTES:
                body += chunk
                if time.monotonic() > until:  # the timeout above counts from one packet to the next
                    raise TimeoutError("the keys came too slowly")
    except HTTPException as error:
        raise OSError(f"no HTTP answer: {type(error).__name__}") from None
    document = json.loads(body) if len(body) <= _MOST_BYTES else None
    found = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise ValueError("the answer is no list of keys")  # noqa: TRY004 -- what was sent is wrong, not a type here
    return [one for one in found[:_MOST_KEYS] if isinstance(one, dict)]


@dataclass
class Jwks:
    """The keys at one address: fresh for an hour; while that cannot be reached, they serve on for a day and no longer.

    Nobody waits for a fetch but the one token that began it: the others are judged by the keys that are there.
    """

    url: str
    fetch: Fetch = download
    clock: Callable[[], float] = time.monotonic
    _keys: list[Jwk] = field(default_factory=list)
    _fetched: float | None = None
    _tried: float | None = None
    _fetching: threading.Lock = field(default_factory=threading.Lock)

    def keys(self, kid: str | None) -> list[Jwk]:
        """Return every key that may be meant; [] if there is none. An unknown ``kid`` asks again, once a minute."""
        if self._wanting(kid) and self._fetching.acquire(blocking=False):
            try:
                if self._wanting(kid):  # another thread may have asked meanwhile
                    self._refresh()
            finally:
                self._fetching.release()
        if not self._younger_than(_TRUSTED_SECONDS):
            return []
        return [one for one in self._keys if kid is None or one.get("kid") == kid]

    def _wanting(self, kid: str | None) -> bool:
        now = self.clock()
        if self._tried is not None and now - self._tried < _PAUSE_SECONDS:
            return False
        unknown = kid is not None and all(one.get("kid") != kid for one in self._keys)
        return unknown or not self._younger_than(_FRESH_SECONDS)

    def _younger_than(self, seconds: float) -> bool:
        return self._fetched is not None and self.clock() - self._fetched < seconds

    def _refresh(self) -> None:
        self._tried = self.clock()
        try:
            self._keys, self._fetched = list(self.fetch(self.url)), self._tried
        except (OSError, ValueError, RecursionError):
            return  # what is there serves on, for its day


_known: dict[str, Jwks] = {}


def keys(url: str, kid: str | None) -> list[Jwk]:
    """Return the keys at ``url``, an address of the configuration and of nowhere else; [] if there are none."""
    return _known.setdefault(url, Jwks(url)).keys(kid)
