"""Who may import what, as data: the tests hold the code to it, and the README prints it."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Only:
    """These libraries are imported in these places (patterns of paths) and nowhere else."""

    libraries: tuple[str, ...]
    places: tuple[str, ...]
    why: str


ONLY = (
    Only(
        ("flask", "itsdangerous", "jinja2"),
        ("app/__init__.py", "app/server.py", "app/web/*", "app/sandbox/*"),
        "the service knows nothing of HTTP frameworks",
    ),
    Only(
        ("flask_smorest", "webargs", "apispec"),
        ("app/web/api/*",),
        "the management API is described by what checks it; who has no token never loads it",
    ),
    Only(
        ("gunicorn",),
        ("app/server.py", "app/web/bodies.py", "app/web/worker.py"),
        "what serves can be exchanged; it raises one error while a body is read",
    ),
    Only(
        ("sqlalchemy", "alembic", "psycopg", "sqlite3"),
        ("app/store/*",),
        "every SQL statement is in one folder",
    ),
    Only(
        ("requests", "urllib3"),
        ("app/upstream.py",),
        "one session, one set of timeouts, one place that knows a key",
    ),
    Only(("click", "rich"), ("app/cli/*",), "what is printed for people is printed there"),
    Only(("apprise",), ("app/alerts/speaker.py",), "it takes long to load: a process loads it, tells and ends"),
    Only(("prometheus_client",), ("app/metrics.py",), "labels are watched in one place"),
    Only(("opentelemetry",), ("app/otel.py",), "an extra, which need not be there"),
    Only(
        ("cryptography",),
        ("app/signatures/*", "app/store/keyring.py"),
        "what is genuine is decided in the one, what is sealed at rest is opened by the other",
    ),
)

PROVIDERS_SEE = (
    "app.batches",
    "app.contact",
    "app.errors",
    "app.event_types",
    "app.expressions",
    "app.form_shapes",
    "app.forms",
    "app.payload",
    "app.providers",
    "app.reading",
    "app.relays",
    "app.signatures",
    "app.webhook",
    "app.words",
    "marshmallow",
)


def table() -> str:
    """Return the rules as a Markdown table."""
    rows = [(_code(rule.libraries), _code(rule.places), rule.why) for rule in ONLY]
    rows.append((_code(PROVIDERS_SEE), "`app/providers/*`", "all that a provider sees, and never another one"))
    return "\n".join(["| What | is imported in | because |", "|---|---|---|", *(f"| {' | '.join(r)} |" for r in rows)])


def modules(under: str = "app") -> dict[str, ast.Module]:
    """Return every module below a folder, parsed, by its path from the root."""
    paths = sorted(path for path in (ROOT / under).rglob("*.py") if ".venv" not in path.parts)
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_bytes()) for path in paths}


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted name of every module that is imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports are not used here"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "app")


def misplaced(path: str, tree: ast.Module) -> list[str]:
    """Return the libraries that a module imports although another place is theirs."""
    libraries = {name.partition(".")[0] for name in imported(tree)}
    return sorted(
        library
        for rule in ONLY
        for library in libraries.intersection(rule.libraries)
        if not any(fnmatchcase(path, place) for place in rule.places)
    )


def unseen(tree: ast.Module) -> list[str]:
    """Return what a provider imports although no provider may see it."""
    return sorted(name for name in imported(tree) if not _standard(name) and not _visible(name))


def _visible(name: str) -> bool:
    return name in (*PROVIDERS_SEE, "app") or name.startswith("app.signatures.")


def _standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
