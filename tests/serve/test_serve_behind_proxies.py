"""The bridge behind nginx and behind Caddy, with the configurations of deploy/."""

import http.client
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from proxies import NAME, PROXIES, PUBLIC, Proxied, for_one_network, put_before
from serve_process import CONFIGURATION, Served

from app.config import load
from app.sandbox import SandboxServer
from app.store import Filter, Store
from app.webhook import Webhook
from tests.needed import missing

pytestmark = pytest.mark.slow

SOURCES = """
[sources.shop]
provider = "shopify"
secret = "made-up"
[sources.till]
provider = "square"
secret = "made-up"
"""
ALONE = 'workers = 1\nthreads = 1\nadmin_token = "admin-token-of-tests"'
# Whatever "tidies" a body does something to this one: line ends, spaces, escapes, no normal form, a byte order mark.
BODY = (
    b'\xef\xbb\xbf{\r\n\t"id" : 1.0, "id":7,  "first_name":"A\\u0064a\\/", "last_name": "E\xcc\x81xample",'
    b'"email":"ada@example.com" }\r\n\r\n'
)


@pytest.fixture(params=PROXIES, scope="module")
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, upstream: SandboxServer
) -> Iterator[Proxied]:
    """A proxy before a bridge that has a single thread for all requests."""
    if not PROXIES[request.param].there:
        missing(f"there is no {request.param} here")
    few = CONFIGURATION.replace("[server]", f'[server]\npublic_url = "{PUBLIC}"\n{ALONE}') + SOURCES
    text = few.format(database_url="sqlite:///bridge.db", upstream_url=upstream.url)
    folder = tmp_path_factory.mktemp("proxied")
    with Served(folder, text) as served, put_before(served, folder / "proxy", request.param) as before:
        yield before
    upstream.reset()


def signed(proxied: Proxied, source: str, path: str, body: bytes, **headers: str) -> dict[str, str]:
    configured = load(proxied.served.folder / "bridge.toml", {}).sources[source]
    assert configured.scheme
    webhook = Webhook(
        body=body, headers={"content-type": "application/json", **headers}, method="POST", url=PUBLIC + path
    )
    return dict(configured.scheme.sign(webhook, configured.secrets[0], datetime.now(UTC)).headers)


def test_it_passes_bodies_and_addresses_on_byte_for_byte(proxied: Proxied) -> None:
    path = "/hooks/%74ill?of=%2Fa%2f//b&and=%c3%A9+%20"
    for_shop = signed(proxied, "shop", "/hooks/shop", BODY, **{"x-shopify-topic": "customers/create"})
    for_till = signed(proxied, "till", path, b'{"type": "x",  "event_id": "1"}')

    assert proxied.ask("POST", "/hooks/shop", BODY, for_shop) == 200
    assert proxied.ask("POST", "/hooks/shop", iter([BODY[:9], BODY[9:]]), for_shop) == 200  # in chunks
    assert proxied.ask("POST", path, b'{"type": "x",  "event_id": "1"}', for_till) == 200
    assert proxied.ask("POST", path.replace("%2f", "%2F"), b'{"type": "x",  "event_id": "1"}', for_till) == 401
    with closing(Store(f"sqlite:///{proxied.served.folder / 'bridge.db'}")) as store:
        [shop] = store.log.events(Filter(source="shop"))
        kept = store.log.event("shop", shop["event_id"])
    assert kept
    assert kept.body == BODY


def test_it_lets_in_what_the_bridge_would_and_no_more(proxied: Proxied) -> None:
    largest = b"x" * 1024 * 1024

    assert proxied.ask("POST", "/hooks/shop", largest) == 401  # read as a whole, and not genuine
    assert proxied.ask("POST", "/hooks/shop", largest + b"x") == 413
    assert proxied.ask("GET", "/healthz") == 200
    assert proxied.ask("GET", "/metrics") == 404


def test_console_and_api_are_passed_on_and_can_be_kept_to_one_network(
    proxied: Proxied, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    name = request.node.callspec.params["proxied"]
    pages = ("/api/v1/events", "/console/")

    assert [proxied.ask("GET", page) for page in pages] == [401, 303]
    with put_before(proxied.served, tmp_path / "guarded", name, for_one_network) as guarded:  # and not this machine
        assert {guarded.ask("GET", page) for page in pages} <= {403, 404}
        assert guarded.ask("POST", "/hooks/shop", b"{}") == 401


def test_nobody_who_posts_in_the_clear_is_sent_elsewhere(proxied: Proxied) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", proxied.plain, timeout=10)) as connection:
        connection.request("POST", "/hooks/shop", b"{}", {"Host": NAME})

        assert connection.getresponse().status == 403


def test_slow_senders_hold_no_thread_of_the_bridge(proxied: Proxied) -> None:
    head = b"POST /hooks/shop HTTP/1.1\r\nHost: hooks.example.com\r\nContent-Length: 100\r\n\r\n{"
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(closing(proxied.wire())).sendall(head)
        began = time.monotonic()

        assert proxied.ask("POST", "/hooks/shop", b"{}") == 401
        assert time.monotonic() - began < 3  # the bridge itself would wait 5 s for each of them
