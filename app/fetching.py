"""Fetching a person that an event names by number only: one authenticated GET at the sender's API."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.answers import Answer, retry_after
from app.config.model import Source
from app.contact import Meaning
from app.errors import PayloadError, PermanentError, TemporaryError, UpstreamError
from app.payload import decode
from app.retries import exhausted, pause
from app.store.fetches import Errand, Fetched
from app.store.work import Attempt
from app.upstream import Upstream

_GONE = (400, 404, 410, 422)


def fetch(errand: Errand, source: Source, upstream: Upstream, now: Callable[[], datetime]) -> Fetched:
    """Fetch, and return how it ended; the pace, the timeouts and the retries are those of deliveries."""
    started_at, clock = now(), time.monotonic()
    exchange: dict[str, object] = {"method": "GET"}
    answer: Answer | None = None
    trouble: UpstreamError | None = None
    try:
        url = _url(errand, source)
        exchange["path"] = url
        upstream.pace()
        answer = upstream.fetch(url, _headers(source)).without(source.token or "")
        exchange |= {"status": answer.status, "answer": answer.text[:4000]}
        _judge(answer, source, now())
    except UpstreamError as error:
        trouble = error
    spent = round((time.monotonic() - clock) * 1000)
    outcome = "fetched" if trouble is None else "permanent" if _final(trouble) else "temporary"
    attempt = Attempt(started_at, spent, outcome, str(trouble) if trouble else None, [{**exchange, "ms": spent}])
    if trouble is None and answer is not None:
        return Fetched(errand, attempt, answer=answer.text.encode())
    if answer is not None and answer.status in _GONE and _says_goodbye(errand, source):
        return Fetched(errand, attempt, answer=b"{}")  # gone already, as it should; the event itself may say who
    return Fetched(errand, attempt, reason=str(trouble), due_at=_again(errand, trouble, now()))


def _says_goodbye(errand: Errand, source: Source) -> bool:
    rule = source.provider.rule(errand.event.event_type)
    return rule is not None and rule.meaning in (Meaning.UNSUBSCRIBED, Meaning.ERASE)


def _url(errand: Errand, source: Source) -> str:
    """The address, on the sender's own host whatever the payload says."""
    fetching = source.provider.fetch
    url = fetching.url(errand.event.outline) if fetching else None
    if fetching is None or not url:
        raise PermanentError("names nobody who could be fetched")
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.netloc != fetching.host:
        raise PermanentError("names an address that is not the sender's")
    return url


def _headers(source: Source) -> dict[str, str]:
    assert source.provider.fetch is not None
    token = source.token
    if token is None:
        raise PermanentError(f"{source.provider.title} must be asked who this is: set token on the source, then replay")
    return {name: value.replace("{token}", token) for name, value in source.provider.fetch.headers.items()}


def _judge(answer: Answer, source: Source, now: datetime) -> None:
    title = source.provider.title
    if answer.status == 200:
        _insist_on_json(answer, title)
        return
    if answer.status in _GONE:
        raise PermanentError(f"{title} does not know the person (any more): its API answered {answer.status}")
    words = "refuses the token" if answer.status in (401, 403) else "has trouble"
    wait = retry_after(answer.headers.get("Retry-After"), now)
    raise TemporaryError(f"{title}'s API {words}: it answered {answer.status}", retry_after=wait)


def _insist_on_json(answer: Answer, title: str) -> None:
    try:
        decode(answer.text.encode(), "application/json")
    except PayloadError:  # a page that says that it will be back soon: no answer to what was asked
        raise TemporaryError(f"{title}'s API answered with something that is not JSON") from None


def _final(trouble: UpstreamError) -> bool:
    return not isinstance(trouble, TemporaryError)


def _again(errand: Errand, trouble: UpstreamError | None, now: datetime) -> datetime | None:
    if not isinstance(trouble, TemporaryError) or exhausted(errand.first_attempt_at, now):
        return None
    return now + max(pause(errand.tries + 1), timedelta(seconds=trouble.retry_after or 0))
