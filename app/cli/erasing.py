"""``erase``: forget a person everywhere, with a receipt."""

import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.common import config_option, json_option, load_config, nearest, print_json, table
from app.cli.databases import existing_store, store_as_it_is
from app.cli.forgotten import erased_elsewhere, export_forgotten
from app.errors import PersonBusyError, UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Receipt, Store, Whom

_FILE = click.Path(path_type=Path, dir_okay=False)
_WHOM = """\
say whom to erase (an e-mail address, a phone number or a user id), or one of --receipts, --export-forgotten FILE and \
--again FILE"""
_TRIES, _WAIT_SECONDS = 10, 1.0
_NOBODY = """\
Nobody is known by that. Payloads that name them are gone (see the receipt), and nothing older brings them in.
A user id is meant as `show` prints it, such as shopify:706405506; a phone number with its country code, such as +1…"""


@click.command()
@click.argument("person", required=False)
@click.option("--org", help="Only in this organization. [default: in all]")
@click.option("--yes", is_flag=True, help="Do not ask whether this is meant.")
@click.option("--receipts", is_flag=True, help="List what was erased so far.")
@click.option("--export-forgotten", "export", type=_FILE, help="Write who was erased so far to a file, as hashes.")
@click.option("--again", type=_FILE, help="After a restore: erase whom such a file tells of.")
@json_option
@config_option
def erase(
    person: str | None, org: str | None, *, yes: bool, receipts: bool, export: Path | None, again: Path | None,
    as_json: bool, config_path: Path | None,
) -> None:  # fmt: skip
    """Forget PERSON everywhere: an e-mail address, a phone number (+…, with its country code) or a user id."""
    from app.store import all_receipts  # noqa: PLC0415 -- see app.cli

    person = (person or "").strip()
    if sum(map(bool, (person, receipts, export, again))) != 1:
        raise UsageError(_WHOM)
    config = load_config(config_path, sandbox=True)
    whom = whom_to_erase(config, person, org)
    if export:
        export_forgotten(store_as_it_is(config), export)
        return
    store = existing_store(config)
    if person and not yes:
        click.confirm("This cannot be undone. Forget this person everywhere?", abort=True, err=True)
    if receipts:
        _list(all_receipts(store.database), as_json=as_json)
    elif again:
        whoms, everybody = erased_elsewhere(config, store, again, sure=yes)
        _report([_erase(store, whom) for whom in whoms], as_json=as_json, several=True, whole=everybody)
    else:
        _report([_erase(store, whom)], as_json=as_json)


def _erase(store: "Store", whom: "Whom") -> "Receipt":
    return when_quiet(lambda: store.erasure.erase(whom, datetime.now(UTC), _progress), time.sleep)


def _report(done: "list[Receipt]", *, as_json: bool, several: bool = False, whole: bool = True) -> None:
    """Show receipts. Leaves with exit 1 if not everybody was erased everywhere."""
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
    if unsearched or not whole:
        raise click.exceptions.Exit(1)


def whom_to_erase(config: "Config", person: str, org: str | None) -> "Whom":
    """Read what was said of a person. Raises `UsageError` for an org that is not configured."""
    from app.contact import guard  # noqa: PLC0415 -- see app.cli
    from app.store import Whom  # noqa: PLC0415

    if org is not None and org not in config.orgs:
        raise UsageError(f"there is no org {org!r}{nearest(org, config.orgs)}")
    text = person.strip()
    named = {("user_id", text)}
    if "@" in text:
        named |= {("email", text.lower()), ("email", guard({"email": text})[0].get("email", text).lower())}
    if phone := guard({"phone": text})[0].get("phone"):
        named.add(("phone", phone))
    sources = None if org is None else tuple(s.name for s in config.sources.values() if s.org == org)
    return Whom(frozenset(named), tuple(config.orgs) if org is None else (org,), sources)


def when_quiet(work: "Callable[[], Receipt]", sleep: Callable[[float], None]) -> "Receipt":
    """Do it as soon as nothing of the person is being delivered. Raises `PersonBusyError` after some seconds."""
    for _ in range(_TRIES):
        try:
            return work()
        except PersonBusyError:
            sleep(_WAIT_SECONDS)
    return work()


def _progress(looked: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{looked} events and attempts looked through", nl=False, err=True)


def _show(receipt: "Receipt") -> None:
    if sys.stderr.isatty():
        click.echo(err=True)
    if not receipt.persons:
        click.echo(_NOBODY)
    rows = [(name.replace("_", " "), _cell(value)) for name, value in asdict(receipt).items()]
    table("Receipt", ["what", ""], rows)
    if receipt.contact_ids:
        click.echo("Delete the contact upstream by hand: its API documents no delete.")


def _list(found: "list[Receipt]", *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(receipt) for receipt in found])
        return
    columns = ["erased at", "asked by", "what", "contacts upstream"]
    table("", columns, [(r.erased_at, r.asked_by, _what(r), _cell(r.contact_ids)) for r in found])


def _what(r: "Receipt") -> str:
    counts = {"persons": r.persons, "identities": r.identities, "payloads": r.payloads, "attempts": r.attempts}
    return "\n".join(f"{noun}: {count}" for noun, count in counts.items())


def _cell(value: object) -> object:
    return "\n".join(value) if isinstance(value, tuple) else value


commands = (erase,)
