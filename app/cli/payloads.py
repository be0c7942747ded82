"""A webhook made of what the command line names: a file, a sample, and headers."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.desk.known import nearest
from app.errors import UsageError
from app.samples import samples
from app.webhook import Webhook

if TYPE_CHECKING:
    from app.providers import Provider

header_option = click.option("-H", "--header", "headers", multiple=True, metavar="'Name: value'", help="Repeatable.")


def from_file(path: Path) -> Webhook:
    """Read a body; "-" is standard input. Raises `UsageError`."""
    try:
        with click.open_file(str(path), "rb") as file:
            body = file.read()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    form = body.lstrip()[:1] not in (b"{", b"[")
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    return Webhook(body=body, headers={"content-type": kind})


def as_event(webhook: Webhook, provider: "Provider", event: str) -> Webhook:
    """Give a body the headers and the query that say which event it is. Raises `UsageError`."""
    sample = from_samples(provider, event)
    return replace(webhook, headers={**sample.headers, **webhook.headers}, query=sample.query)


def with_headers(webhook: Webhook, headers: tuple[str, ...]) -> Webhook:
    """Set headers, each a 'Name: value'. Raises `UsageError`."""
    pairs = [header.partition(":") for header in headers]
    if bad := next((name for name, colon, _ in pairs if not colon or not name.strip()), None):
        raise UsageError(f"-H {bad!r}: say 'Name: value'")
    return replace(webhook, headers={**webhook.headers, **{n.strip().lower(): v.strip() for n, _, v in pairs}})


def from_samples(provider: "Provider", event: str | None) -> Webhook:
    """Return the sample of that name, the first of that event type, or the most ordinary one. Raises `UsageError`."""
    # a handshake is no event: it may need what only the sender's own setup makes
    all_of_them = [sample for sample in samples(provider.name) if sample.webhook.method == "POST"]
    known = {sample.event.get("type"): sample for sample in reversed(all_of_them)}
    known |= {sample.name: sample for sample in all_of_them}
    name = event or all_of_them[0].name
    if name not in known:
        raise UsageError(f"{provider.title} has no sample {name!r}{nearest(name, filter(None, known))}")
    return known[name].renewed()
