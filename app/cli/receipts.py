"""What ``erase`` shows of receipts."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.cli.common import print_json, table

if TYPE_CHECKING:
    from app.store import Receipt

_WORDS = {
    "unsearched": "damaged events and attempts: nobody can say whom they name",
    "failed": "failed, for they had not been delivered",
}
_NOBODY = """\
Nobody is known by that, and nothing that is kept names them. They are remembered as hashes, so that nothing older
brings them in, and that is all that the receipt is for.
A user id is meant as `show` prints it, such as shopify:706405506; a phone number with its country code, such as +1…"""
_MENTIONED = "Nobody is known by that. What named them is gone (see the receipt), and nothing older brings them in."


def report(done: "list[Receipt]", *, as_json: bool, several: bool = False) -> bool:
    """Show receipts; return whether each found somebody, and looked everywhere."""
    if as_json:
        plain = [asdict(receipt) for receipt in done]
        print_json(plain if several else plain[0])
    else:
        for receipt in done:
            _show(receipt)
    unsearched = max((receipt.unsearched for receipt in done), default=0)
    if unsearched:
        damaged = "event or attempt is" if unsearched == 1 else "events or attempts are"
        click.echo(f"{unsearched} {damaged} damaged and could not be searched", err=True)
    return not unsearched and all(_found_any(receipt) for receipt in done)


def list_receipts(found: "list[Receipt]", *, as_json: bool) -> None:
    """Show what was erased so far."""
    if as_json:
        print_json([asdict(receipt) for receipt in found])
    elif found:
        columns = ["erased at", "asked by", "what", "contacts upstream"]
        table("", columns, [(r.erased_at, r.asked_by, _what(r), _cell(r.contact_ids)) for r in found])
    else:
        click.echo("Nobody was erased so far")


def _found_any(receipt: "Receipt") -> bool:
    return bool(receipt.persons or receipt.payloads or receipt.attempts)


def _show(receipt: "Receipt") -> None:
    if sys.stderr.isatty():
        click.echo(err=True)
    if not receipt.persons:
        click.echo(_MENTIONED if _found_any(receipt) else _NOBODY)
    told = asdict(receipt)
    rows = [(name.replace("_", " "), _cell(value)) for name, value in told.items() if value and name not in _WORDS]
    rows += [(name, f"{told[name]} {words}") for name, words in _WORDS.items() if told[name]]
    table("Receipt", ["what", ""], rows)
    if receipt.contact_ids:
        click.echo("Delete the contact upstream by hand: its API documents no delete.")


def _what(r: "Receipt") -> str:
    names = ("persons", "identities", "payloads", "attempts", *_WORDS)
    return "\n".join(f"{name}: {getattr(r, name)}" for name in names if getattr(r, name)) or "nothing"


def _cell(value: object) -> object:
    return "\n".join(value) if isinstance(value, tuple) else value
