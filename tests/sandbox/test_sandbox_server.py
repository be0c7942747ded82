"""The sandbox as a server: its connections, its address, its end."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from sandbox_client import ADA, KEY, Client

from app.errors import UsageError
from app.sandbox import SandboxServer


def test_it_keeps_connections_open(sandbox: SandboxServer) -> None:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=5)
    connection.connect()
    used = connection.sock

    for method, path in [
        ("GET", "/"),
        ("HEAD", "/"),
        ("POST", "/_sandbox/reset"),
        ("GET", "/nowhere"),
        ("GET", "/"),
    ]:
        connection.request(method, path, b"some body")
        connection.getresponse().read()

    assert connection.sock is used
    connection.close()


def test_it_reads_a_chunked_body_and_waits_for_one_that_asks_first(sandbox: SandboxServer, call: Client) -> None:
    body = json.dumps({"channel": ADA}).encode()
    chunked = call("POST", "/orgs/c/contacts", data=iter([body[:9], body[9:]]))
    host, port = sandbox.url.removeprefix("http://").split(":")
    headers = f"Authorization: Bearer {KEY}\r\nContent-Length: {len(body)}\r\nExpect: 100-continue"

    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"POST /orgs/c/contacts HTTP/1.1\r\n{headers}\r\n\r\n".encode())
        asked = connection.recv(1000)
        connection.sendall(body)
        answered = connection.recv(1000)

    assert chunked.status_code == 200
    assert (asked, answered[:15]) == (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK")
    assert sandbox.contacts.created == 2


@pytest.mark.parametrize("head", [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"])
def test_it_survives_nonsense(sandbox: SandboxServer, call: Client, head: bytes) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head)
        received = connection.makefile("rb").read()

    assert b"400" in received
    assert call.find() == []


def test_it_listens_on_loopback_addresses_only() -> None:
    with pytest.raises(UsageError, match=r"0\.0\.0\.0 is no loopback address"):
        SandboxServer({KEY: "org"}, host="0.0.0.0")


def test_it_says_that_a_port_is_taken(sandbox: SandboxServer) -> None:
    port = int(sandbox.url.rpartition(":")[2])

    with pytest.raises(UsageError, match=f"cannot listen at 127.0.0.1, port {port}"):
        SandboxServer({KEY: "org"}, port=port).start()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_as_a_process_until_it_is_told_to_stop(number: int) -> None:
    code = (
        "from app.sandbox import serve\n"
        "serve('localhost', 0, {'key': 'org'}, ready=lambda url: print(url, flush=True))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()

    alive = requests.get(f"{url}/", timeout=5)
    os.kill(process.pid, number)
    process.communicate(timeout=5)

    assert (alive.status_code, process.returncode) == (200, 0)
