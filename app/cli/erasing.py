"""``erase``: forget a person everywhere, with a receipt."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import utc_now
from app.cli.common import config_option, json_option, load_config, user, who
from app.cli.databases import existing_store, store_as_it_is
from app.cli.forgotten import erased_elsewhere, export_forgotten
from app.cli.receipts import list_receipts, report
from app.cli.whom import ask
from app.desk.known import chosen_orgs
from app.errors import BridgeError, PersonBusyError, StoreUnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.store import Receipt, Whom

_FILE = click.Path(path_type=Path, dir_okay=False)
_WHOM = """\
say whom to erase (an e-mail address, a phone number or a user id), or one of --receipts, --export-forgotten FILE and \
--again FILE"""
_COPY_IT = """\
where an SQLite file is read-only, copy it with its -wal to another folder, and name that: DATABASE_URL=sqlite:///…"""


@click.command()
@click.argument("person", required=False)
@click.option("--org", help="Only in this organization; also with --again. [default: in all]")
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
    from app.bridge import Bridge  # noqa: PLC0415 -- see app.cli
    from app.desk import steering  # noqa: PLC0415
    from app.desk.whom import insist_on_a_name, whom_to_erase  # noqa: PLC0415
    from app.store import all_receipts  # noqa: PLC0415

    person = (person or "").strip()
    if sum(map(bool, (person, receipts, export, again))) != 1:
        raise UsageError(_WHOM)
    if org is not None and (receipts or export):
        raise UsageError("--org goes with a person, or with --again FILE")
    config = load_config(config_path, sandbox=True)
    if export:
        try:
            export_forgotten(store_as_it_is(config), export)
        except StoreUnavailableError as error:
            raise BridgeError(f"who was erased cannot be read ({error}); {_COPY_IT}") from error
        return
    orgs, store = chosen_orgs(config, org), existing_store(config)
    bridge = Bridge(config, store, utc_now)
    if receipts:
        list_receipts(all_receipts(store.database), as_json=as_json)
    elif again:
        whoms, everybody = erased_elsewhere(config, store, again, orgs, sure=yes)
        done = erase_all(whoms, lambda whom: steering.erase(bridge, whom, who(), _progress), as_json=as_json)
        _leave_unless(report(done, as_json=as_json, several=True) and everybody)
    else:
        whom = whom_to_erase(config, person, org, user())
        insist_on_a_name(store, whom, person)
        if not yes:
            ask(store, whom, _progress)
        _leave_unless(report([steering.erase(bridge, whom, who(), _progress)], as_json=as_json))


def erase_all(whoms: "Iterable[Whom]", erase_one: "Callable[[Whom], Receipt]", *, as_json: bool) -> "list[Receipt]":
    """Erase some after others; when one is busy, the receipts of those before are shown all the same."""
    done: list[Receipt] = []
    try:
        for whom in whoms:
            done.append(erase_one(whom))  # noqa: PERF401 -- those before an error are wanted
    except PersonBusyError:
        report(done, as_json=as_json, several=True)
        raise
    return done


def _leave_unless(well: bool) -> None:  # noqa: FBT001 -- the whole of what is said
    if not well:
        raise click.exceptions.Exit(1)


def _progress(looked: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{looked} events and attempts looked through", nl=False, err=True)


commands = (erase,)
