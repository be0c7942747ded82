"""``erase --export-forgotten`` and ``--again``: erasures outlive the database that they were made in."""

import json
import os
import tempfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.common import user
from app.errors import UsageError

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Store, Whom
    from app.store.tombstones import Forgotten

_ABOUT = """\
Identities that were erased from a Contact Bridge, as salted hashes: `contact-bridge erase --again` erases them from a \
restored database. It names nobody, but whoever has it can try out an address: keep it as you keep the database."""


def export_forgotten(store: "Store", file: Path) -> None:
    """Write who was erased to a file. What is in it already stays: it may know more than this database."""
    before = _read(file) if file.exists() else None
    forgotten = before | store.again.export() if before else store.again.export()
    salts = sorted(salt.hex() for salt in forgotten.salts)
    erased = {name: at.isoformat() for name, at in sorted(forgotten.erased.items())}
    try:
        _write(file, json.dumps({"about": _ABOUT, "salts": salts, "erased": erased}, indent=1))
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None
    click.echo(f"Wrote {file}: {len(erased)} erased identities")


def erased_elsewhere(
    config: "Config", store: "Store", file: Path, orgs: Collection[str], *, sure: bool
) -> "tuple[list[Whom], bool]":
    """Return whom a file tells of that is to be erased in ``orgs``, and whether that is everybody.

    What is older than their erasure brings nobody back from now on.
    """
    from app.store.again import whoms  # noqa: PLC0415 -- see app.cli

    others = _read(file)
    known = [person for person in store.again.find(others) if person.org in orgs]
    back = {person.person: told for person in known if (told := store.again.since(person))}
    people = [person for person in known if person.person not in back]
    count = f"{len(people)} person{'' if len(people) == 1 else 's'}"
    if people and not sure:
        click.confirm(f"{count} of this database had been erased. This cannot be undone. Again?", abort=True, err=True)
    store.again.remember(others)
    click.echo(f"{count} to be erased again; {len(others.erased)} erased identities are known from now on", err=True)
    for told in back.values():
        source, event_id = told[-1]
        click.echo(
            f"left alone, for they are back: the person of {source} {event_id}; see `show`, and `erase`", err=True
        )
    sources = {org: tuple(s.name for s in config.every_source() if s.org == org) for org in config.orgs}
    return list(whoms(people, sources, user())), not back


def _read(file: Path) -> "Forgotten":
    from app.store.tombstones import Forgotten  # noqa: PLC0415 -- see app.cli

    try:
        found = json.loads(file.read_text("utf-8"))
        salts = frozenset(bytes.fromhex(salt) for salt in found["salts"])
        erased = {str(name): datetime.fromisoformat(at) for name, at in found["erased"].items()}
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{file} was not written by `contact-bridge erase --export-forgotten`") from None
    return Forgotten(salts, erased)


def _write(file: Path, text: str) -> None:
    """Write it for the owner only, whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as new:
        new.write(text)
        new.flush()
        os.fsync(handle)
    Path(name).replace(file)
