"""``providers``: what is built in, how each one signs, what it maps, how to set it up."""

from typing import TYPE_CHECKING, Any

import click

from app.cli.common import json_option, print_json, table
from app.desk.known import nearest
from app.errors import UsageError

if TYPE_CHECKING:
    from app.providers import Provider
    from app.samples import Sample

_PARTS = {"user_id": "user id", "name": "name", "email": "e-mail", "phone": "phone", "consent": "consent"}


@click.command()
@click.argument("name", required=False)
@json_option
def providers(name: str | None, *, as_json: bool) -> None:
    """List the built-in providers, or explain one."""
    from app.providers import providers as built_in  # noqa: PLC0415 -- see app.cli

    known = built_in()
    if name is not None and name not in known:
        raise UsageError(f"there is no provider {name!r}{nearest(name, known)}")
    chosen = [known[name]] if name else list(known.values())
    if as_json:
        documents = [describe(provider) for provider in chosen]
        print_json(documents[0] if name else documents)
    elif name:
        _explain(chosen[0])
    else:
        rows = [(p.name, p.title, signs(p), len(p.events)) for p in chosen]
        table("", ["provider", "sender", "verified by", "events"], rows)


def describe(provider: "Provider") -> dict[str, Any]:
    """Return a provider as plain data."""
    return {
        "name": provider.name,
        "title": provider.title,
        "docs": provider.docs,
        "signature": signs(provider),
        "events": {event_type: rule.meaning.value for event_type, rule in provider.events.items()},
        "brings": {event_type: brings(provider, event_type) for event_type in provider.events},
        "ignores": dict(provider.ignores),
        "chores": dict(provider.chores),
        "fetches": provider.fetch.host if provider.fetch else None,
        "setup": provider.setup,
        "delivery": provider.delivery,
    }


def signs(provider: "Provider") -> str:
    """Return how a provider's webhooks are verified, in one line."""
    return provider.signature.summary if provider.signature else "the source's own auth"


def brings(provider: "Provider", event_type: str) -> list[str]:
    """Return which parts of a contact events of that type may bring, in words: by their places, and by the samples."""
    from app.samples import samples  # noqa: PLC0415 -- see app.cli

    shown = {part for sample in samples(provider.name) if _type(sample) == event_type for part in _contact(sample)}
    shown |= provider.events[event_type].schema().fields.keys()
    return [words for part, words in _PARTS.items() if part in shown]


def _type(sample: "Sample") -> str | None:
    found: str | None = sample.expected.get("event", {}).get("type")
    return found


def _contact(sample: "Sample") -> dict[str, Any]:
    return dict(sample.expected.get("contact", {}))


def fetches(provider: "Provider") -> str | None:
    """Return from where a person is fetched that an event names by number only, in a sentence; None if from nowhere."""
    if provider.fetch is None:
        return None
    return f"The person is fetched from {provider.fetch.host}, and from nowhere else, with the token in `token`."


def _explain(provider: "Provider") -> None:
    click.echo(f"{provider.title} ({provider.name})\n{provider.docs}\n")
    click.echo(f"Verified by: {signs(provider)}")
    click.echo(f"Delivery:    {provider.delivery}")
    click.echo(f"{fetches(provider) or ''}\n")
    click.echo(f"Set it up:\n{provider.setup.replace('{url}', 'https://<your bridge>/hooks/<source>')}\n")
    rows = [
        ("any" if event_type == "*" else event_type, rule.meaning, ", ".join(brings(provider, event_type)))
        for event_type, rule in provider.events.items()
    ]
    table("Events; any other is kept and ignored", ["event", "means", "may bring"], rows)
    if provider.chores:
        table("For you to answer: it fails, and says what to do", ["event", "because"], list(provider.chores.items()))
    if provider.ignores:
        table("Ignored", ["event", "because"], list(provider.ignores.items()))


commands = (providers,)
