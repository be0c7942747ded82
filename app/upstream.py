"""The connection to the contacts API: the only ``requests.Session``."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from app import __version__
from app.answers import Answer
from app.config.model import Org
from app.config.model import Upstream as UpstreamSettings
from app.conversation import Call, Conversation, quoted
from app.errors import DownError, UnknownOutcomeError

_LARGEST = 4 * 1024 * 1024  # bytes that a sender's API may answer with


class Upstream:
    """The connections to the contacts API, shared by all threads of a process.

    ``pace`` is called before each request and returns when it may go out. ``longest`` is what one may take
    until it is carried out at the other end, ``patience`` how long an answer is waited for.
    """

    def __init__(
        self, settings: UpstreamSettings, now: Callable[[], datetime], pace: Callable[[], None] = lambda: None
    ) -> None:
        self.settings, self.now, self.pace = settings, now, pace
        self._connect, self._read = settings.connect_timeout, settings.read_timeout
        self.longest = timedelta(seconds=self._connect + 3 * self._read)
        self.patience = timedelta(seconds=self._read)
        self.session = _Session()
        self.session.headers["User-Agent"] = f"contact-bridge/{__version__}"
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=settings.concurrency, max_retries=0)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def conversation(self, org: Org, ours: Callable[[], bool] = lambda: True) -> Conversation:
        """Begin a delivery: its requests are recorded, and none goes out unless ``ours()``."""
        return Conversation(self, org, ours)

    def send(self, org: Org, call: Call) -> Answer:
        """Send one request. Raises `DownError` (nothing was done, or nothing that matters) or `UnknownOutcomeError`."""
        try:
            response = self.session.request(
                call.method,
                f"{self.settings.base_url.rstrip('/')}/orgs/{quoted(org.org_id)}/contacts{call.path}",
                params=call.query,
                json=call.body,
                headers={"Idempotency-Key": call.idempotency_key} if call.idempotency_key else None,
                auth=_Bearer(org.api_key),
                timeout=(self._connect, self._read),
                allow_redirects=False,
                stream=True,
            )
            answer = Answer(response.status_code, response.headers, _text(response, self._read, call.largest))
            return answer.without(org.api_key)
        except (requests.RequestException, HTTPError) as error:
            if call.repeatable or _never_sent(error):
                raise DownError(f"cannot reach the upstream: {_words(error)}") from None
            raise UnknownOutcomeError(f"no answer to a request that went out: {_words(error)}") from None

    def fetch(self, url: str, headers: Mapping[str, str]) -> Answer:
        """GET something from a sender's API, without the organization's key. Raises `DownError`."""
        if self.settings.senders_url:
            url = f"{self.settings.senders_url}/{url.removeprefix('https://')}"
        try:
            response = self.session.get(
                url,
                headers=headers,
                auth=_as_it_is,
                timeout=(self._connect, self._read),
                allow_redirects=False,
                stream=True,
            )
            return Answer(response.status_code, response.headers, _text(response, self._read, _LARGEST))
        except (requests.RequestException, HTTPError) as error:
            raise DownError(f"cannot reach the sender's API: {_words(error)}") from None

    def close(self) -> None:
        self.session.close()


class _Session(requests.Session):
    """A redirect is an answer like any other: whoever follows it could carry the key to somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self._by_host: dict[str, Mapping[str, Any]] = {}

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: `requests` would read the target, and stumble over some, even if it need not go there."""

    def merge_environment_settings(self, url: str | bytes | None, *settings: Any) -> Any:
        """Proxies and certificates from the environment: read once for each host, as that takes a fifth of a request.

        The other settings are the same for every request here.
        """
        host = urlsplit(str(url)).netloc
        if host not in self._by_host:
            self._by_host[host] = super().merge_environment_settings(url, *settings)
        return dict(self._by_host[host])


class _Bearer(AuthBase):
    """The key as an auth object: as a plain header it would give way to an entry in a ``.netrc``."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._api_key}"
        return request


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No authorization beside the headers: not from a ``.netrc`` either."""
    return request


def _text(response: requests.Response, seconds: float, largest: int) -> str:
    """Read an answer of bounded size within bounded time: a drip of single bytes is a timeout too."""
    until, data = time.monotonic() + seconds, bytearray()
    with response:
        while chunk := response.raw.read1(65536, decode_content=True):  # whatever is there; read() waits for more
            data += chunk
            if len(data) > largest or time.monotonic() > until:
                raise requests.ReadTimeout("the answer did not end")
    return data.decode("utf-8", "replace")


def _never_sent(error: Exception) -> bool:
    """True if the connection was never made, so that the upstream cannot have seen the request.

    A TLS error is no such proof: it may come after the request as well.
    """
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _words(error: Exception) -> str:
    """What went wrong, without the URL, whose query may hold an e-mail address."""
    names: dict[type[Exception], str] = {
        requests.ConnectTimeout: "timeout while connecting",
        requests.exceptions.ProxyError: "the proxy cannot be reached",
        requests.ReadTimeout: "timeout while waiting for the answer",
        requests.exceptions.SSLError: "the TLS connection failed",
    }
    words = next((text for kind, text in names.items() if isinstance(error, kind)), None)
    return words or ("connection refused" if _never_sent(error) else "connection lost")
