"""Who may come in, and what is answered to whoever may not, or asks in a wrong way."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from api_kit import ADMIN, READ_TOKEN, READER, TOKEN, Desk, configuration, problem

from app import create_app

MIB = 1024 * 1024
LOOKS = [
    "events",
    "persons",
    "sources",
    "orgs",
    "overview",
    "refusals",
    "actions",
    "events/shop/e1",
    "attempts/shop/e1",
]
CHANGES = {
    "replay": {"status": "failed"}, "ignore": {"status": "failed"}, "pause": {"org": "main"}, "resume": {"org": "main"},
    "erase": {"person": "e@example.com"},
}  # fmt: skip
WORKS_OUT = {"rehearse": {"source": "shop", "event_id": "e1"}, "preview": {"source": "shop", "body": {}}}
PRELOADED = """
import sys
from pathlib import Path
from api_kit import configuration
from app import create_app
app = create_app(configuration("sqlite:///" + sys.argv[1]))
before = "flask_smorest" in sys.modules
app.test_client().get("/api/v1/openapi.json")
print(before, "flask_smorest" in sys.modules)
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough to say who may come in."""
    return sqlite_url


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/events", "/api/v1/openapi.json", "/api/v1/docs"])
def test_there_is_no_api_without_a_token(sqlite_url: str, path: str) -> None:
    app = create_app(configuration(sqlite_url, tokens=""))

    with closing(app.extensions["bridge"].store):
        answer = app.test_client().get(path, headers=ADMIN)

        problem(answer, 404, "not-found")


@pytest.mark.parametrize(
    ("shown", "title"),
    [
        (None, "A token is needed"),
        ("", "A token is needed"),
        ("Bearer", "This token opens nothing"),
        ("Bearer wrong", "This token opens nothing"),
        (f"Bearer {TOKEN[:-1]}", "This token opens nothing"),
        (f"Basic {TOKEN}", "A token is needed"),
        (f"Digest {TOKEN}", "A token is needed"),
    ],
)
@pytest.mark.parametrize("path", LOOKS[:2])
def test_nobody_comes_in_without_a_token_that_opens(desk: Desk, shown: str | None, title: str, path: str) -> None:
    answer = desk.get(path, {} if shown is None else {"Authorization": shown})

    assert problem(answer, 401, "unauthorized")["title"] == title
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["a=b=c=d=", "c2VjcmV0==x", "========", 'a="b",c="d"', "Bearer:x"])
def test_a_token_opens_whatever_characters_it_is_made_of(sqlite_url: str, token: str) -> None:
    app = create_app(configuration(sqlite_url, tokens=f"read_token = '{token}'"))

    with closing(app.extensions["bridge"].store):
        answer = app.test_client().get("/api/v1/events", headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code == 200, answer.text


def test_a_token_in_the_address_opens_nothing(desk: Desk) -> None:
    problem(desk.get("events", {}, access_token=TOKEN), 401, "unauthorized")


@pytest.mark.parametrize("path", LOOKS)
def test_whoever_looks_sees_everything(desk: Desk, path: str) -> None:
    desk.receive("shop", "e1")

    answer = desk.get(path, READER)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("body", [None, {"nonsense": 1}])
def test_whoever_looks_changes_nothing_whatever_they_send(desk: Desk, path: str, body: object) -> None:
    desk.receive("shop", "e1")

    answer = desk.post(path, READER, **(body or CHANGES[path]))

    assert problem(answer, 403, "forbidden")["title"] == "This token only looks"
    assert desk.found("actions")["data"] == []


@pytest.mark.parametrize("path", WORKS_OUT)
def test_whoever_looks_may_try_things_out(desk: Desk, path: str) -> None:
    desk.receive("shop", "e1")

    assert desk.post(path, READER, **WORKS_OUT[path]).status_code == 200


@pytest.mark.parametrize("path", CHANGES)
def test_an_admin_does(desk: Desk, path: str) -> None:
    desk.receive("shop", "e1")

    assert desk.post(path, ADMIN, **CHANGES[path]).status_code == 200


@pytest.mark.parametrize(
    ("data", "kind", "status", "problem_kind"),
    [
        (b"{", "application/json", 400, "unreadable-body"),
        (b"\xff", "application/json", 400, "unreadable-body"),
        (b"\r\n", "application/json", 400, "unreadable-body"),  # as an empty selection it would mean everything
        (b'{"limit": NaN}', "application/json", 400, "unreadable-body"),
        (b"[" * 100_000, "application/json", 400, "unreadable-body"),
        (b"", "application/json", 422, "invalid"),
        (b"[]", "application/json", 422, "invalid"),
        (b"org=main", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b"{}", "text/plain", 415, "unsupported-media-type"),
        (b"{}", "", 415, "unsupported-media-type"),
        (b" " * (MIB + 1), "application/json", 413, "request-entity-too-large"),
    ],
)
def test_a_body_that_is_none_is_told_in_problem_details(
    desk: Desk, data: bytes, kind: str, status: int, problem_kind: str
) -> None:
    answer = desk.client.post("/api/v1/pause", data=data, headers={**ADMIN, "Content-Type": kind})

    problem(answer, status, problem_kind)


def test_each_mistake_is_told_with_its_place(desk: Desk) -> None:
    query = problem(desk.get("events", limit="0", stauts="failed", since="soon"), 422, "invalid")["errors"]
    body = problem(desk.post("preview", source=7, contact={"mail": "x"}, bodi={}), 422, "invalid")["errors"]

    assert {each["parameter"] for each in query} == {"limit", "stauts", "since"}
    assert {each["pointer"] for each in body} >= {"#/source", "#/body", "#/bodi", "#/contact/mail/key"}
    assert all(each["detail"] for each in (*query, *body))


@pytest.mark.parametrize(("method", "path", "allowed"), [("DELETE", "events", "GET"), ("GET", "pause", "POST")])
def test_it_says_which_methods_there_are(desk: Desk, method: str, path: str, allowed: str) -> None:
    answer = desk.client.open(f"/api/v1/{path}", method=method, headers=ADMIN)

    problem(answer, 405, "method-not-allowed")
    assert allowed in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["nothing", "events/", "events/shop", "events//e1", "../v1/events", ""])
def test_there_is_nothing_elsewhere(desk: Desk, path: str) -> None:
    problem(desk.get(path), 404, "not-found")


def test_it_answers_503_while_the_database_is_away(tmp_path: Path) -> None:
    (tmp_path / "bridge.db").mkdir()
    app = create_app(configuration(f"sqlite:///{tmp_path / 'bridge.db'}"))

    with closing(app.extensions["bridge"].store):
        answer = app.test_client().get("/api/v1/events", headers=READER)

        assert problem(answer, 503, "unavailable")["title"] == "The database cannot be used now"
        assert answer.headers["Retry-After"]


def test_nothing_of_it_is_loaded_before_somebody_asks(tmp_path: Path) -> None:
    kit = Path(__file__).parent
    made = subprocess.run(
        [sys.executable, "-c", PRELOADED, str(tmp_path / "bridge.db")],
        capture_output=True, text=True, check=True, cwd=kit.parent.parent.parent, env={"PYTHONPATH": f"{kit}:."},
    )  # fmt: skip

    assert made.stdout.split() == ["False", "True"]


def test_no_answer_tells_a_token(desk: Desk) -> None:
    answers = [desk.get(path).text for path in (*LOOKS, "openapi.json", "docs", "sources/shop", "orgs/main")]

    assert not [text for text in answers if TOKEN in text or READ_TOKEN in text or "key-of-tests" in text]
