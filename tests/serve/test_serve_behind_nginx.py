"""The bridge behind Debian's nginx, with the configuration of deploy/nginx."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from serve_process import CONFIGURATION, Served, until

from app.config import load
from app.sandbox import SandboxServer
from app.store import Filter, Store
from app.webhook import Webhook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("nginx"), reason="there is no nginx here"),
]

CONF = (Path(__file__).parent.parent.parent / "deploy/nginx/contact-bridge.conf").read_text("utf-8")
NAME, PUBLIC = "hooks.example.com", "https://hooks.example.com"
SOURCES = """
[sources.shop]
provider = "shopify"
secret = "made-up"
[sources.till]
provider = "square"
secret = "made-up"
"""
# Whatever "tidies" a body does something to this one: line ends, spaces, escapes, no normal form, a byte order mark.
BODY = (
    b'\xef\xbb\xbf{\r\n\t"id" : 1.0, "id":7,  "first_name":"A\\u0064a\\/", "last_name": "E\xcc\x81xample",'
    b'"email":"ada@example.com" }\r\n\r\n'
)


@dataclass
class Proxied:
    served: Served
    plain: int
    tls: int
    trusted: ssl.SSLContext

    def wire(self) -> ssl.SSLSocket:
        return self.trusted.wrap_socket(socket.create_connection(("127.0.0.1", self.tls), 10), server_hostname=NAME)

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> int:
        connection = http.client.HTTPConnection(NAME)
        with closing(self.wire()) as connection.sock:
            connection.request(method, path, body, headers or {})
            return connection.getresponse().status


def certify(folder: Path) -> None:
    """Write a certificate of ten minutes, signed by itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(minutes=10))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    kind = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*kind))


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return not probe.connect_ex(("127.0.0.1", port))


def configured(folder: Path, upstream: str, plain: int, tls: int) -> Path:
    """Write nginx's configuration as it is in deploy/, but for the ports, the certificate and the bridge's address."""
    here = CONF.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443", f"listen 127.0.0.1:{tls}")
    here = here.replace("/etc/ssl/hooks.example.com", str(folder)).replace("127.0.0.1:8000", upstream)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    who = "" if os.geteuid() else "user root; "  # nobody else may write to the test's folder
    top = f"{who}daemon off; pid {folder}/pid; error_log {folder}/error;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{top}http {{\naccess_log off;\n{temporary}{here}\n}}\n")
    return folder / "nginx.conf"


@pytest.fixture
def proxied(tmp_path: Path, upstream: SandboxServer) -> Iterator[Proxied]:
    """nginx before a bridge that has a single thread for all requests."""
    few = CONFIGURATION.replace("[server]", f'[server]\npublic_url = "{PUBLIC}"\nworkers = 1\nthreads = 1') + SOURCES
    text = few.format(database_url="sqlite:///bridge.db", upstream_url=upstream.url)
    (tmp_path / "nginx").mkdir()
    certify(tmp_path / "nginx")
    plain, tls = free_ports(2)
    with Served(tmp_path, text) as served:
        conf = configured(tmp_path / "nginx", urlsplit(served.url).netloc, plain, tls)
        checked = subprocess.run(["nginx", "-t", "-c", conf], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert "warn" not in checked.stderr, checked.stderr
        with subprocess.Popen(["nginx", "-c", conf]) as nginx:
            trusted = ssl.create_default_context(cafile=str(tmp_path / "nginx/fullchain.pem"))
            try:
                until(lambda: answers(tls))
                yield Proxied(served, plain, tls, trusted)
            finally:
                nginx.terminate()
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
