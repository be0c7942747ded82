"""Names that the configuration does not know: a thing that is not there, and no mistake in how it was asked for."""

from collections.abc import Callable

from app.errors import UsageError
from app.web.api.mistakes import not_found


def known(insist: Callable[[], None]) -> None:
    """Answer 404, with the nearest name, where ``insist`` raises `UsageError`."""
    try:
        insist()
    except UsageError as error:
        not_found(str(error))
