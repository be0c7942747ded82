"""The tables of the README, made from the code: ``make docs`` writes them, ``make check`` compares them."""

from app.cli.catalog import brings, fetches, signs
from app.config import settings
from app.providers import Provider, providers


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
