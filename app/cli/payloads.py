"""A webhook made of what the command line names: a file, and headers."""

from dataclasses import replace
from pathlib import Path

import click

from app.errors import UsageError
from app.webhook import Webhook

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


def with_headers(webhook: Webhook, headers: tuple[str, ...]) -> Webhook:
    """Set headers, each a 'Name: value'. Raises `UsageError`."""
    pairs = [header.partition(":") for header in headers]
    if bad := next((name for name, colon, _ in pairs if not colon or not name.strip()), None):
        raise UsageError(f"-H {bad!r}: say 'Name: value'")
    return replace(webhook, headers={**webhook.headers, **{n.strip().lower(): v.strip() for n, _, v in pairs}})
