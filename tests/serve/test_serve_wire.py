"""What a sender can do on the wire, against a real gunicorn."""

import json
import random
import socket
import time
from contextlib import ExitStack

import pytest
from serve_process import BEARER, PERSON, Served, lead, receive

pytestmark = pytest.mark.slow
HEAD = b"Host: bridge.example.com\r\nAuthorization: Bearer token-of-tests\r\nContent-Type: application/json\r\n"
POST = b"POST /hooks/landing HTTP/1.1\r\n" + HEAD
LARGE = 2 * 1024 * 1024


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def problem(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return dict(json.loads(body))


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def test_it_accepts_a_chunked_body(served: Served) -> None:
    answer = served.raw(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(PERSON[:9], PERSON[9:]))

    assert status(answer) == 200
    assert b"lead-1" in answer


def test_it_answers_413_to_a_large_chunked_body_without_a_length(served: Served) -> None:
    answer = served.raw(POST + b"Transfer-Encoding: chunked\r\n\r\n", chunked(*[b" " * 65536] * 32))

    assert status(answer) == 413
    assert problem(answer)["status"] == 413


def test_it_answers_413_to_a_body_of_2_mib(served: Served) -> None:
    answered, headers, body = served.ask("POST", "/hooks/landing", b"x" * LARGE, BEARER)

    assert answered == 413
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == 413


@pytest.mark.parametrize(
    "body",
    [b"zz\r\n{}\r\n0\r\n\r\n", b"5\r\n{}\r\n0\r\n\r\n", b"-1\r\n", b"2\r\n{}0\r\n\r\n", b"2;\x00\r\n{}\r\n0\r\n\r\n"],
)
def test_it_answers_400_to_broken_chunks(served: Served, body: bytes) -> None:
    answer = served.raw(POST + b"Transfer-Encoding: chunked\r\n\r\n" + body)

    assert status(answer) == 400
    problem(answer)


def test_it_answers_400_to_a_body_that_is_shorter_than_was_said(served: Served) -> None:
    answer = served.raw(POST + b"Content-Length: 500\r\n\r\n" + PERSON)

    assert status(answer) == 400
    problem(answer)


@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (b"\x00\xff\x16\x03\x01junk\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"POST /hooks/landing HTTP/9.9\r\n\r\n", 400),
        (POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400),
        (POST + b"X-Bad\x00: 1\r\n\r\n", 400),
        (POST + b"X-Long: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (POST + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n", 431),
        (b"POST /hooks/" + b"x" * 9_000 + b" HTTP/1.1\r\n\r\n", 414),
    ],
)
def test_it_answers_problem_details_to_what_is_no_request(served: Served, request_bytes: bytes, expected: int) -> None:
    answer = served.raw(request_bytes)

    assert status(answer) == expected
    assert problem(answer)["status"] == expected


def test_it_takes_a_header_of_60_kb_over_the_wire(served: Served) -> None:
    assert served.ask("POST", "/hooks/landing", PERSON, {**BEARER, "X-Long": "x" * 60_000})[0] == 200


def test_no_junk_on_the_socket_makes_a_500_or_stops_it(served: Served) -> None:
    seeded = random.Random(7)

    for _ in range(60):
        answer = served.raw(seeded.randbytes(seeded.randrange(1, 400)) + b"\r\n\r\n")
        assert answer == b"" or status(answer) in (400, 414, 431), answer
    assert served.post() == 200


@pytest.mark.parametrize(
    ("path", "headers", "size", "refusal"),
    [
        ("/hooks/landing", {}, 1_000, 401),
        ("/hooks/landing", {}, 200_000, 401),
        ("/hooks/landing", BEARER, LARGE, 413),
        ("/hooks/nobody", {}, 30_000, 404),
        ("/hooks/nobody", {}, 200_000, 404),
        ("/healthz", {}, 30_000, 405),
        ("/nothing", {}, 30_000, 404),
    ],
)
def test_a_connection_stays_in_step_after_a_refusal(
    served: Served, path: str, headers: dict[str, str], size: int, refusal: int
) -> None:
    connection = served.connection()
    connection.request("POST", path, b"POST / HTTP/1.1\r\n\r\n" * (size // 19), headers)
    refused = connection.getresponse()
    refused.read()

    try:
        connection.request("POST", "/hooks/landing", PERSON, BEARER)
        answered = connection.getresponse().status
    except ConnectionError:  # closed cleanly in between: a sender's client tries again
        answered = served.post()

    connection.close()
    assert (refused.status, answered) == (refusal, 200)


def test_it_answers_requests_that_are_sent_all_at_once_one_by_one(served: Served) -> None:
    one = POST + b"Content-Length: %d\r\n\r\n%s" % (len(PERSON), PERSON)
    last = POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(PERSON), PERSON)

    answer = served.raw(one + one + last)

    assert answer.count(b"HTTP/1.1 200 OK") == 3


def test_half_requests_neither_keep_others_out_nor_stay_open(served: Served) -> None:
    halves = [b"POST /hooks/landing HT", POST, POST + b"Content-Length: 50\r\n\r\n{"] * 12  # more than threads
    with ExitStack() as wires:
        opened = [wires.enter_context(served.wire()) for _ in halves]
        for wire, half in zip(opened, halves, strict=True):
            wire.sendall(half)
        began = time.monotonic()

        assert served.post(lead("patient")) == 200

        assert time.monotonic() - began < 11
        assert status(receive(opened[2])) == 400


def test_connections_that_are_never_closed_do_not_keep_others_out(served: Served) -> None:
    with ExitStack() as still_open:
        for _ in range(30):
            wire = still_open.enter_context(served.wire())
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        began = time.monotonic()

        assert served.post() == 200

        assert time.monotonic() - began < 6


def test_it_waits_for_a_sender_that_is_merely_slow(served: Served) -> None:
    with served.wire() as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (POST[:20], POST[20:] + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(PERSON), PERSON):
            wire.sendall(piece)
            time.sleep(0.3)

        assert status(receive(wire)) == 200


@pytest.mark.parametrize("path", ["//hooks/landing", "/hooks//landing", "/hooks", "/healthz/"])
def test_it_never_redirects(served: Served, path: str) -> None:
    answered, headers, _ = served.ask("POST", path, PERSON, BEARER)

    assert answered in (200, 404)  # gunicorn takes a double slash at the start for one
    assert "Location" not in headers
