"""Whom an erasure is about: what was said of a person, and whether anybody can go by it."""

from typing import TYPE_CHECKING

from app.desk.known import chosen_orgs
from app.errors import UsageError
from app.naming import identities_in
from app.store import Whom
from app.store.foreseen import is_known, user_ids_that_end_in

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Store


def whom_to_erase(config: "Config", person: str, org: str | None, by: str = "") -> Whom:
    """Read what was said of a person; ``by`` names the operator. Raises `UsageError` for an org that is not known."""
    orgs = chosen_orgs(config, org)
    sources = None if org is None else tuple(s.name for s in config.sources.values() if s.org == org)
    return Whom(identities_in(person), orgs, sources, by=by)


def insist_on_a_name(store: "Store", whom: Whom, text: str) -> None:
    """Raise `UsageError` for what nobody can go by: words, and digits, that are no known user id."""
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
