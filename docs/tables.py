"""The tables of the documents, made from the code: ``make docs`` writes them, ``make check`` compares them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from examples import AUTH_EXAMPLES, EXAMPLES

from app.cli.catalog import brings, fetches, signs
from app.config import Setting, loads, settings
from app.config.schema import AUTHS
from app.providers import Provider, providers

_BY_KEY = {setting.key: setting for setting in settings()}
NEEDED = (
    *("server.public_url", "server.database_url", "server.admin_token", "server.retention_days", "alerts.to"),
    *("orgs.<name>.api_key", "sources.<name>.provider", "sources.<name>.secret", "sources.<name>.auth"),
    "sources.<name>.segment_ids",
)
_SECRET = "c2VjcmV0LWZvci10aGUtZG9jdW1lbnRz"  # noqa: S105 -- invented, and base64: Standard Webhooks wants that


def settings_table(*keys: str) -> str:
    """The keys of the configuration file that are named, in that order; every one of them unless any is."""
    return _rows([_BY_KEY[key] for key in keys or _BY_KEY])


def settings_by_table() -> str:
    """Every key of the configuration file, table by table, each with its example."""
    tables = dict.fromkeys(_table(key) for key in _BY_KEY)
    return "\n\n".join(
        f"## `{_heading(table)}`\n\n{_toml(EXAMPLES[table])}\n\n"
        + _rows([s for s in _BY_KEY.values() if _table(s.key) == table], within=f"{table}.")
        for table in tables
    )


def auth_table() -> str:
    """Every kind of ``auth``: what its sender shows, and how a source says so."""
    rows = [f"| `{auth}` | {_cell(_shows(said))} | {_code_each(said)} |" for auth, said in _auths()]
    return "\n".join(["| `auth` | the sender shows | in the source |", "|---|---|---|", *rows])


def _auths() -> Iterator[tuple[str, str]]:
    return ((auth, f'auth = "{auth}"\n{AUTH_EXAMPLES[auth]}'.strip()) for auth in AUTHS)


def _shows(said: str) -> str:
    text = f'[orgs.main]\napi_key = "made-up"\n[sources.landing]\nprovider = "relay"\n{said}'
    scheme = loads(text, {"LANDING_TOKEN": _SECRET}, Path()).sources["landing"].scheme
    return scheme.summary if scheme else "nothing: anybody may post here"


def _rows(chosen: Iterable[Setting], within: str = "") -> str:
    rows = [f"| `{s.key.removeprefix(within)}` | {s.type} | {_code(s.default)} | {_cell(s.help)} |" for s in chosen]
    return "\n".join(["| key | type | default | what it does |", "|---|---|---|---|", *rows])


def _table(key: str) -> str:
    return key.rpartition(".")[0]


def _heading(table: str) -> str:
    return f"[[{table.removesuffix('[]')}]]" if table.endswith("[]") else f"[{table}]"


def _toml(text: str) -> str:
    return f"```toml\n{text.strip()}\n```"


def _code_each(lines: str) -> str:
    return ", ".join(f"`{line}`" for line in lines.splitlines())


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


def provider_guides() -> str:
    """How to set every sender up."""
    return "\n".join(_guide(provider) for provider in providers().values())


def _guide(provider: Provider) -> str:
    address = "https://hooks.example.com/hooks/your-source"  # plain: it stands inside code, too
    events = "\n".join(
        f"| {_type(name)} | {rule.meaning} | {', '.join(brings(provider, name))} |"
        for name, rule in provider.events.items()
    )
    chores = "".join(
        f"| {_type(name)} | fails, for you to answer: {_cell(why)} | |\n" for name, why in provider.chores.items()
    )
    ignored = "".join(f"| {_type(name)} | ignored: {_cell(why)} | |\n" for name, why in provider.ignores.items())
    fetched = f"- {fetches(provider)}\n" if provider.fetch else ""
    return f"""
## {provider.title}

`provider = "{provider.name}"` · [its documentation]({provider.docs})

{provider.setup.replace("{url}", address)}

- Verified by: {signs(provider)}
- Delivery: {provider.delivery}
{fetched}
| event | means | may bring |
|---|---|---|
{events}
{chores}{ignored}"""


def _type(name: str) -> str:
    return "any other" if name == "*" else f"`{name}`"
