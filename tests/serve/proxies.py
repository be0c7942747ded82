"""What is put in front of a bridge, with the configuration of deploy/, but for ports and certificate."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from serve_process import Served, until

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NAME, PUBLIC = "hooks.example.com", "https://hooks.example.com"


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


Started = tuple[list[str], dict[str, str]]  # a command, and what its environment has besides


def nginx(shipped: str, folder: Path, upstream: str, plain: int, tls: int) -> Started:
    """Write nginx's configuration, and have it checked."""
    here = shipped.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443", f"listen 127.0.0.1:{tls}")
    here = here.replace("/etc/ssl/hooks.example.com", str(folder)).replace("127.0.0.1:8000", upstream)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    who = "" if os.geteuid() else "user root; "  # nobody else may write to the test's folder
    top = f"{who}daemon off; pid {folder}/pid; error_log {folder}/error;\nevents {{}}\n"
    (folder / "conf").write_text(f"{top}http {{\naccess_log off;\n{temporary}{here}\n}}\n")
    command = ["nginx", "-c", str(folder / "conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr, checked.stderr
    return command, {}


def caddy(shipped: str, folder: Path, upstream: str, plain: int, tls: int) -> Started:
    """Write Caddy's configuration."""
    here = shipped.replace("127.0.0.1:8000", upstream)
    ports = f"admin off\ndefault_bind 127.0.0.1\nhttp_port {plain}\nhttps_port {tls}\n"
    here = here.replace("\n{\n", f"\n{{\n{ports}", 1)
    here = here.replace(f"\n{NAME} {{\n", f"\n{NAME} {{\ntls {folder}/fullchain.pem {folder}/privkey.pem\n", 1)
    (folder / "conf").write_text(here)
    command = [str(_caddy()), "run", "--adapter", "caddyfile", "--config", str(folder / "conf")]
    return command, {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def _caddy() -> str | None:
    """Caddy, if it knows the directives of the file: 2.7 or newer."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    found = shutil.which("caddy", path=beside)
    old = found and re.match(r"v?2\.[0-6]\.", subprocess.check_output([found, "version"], text=True))
    return None if old else found


@dataclass(frozen=True)
class Proxy:
    there: bool
    shipped: str
    begin: Callable[[str, Path, str, int, int], Started]


PROXIES: Mapping[str, Proxy] = {
    "nginx": Proxy(bool(shutil.which("nginx")), (DEPLOY / "nginx/contact-bridge.conf").read_text("utf-8"), nginx),
    "caddy": Proxy(bool(_caddy()), (DEPLOY / "caddy/Caddyfile").read_text("utf-8"), caddy),
}


def for_one_network(shipped: str) -> str:
    """A configuration with what is only proposed in it."""
    return re.sub(r"(?m)^(\s+)# (?=allow|deny|@|respond|\}|\t)", r"\1", shipped)


@contextmanager
def put_before(served: Served, folder: Path, name: str, change: Callable[[str], str] = str) -> Iterator[Proxied]:
    """Run a proxy before a bridge."""
    proxy = PROXIES[name]
    folder.mkdir()
    certify(folder)
    plain, tls = free_ports(2)
    command, environ = proxy.begin(change(proxy.shipped), folder, urlsplit(served.url).netloc, plain, tls)
    with (
        (folder / "log").open("wb") as out,
        subprocess.Popen(command, env={**os.environ, **environ}, stdout=out, stderr=out) as running,
    ):
        try:
            until(lambda: (answers(tls) and answers(plain)) or running.poll() is not None)
            assert running.poll() is None, (folder / "log").read_text()
            trusted = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
            yield Proxied(served, plain, tls, trusted)
        finally:
            running.terminate()
