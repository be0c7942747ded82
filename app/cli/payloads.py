"""A webhook made of what the command line names: a file, a sample, and headers."""

import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.desk.known import nearest
from app.errors import UsageError
from app.samples import Sample, samples
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
    known = {_event(sample).get("type"): sample for sample in reversed(all_of_them)}
    known |= {sample.name: sample for sample in all_of_them}
    name = event or all_of_them[0].name
    if name not in known:
        raise UsageError(f"{provider.title} has no sample {name!r}{nearest(name, filter(None, known))}")
    sample, said = known[name], _event(known[name])
    # what the sandbox fetches is known by the number in the sample, and some tests by their id
    as_it_is = sample.fetched or said.get("test")
    return sample.webhook if as_it_is else _renewed(sample.webhook, str(said.get("id", "")))


def _event(sample: "Sample") -> dict[str, Any]:
    return dict(sample.expected.get("event", {}))


def _renewed(webhook: Webhook, event_id: str) -> Webhook:
    """Give a sample an id of its own, where its id is written in it; else it is the same event each time."""
    if len(event_id) < 6:
        return webhook
    new = str(uuid.uuid4().int | 1 << 127) if event_id.isdecimal() else uuid.uuid4().hex  # a number may stand unquoted
    new = new[: len(event_id)]
    headers = {name: value.replace(event_id, new) for name, value in webhook.headers.items()}
    return replace(webhook, body=webhook.body.replace(event_id.encode(), new.encode()), headers=headers)
