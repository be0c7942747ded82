"""The contacts API: the only ``requests.Session``."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import MaxRetryError, NewConnectionError

from app import __version__
from app.answers import RemoteContact, contacts_in, judge, one_contact
from app.config.model import Org
from app.config.model import Upstream as UpstreamSettings
from app.errors import DownError, PutOffError, UnknownOutcomeError, UpstreamError

_MOST_BYTES = 1024 * 1024
_MOST_PAGES, _PAGE = 10, 100

# The reference describes the list's filters without spelling them; they are spelt here and nowhere else.
FILTERS = {"user_id": "user_id", "email": "email", "name": "name"}


class Upstream:
    """The connections to the contacts API, shared by all threads of a process.

    ``pace`` is called before each request and returns when it may go out.
    """

    def __init__(
        self, settings: UpstreamSettings, now: Callable[[], datetime], pace: Callable[[], None] = lambda: None
    ) -> None:
        self.settings, self.now, self.pace = settings, now, pace
        self.session = requests.Session()
        self.session.headers["User-Agent"] = f"contact-bridge/{__version__}"
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=settings.concurrency, max_retries=0)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def conversation(self, org: Org, until: datetime) -> "Conversation":
        """Begin a delivery: its requests are recorded, and none goes out that could outlast ``until``."""
        return Conversation(self, org, until)

    def close(self) -> None:
        self.session.close()


class _Bearer(AuthBase):
    """The key as an auth object: as a plain header it would give way to an entry in a ``.netrc``."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._api_key}"
        return request


@dataclass
class Conversation:
    """The calls of one delivery to one organization; ``exchanges`` records each request with its answer.

    Every call may raise an `UpstreamError`.
    """

    upstream: Upstream
    org: Org
    until: datetime
    exchanges: list[dict[str, Any]] = field(default_factory=list)

    def create(
        self, channel: Mapping[str, str], segment_ids: tuple[str, ...], idempotency_key: str
    ) -> RemoteContact:
        """Create a contact, or attach a channel to the one that ``channel["contact_id"]`` names."""
        body = {"channel": dict(channel), "segment_ids": list(segment_ids)}
        answer = self._call("POST", "/contacts", body=body, idempotency_key=idempotency_key)
        return one_contact(answer)

    def update(self, contact_id: str, changes: Mapping[str, Any]) -> None:
        """Change a contact's ``name`` or ``unsubscribed``."""
        self._call("PATCH", f"/contacts/{_quoted(contact_id)}", body=dict(changes))

    def add_segment(self, contact_id: str, segment_id: str) -> None:
        self._call("POST", f"/contacts/{_quoted(contact_id)}/segments/{_quoted(segment_id)}", safe=True)

    def find(self, **filters: str) -> Iterator[RemoteContact]:
        """Yield the contacts that the list gives for one of `FILTERS`; the filter may match loosely."""
        query = {FILTERS[name]: value for name, value in filters.items()}
        for page in range(1, _MOST_PAGES + 1):
            found = contacts_in(self._call("GET", "/contacts", query=query | {"page": page, "take": _PAGE}))
            yield from found
            if len(found) < _PAGE:
                return

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        safe: bool = False,
    ) -> Any:
        """Send one request and return the JSON of its answer. ``safe`` requests may be repeated without harm."""
        self.upstream.pace()
        self._check_lease()
        repeatable = safe or method != "POST"
        exchange: dict[str, Any] = {"method": method, "path": path, "query": query, "body": body}
        self.exchanges.append(exchange)
        started = time.monotonic()
        try:
            status, headers, text = self._send(method, path, query, body, idempotency_key, repeatable)
            exchange |= {"status": status, "answer": text[:4000]}
            return judge(status, headers, text, repeatable=repeatable, now=self.upstream.now())
        except UpstreamError as error:
            exchange["error"] = str(error)
            raise
        finally:
            exchange["ms"] = round((time.monotonic() - started) * 1000)

    def _check_lease(self) -> None:
        settings = self.upstream.settings
        longest = timedelta(seconds=settings.connect_timeout + 2 * settings.read_timeout)
        if self.upstream.now() + longest > self.until:
            raise PutOffError("the delivery took too long and was put off")

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        idempotency_key: str | None,
        repeatable: bool,  # noqa: FBT001 -- private
    ) -> tuple[int, Mapping[str, str], str]:
        settings = self.upstream.settings
        try:
            response = self.upstream.session.request(
                method,
                f"{settings.base_url.rstrip('/')}/orgs/{_quoted(self.org.org_id)}{path}",
                params=query,
                json=body,
                headers={"Idempotency-Key": idempotency_key} if idempotency_key else None,
                auth=_Bearer(self.org.api_key),
                timeout=(settings.connect_timeout, settings.read_timeout),
                allow_redirects=False,  # a redirect could carry the key to somebody else
                stream=True,
            )
            return response.status_code, response.headers, _text(response, settings.read_timeout)
        except requests.RequestException as error:
            if repeatable or _never_sent(error):
                raise DownError(f"cannot reach the upstream: {_words(error)}") from None
            raise UnknownOutcomeError(f"no answer to a request that went out: {_words(error)}") from None


def _text(response: requests.Response, seconds: float) -> str:
    """Read an answer of bounded size within bounded time; a drip of single bytes is a read timeout too."""
    until, data = time.monotonic() + seconds, b""
    with response:
        for chunk in response.iter_content(65536):
            data += chunk
            if len(data) > _MOST_BYTES or time.monotonic() > until:
                raise requests.ReadTimeout("the answer did not end")
    return data.decode("utf-8", "replace")


def _never_sent(error: requests.RequestException) -> bool:
    """True if the connection was never made, so that the upstream cannot have seen the request."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _words(error: requests.RequestException) -> str:
    """What went wrong, without the URL, whose query may hold an e-mail address."""
    names = {
        requests.ConnectTimeout: "timeout while connecting",
        requests.ReadTimeout: "timeout while waiting for the answer",
        requests.exceptions.SSLError: "the TLS handshake failed",
    }
    words = next((text for kind, text in names.items() if isinstance(error, kind)), None)
    return words or ("connection refused" if _never_sent(error) else "connection lost")


def _quoted(part: str) -> str:
    return requests.utils.quote(part, safe="")
