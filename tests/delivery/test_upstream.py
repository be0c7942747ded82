"""The client on the wire: what it sends, and what it makes of whatever comes back."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from delivery_kit import RawServer, answer

from app.config import Org
from app.config import Upstream as Settings
from app.conversation import Conversation
from app.errors import DownError, PutOffError, TemporaryError, UnknownOutcomeError
from app.upstream import Upstream

Call = Callable[..., Conversation]
CONTACT = json.dumps({"id": "c1", "name": "Ada Example", "channels": [{"email": "ADA@example.com"}]}).encode()
ADA = {"email": "ada@example.com"}


@pytest.fixture
def talk(clock) -> Iterator[Call]:
    opened: list[Upstream] = []

    def begin(url: str, *, org_id: str = "c", minutes: float = 5, **settings: float) -> Conversation:
        values = {"connect_timeout": 1.0, "read_timeout": 0.4, **settings}
        opened.append(Upstream(Settings(base_url=url, **values), clock))  # type: ignore[arg-type]
        return opened[-1].conversation(Org("main", "secret-key", org_id), clock() + timedelta(minutes=minutes))

    yield begin
    for upstream in opened:
        upstream.close()


def test_it_sends_the_documented_request(talk: Call, serve: Callable[..., RawServer]) -> None:
    server = serve([answer(CONTACT)])

    contact = talk(server.url, org_id="org/1").create(ADA, ("seg_a",), "key1")

    head, _, body = server.asked[0].partition("\r\n\r\n")
    assert head.startswith("POST /orgs/org%2F1/contacts HTTP/1.1\r\n")
    assert "Authorization: Bearer secret-key" in head
    assert "Idempotency-Key: key1" in head
    assert "Content-Type: application/json" in head
    assert json.loads(body) == {"channel": ADA, "segment_ids": ["seg_a"]}
    assert contact.id == "c1"
    assert contact.identities == {("email", "ada@example.com")}


def test_it_keeps_its_connection(talk: Call, serve: Callable[..., RawServer]) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n"
    server = serve([answer(CONTACT)], [chunked], [answer(b"{}")], [answer(b"", status="404 Not Found")], [answer(CONTACT)])
    api = talk(server.url)

    api.create(ADA, (), "key1")
    assert list(api.find(email="ada@example.com")) == []
    api.update("c1", {"name": "Ada"})
    with pytest.raises(Exception, match="404"):
        api.add_segment("c1", "seg_a")
    api.create(ADA, (), "key2")

    assert len(server.asked) == 5
    assert server.connections == 1


def test_a_redirect_is_not_followed(talk: Call, serve: Callable[..., RawServer]) -> None:
    elsewhere = serve([answer(CONTACT)])
    redirect = [answer(b"", f"Location: {elsewhere.url}/steal", status="307 Temporary Redirect")]
    api = talk(serve(redirect, redirect).url)

    with pytest.raises(UnknownOutcomeError, match=r"a redirect is not followed: check upstream\.base_url"):
        api.create(ADA, (), "key1")
    with pytest.raises(DownError):
        list(api.find(email="ada@example.com"))

    assert elsewhere.asked == []


@pytest.mark.parametrize("location", ["http://[", "//", "http://%zz/", "\xff"])
def test_a_redirect_to_nowhere_is_one_too(talk: Call, serve: Callable[..., RawServer], location: str) -> None:
    api = talk(serve([answer(b"", f"Location: {location}", status="302 Found")]).url)

    with pytest.raises(UnknownOutcomeError):
        api.create(ADA, (), "key1")


def test_a_netrc_does_not_replace_the_key(
    talk: Call, serve: Callable[..., RawServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server = serve([answer(CONTACT)])

    talk(server.url).create(ADA, (), "key1")

    assert "Authorization: Bearer secret-key" in server.asked[0]


def test_it_keeps_no_cookies(talk: Call, serve: Callable[..., RawServer]) -> None:
    server = serve([answer(CONTACT, "Set-Cookie: org=other; Path=/")], [answer(CONTACT)])
    api = talk(server.url)

    api.create(ADA, (), "key1")
    api.create(ADA, (), "key2")

    assert "Cookie" not in server.asked[1]


def test_a_gzipped_answer_is_read(talk: Call, serve: Callable[..., RawServer]) -> None:
    server = serve([answer(gzip.compress(CONTACT), "Content-Encoding: gzip")])

    assert talk(server.url).create(ADA, (), "key1").id == "c1"


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
    talk: Call, serve: Callable[..., RawServer], pieces: list[bytes]
) -> None:
    api = talk(serve(pieces, gap=0.001).url)

    with pytest.raises(UnknownOutcomeError):
        api.create(ADA, (), "key1")

    assert api.exchanges[0]["error"]


NO_LIST = {name: pieces for name, pieces in NO_CONTACT.items() if name != "a list"}


@pytest.mark.parametrize("pieces", NO_LIST.values(), ids=NO_LIST)
def test_a_list_that_cannot_be_read_proves_nothing(
    talk: Call, serve: Callable[..., RawServer], pieces: list[bytes]
) -> None:
    api = talk(serve(pieces, gap=0.001).url)

    with pytest.raises(TemporaryError):
        list(api.find(email="ada@example.com"))


def test_a_hang_is_ended_by_the_read_timeout(talk: Call, serve: Callable[..., RawServer]) -> None:
    api = talk(serve([b"HTTP/1.1 200 OK\r\n"], gap=5).url)
    began = time.monotonic()

    with pytest.raises(UnknownOutcomeError, match="timeout while waiting for the answer"):
        api.create(ADA, (), "key1")

    assert time.monotonic() - began < 2


def test_a_drip_of_bytes_is_ended_too(talk: Call, serve: Callable[..., RawServer]) -> None:
    """Every byte comes in time, and the answer never ends."""
    head, body = answer(b" " * 100)[:-100], [b" "] * 100
    api = talk(serve([head, *body], gap=0.05).url)
    began = time.monotonic()

    with pytest.raises(UnknownOutcomeError, match="timeout"):
        api.create(ADA, (), "key1")

    assert time.monotonic() - began < 2


@pytest.mark.parametrize("packed", [False, True])
def test_a_huge_answer_is_not_read_to_its_end(talk: Call, serve: Callable[..., RawServer], packed: bool) -> None:  # noqa: FBT001
    huge = b" " * 64 * 1024 * 1024 if packed else b" " * 8 * 1024 * 1024
    body = answer(gzip.compress(huge, 1), "Content-Encoding: gzip") if packed else answer(huge)
    api = talk(serve([body]).url, read_timeout=5.0)

    with pytest.raises(UnknownOutcomeError):
        api.create(ADA, (), "key1")


def test_a_refused_connection_means_that_nothing_was_done(talk: Call, serve: Callable[..., RawServer]) -> None:
    server = serve()
    server.close()

    with pytest.raises(DownError, match="connection refused"):
        talk(server.url).create(ADA, (), "key1")


def test_a_tls_failure_proves_nothing(talk: Call, serve: Callable[..., RawServer]) -> None:
    """A record that cannot be read may be the answer to a request that went out."""
    api = talk(serve([b"not TLS"]).url.replace("http", "https"))

    with pytest.raises(UnknownOutcomeError, match="the TLS connection failed"):
        api.create(ADA, (), "key1")


def test_its_words_hold_no_address_and_no_key(talk: Call, serve: Callable[..., RawServer]) -> None:
    api = talk(serve([b""]).url)

    with pytest.raises(DownError) as caught:
        list(api.find(email="ada@example.com"))

    assert "example" not in str(caught.value)
    assert "secret-key" not in str(api.exchanges)


@pytest.mark.parametrize(("settings", "longest"), [({}, 2.2), ({"read_timeout": 600.0, "connect_timeout": 600.0}, 270)])
def test_nothing_goes_out_that_could_outlast_the_lease(
    talk: Call, serve: Callable[..., RawServer], settings: dict[str, float], longest: float
) -> None:
    server = serve([answer(CONTACT)])

    with pytest.raises(PutOffError):
        talk(server.url, minutes=(longest - 0.1) / 60, **settings).create(ADA, (), "key1")
    asked = list(server.asked)
    talk(server.url, minutes=(longest + 0.1) / 60, **settings).create(ADA, (), "key1")

    assert asked == []
