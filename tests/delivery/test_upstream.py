"""The client on the wire: what it sends, and where it does not go."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from delivery_wire import ADA, CONTACT, RawServer, Talk, answer

from app.errors import DownError, KeyRefusedError, PutOffError, UnknownOutcomeError


def test_it_sends_the_documented_request(talk: Talk, serve: Callable[..., RawServer]) -> None:
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


def test_it_keeps_its_connection(talk: Talk, serve: Callable[..., RawServer]) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n"
    server = serve(
        [answer(CONTACT)], [chunked], [answer(b"{}")], [answer(b"", status="404 Not Found")], [answer(CONTACT)]
    )
    api = talk(server.url)

    api.create(ADA, (), "key1")
    assert list(api.find(email="ada@example.com")) == []
    api.update("c1", {"name": "Ada"})
    with pytest.raises(Exception, match="404"):
        api.add_segment("c1", "seg_a")
    api.create(ADA, (), "key2")

    assert len(server.asked) == 5
    assert server.connections == 1


def test_a_redirect_is_not_followed(talk: Talk, serve: Callable[..., RawServer]) -> None:
    elsewhere = serve([answer(CONTACT)])
    redirect = [answer(b"", f"Location: {elsewhere.url}/steal", status="307 Temporary Redirect")]
    api = talk(serve(redirect, redirect).url)

    with pytest.raises(UnknownOutcomeError, match=r"a redirect is not followed: check upstream\.base_url"):
        api.create(ADA, (), "key1")
    with pytest.raises(DownError):
        list(api.find(email="ada@example.com"))

    assert elsewhere.asked == []


def test_it_goes_through_the_proxy_that_the_environment_names(
    talk: Talk, serve: Callable[..., RawServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, beside = serve([answer(CONTACT)], [answer(CONTACT)]), serve([answer(CONTACT)])
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    api = talk("http://upstream.invalid")

    api.create(ADA, (), "key1")
    api.create(ADA, (), "key2")
    talk(beside.url).create(ADA, (), "key3")

    assert [asked.split(" ")[1] for asked in proxy.asked] == ["http://upstream.invalid/orgs/c/contacts"] * 2
    assert len(beside.asked) == 1


@pytest.mark.parametrize("location", ["http://[", "//", "http://%zz/", "\xff"])
def test_a_redirect_to_nowhere_is_one_too(talk: Talk, serve: Callable[..., RawServer], location: str) -> None:
    api = talk(serve([answer(b"", f"Location: {location}", status="302 Found")]).url)

    with pytest.raises(UnknownOutcomeError):
        api.create(ADA, (), "key1")


def test_a_netrc_does_not_replace_the_key(
    talk: Talk, serve: Callable[..., RawServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server = serve([answer(CONTACT)])

    talk(server.url).create(ADA, (), "key1")

    assert "Authorization: Bearer secret-key" in server.asked[0]


def test_it_keeps_no_cookies(talk: Talk, serve: Callable[..., RawServer]) -> None:
    server = serve([answer(CONTACT, "Set-Cookie: org=other; Path=/")], [answer(CONTACT)])
    api = talk(server.url)

    api.create(ADA, (), "key1")
    api.create(ADA, (), "key2")

    assert "Cookie" not in server.asked[1]


def test_a_gzipped_answer_is_read(talk: Talk, serve: Callable[..., RawServer]) -> None:
    server = serve([answer(gzip.compress(CONTACT), "Content-Encoding: gzip")])

    assert talk(server.url).create(ADA, (), "key1").id == "c1"


def test_its_words_hold_no_address_and_no_key(talk: Talk, serve: Callable[..., RawServer]) -> None:
    api = talk(serve([b""]).url)

    with pytest.raises(DownError) as caught:
        list(api.find(email="ada@example.com"))

    assert "example" not in str(caught.value)
    assert "secret-key" not in str(api.exchanges)


def test_an_answer_that_repeats_the_key_is_kept_without_it(talk: Talk, serve: Callable[..., RawServer]) -> None:
    refusal = json.dumps({"message": "unknown: Bearer secret-key"}).encode()
    api = talk(serve([answer(refusal, status="401 Unauthorized")]).url)

    with pytest.raises(KeyRefusedError, match=r"unknown: Bearer \(secret\)$"):
        api.create(ADA, (), "key1")

    assert "secret-key" not in str(api.exchanges)


def test_nothing_goes_out_about_a_person_who_is_not_ours_any_more(talk: Talk, serve: Callable[..., RawServer]) -> None:
    server = serve([answer(CONTACT)])

    with pytest.raises(PutOffError):
        talk(server.url, ours=False).create(ADA, (), "key1")
    asked = list(server.asked)
    talk(server.url, ours=True).create(ADA, (), "key1")

    assert asked == []
    assert len(server.asked) == 1
