"""Faults on the wire: an answer that is no answer proves nothing, and nothing waits for ever."""

import gzip
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from delivery_wire import ADA, CONTACT, RawServer, Talk, answer

from app.errors import DownError, TemporaryError, UnknownOutcomeError

NO_CONTACT = {
    "closed before an answer": [b""],
    "half a head": [b"HTTP/1.1 200"],
    "half a body": [answer(CONTACT)[:-9]],
    "half a chunk": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"],
    "no HTTP at all": [b"SSH-2.0-OpenSSH_9.9\r\n\r\n"],
    "a broken gzip": [answer(b"\x1f\x8b\x08junk and more junk", "Content-Encoding: gzip")],
    "a page": [answer(b"<!doctype html><title>One moment</title>")],
    "an empty body": [answer(b"")],
    "no JSON": [answer(b"ok")],
    "a list": [answer(b"[" + CONTACT + b"]")],
    "no id": [answer(b'{"name": "Ada"}')],
    "an empty id": [answer(b'{"id": ""}')],
    "an id that no database keeps": [answer(b'{"id": "c\\u0000"}')],
    "channels that are none": [answer(b'{"id": "c1", "channels": 5}')],
    "too deep": [answer(b"[" * 100_000)],
    "an error": [answer(b"{}", status="500 Internal Server Error")],
    "an unknown error": [answer(b"", status="599 Whatever")],
}


@pytest.mark.parametrize("pieces", NO_CONTACT.values(), ids=NO_CONTACT)
def test_an_answer_to_a_create_that_is_no_contact_is_an_unknown_outcome(
    talk: Talk, serve: Callable[..., RawServer], pieces: list[bytes]
) -> None:
    api = talk(serve(pieces, gap=0.001).url)

    with pytest.raises(UnknownOutcomeError):
        api.create(ADA, (), "key1")

    assert api.exchanges[0]["error"]


NO_LIST = {name: pieces for name, pieces in NO_CONTACT.items() if name != "a list"}


@pytest.mark.parametrize("pieces", NO_LIST.values(), ids=NO_LIST)
def test_a_list_that_cannot_be_read_proves_nothing(
    talk: Talk, serve: Callable[..., RawServer], pieces: list[bytes]
) -> None:
    api = talk(serve(pieces, gap=0.001).url)

    with pytest.raises(TemporaryError):
        list(api.find(email="ada@example.com"))


def test_a_hang_is_ended_by_the_read_timeout(talk: Talk, serve: Callable[..., RawServer]) -> None:
    api = talk(serve([b"HTTP/1.1 200 OK\r\n"], gap=5).url, read_timeout=0.4)
    began = time.monotonic()

    with pytest.raises(UnknownOutcomeError, match="timeout while waiting for the answer"):
        api.create(ADA, (), "key1")

    assert time.monotonic() - began < 2


def test_a_drip_of_bytes_is_ended_too(talk: Talk, serve: Callable[..., RawServer]) -> None:
    """Every byte comes in time, and the answer never ends."""
    head, body = answer(b" " * 100)[:-100], [b" "] * 100
    api = talk(serve([head, *body], gap=0.05).url, read_timeout=0.4)
    began = time.monotonic()

    with pytest.raises(UnknownOutcomeError, match="timeout"):
        api.create(ADA, (), "key1")

    assert time.monotonic() - began < 2


@pytest.mark.parametrize("packed", [False, True])
def test_a_huge_answer_is_not_read_to_its_end(talk: Talk, serve: Callable[..., RawServer], packed: bool) -> None:  # noqa: FBT001
    huge = CONTACT + b" " * (64 if packed else 8) * 1024 * 1024
    body = answer(gzip.compress(huge, 1), "Content-Encoding: gzip") if packed else answer(huge)
    api = talk(serve([body]).url, read_timeout=5.0)

    with pytest.raises(UnknownOutcomeError):
        api.create(ADA, (), "key1")


def test_a_refused_connection_means_that_nothing_was_done(talk: Talk, serve: Callable[..., RawServer]) -> None:
    server = serve()
    server.close()

    with pytest.raises(DownError, match="connection refused"):
        talk(server.url).create(ADA, (), "key1")


def test_a_connection_that_is_never_made_means_that_nothing_was_done_either(talk: Talk) -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(2):  # nobody accepts, so the next one waits in vain
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(full.getsockname())
        api = talk(f"http://127.0.0.1:{full.getsockname()[1]}", connect_timeout=0.2)

        with pytest.raises(DownError, match="timeout while connecting"):
            api.create(ADA, (), "key1")


def test_a_tls_failure_proves_nothing(talk: Talk, serve: Callable[..., RawServer]) -> None:
    """A record that cannot be read may be the answer to a request that went out."""
    api = talk(serve([b"not TLS"]).url.replace("http", "https"))

    with pytest.raises(UnknownOutcomeError, match="the TLS connection failed"):
        api.create(ADA, (), "key1")
