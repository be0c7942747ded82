"""Whom ``erase`` is about: what was said of a person, and what would go with them."""

from typing import TYPE_CHECKING

import click

from app import utc_now
from app.cli.common import nearest, user
from app.errors import UsageError

if TYPE_CHECKING:
    from app.config import Config
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


def whom_to_erase(config: "Config", person: str, org: str | None) -> "Whom":
    """Read what was said of a person. Raises `UsageError` for an org that is not configured."""
    from app.contact import guard  # noqa: PLC0415 -- see app.cli
    from app.store import Whom  # noqa: PLC0415

    orgs = chosen_orgs(config, org)
    text = person.strip()
    named = {("user_id", text)}
    if "@" in text:
        named |= {("email", text.lower()), ("email", guard({"email": text})[0].get("email", text).lower())}
    if phone := guard({"phone": text})[0].get("phone"):
        named.add(("phone", phone))
    sources = None if org is None else tuple(s.name for s in config.every_source() if s.org == org)
    return Whom(frozenset(named), orgs, sources, by=user())


def chosen_orgs(config: "Config", org: str | None) -> tuple[str, ...]:
    """Return the org that was named, or all. Raises `UsageError` for one that is not configured."""
    if org is not None and org not in config.orgs:
        raise UsageError(f"there is no org {org!r}{nearest(org, config.orgs)}")
    return tuple(config.orgs) if org is None else (org,)


def insist_on_a_name(store: "Store", whom: "Whom", text: str) -> None:
    """Raise `UsageError` for what nobody can go by: words, and digits, that are no known user id."""
    from app.store.foreseen import is_known, user_ids_that_end_in  # noqa: PLC0415 -- see app.cli

    kinds, spaced = {kind for kind, _ in whom.identities}, any(c.isspace() for c in text)
    if "phone" in kinds or ("email" in kinds and not spaced) or is_known(store.database, whom):
        return
    close = user_ids_that_end_in(store.database, text, whom.orgs)
    if close or spaced or not any(c.isalpha() for c in text):
        meant = f"; did you mean {' or '.join(close)}?" if close else ""
        raise UsageError(
            f"{text!r} is no e-mail address, no phone number with its country code (such as +41446681800), and no user "
            f"id that is known{meant}"
        )


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
