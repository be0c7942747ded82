"""The description of the API: for programs, and as a page that asks nobody else for anything."""

import re

import pytest
from api_kit import Desk

PROBLEMS = "application/problem+json"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """It is the same on each database."""
    return sqlite_url


@pytest.fixture
def operations(desk: Desk) -> dict[tuple[str, str], dict[str, object]]:
    """Every operation of the document, by method and path."""
    paths = desk.get("openapi.json", {}).get_json()["paths"]
    return {
        (name.upper(), path): operation
        for path, methods in paths.items()
        for name, operation in methods.items()
        if name in ("get", "post")
    }


def test_it_is_described_by_openapi_3_1(desk: Desk, operations) -> None:
    document = desk.get("openapi.json", {}).get_json()
    components = document["components"]

    assert document["openapi"] == "3.1.0"
    assert document["security"] == [{"token": []}]
    assert components["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    assert all(each["summary"] and each["tags"] for each in operations.values())
    assert {kind for each in components["responses"].values() for kind in each["content"]} == {PROBLEMS}


def test_every_operation_is_on_the_page(desk: Desk, operations) -> None:
    page = desk.get("docs", {}).text

    shown = re.findall(r"<b>(GET|POST)</b> (\S+)</code> (.+)</summary>", page)
    assert sorted((method, path) for method, path, _ in shown) == sorted(operations)
    assert "an e-mail address, a phone number with its country code, or a user id" in page


@pytest.mark.parametrize("path", ["docs", "docs.css"])
def test_the_page_asks_nobody_else(desk: Desk, path: str) -> None:
    answer = desk.get(path, {})

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "://" not in answer.text
    assert not re.search(r"<script|style=|onload", answer.text)
