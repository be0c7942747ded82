"""What ``erase`` says before it asks: what would go with a person."""

from typing import TYPE_CHECKING

import click

from app import utc_now

if TYPE_CHECKING:
    from app.store import Store, Whom
    from app.store.sweep import Progress

_KINDS = {
    "persons": ("person, with all that says who they are", "persons, with all that says who they are"),
    "events": ("event of theirs: payload, contact, requests", "events of theirs: payloads, contacts, requests"),
    "mentions": ("event of others that mentions them", "events of others that mention them"),
}
_NOBODY = """\
Nobody is known by that, and nothing that is kept names them, so nothing was done. With --yes they are remembered as
hashes, so that nothing older brings them in, and there is a receipt."""


def ask(store: "Store", whom: "Whom", progress: "Progress") -> None:
    """Say what would go, and ask. Leaves with exit 1 if that is not meant, or nothing would."""
    from app.store.foreseen import foresee  # noqa: PLC0415 -- see app.cli

    found = foresee(store.database, whom, utc_now(), progress)
    if not (found.persons or found.mentions):
        click.echo(_NOBODY, err=True)
        raise click.exceptions.Exit(1)
    click.echo("This would go for good:", err=True)
    for name, (one, many) in _KINDS.items():
        if count := getattr(found, name):
            click.echo(f"  {count:>8,} {one if count == 1 else many}", err=True)
    if found.contact_ids:
        click.echo(f"Upstream stays, to be deleted by hand: {', '.join(found.contact_ids)}", err=True)
    click.confirm("This cannot be undone. Forget them everywhere?", abort=True, err=True)
