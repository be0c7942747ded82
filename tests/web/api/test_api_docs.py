"""The description of the API: for programs, and as a page that asks nobody else for anything."""

import re

import pytest
from api_kit import Desk


def test_it_is_described_by_openapi_3_1(desk: Desk) -> None:
    document = desk.get("openapi.json", {}).get_json()

    assert document["openapi"] == "3.1.0"
    assert document["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    operations = [
        operation for path in document["paths"].values() for name, operation in path.items() if name in ("get", "post")
    ]
    assert all(each["summary"] and each["tags"] for each in operations)
    assert {
        content for each in document["components"]["responses"].values() for content in each["content"]
    } == {"application/problem+json"}  # fmt: skip


def test_every_operation_is_on_the_page(desk: Desk) -> None:
    document = desk.get("openapi.json", {}).get_json()

    page = desk.get("docs", {}).text

    shown = re.findall(r"<b>(GET|POST)</b> (\S+)</code> (.+)</summary>", page)
    assert sorted((method, path) for method, path, _ in shown) == sorted(
        (name.upper(), path)
        for path, methods in document["paths"].items()
        for name in methods
        if name in ("get", "post")
    )
    assert "an e-mail address, a phone number with its country code, or a user id" in page


@pytest.mark.parametrize("path", ["docs", "docs.css"])
def test_the_page_asks_nobody_else(desk: Desk, path: str) -> None:
    answer = desk.get(path, {})

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "://" not in answer.text
    assert not re.search(r"<script|style=|onload", answer.text)
