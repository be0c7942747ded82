"""The house's rules: who may import what (DESIGN §2), and how long a file and a function may be."""

import ast

from import_rules import PROVIDERS_SEE, ROOT, misplaced, modules, table, unseen

FILE_LINES, PROVIDER_LINES, TEST_LINES, FUNCTION_LINES = 150, 80, 200, 40

# What is longer: how long at most, and why it stays one piece.
LONGER_FILES = {
    "app/store/tables.py": (200, "the tables and the order they are in are one picture"),
    "app/contact.py": (170, "a contact and the schemas that guard it are one shape"),
}
LONGER_FUNCTIONS = {
    "app/store/migrations/versions/0001_first.py:upgrade": "a migration is the list of its tables",
}
APP, TESTS = modules(), modules("tests")
PROVIDERS = {path: tree for path, tree in APP.items() if path.startswith("app/providers/") and "__init__" not in path}


def test_it_imports_a_library_only_where_that_belongs() -> None:
    found = {path: misplaced(path, tree) for path, tree in APP.items()}

    assert {path: names for path, names in found.items() if names} == {}


def test_it_shows_a_provider_only_what_providers_need() -> None:
    found = {path: unseen(tree) for path, tree in PROVIDERS.items()}

    assert PROVIDERS
    assert {path: names for path, names in found.items() if names} == {}


def test_it_notices_a_misplaced_import_inside_a_function() -> None:
    tree = ast.parse("def f():\n    import requests.adapters\n    from flask import g")

    assert misplaced("app/bridge.py", tree) == ["flask", "requests"]
    assert misplaced("app/upstream.py", tree) == ["flask"]


def test_it_notices_a_provider_that_sees_too_much() -> None:
    tree = ast.parse("import json\nfrom app import store\nfrom app.providers.shopify import Shopify")

    assert unseen(tree) == ["app.providers.shopify", "app.store"]


def test_it_prints_its_rules() -> None:
    text = table()

    assert "| `requests`, `urllib3` | `app/upstream.py` |" in text
    assert all(f"`{name}`" in text for name in PROVIDERS_SEE)


def test_it_keeps_files_short() -> None:
    lengths = {path: _lines(path) for path in APP | TESTS}

    assert {path: n for path, n in lengths.items() if n > LONGER_FILES.get(path, (_limit(path), ""))[0]} == {}


def test_it_keeps_functions_short() -> None:
    long = [f"{path}:{name}" for path, tree in (APP | TESTS).items() for name in _long_functions(tree)]

    assert sorted(long) == sorted(LONGER_FUNCTIONS)


def test_it_makes_no_exception_that_is_not_needed() -> None:
    assert [path for path in LONGER_FILES if path not in APP or _lines(path) <= _limit(path)] == []


def _limit(path: str) -> int:
    if path in PROVIDERS:
        return PROVIDER_LINES
    return TEST_LINES if path in TESTS else FILE_LINES


def _lines(path: str) -> int:
    """Blank lines are air, not length; but a provider has to fit as a whole, air included."""
    lines = (ROOT / path).read_text("utf-8").splitlines()
    return len(lines if path in PROVIDERS else [line for line in lines if line.strip()])


def _long_functions(tree: ast.Module) -> list[str]:
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno >= FUNCTION_LINES]
