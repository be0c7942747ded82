"""Who gets into the console, and who may do what there."""

from collections.abc import Callable

import pytest
from console_client import ADMIN_TOKEN, READ_TOKEN, TOKENS, Console, csrf_of, words_of
from flask import Flask

PAGES = ["/", "/events", "/find", "/sources", "/sources/landing", "/playground", "/import", "/log", "/no-such-page"]
STEERING = ["/event/replay", "/event/ignore", "/replay", "/people/1/erase", "/import", "/pause", "/resume",
            "/sources/landing/sample"]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/console.css"])
def test_it_does_not_exist_without_a_token(make_app: Callable[..., Flask], path: str) -> None:
    assert make_app(tokens="").test_client().get(f"/console{path}").status_code == 404


def test_it_asks_a_stranger_who_they_are(stranger: Console) -> None:
    for path in PAGES:
        answer = stranger.get(path)

        assert (answer.status_code, answer.location) == (303, f"/console/sign-in?next=/console{path}")


def test_it_does_nothing_for_a_stranger(stranger: Console) -> None:
    for path in STEERING:
        answer = stranger.post(path, kind="org", name="main")

        assert (answer.status_code, answer.location) == (303, "/console/sign-in")
    assert stranger.bridge.store.pauses.all() == []


def test_it_lets_an_admin_in_and_says_so_in_the_log(stranger: Console) -> None:
    answer = stranger.sign_in(who="Ada <b>Example</b>")

    assert answer.status_code == 303
    assert "Ada <b>Example</b> (console) sign in as admin" in stranger.text("/log")


def test_it_goes_on_to_where_one_wanted_to_be(stranger: Console) -> None:
    form = stranger.client.get("/console/sign-in?next=/console/events?status=failed")
    data = {"csrf": csrf_of(form), "who": "Ada", "token": ADMIN_TOKEN, "next": "/console/events?status=failed"}

    answer = stranger.client.post("/console/sign-in", data=data, follow_redirects=True)

    assert answer.request.full_path == "/console/events?status=failed"


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example.com/",
        "//evil.example.com",
        "/console/\\evil",
        "/hooks/x",
        "\n",
        "/console/..//evil.example.com",
        "/console/%2e%2E/hooks/x",
    ],
)
def test_it_goes_nowhere_else_after_signing_in(stranger: Console, place: str) -> None:
    form = stranger.client.get("/console/sign-in")
    data = {"csrf": csrf_of(form), "who": "Ada", "token": ADMIN_TOKEN, "next": place}

    answer = stranger.client.post("/console/sign-in", data=data, follow_redirects=True)

    assert answer.request.path == "/console/"


@pytest.mark.parametrize("token", ["", "wrong", ADMIN_TOKEN[:-1], f"{ADMIN_TOKEN} ", "\ud800", "x" * 10_000])
def test_it_refuses_a_wrong_token(stranger: Console, token: str) -> None:
    assert stranger.sign_in(token.encode("utf-8", "replace").decode()).status_code == 403
    assert stranger.get("/events").status_code == 303


def test_it_wants_a_name(stranger: Console) -> None:
    assert stranger.sign_in(who=" \n ").status_code == 422


def test_a_reader_sees_pages_without_buttons(stranger: Console) -> None:
    stranger.sign_in()
    stranger.receive()
    reader = Console(stranger.app, stranger.app.test_client())
    reader.sign_in(READ_TOKEN, who="Rita")

    for path in ("/", "/events?status=received", "/event?source=landing&id=lead-1", "/sources/landing"):
        page = reader.client.get(f"/console{path}").text

        assert page.count("<button") == page.count(">Sign out</button>") + page.count(">Find</") + page.count(">Show</")
        assert "Rita (reads only)" in page


def test_a_reader_changes_nothing(stranger: Console) -> None:
    stranger.sign_in(READ_TOKEN)

    for path in STEERING:
        answer = stranger.post(path, kind="org", name="main", source="landing", id="lead-1")

        assert answer.status_code == 403
    assert stranger.bridge.store.pauses.all() == []


def test_a_reader_may_find_and_try_and_leave(stranger: Console) -> None:
    stranger.sign_in(READ_TOKEN)

    assert stranger.post("/find", text="ada@example.com").status_code == 200
    assert stranger.post("/playground", source="landing", payload="{}").status_code == 200
    assert stranger.post("/sign-out").status_code == 303
    assert stranger.get("/").status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 32, "\ud800", "ü"])
def test_it_takes_no_form_that_it_did_not_make(console: Console, token: str) -> None:
    for path in (*STEERING, "/find", "/playground", "/sign-out"):
        answer = console.client.post(f"/console{path}", data={"csrf": token.encode("utf-8", "replace"), "kind": "org"})

        assert answer.status_code == 403
        assert "not made for this session" in words_of(answer)


def test_it_takes_no_sign_in_that_another_site_filled_in(stranger: Console) -> None:
    answer = stranger.client.post("/console/sign-in", data={"who": "Eve", "token": ADMIN_TOKEN, "csrf": ""})

    assert answer.status_code == 403
    assert stranger.get("/").status_code == 303


def test_it_takes_no_cookie_of_other_tokens(console: Console, make_app: Callable[..., Flask]) -> None:
    other = make_app(TOKENS.replace(READ_TOKEN, "another-token"))
    cookie = console.client.get_cookie("contact_bridge", path="/console")
    assert cookie
    client = other.test_client()
    client.set_cookie("contact_bridge", cookie.value, path="/console")

    assert client.get("/console/").status_code == 303


def test_it_takes_a_cookie_on_every_machine_with_the_same_tokens(
    console: Console, make_app: Callable[..., Flask]
) -> None:
    cookie = console.client.get_cookie("contact_bridge", path="/console")
    assert cookie
    client = make_app().test_client()
    client.set_cookie("contact_bridge", cookie.value, path="/console")

    assert client.get("/console/").status_code == 200
