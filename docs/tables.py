"""The tables of the README, made from the code: ``make docs`` writes them, ``make check`` compares them."""

from app.cli.catalog import signs
from app.config import settings
from app.providers import providers


def settings_table() -> str:
    """Every key of the configuration file."""
    rows = [f"| `{s.key}` | {s.type} | {_code(s.default)} | {_cell(s.help)} |" for s in settings()]
    return "\n".join(["| key | type | default | what it does |", "|---|---|---|---|", *rows])


def providers_table() -> str:
    """Every built-in provider."""
    rows = [
        f"| [{p.title}]({p.docs}) | `{p.name}` | {_cell(signs(p))} | {_cell(_events(p.events))} |"
        for p in providers().values()
    ]
    head = "| sender | `provider` | verified by | events that make or change a contact |"
    return "\n".join([head, "|---|---|---|---|", *rows])


def _events(events: object) -> str:
    return ", ".join("any" if name == "*" else f"`{name}`" for name in events)  # type: ignore[attr-defined]


def _code(default: str) -> str:
    return default if default in ("", "required") else f"`{default}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
