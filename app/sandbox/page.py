"""The page at ``/``: the contacts that were made, for a person who wants to see one arrive."""

from flask import Blueprint, render_template

from app.sandbox.api import sandbox

page = Blueprint("page", __name__)

_SHOWN = 100  # contacts of each organization
_REFRESH = 3  # seconds
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@page.get("/")
def contacts() -> tuple[str, dict[str, str]]:
    here = sandbox()
    html = render_template(
        "contacts.html",
        books={org: book.newest(_SHOWN) for org, book in here.contacts.items()},
        created=here.contacts.created,
        received=here.requests.total,
        settings=here.settings,
        faults=here.faults.waiting(),
        shown=_SHOWN,
        refresh=_REFRESH,
    )
    return html, {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
