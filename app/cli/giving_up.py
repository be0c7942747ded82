"""``reseal --give-up``: going on without a key that is lost."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app import utc_now
from app.cli.common import print_json, table
from app.errors import UsageError

if TYPE_CHECKING:
    from app.store import Receipt, Store
    from app.store.lost_values import Extent

_KINDS = {
    "payloads": "payloads, and all else of their events that nothing can be made of any more",
    "attempts": "requests and answers of attempts",
    "identities": "e-mail addresses, phone numbers and user ids",
    "persons": "persons who can no longer be named: they are forgotten here; their contacts upstream stay",
    "failing": "events that are not delivered yet, and fail now",
}
_AFTERWARDS = """\
Whoever is new is looked up upstream before anything is created, so that nobody who was forgotten becomes two contacts.
`contact-bridge restored --over` ends that."""
_LEFT = """\
Something is sealed with it still: somebody is being delivered, or a process has the key. Restart every process without
it, and run this again."""


def give_up(store: "Store", mark: str, *, sure: bool, as_json: bool) -> None:
    """Show what only the key with this mark opens, ask, and let go of it. Raises `UsageError` if it is not lost."""
    from app.store.lost_key import LostKey  # noqa: PLC0415 -- see app.cli

    extent = LostKey(store.database, mark).extent()
    if any(mark in deliverer.marks for deliverer in store.deliverers.all()):
        raise UsageError(f"a running bridge has the key with the mark {mark}: restart it without, if the key is lost")
    if not extent:
        raise UsageError(
            f"nothing is sealed with a key of the mark {mark!r}; `contact-bridge reseal` names those that are missing"
        )
    _ask(mark, extent, sure=sure)
    with click.progressbar(length=extent.rows, label="Letting go", file=sys.stderr) as bar:
        key = LostKey(store.database, mark, bar.update)
        receipt = key.give_up(utc_now())
    store.bell.ring()
    if as_json:
        print_json(asdict(receipt))
    else:
        _show(receipt)
    if key.extent():
        click.echo(_LEFT, err=True)
        raise click.exceptions.Exit(1)


def _ask(mark: str, extent: "Extent", *, sure: bool) -> None:
    click.echo(f"Only the key with the mark {mark} opens these, and without it they go for good:", err=True)
    for name, words in _KINDS.items():
        if count := getattr(extent, name):
            click.echo(f"  {count:>8,} {words}", err=True)
    if not sure:
        click.confirm("This cannot be undone. Is the key lost, and let go of what it sealed?", abort=True, err=True)


def _show(receipt: "Receipt") -> None:
    shown = {name: value for name, value in asdict(receipt).items() if value}
    table("Receipt", ["what", ""], [(name.replace("_", " "), value) for name, value in shown.items()])
    if receipt.identities:
        click.echo(_AFTERWARDS)
