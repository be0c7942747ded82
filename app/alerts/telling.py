"""Telling a message to addresses: webhooks get JSON, whatever else apprise knows is told by a process of its own.

apprise takes a second and tens of megabytes to load, so neither the web process nor the delivery process ever does.
"""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from app.alerts.message import Message

HTTP_SECONDS, SPEAKER_SECONDS = 10.0, 45.0
_SPEAKER = (sys.executable, "-P", "-m", "app.alerts.speaker")
_SLOW = "no answer in time"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The operator named an address; nobody else does."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_under_way: set[str] = set()  # addresses that are being told something
_opener = urllib.request.build_opener(_NoRedirect)


def tell(addresses: Sequence[str], message: Message, patience: float = HTTP_SECONDS) -> list[str | None]:
    """Tell a message to all addresses at the same time; return of each why it was not taken, or None if it was.

    ``patience`` is how many seconds a webhook may take for its answer. It takes a minute at most in all, and never
    raises. Nothing that is returned quotes an address. A webhook that answers byte by byte is not told anything else
    until it is done.
    """
    spoken = [place for place, address in enumerate(addresses) if not is_webhook(address)]
    results: dict[int, str | None] = dict.fromkeys(range(len(addresses)), _SLOW)

    def post(place: int) -> None:
        _under_way.add(addresses[place])
        try:
            results[place] = _post(addresses[place], message, patience)
        finally:
            _under_way.discard(addresses[place])

    def speak() -> None:
        request = {"addresses": [addresses[place] for place in spoken], "title": message.title, "text": message.text}
        answers = _speaker(request, len(spoken))
        results.update(zip(spoken, answers, strict=True))

    free = [place for place in results if place not in spoken and addresses[place] not in _under_way]
    work: list[Callable[[], None]] = [lambda p=place: post(p) for place in free]  # type: ignore[misc]
    _together([*work, speak] if spoken else work, max(3 * patience, SPEAKER_SECONDS if spoken else 0))
    return [results[place] for place in range(len(addresses))]


def mistakes(addresses: Sequence[str]) -> list[str]:
    """Return the mistakes of a configuration's addresses that only apprise can find, as ``path: problem``."""
    spoken = [place for place, address in enumerate(addresses) if not is_webhook(address)]
    if not spoken:
        return []
    answers = _speaker({"addresses": [addresses[place] for place in spoken]}, len(spoken))
    several = len(addresses) > 1
    return [
        f"alerts.to{f'[{place}]' if several else ''}: {problem}"
        for place, problem in zip(spoken, answers, strict=True)
        if problem
    ]


def is_webhook(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def called(place: int, address: str) -> str:
    """What an address is called where its secrets must not be read: where it stands in the file, and its scheme."""
    return f"alerts.to[{place}] ({address.partition(':')[0]})"


def _together(work: Sequence[Callable[[], None]], seconds: float) -> None:
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=each, name="alert", daemon=True) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _post(address: str, message: Message, patience: float) -> str | None:
    body = json.dumps(message.document).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "contact-bridge"}
    request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310 -- see is_webhook
    try:
        with _opener.open(request, timeout=patience):
            return None
    except HTTPError as error:
        error.close()
        return f"it answered {error.code}"
    except TimeoutError:
        return _SLOW
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        return _SLOW if isinstance(reason, TimeoutError) else f"it cannot be reached ({type(reason).__name__})"


def _speaker(
    request: dict[str, Any], count: int, command: Sequence[str] = _SPEAKER, patience: float = SPEAKER_SECONDS
) -> list[str | None]:
    """Ask `app.alerts.speaker`, with the addresses on its standard input: the arguments of a process can be read."""
    try:
        done = subprocess.run(  # noqa: S603 -- this interpreter, and a module of ours
            command, input=json.dumps(request).encode(), capture_output=True, timeout=patience, check=True
        )
        answers = json.loads(done.stdout)
        return [answers[place] for place in range(count)]
    except subprocess.TimeoutExpired:
        return [_SLOW] * count
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError) as error:
        return [f"it could not be told ({type(error).__name__})"] * count
