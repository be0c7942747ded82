"""Keys that a sender publishes: asked for seldom, and never in the way."""

import io
import json
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import BadStatusLine
from urllib.error import URLError

import pytest

from app.jwks import Jwks, _NoRedirect, download

URL = "https://auth.example.com/jwks"
A, B = {"kid": "a"}, {"kid": "b"}


class Sender:
    """Who publishes keys: ``keys`` is what stands there, None that it is down."""

    def __init__(self, *keys):
        self.keys = list(keys)
        self.asked = 0

    def __call__(self, url):
        assert url == URL
        self.asked += 1
        if self.keys is None:
            raise URLError("down")
        return self.keys


def jwks(sender, clock):
    return Jwks(URL, sender, clock=lambda: clock().timestamp())


def test_it_asks_once_an_hour(clock):
    sender = Sender(A, B)
    keys = jwks(sender, clock)

    assert keys.keys("a") == [A]
    assert keys.keys(None) == [A, B]
    assert sender.asked == 1
    clock.advance(minutes=61)
    assert keys.keys("b") == [B]
    assert sender.asked == 2


def test_it_asks_for_an_unknown_key_once_a_minute(clock):
    sender = Sender(A)
    keys = jwks(sender, clock)
    keys.keys("a")
    sender.keys = [A, B]

    assert [keys.keys(f"junk {n}") for n in range(9)] == [[]] * 9
    assert sender.asked == 1
    clock.advance(seconds=61)
    assert keys.keys("b") == [B]
    assert keys.keys("junk") == []
    assert sender.asked == 2


def test_what_it_has_serves_on_for_a_day_while_the_sender_is_down(clock):
    sender = Sender(A)
    keys = jwks(sender, clock)
    keys.keys("a")
    sender.keys = None
    clock.advance(hours=23, minutes=59)

    assert keys.keys("a") == [A]
    assert keys.keys("a") == [A]
    assert sender.asked == 2
    clock.advance(minutes=1)
    assert keys.keys("a") == keys.keys(None) == []
    sender.keys = [A]
    clock.advance(minutes=1)
    assert keys.keys("a") == [A]


def test_a_key_that_was_withdrawn_opens_nothing_any_more(clock):
    sender = Sender(A, B)
    keys = jwks(sender, clock)
    keys.keys("a")
    sender.keys = [B]
    clock.advance(minutes=61)

    assert keys.keys("a") == []
    assert keys.keys("b") == [B]


class SlowSender(Sender):
    """Who answers only when let; ``begun`` is set while somebody waits for the answer."""

    def __init__(self, *keys):
        super().__init__(*keys)
        self.begun, self.let = threading.Event(), threading.Event()

    def __call__(self, url):
        found = super().__call__(url)
        self.begun.set()
        assert self.let.wait(10)
        return found


@pytest.fixture
def slow():
    sender = SlowSender(A)
    sender.let.set()
    yield sender
    sender.let.set()


@pytest.mark.parametrize("age", [{"minutes": 61}, {"hours": 25}])
def test_nobody_waits_for_a_fetch_but_the_one_who_began_it(clock, slow, age):
    keys = jwks(slow, clock)
    there = keys.keys("a")
    clock.advance(**age)
    slow.begun.clear()
    slow.let.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(keys.keys, "a")
        assert slow.begun.wait(10)
        meanwhile = [keys.keys("a"), keys.keys("unknown")]
        clock.advance(minutes=2)  # the pause is over, and still one fetch at most is under way
        meanwhile.append(keys.keys("unknown"))
        assert not first.done()
        slow.let.set()

    assert meanwhile == [there if "minutes" in age else [], [], []]
    assert first.result() == [A]
    assert slow.asked == 2


def test_without_any_keys_it_asks_again_after_a_minute(clock):
    sender = Sender()
    sender.keys = None
    keys = jwks(sender, clock)

    assert keys.keys("a") == keys.keys("a") == []
    assert sender.asked == 1
    sender.keys = [A]
    clock.advance(seconds=61)
    assert keys.keys("a") == [A]


class Answer(io.BytesIO):
    def __enter__(self):
        return self


@pytest.fixture
def answers(monkeypatch):
    """What the network answers, without one."""

    def answer(body):
        monkeypatch.setattr(urllib.request.OpenerDirector, "open", lambda *_, **__: Answer(body))

    return answer


def test_it_reads_a_set_of_keys(answers):
    answers(json.dumps({"keys": [A, "junk", B]}).encode())

    assert download(URL) == [A, B]


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b'{"keys": 1}', b'{"keys": []}' + b" " * 300_000, b"\xff"])
def test_it_reads_nothing_else(answers, body):
    answers(body)

    with pytest.raises(ValueError):  # noqa: PT011 -- any kind of it will do
        download(URL)


def test_it_waits_three_seconds_in_all(answers, monkeypatch):
    seconds = iter(range(0, 99, 2))
    monkeypatch.setattr("app.jwks.time.monotonic", lambda: next(seconds))
    answers(b" " * 100_000)

    with pytest.raises(TimeoutError):
        download(URL)


def test_a_broken_answer_is_no_answer(monkeypatch):
    def broken(*_, **__):
        raise BadStatusLine("junk")

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", broken)

    with pytest.raises(OSError, match="BadStatusLine"):
        download(URL)


def test_it_follows_no_redirect():
    assert _NoRedirect().redirect_request(None, None, 302, "", {}, "https://evil.example.org/jwks") is None


@pytest.mark.parametrize("url", ["http://auth.example.com/jwks", "file:///etc/passwd", ""])
def test_it_fetches_by_https_only(url):
    with pytest.raises(ValueError, match="https only"):
        download(url)
