"""The calls of the contacts API (https://docs.useinvent.com) that the sandbox answers, one function each."""

from flask import Blueprint, Response, current_app, g, request

from app.sandbox import listing
from app.sandbox.bodies import BulkSchema, ChangeSchema, CreateSchema, check, load
from app.sandbox.book import Book
from app.sandbox.bulk import create_many, dry_run
from app.sandbox.records import RefusedError
from app.sandbox.settings import Bulk
from app.sandbox.state import Sandbox
from app.sandbox.strike import answer

api = Blueprint("api", __name__, url_prefix="/orgs/<org_id>/contacts")

_create, _change, _bulk = CreateSchema(), ChangeSchema(), BulkSchema()


def sandbox() -> Sandbox:
    found: Sandbox = current_app.extensions["sandbox"]
    return found


def _book(org_id: str) -> Book:
    return sandbox().book(org_id, request.headers.get("Authorization", ""))


@api.post("")
def create(org_id: str) -> Response:
    book = _book(org_id)
    body = load(_create, request.get_data())
    return answer(book.create(body["channel"], body["segment_ids"]))


@api.get("")
def find(org_id: str) -> Response:
    book = _book(org_id)
    query = check(listing.LIST_QUERY, request.args.to_dict())
    contacts, count = book.page(query)
    headers = {"count": count, "page": query[listing.PAGE], "take": query[listing.TAKE]}
    return answer(contacts, headers={f"pagination-{name}": str(value) for name, value in headers.items()})


@api.patch("/<contact_id>")
def change(org_id: str, contact_id: str) -> Response:
    book = _book(org_id)
    return answer(book.change(contact_id, load(_change, request.get_data())))


@api.post("/<contact_id>/segments/<segment_id>")
def join(org_id: str, contact_id: str, segment_id: str) -> Response:
    return answer(_book(org_id).join(contact_id, segment_id))


@api.get("/<contact_id>/segments")
def segments(org_id: str, contact_id: str) -> Response:
    return answer(_book(org_id).segments(contact_id))


@api.post("/bulk/dry")
def bulk_dry(org_id: str) -> Response:
    book = _book(org_id)
    return answer(dry_run(book, load(_bulk, request.get_data())["channels"]))


@api.post("/bulk")
def bulk(org_id: str) -> Response:
    """Not in the reference, which has the dry run: the same without "dry"."""
    book, settings = _book(org_id), sandbox().settings
    if settings.bulk is Bulk.MISSING:
        raise RefusedError(404, "not found")
    body = load(_bulk, request.get_data())
    return answer(create_many(book, body["channels"], body.get("segment_id"), settings, g.fault))
