"""What a browser is told: cookies, headers, and how long a session lasts."""

from collections.abc import Callable
from typing import Any

import pytest
from console_client import ADMIN_TOKEN, TOKENS, Console, csrf_of, words_of
from flask import Flask


def _cookie(app: Flask, base_url: str) -> str:
    client = app.test_client()
    form = client.get("/console/sign-in", base_url=base_url)
    data = {"csrf": csrf_of(form), "who": "Ada", "token": ADMIN_TOKEN}
    answer = client.post("/console/sign-in", data=data, base_url=base_url)
    return next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("contact_bridge="))


@pytest.mark.parametrize(
    ("base_url", "secure"),
    [
        ("http://127.0.0.1:8000", False), ("http://localhost:8000", False), ("http://[::1]:8000", False),
        ("https://bridge.example.com", True), ("https://127.evil.example.com", True), ("https://10.0.0.7:8000", True),
        ("https://localhost.example.com", True),
    ],
)  # fmt: skip
def test_its_cookie_is_for_https_only_off_this_machine(app: Flask, base_url: str, secure: bool) -> None:  # noqa: FBT001
    parts = _cookie(app, base_url).split("; ")

    assert {"HttpOnly", "SameSite=Strict", "Path=/console"} <= set(parts)
    assert ("Secure" in parts) is secure


def test_its_cookie_is_for_https_only_behind_a_proxy(make_app: Callable[..., Flask]) -> None:
    app = make_app(f'{TOKENS}\npublic_url = "https://hooks.example.com"')

    assert "; Secure" in _cookie(app, "https://127.0.0.1:8000")


def test_it_says_when_the_browser_kept_no_cookie(stranger: Console) -> None:
    answer = stranger.client.get("/console/sign-in?kept=1&next=/console/")

    assert "did not keep the session" in words_of(answer)


def test_its_session_ends_after_twelve_hours(console: Console, clock: Any) -> None:
    clock.advance(hours=11, minutes=59)
    assert console.get("/").status_code == 200

    clock.advance(minutes=2)
    assert console.get("/").status_code == 303


def test_it_asks_htmx_to_load_the_sign_in_page(console: Console, clock: Any) -> None:
    clock.advance(hours=13)

    answer = console.in_place("/find", text="ada@example.com")

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/console/sign-in")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/events", "/no-such-page", "/static/htmx.min.js"])
def test_it_tells_the_browser_to_run_and_load_nothing_else(console: Console, path: str) -> None:
    with console.get(path) as answer:
        headers = answer.headers

    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store")


@pytest.mark.parametrize("path", ["/", "/events", "/find", "/playground", "/import", "/sources/landing"])
def test_its_pages_hold_no_script_and_no_style_of_their_own(console: Console, path: str) -> None:
    page = console.get(path).text

    assert " style=" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 2
    assert not [word for word in (" onclick", " onload", " onsubmit", "hx-on", "javascript:") if word in page]


def test_hooks_get_no_cookie_and_no_headers_of_the_console(console: Console) -> None:
    answer = console.client.post("/hooks/landing", json={}, headers={"Authorization": "Bearer token-of-tests"})

    assert "Set-Cookie" not in answer.headers
    assert "Content-Security-Policy" not in answer.headers
