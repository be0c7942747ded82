"""The console at its edges: what is too large, what is sealed, what is not loaded, charts of odd numbers."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from console_client import TOKENS, Console, words_of
from console_kit import deliver
from flask import Flask

from app.desk.overview import Span
from app.store.keyring import new_key
from app.store.tables import attempts
from app.web.console.charts import bars, top
from app.web.console.guides import guide

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("highest", "scale"), [(0, 1), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (99, 100), (101, 200), (70_000, 100_000)]
)
def test_its_scale_ends_at_a_round_number(highest: int, scale: int) -> None:
    assert top([Span(NOON, delivered=highest)]) == scale


def test_its_bars_stay_within_the_chart() -> None:
    spans = [Span(NOON, delivered=100_000, ignored=1, failed=1, waiting=1), Span(NOON)]

    drawn = str(bars(spans, by_day=True))

    assert drawn.count("<rect") == 4
    assert "100,003 accepted: 100,000 delivered, 1 ignored, 1 failed, 1 waiting." in drawn
    assert "by day" in drawn


def test_a_guide_becomes_a_list_and_nothing_else() -> None:
    text = (
        "1. Open *Settings*, `a <b>`.\n   Go on.\n2. Paste {url}, **not** <script>.\n3. [docs](https://example.com/x)"
    )

    assert str(guide(text, "https://hooks.example.com/hooks/x?<")) == (
        "<ol><li>Open <em>Settings</em>, <code>a &lt;b&gt;</code>. Go on.</li>"
        "<li>Paste <code>https://hooks.example.com/hooks/x?&lt;</code>, <strong>not</strong> &lt;script&gt;.</li>"
        '<li><a href="https://example.com/x" rel="noreferrer">docs</a></li></ol>'
    )


def test_it_refuses_a_form_that_is_too_large(console: Console) -> None:
    answer = console.post("/find", text="x" * 200_000)

    assert answer.status_code == 413
    assert "too large" in words_of(answer)


def test_it_is_found_without_its_last_slash(console: Console) -> None:
    assert console.client.get("/console").location.endswith("/console/")


def test_it_shows_what_it_cannot_read(make_app: Callable[..., Flask]) -> None:
    sealed = make_app(f'{TOKENS}\nencryption_key = "{new_key()}"')
    before = Console(sealed, sealed.test_client())
    before.receive("lead-1-a", name="Ada Example")
    deliver(before)
    other = make_app(f'{TOKENS}\nencryption_key = "{new_key()}"')
    console = Console(other, other.test_client())
    console.sign_in()

    for path in ("/", "/events", "/people/1", "/event?source=landing&id=lead-1-a",
                 "/event/replay?source=landing&id=lead-1-a"):  # fmt: skip
        answer = console.client.get(f"/console{path}")

        assert answer.status_code == 200
        assert "Ada Example" not in answer.text
    assert "sealed with a key that is not configured" in console.text("/event", source="landing", id="lead-1-a")
    assert console.get("/event/payload", source="landing", id="lead-1-a").status_code == 404


def test_it_says_that_there_is_a_bug_and_not_what_it_said(console: Console, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> str:
        raise ValueError("ada@example.com is in the way")

    console.app.view_functions["console.actions"] = broken

    answer = console.get("/log")

    assert answer.status_code == 500
    assert "Something went wrong here" in words_of(answer)
    assert "ada@example.com" not in answer.text + capsys.readouterr().out


@pytest.mark.parametrize(("tokens", "loaded"), [("", False), (TOKENS, True)])
def test_who_has_no_token_does_not_pay_for_it(tokens: str, loaded: bool) -> None:  # noqa: FBT001
    script = f"""
import sys
from pathlib import Path
from app import create_app
from app.config import loads
create_app(loads('''[server]\\n{tokens}\\n[orgs.main]\\napi_key = "k"\\n''', {{}}, Path()))
print("app.web.console" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == str(loaded)


def test_it_shows_the_last_attempts_of_very_many(console: Console) -> None:
    console.receive()
    deliver(console)
    many = attempts.insert().from_select(
        ["event_row", "started_at", "duration_ms", "outcome", "message"],
        sa.select(attempts.c.event_row, attempts.c.started_at, sa.literal(7), sa.literal("retry"), sa.literal("no")),
    )
    with console.bridge.store.database.writing() as connection:
        for _ in range(7):
            connection.execute(many)

    page = console.get("/event", source="landing", id="lead-1").text

    assert page.count("· retry ·") == 50
    assert "The last 50 are shown." in page


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**30])
@pytest.mark.parametrize("page", ["", "/erase"])
def test_nobody_has_a_number_that_is_too_large(console: Console, number: int, page: str) -> None:
    assert console.get(f"/people/{number}{page}").status_code == 404


def test_it_says_where_it_stops_showing_a_large_payload(console: Console) -> None:
    console.receive("large", numbers=list(range(90_000)))
    console.receive("small", email="ben@example.com")

    page = console.get("/event", source="landing", id="large").text

    assert "… 100,000 characters are shown.</pre>" in page
    assert len(page) < 150_000
    assert "characters are shown" not in console.text("/event", source="landing", id="small")
